import type { UseQueryResult } from '@tanstack/react-query'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { connectionsQuery } from '../../app/connections.ts'
import { formatAhead } from '../../app/format.ts'
import { PushBadge, standingOf } from '../../app/order-state.tsx'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useMay } from '../../app/scopes.ts'
import { useSession } from '../../app/session.tsx'
import { useNow } from '../../app/sites.ts'
import { texts, wordFor } from '../../app/texts.ts'
import type { OrderDetail, PushTimeline } from '../../app/wire.ts'
import { Card, Facts } from '../../ui/card.tsx'
import { Failed, SkeletonLines } from '../../ui/states.tsx'

/** How it stands with the way into the POS, in a person's words, and what the machine knows of it. */
export function WayCard(props: {
  order: OrderDetail
  timeline: UseQueryResult<PushTimeline>
  zone: string
}): ReactNode {
  const { order, timeline } = props
  const words = texts.order
  return (
    <Card title={words.way} className="max-xl:order-2">
      {order.push === null ? <p className="text-pretty text-muted">{words.wayNone}</p> : null}
      {timeline.isError ? (
        <ProblemNotice title={words.wayFailed} error={timeline.error} onRetry={() => timeline.refetch()} compact />
      ) : null}
      {order.push !== null && timeline.isPending && !timeline.isError ? (
        <SkeletonLines lines={4} label={texts.loading} />
      ) : null}
      {timeline.data === undefined ? null : <Way push={timeline.data} zone={props.zone} />}
    </Card>
  )
}

function Way(props: { push: PushTimeline; zone: string }): ReactNode {
  const { push } = props
  const { api } = useSession()
  const maySee = useMay('connections:read')
  const connections = useQuery({ ...connectionsQuery(api), enabled: maySee }).data ?? []
  const now = useNow(1_000)
  const words = texts.order
  const standing = standingOf({ ...push, waits_for_person: push.waits_for === 'person' })
  const connection = connections.find(({ id }) => id === push.connection_id)
  const due = push.status === 'retry' && push.waits_for === null ? push.next_retry_at : null
  return (
    <div className="flex flex-col gap-3">
      {standing === 'failed' ? null : (
        <div className="flex flex-wrap items-center gap-2">
          <PushBadge push={{ ...push, waits_for_person: push.waits_for === 'person' }} />
          {due === null ? null : (
            <span className="num text-sm text-muted">
              {texts.orderStates.nextTry(formatAhead(due, now, texts.orderStates))}
            </span>
          )}
        </div>
      )}
      {standing === 'failed' ? (
        <Failed
          title={texts.orderStates.push.failed}
          say={push.error_message ?? texts.orderStates.pushSay.failed}
          code={push.error_code === null ? undefined : texts.errors.code(push.error_code)}
          compact
        />
      ) : (
        <p className="text-sm text-pretty">
          {push.status === 'retry' && push.error_message !== null
            ? push.error_message
            : texts.orderStates.pushSay[standing]}
        </p>
      )}
      {push.waits_for === 'sign_in' ? <p className="text-sm text-warn">{words.waitsSignIn}</p> : null}
      {push.wish === null ? null : <p className="text-sm text-warn">{words.wish[push.wish]}</p>}
      <Facts
        className="sm:grid-cols-2 xl:grid-cols-1"
        rows={[
          {
            label: words.to,
            value:
              connection === undefined ? (
                wordFor(texts.systems, push.pos_system)
              ) : (
                <Link
                  to="/connections/$connectionId"
                  params={{ connectionId: connection.id }}
                  className="rounded-sm text-accent hover:underline"
                >
                  {connection.name}
                </Link>
              ),
          },
          ...(push.pos_order_number === null ? [] : [{ label: words.posNumber, value: push.pos_order_number }]),
          ...(push.pos_order_id === null
            ? []
            : [{ label: words.posId, value: <code className="text-xs break-all">{push.pos_order_id}</code> }]),
          {
            label: words.tries,
            value:
              push.retry_count === 0
                ? String(push.attempts)
                : `${push.attempts} (${texts.orderStates.retries(push.retry_count)})`,
          },
          ...(push.status === 'success' && push.duration_ms !== null
            ? [{ label: words.arrivedIn, value: texts.time.milliseconds(push.duration_ms) }]
            : []),
        ]}
      />
      <Warnings push={push} />
    </div>
  )
}

function Warnings(props: { push: PushTimeline }): ReactNode {
  const { warnings } = props.push
  if (warnings.length === 0) return null
  return (
    <section aria-label={texts.order.warnings}>
      <h3 className="text-xs text-muted">{texts.order.warnings}</h3>
      <ul className="mt-0.5 flex list-disc flex-col gap-1 pl-4 text-sm text-pretty">
        {warnings.map((one) => (
          <li key={one.code + one.pointer}>{one.say}</li>
        ))}
      </ul>
    </section>
  )
}
