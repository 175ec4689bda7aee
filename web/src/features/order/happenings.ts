import type { OrderDetail, OrderHistoryEntry, PushAttempt, PushTimeline } from '../../app/wire.ts'

// What happened to an order, of its own life and of its way into the POS, as one story in the order of time.

export type Happening =
  | { readonly kind: 'said'; readonly key: string; readonly at: string; readonly entry: OrderHistoryEntry }
  | { readonly kind: 'tried'; readonly key: string; readonly at: string; readonly attempt: PushAttempt }

export function happeningsOf(order: Pick<OrderDetail, 'history'>, push: PushTimeline | undefined): Happening[] {
  const said = order.history.map(
    (entry, at): Happening => ({ kind: 'said', key: `h${at}`, at: entry.recorded_at, entry }),
  )
  const tried = (push?.attempts_made ?? []).map(
    (attempt): Happening => ({ kind: 'tried', key: `a${attempt.no}`, at: attempt.started_at, attempt }),
  )
  // What is said at the moment a try ends was said by that try: in a tie the try stands first.
  return [...tried, ...said].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}
