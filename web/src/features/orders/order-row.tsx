import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatAhead, formatDay, formatMoney, formatTime } from '../../app/format.ts'
import { ProgressBadge, PushBadge, standingOf } from '../../app/order-state.tsx'
import { dayOf } from '../../app/sync-progress.tsx'
import { texts, wordFor } from '../../app/texts.ts'
import type { OrderLine, OrderPush } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { classes } from '../../ui/classes.ts'

/** The whole row leads to the order; its link is in the first cell, for keyboards and screen readers. */
export function OrderRow(props: {
  order: OrderLine
  site: string
  zone: string
  now: number
  arrived: boolean
}): ReactNode {
  const { order, zone } = props
  const struck = order.progress === 'cancelled'
  const words = texts.orderStates
  const about = [order.channel, props.site, texts.orders.lines(order.lines)].filter((one) => one !== '')
  return (
    <tr
      className={classes(
        'relative border-b border-line transition-colors last:border-b-0 hover:bg-sunken',
        'has-focus-visible:bg-sunken',
        props.arrived && 'animate-arrive',
      )}
    >
      <th scope="row" className="w-full max-w-0 py-2 pr-2.5 pl-5 text-left align-top font-normal">
        <Link
          to="/orders/$orderId"
          params={{ orderId: order.id }}
          aria-label={texts.orders.open(order.number)}
          className={classes('num block truncate font-medium after:absolute after:inset-0', struck && 'line-through')}
        >
          {order.number}
        </Link>
        <span className="flex flex-wrap items-center gap-1.5 text-xs text-muted">
          <span className="truncate">{about.join(' · ')}</span>
          {order.test ? <Badge tone="info">{words.test}</Badge> : null}
          {order.payment_state === 'due' && !struck ? <Badge>{words.due}</Badge> : null}
        </span>
        <span className="mt-1 flex flex-wrap items-center gap-1.5 text-xs text-muted sm:hidden">
          <ProgressBadge progress={order.progress} />
          <PushBadge push={order.push} />
          {formatTime(order.placed_at, zone)}
        </span>
      </th>
      <td className="num px-2.5 py-2 align-top whitespace-nowrap max-md:hidden">
        {formatTime(order.placed_at, zone)}
        <span className="block text-xs text-faint">{formatDay(dayOf(order.placed_at, zone), 'weekday')}</span>
      </td>
      <td className="num px-2.5 py-2 align-top whitespace-nowrap max-lg:hidden">
        {order.promised_at === null ? (
          <span className="text-muted">{texts.orders.soonest}</span>
        ) : (
          promised(order.promised_at, order.placed_at, zone)
        )}
        <span className="block text-xs text-faint">{words.fulfilments[order.fulfilment]}</span>
      </td>
      <td className="px-2.5 py-2 align-top whitespace-nowrap max-sm:hidden">
        <ProgressBadge progress={order.progress} />
      </td>
      <td className="px-2.5 py-2 align-top whitespace-nowrap max-sm:hidden">
        <PushBadge push={order.push} />
        <PushNote push={order.push} now={props.now} />
      </td>
      <td
        className={classes(
          'num py-2 pr-5 pl-2.5 text-right align-top font-medium whitespace-nowrap',
          struck && 'text-muted line-through',
        )}
      >
        {formatMoney(order.total)}
      </td>
    </tr>
  )
}

/** With its day where it is another one than that of the order. */
function promised(at: string, placedAt: string, zone: string): string {
  const [day, placed] = [dayOf(at, zone), dayOf(placedAt, zone)]
  return day === placed ? formatTime(at, zone) : `${formatDay(day, 'weekday')}, ${formatTime(at, zone)}`
}

function PushNote(props: { push: OrderPush | null; now: number }): ReactNode {
  const { push, now } = props
  const words = texts.orderStates
  if (push === null) return null
  const isDue = push.status === 'retry' && push.next_retry_at !== null && !push.waits_for_person
  const note = isDue
    ? words.nextTry(formatAhead(push.next_retry_at ?? '', now, words))
    : standingOf(push) === 'failed' && push.error_code !== null
      ? wordFor(texts.order.codes, push.error_code)
      : null
  return note === null ? null : <span className="block max-w-44 truncate text-xs text-faint">{note}</span>
}
