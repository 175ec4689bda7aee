import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { systemsQuery } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useMay } from '../../app/scopes.ts'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { Connection, PushIntegration } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { buttonClasses } from '../../ui/button.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { PushWishes } from './push-wishes.tsx'
import { integrationQuery } from './queries.ts'
import { StartPushing, StopPushing } from './switch-pushing.tsx'
import { TryOrder } from './try-order.tsx'

/** Whether orders go into this POS, how, and a way to try it. */
export function OrdersTab(props: { connection: Connection; zone: string }): ReactNode {
  const { connection, zone } = props
  const { api } = useSession()
  const mayRead = useMay('orders:read')
  const integration = useQuery(integrationQuery(api))
  const system = useQuery(systemsQuery(api)).data?.find(({ id }) => id === connection.pos_system)
  const words = texts.push
  if (connection.push === null) return null
  const target = integration.data ?? null
  const isHere = target?.is_active === true && target.id === connection.id
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <Card title={words.target} say={words.targetSay}>
        {integration.isError ? (
          <ProblemNotice
            title={words.failedTitle}
            error={integration.error}
            onRetry={() => integration.refetch()}
            compact
          />
        ) : null}
        {integration.isPending && !integration.isError ? <SkeletonLines lines={3} label={texts.loading} /> : null}
        {integration.data === undefined ? null : (
          <Target connection={connection} target={target} notices={system?.orders?.notices ?? []} zone={zone} />
        )}
      </Card>
      <Card title={words.wishes}>
        <PushWishes key={JSON.stringify(connection.push)} connection={connection} />
      </Card>
      <Card title={words.items} say={system?.orders == null ? undefined : words.itemsSay[system.orders.unmapped]}>
        <Items connection={connection} />
      </Card>
      <Card title={words.test} say={words.testSay}>
        {isHere ? <TryOrder connection={connection} /> : <p className="text-muted">{words.testNeeds}</p>}
      </Card>
      {mayRead ? (
        <div className="flex flex-wrap gap-2">
          <Link to="/orders" className={buttonClasses('plain')}>
            {words.list}
          </Link>
          <Link to="/orders/statistics" className={buttonClasses('plain')}>
            {words.statistics}
          </Link>
        </div>
      ) : null}
    </div>
  )
}

function Target(props: {
  connection: Connection
  target: PushIntegration | null
  notices: readonly string[]
  zone: string
}): ReactNode {
  const { connection, target, notices, zone } = props
  const mayConnect = useMay('connections:write')
  const words = texts.push
  const isHere = target?.is_active === true && target.id === connection.id
  const other = useOtherTarget(connection, target)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={isHere ? 'good' : 'plain'}>{isHere ? words.here : words.notHere}</Badge>
        {isHere ? null : (
          <span className="text-sm text-muted">{other === null ? words.nowhere : words.elsewhere(other)}</span>
        )}
      </div>
      {isHere ? (
        <>
          <p>{connection.push?.auto_sync_orders === false ? words.hereHeld : words.hereSay}</p>
          {connection.state === 'needs_sign_in' ? (
            <p className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">{words.signIn}</p>
          ) : null}
          <Facts
            rows={[
              {
                label: words.facts.last,
                value: <When at={target.last_sync_at} zone={zone} never={words.facts.never} />,
              },
              { label: words.facts.since, value: <When at={target.created_at} zone={zone} /> },
              { label: words.facts.errors, value: String(target.error_count) },
              ...(target.last_error === null ? [] : [{ label: words.facts.lastError, value: target.last_error }]),
            ]}
          />
        </>
      ) : null}
      {notices.length === 0 ? null : (
        <section aria-label={words.notices} className="rounded-md bg-info-soft px-4 py-3 text-sm">
          <h3 className="font-semibold text-info">{words.notices}</h3>
          <ul className="mt-1 flex list-disc flex-col gap-1 pl-4 text-pretty">
            {notices.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </section>
      )}
      {mayConnect ? (
        isHere ? (
          <StopPushing connection={connection} />
        ) : (
          <StartPushing connection={connection} other={other} notices={notices} />
        )
      ) : null}
    </div>
  )
}

/** The name of the connection that takes orders instead of this one. */
function useOtherTarget(connection: Connection, target: PushIntegration | null): string | null {
  const { api } = useSession()
  const systems = useQuery(systemsQuery(api)).data ?? []
  if (target?.is_active !== true || target.id === connection.id) return null
  const named = systems.flatMap((system) => system.connections).find(({ id }) => id === target.id)
  return named?.name ?? target.provider
}

function Items(props: { connection: Connection }): ReactNode {
  const { connection } = props
  const words = texts.push
  const mapped = Object.keys(connection.push?.item_mapping ?? {}).length
  return (
    <>
      {mapped === 0 ? null : <p className="mb-3 text-sm">{words.itemsMapped(mapped)}</p>}
      <Link to="/mapping" search={{ connection: connection.id }} className={buttonClasses('plain', 'sm')}>
        {words.itemsOpen}
      </Link>
    </>
  )
}
