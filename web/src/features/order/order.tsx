import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft, ShoppingBag } from 'lucide-react'
import type { ReactNode } from 'react'
import { Problem } from '../../app/api.ts'
import { formatMoney } from '../../app/format.ts'
import { ProgressBadge, PushBadge } from '../../app/order-state.tsx'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useMay } from '../../app/scopes.ts'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { OrderDetail } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { buttonClasses } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Actions } from './actions.tsx'
import { Decide } from './decide.tsx'
import { CustomerCard, FactsCard } from './facts.tsx'
import { ItemsCard } from './items.tsx'
import { OpenTasks } from './open-tasks.tsx'
import { orderQuery, rehearsalQuery, timelineQuery } from './queries.ts'
import { Steps } from './steps.tsx'
import { Timeline } from './timeline.tsx'
import { WayCard } from './way.tsx'

export function OrderPage(): ReactNode {
  const { orderId = '' } = useParams({ strict: false })
  const { api } = useSession()
  const order = useQuery(orderQuery(api, orderId))
  const missing = order.error instanceof Problem && order.error.status === 404
  return (
    <>
      <Link to="/orders" className="mb-3 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink">
        <ArrowLeft className="size-4" aria-hidden="true" />
        {texts.order.back}
      </Link>
      {missing ? (
        <Missing />
      ) : order.isError ? (
        <div className="mb-4">
          <ProblemNotice
            title={texts.order.failedTitle}
            error={order.error}
            onRetry={() => order.refetch()}
            compact={order.data !== undefined}
          />
        </div>
      ) : null}
      {order.isPending && !order.isError ? <SkeletonLines lines={10} label={texts.loading} /> : null}
      {order.data === undefined || missing ? null : <Detail order={order.data} />}
    </>
  )
}

function Missing(): ReactNode {
  return (
    <>
      <title>{texts.title(texts.order.missingTitle)}</title>
      <Empty
        icon={<ShoppingBag className="size-6" aria-hidden="true" />}
        title={texts.order.missingTitle}
        say={texts.order.missingSay}
      >
        <Link to="/orders" className={buttonClasses('primary')}>
          {texts.order.back}
        </Link>
      </Empty>
    </>
  )
}

function Detail(props: { order: OrderDetail }): ReactNode {
  const { order } = props
  const { api, tenant } = useSession()
  const sites = useSites()
  const mayWrite = useMay('orders:write')
  const went = order.push !== null
  const timeline = useQuery({ ...timelineQuery(api, order.id), enabled: went })
  const rehearsal = useQuery({ ...rehearsalQuery(api, order.id, order.version), enabled: went && mayWrite })
  // What its items stand for elsewhere says nothing about where this order went.
  const own = rehearsal.data?.connection_id === order.push?.connection_id ? rehearsal.data : undefined
  const site = sites.find((one) => one.id === order.location_id)
  const zone = site?.time_zone ?? tenant.time_zone
  return (
    <article>
      <title>{texts.title(texts.order.title(order.number))}</title>
      <Header order={order} />
      <div className="flex flex-col gap-4">
        <Steps order={order} zone={zone} />
        <OpenTasks orderId={order.id} />
        {timeline.data?.waits_for === 'person' ? <Decide order={order} push={timeline.data} zone={zone} /> : null}
        <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,1fr)_24rem]">
          {/* On a narrow screen both columns become one, with the way into the POS before its story. */}
          <div className="flex min-w-0 flex-col gap-4 max-xl:contents">
            <ItemsCard order={order} rehearsal={own} posTotal={timeline.data?.pos_total ?? null} />
            <Timeline order={order} push={timeline.data} zone={zone} />
          </div>
          <div className="flex min-w-0 flex-col gap-4 max-xl:contents">
            <WayCard order={order} timeline={timeline} zone={zone} />
            <CustomerCard order={order} />
            <FactsCard order={order} site={site?.name ?? texts.none} zone={zone} />
          </div>
        </div>
      </div>
    </article>
  )
}

function Header(props: { order: OrderDetail }): ReactNode {
  const { order } = props
  return (
    <header className="mb-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xl font-semibold tracking-tight">
          {texts.order.title(order.number)}
          <ProgressBadge progress={order.progress} />
          <PushBadge push={order.push} />
          {order.test ? <Badge tone="info">{texts.order.test}</Badge> : null}
        </h1>
        <p className="num text-sm text-muted">
          {formatMoney(order.total)} · {texts.orderStates.fulfilments[order.fulfilment.kind]} ·{' '}
          {texts.order.ofChannel(order.channel)}
        </p>
      </div>
      <Actions order={order} />
    </header>
  )
}
