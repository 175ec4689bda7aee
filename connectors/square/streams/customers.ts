import type { Stream } from '../../contract.ts'
import { OVERLAP_MS, pageOf, rangeOf, search, timeField } from './pages.ts'

const LIMIT = 100

/** They can be sorted by their creation alone, so a window of changes rises by nothing. */
export const customers: Stream = {
  name: 'customers',
  dataType: 'customers',
  locationsMax: null,
  backfillBy: 'created',
  overlapMs: OVERLAP_MS,
  lateMs: OVERLAP_MS,
  horizonMs: null,
  pageSizeMax: LIMIT,
  *page(_link, window, cursor) {
    const field = timeField(window)
    const answer = yield search('customers.search', '/v2/customers/search', {
      limit: LIMIT,
      ...(cursor === null ? {} : { cursor }),
      query: { filter: { [field]: rangeOf(window) }, sort: { field: 'CREATED_AT', order: 'ASC' } },
    })
    return pageOf('customer', answer, 'customers', field === 'created_at' ? field : null)
  },
}
