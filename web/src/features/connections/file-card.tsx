import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatDayRange, formatNumber } from '../../app/format.ts'
import { useSession } from '../../app/session.tsx'
import { useNow } from '../../app/sites.ts'
import { texts, wordFor } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { Connection, ConnectionHealth } from '../../app/wire.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { FactRow } from './fact-row.tsx'

const TONES: Readonly<Record<ConnectionHealth['state'], Tone>> = {
  active: 'good',
  empty: 'plain',
  needs_sign_in: 'bad',
  disconnected: 'plain',
}

/** A family of files, or the demonstration's own till: nothing is asked, so there is nothing to set up. */
export function FileCard(props: { connection: Connection; facts: ConnectionHealth | undefined }): ReactNode {
  const { connection, facts } = props
  const { tenant } = useSession()
  const now = useNow(20_000)
  return (
    <Card
      title={connection.name}
      say={wordFor(texts.systems, connection.pos_system)}
      actions={
        facts === undefined ? null : (
          <>
            {tenant.kind === 'demo' ? <Badge tone="warn">{texts.demo.banner}</Badge> : null}
            <Badge tone={TONES[facts.state]}>{texts.connections.states[facts.state]}</Badge>
          </>
        )
      }
    >
      <p className="text-pretty">{facts?.say}</p>
      {facts === undefined ? null : (
        <FactRow
          facts={[
            { label: texts.shell.sales, value: formatNumber(facts.sales) },
            { label: texts.sale.refunds, value: formatNumber(facts.refunds) },
            {
              label: texts.connections.covered,
              value: facts.coverage === null ? texts.none : formatDayRange(facts.coverage.from, facts.coverage.to),
            },
            {
              label: texts.connections.lastArrival,
              value: (
                <When
                  at={facts.last_arrival?.at}
                  zone={tenant.time_zone}
                  as="ago"
                  now={now}
                  never={texts.connections.never}
                />
              ),
            },
          ]}
        />
      )}
      <Link
        to="/sales"
        search={{ connection: connection.id }}
        className="mt-4 inline-block rounded-sm text-sm font-medium text-accent hover:underline"
      >
        {texts.imports.result.openSales}
      </Link>
    </Card>
  )
}
