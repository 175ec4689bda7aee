import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMayConnect } from '../../app/connections.ts'
import { formatDay, formatMoment, formatNumber } from '../../app/format.ts'
import { dayOf } from '../../app/sync-progress.tsx'
import { texts } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { Connection } from '../../app/wire.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { RunningSyncs } from './running-syncs.tsx'
import { SignInCard } from './sign-in-card.tsx'
import type { Standing } from './use-health.ts'

export function Overview(props: { connection: Connection; standing: Standing }): ReactNode {
  const { connection, standing } = props
  const { facts, told, zone, now, sync } = standing
  return (
    <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-3">
      <div className="flex min-w-0 flex-col gap-4 xl:col-span-2">
        {sync !== undefined && sync.current.length > 0 ? (
          <Card title={texts.connections.syncs.now}>
            <RunningSyncs connection={connection} syncs={sync.current} zone={zone} />
          </Card>
        ) : null}
        <Card title={texts.connections.health.title} say={texts.time.zone(zone)}>
          <Facts
            className="grid-cols-2"
            rows={[
              {
                label: texts.connections.newestSale,
                value: <When at={facts?.newest_sale_at} zone={zone} never={facts && texts.connections.never} />,
              },
              {
                label: texts.connections.lastEvent,
                value: (
                  <When
                    at={told?.last_event_at}
                    zone={zone}
                    as="ago"
                    now={now}
                    never={told && texts.connections.never}
                  />
                ),
              },
              { label: texts.shell.sales, value: facts === undefined ? texts.none : formatNumber(facts.sales) },
              { label: texts.sale.refunds, value: facts === undefined ? texts.none : formatNumber(facts.refunds) },
            ]}
          />
        </Card>
        <CoverageCard standing={standing} />
        <FirstFiguresCard connection={connection} zone={zone} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <SignInCard connection={connection} zone={zone} />
      </div>
    </div>
  )
}

/** What is known from when until when, in words. */
function CoverageCard(props: { standing: Standing }): ReactNode {
  const { sync, zone } = props.standing
  const words = texts.connections.coverage
  if (sync === undefined) return null
  const { due_reads: due } = sync
  return (
    <Card title={words.title} say={words.say}>
      {sync.coverage.length === 0 ? <p className="text-muted">{words.none}</p> : null}
      <ul className="flex flex-col gap-3">
        {sync.coverage.map((one) => (
          <li key={one.data_type}>
            <p className="font-medium">{texts.connections.dataTypes[one.data_type]}</p>
            <p className="num text-sm text-pretty text-muted">
              {one.from === null || one.past === 'whole' ? '' : `${words.from(formatDay(dayOf(one.from, zone)))} `}
              {words.past[one.past]}
              {one.to === null ? '' : ` ${words.to(formatMoment(one.to, zone))}`}
            </p>
          </li>
        ))}
      </ul>
      {due.waiting > 0 ? <p className="mt-3 text-sm text-muted">{words.due(due.waiting)}</p> : null}
      {due.given_up > 0 ? <p className="mt-1 text-sm text-warn">{words.givenUp(due.given_up)}</p> : null}
    </Card>
  )
}

function FirstFiguresCard(props: { connection: Connection; zone: string }): ReactNode {
  const { connection, zone } = props
  const mayConnect = useMayConnect()
  const words = texts.connections.page
  const { confirmed_at: confirmed, doubt } = connection
  return (
    <Card title={words.figures}>
      {confirmed !== null ? <p>{words.figuresRight(formatMoment(confirmed, zone))}</p> : null}
      {doubt !== null ? (
        <>
          <p className="text-warn">{words.figuresDoubt(formatMoment(doubt.at, zone))}</p>
          {doubt.note === '' ? null : (
            <blockquote className="mt-1 border-l-2 border-edge pl-3 text-sm whitespace-pre-wrap">
              {doubt.note}
            </blockquote>
          )}
        </>
      ) : null}
      {confirmed === null && doubt === null ? <p className="text-muted">{words.figuresNot}</p> : null}
      {mayConnect && connection.state === 'active' ? (
        <Link
          to="/connections/$connectionId/setup"
          params={{ connectionId: connection.id }}
          search={{ step: 'figures' }}
          className={buttonClasses('plain', 'sm', 'mt-3')}
        >
          {words.figuresLook}
        </Link>
      ) : null}
    </Card>
  )
}
