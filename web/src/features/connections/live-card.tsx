import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMayConnect } from '../../app/connections.ts'
import { formatNumber } from '../../app/format.ts'
import { useSession } from '../../app/session.tsx'
import { SyncProgress } from '../../app/sync-progress.tsx'
import { texts, wordFor } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { Connection, ConnectionHealth } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { FactRow } from './fact-row.tsx'
import { useStanding } from './use-health.ts'

/** A system that is asked live, in the list. */
export function LiveCard(props: { connection: Connection; facts: ConnectionHealth | undefined }): ReactNode {
  const { connection, facts } = props
  const { tenant } = useSession()
  const mayConnect = useMayConnect()
  const { health, sync, told, zone, now } = useStanding(connection)
  const params = { connectionId: connection.id }
  const past = sync?.current.find((one) => one.mode === 'backfill' || one.mode === 'full')
  return (
    <Card
      title={
        <Link to="/connections/$connectionId" params={params} className="rounded-sm hover:underline">
          {connection.name}
        </Link>
      }
      say={wordFor(texts.systems, connection.pos_system)}
      actions={
        <span className="flex flex-wrap justify-end gap-1">
          {tenant.kind === 'demo' ? <Badge tone="warn">{texts.demo.banner}</Badge> : null}
          {connection.environment === 'sandbox' ? (
            <Badge tone="warn">{texts.connections.environments.sandbox}</Badge>
          ) : null}
          {connection.credentials?.from === 'environment' ? (
            <Badge title={texts.connections.fromEnvironmentSay}>{texts.connections.from.environment}</Badge>
          ) : null}
          <Badge tone={health.tone}>{texts.connections.health.states[health.state]}</Badge>
        </span>
      }
    >
      <p className="text-pretty">{health.say}</p>
      {past === undefined ? null : (
        <div className="mt-3">
          <SyncProgress sync={past} zone={zone} />
        </div>
      )}
      <FactRow
        facts={[
          { label: texts.shell.sales, value: facts === undefined ? texts.none : formatNumber(facts.sales) },
          {
            label: texts.connections.newestSale,
            value: <When at={facts?.newest_sale_at} zone={zone} as="ago" now={now} />,
          },
          {
            label: texts.connections.lastEvent,
            value: (
              <When at={told?.last_event_at} zone={zone} as="ago" now={now} never={told && texts.connections.never} />
            ),
          },
          { label: texts.connections.by, value: texts.connections.from[connection.credentials?.from ?? 'person'] },
        ]}
      />
      <div className="mt-4 flex flex-wrap items-center gap-2">
        {health.state === 'needs_sign_in' && mayConnect ? (
          <Link
            to="/connections/new/$system"
            params={{ system: connection.pos_system }}
            search={{ connection: connection.id }}
            className={buttonClasses('primary', 'sm')}
          >
            {texts.connections.page.signInAgain}
          </Link>
        ) : null}
        {health.state === 'places' && mayConnect ? (
          <Link
            to="/connections/$connectionId/setup"
            params={params}
            search={{ step: 'places' }}
            className={buttonClasses('primary', 'sm')}
          >
            {texts.connections.page.setUp}
          </Link>
        ) : null}
        <Link
          to="/connections/$connectionId"
          params={params}
          aria-label={texts.connections.open(connection.name)}
          className={buttonClasses('plain', 'sm')}
        >
          {texts.connections.openShort}
        </Link>
      </div>
    </Card>
  )
}
