import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plug } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatAgo, formatDayRange, formatMoment, formatNumber } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { useNow } from '../../app/sites.ts'
import { texts, wordFor } from '../../app/texts.ts'
import type { ConnectionHealth, PosSystem } from '../../app/wire.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { healthQuery, systemsQuery } from './queries.ts'

const TONES: Readonly<Record<ConnectionHealth['state'], Tone>> = { active: 'good', empty: 'plain', disconnected: 'bad' }

export function Connections(): ReactNode {
  const { api } = useSession()
  const health = useQuery(healthQuery(api))
  const systems = useQuery(systemsQuery(api))
  return (
    <>
      <title>{texts.title(texts.connections.title)}</title>
      <header className="mb-5">
        <h1 className="text-xl font-semibold tracking-tight">{texts.connections.title}</h1>
        <p className="text-sm text-muted">{texts.connections.intro}</p>
      </header>
      <div className="flex flex-col gap-4">
        {health.isError ? (
          <ProblemNotice
            title={texts.connections.failedTitle}
            error={health.error}
            onRetry={() => health.refetch()}
            compact={health.data !== undefined}
          />
        ) : null}
        {health.isPending && !health.isError ? <SkeletonLines lines={4} label={texts.loading} /> : null}
        {health.data === undefined ? null : <Own connections={health.data.connections} />}
        {systems.isError ? (
          <ProblemNotice
            title={texts.connections.failedTitle}
            error={systems.error}
            onRetry={() => systems.refetch()}
            compact
          />
        ) : null}
        {systems.data === undefined ? null : <Systems systems={systems.data} />}
      </div>
    </>
  )
}

function Own(props: { connections: readonly ConnectionHealth[] }): ReactNode {
  if (props.connections.length === 0) {
    return (
      <Empty
        icon={<Plug className="size-6" aria-hidden="true" />}
        title={texts.connections.none}
        say={texts.connections.noneSay}
      >
        <Link to="/imports" className={buttonClasses('primary')}>
          {texts.connections.importFile}
        </Link>
      </Empty>
    )
  }
  return (
    <section aria-label={texts.connections.yours} className="grid gap-4 lg:grid-cols-2">
      {props.connections.map((one) => (
        <OneConnection key={one.connection_id} connection={one} />
      ))}
    </section>
  )
}

function OneConnection(props: { connection: ConnectionHealth }): ReactNode {
  const { connection } = props
  const { tenant } = useSession()
  const now = useNow(20_000)
  const at = connection.last_arrival?.at ?? null
  const facts = [
    { label: texts.shell.sales, value: formatNumber(connection.sales) },
    { label: texts.sale.refunds, value: formatNumber(connection.refunds) },
    {
      label: texts.connections.covered,
      value:
        connection.coverage === null ? texts.none : formatDayRange(connection.coverage.from, connection.coverage.to),
    },
    {
      label: texts.connections.lastArrival,
      value:
        at === null ? (
          texts.connections.never
        ) : (
          <span title={formatMoment(at, tenant.time_zone)}>{formatAgo(at, now)}</span>
        ),
    },
  ]
  return (
    <Card
      title={connection.name}
      say={wordFor(texts.systems, connection.pos_system)}
      actions={<Badge tone={TONES[connection.state]}>{texts.connections.states[connection.state]}</Badge>}
    >
      <p className="text-pretty">{connection.say}</p>
      <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-3 border-t border-line pt-3 text-sm sm:grid-cols-4">
        {facts.map((fact) => (
          <div key={fact.label}>
            <dt className="text-xs text-muted">{fact.label}</dt>
            <dd className="num font-medium">{fact.value}</dd>
          </div>
        ))}
      </dl>
      <Link
        to="/sales"
        search={{ connection: connection.connection_id }}
        className="mt-4 inline-block rounded-sm text-sm font-medium text-accent hover:underline"
      >
        {texts.imports.result.openSales}
      </Link>
    </Card>
  )
}

function Systems(props: { systems: readonly PosSystem[] }): ReactNode {
  const words = (names: readonly string[], table: Readonly<Record<string, string>>): string =>
    names.length === 0 ? texts.none : names.map((name) => wordFor(table, name)).join(', ')
  return (
    <Card title={texts.connections.systems} say={texts.connections.systemsSay} bodyClassName="pt-1 pb-2">
      <Table
        label={texts.connections.systems}
        inset
        rows={props.systems}
        rowKey={(system) => system.id}
        columns={[
          {
            key: 'name',
            head: texts.connections.system,
            cell: (system) => <span className="font-medium">{system.name}</span>,
          },
          {
            key: 'by',
            head: texts.connections.by,
            cell: (system) => words(system.connects_by, texts.connections.ways),
          },
          {
            key: 'can',
            head: texts.connections.can,
            shown: 'wide',
            className: 'text-muted',
            cell: (system) => words(system.can, texts.connections.parts),
          },
          {
            key: 'state',
            head: texts.connections.state,
            align: 'end',
            cell: (system) =>
              system.connected ? (
                <Badge tone="good">{texts.connections.connected}</Badge>
              ) : (
                <Badge tone={system.available ? 'info' : 'plain'}>
                  {system.available ? texts.connections.available : texts.connections.planned}
                </Badge>
              ),
          },
        ]}
      />
    </Card>
  )
}
