import { instantText } from '#kernel/instant.ts'
import type { PullWindow, Stream } from '../../contract.ts'
import { query } from '../answers.ts'
import { BEGINNING, LATE_MS, list, OVERLAP_MS, pageOf, timeField } from './pages.ts'

const LIMIT = 100

/** Place by place: without one, Square answers for the main location alone and says nothing of it. */
export const payments: Stream = {
  name: 'payments',
  dataType: 'sales',
  locationsMax: 1,
  backfillBy: 'created',
  overlapMs: OVERLAP_MS,
  lateMs: LATE_MS,
  horizonMs: null,
  pageSizeMax: LIMIT,
  *page(_link, window, cursor) {
    const location = window.locations?.[0] ?? null
    const path = query('/v2/payments', { ...parametersOf(window), location_id: location, limit: LIMIT, cursor })
    return pageOf('payment', yield list('payments.list', path), 'payments', timeField(window))
  },
}

/** Refunds of the whole account; unlike payments, no location means all of them. */
export const refunds: Stream = {
  name: 'refunds',
  dataType: 'sales',
  locationsMax: null,
  backfillBy: 'created',
  overlapMs: OVERLAP_MS,
  lateMs: LATE_MS,
  horizonMs: null,
  pageSizeMax: LIMIT,
  *page(_link, window, cursor) {
    const path = query('/v2/refunds', { ...parametersOf(window), limit: LIMIT, cursor })
    return pageOf('refund', yield list('refunds.list', path), 'refunds', timeField(window))
  },
}

function parametersOf(window: PullWindow): Readonly<Record<string, string>> {
  const [from, to] = [instantText(window.from), instantText(window.to)]
  const sort = { sort_field: timeField(window).toUpperCase(), sort_order: 'ASC' }
  if (window.by === 'created') return { begin_time: from, end_time: to, ...sort }
  // Left out, the creation time would be that of the last year: an old payment that changes now would not show.
  return { begin_time: BEGINNING, updated_at_begin_time: from, updated_at_end_time: to, ...sort }
}
