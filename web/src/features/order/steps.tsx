import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatTime } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { OrderDetail } from '../../app/wire.ts'
import { classes } from '../../ui/classes.ts'
import { reached, STEPS, stepsOf } from './progress.ts'

/** How far an order is, as the stations that one of its kind passes. */
export function Steps(props: { order: OrderDetail; zone: string }): ReactNode {
  const { order, zone } = props
  const words = texts.order
  const at = reached(order)
  const standing = STEPS.indexOf(at.progress)
  const isOver = order.progress === 'completed'
  return (
    <section
      aria-label={words.steps}
      className="rounded-lg border border-line bg-surface px-5 py-4 shadow-card max-sm:px-3"
    >
      <ol className="flex">
        {stepsOf(order).map((step) => {
          const place = STEPS.indexOf(step)
          const state = place < standing || isOver ? 'done' : place === standing ? 'now' : 'ahead'
          const time = at.times.get(step)
          return (
            <li
              key={step}
              aria-current={state === 'now' ? 'step' : undefined}
              className="relative flex min-w-0 flex-1 flex-col items-center gap-1 text-center not-first:before:absolute not-first:before:top-3 not-first:before:right-[calc(50%+1rem)] not-first:before:left-[calc(-50%+1rem)] not-first:before:h-px not-first:before:bg-line"
            >
              <span
                aria-hidden="true"
                className={classes(
                  'flex size-6 items-center justify-center rounded-full text-xs font-semibold',
                  state === 'done' && 'bg-accent-soft text-accent',
                  state === 'now' &&
                    (order.progress === 'cancelled' ? 'bg-bad text-surface' : 'bg-accent text-on-accent'),
                  state === 'ahead' && 'bg-sunken text-faint',
                )}
              >
                {state === 'done' ? (
                  <Check className="size-3.5" />
                ) : (
                  <span className="size-1.5 rounded-full bg-current" />
                )}
              </span>
              <span
                className={classes(
                  'max-w-full text-xs text-balance max-sm:text-2xs',
                  state === 'now' ? 'font-semibold' : 'text-muted',
                )}
              >
                {texts.orderStates.progress[step]}
                <span className="sr-only">
                  {' '}
                  ({{ done: words.stepDone, now: words.stepNow, ahead: words.stepAhead }[state]})
                </span>
              </span>
              <span className="num text-2xs text-faint">{time === undefined ? ' ' : formatTime(time, zone)}</span>
            </li>
          )
        })}
      </ol>
      <Remark order={order} zone={zone} />
    </section>
  )
}

function Remark(props: { order: OrderDetail; zone: string }): ReactNode {
  const { order, zone } = props
  const words = texts.order
  if (order.progress === 'cancelled') {
    const reason = order.history.findLast((one) => one.progress === 'cancelled' && one.moved)?.reason ?? null
    return (
      <p className="mt-3 text-sm text-bad">
        {words.cancelled} {reason}
      </p>
    )
  }
  if (order.progress === 'cancel_requested') return <p className="mt-3 text-sm text-warn">{words.cancelAsked}</p>
  if (order.ready_at === null || order.progress === 'completed') return null
  return <p className="mt-3 text-sm text-muted">{words.readyAt(formatTime(order.ready_at, zone))}</p>
}
