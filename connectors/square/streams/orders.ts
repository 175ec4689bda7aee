import type { Stream } from '../../contract.ts'
import { LATE_MS, OVERLAP_MS, pageOf, rangeOf, search, timeField } from './pages.ts'

/** Documented as at most 1,000; staff say that pages end at 500. A page that is full and has no cursor is not the end. */
const LIMIT = 500

/** Sales, returns and exchanges of every till and channel. Drafts are left out: they are read once they are more. */
export const orders: Stream = {
  name: 'orders',
  dataType: 'sales',
  locationsMax: 10,
  backfillBy: 'created',
  overlapMs: OVERLAP_MS,
  lateMs: LATE_MS,
  horizonMs: null,
  pageSizeMax: LIMIT,
  *page(_link, window, cursor) {
    const field = timeField(window)
    const answer = yield search('orders.search', '/v2/orders/search', {
      location_ids: window.locations ?? [],
      limit: LIMIT,
      ...(cursor === null ? {} : { cursor }),
      query: {
        filter: {
          state_filter: { states: ['COMPLETED', 'OPEN', 'CANCELED'] },
          date_time_filter: { [field]: rangeOf(window) },
        },
        // Another field than the filter's is refused.
        sort: { sort_field: field.toUpperCase(), sort_order: 'ASC' },
      },
    })
    return pageOf('order', answer, 'orders', field)
  },
}
