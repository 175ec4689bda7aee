import type { Stream } from '../../contract.ts'
import { justBefore, OVERLAP_MS, pageOf, search } from './pages.ts'

const LIMIT = 1000

/** Stock as it is now, of all places. Square keeps no past counts, so there is nothing to walk through. */
export const inventory: Stream = {
  name: 'inventory',
  dataType: 'inventory',
  locationsMax: null,
  backfillBy: 'whole',
  overlapMs: OVERLAP_MS,
  lateMs: OVERLAP_MS,
  horizonMs: null,
  pageSizeMax: LIMIT,
  *page(_link, window, cursor) {
    const answer = yield search('inventory.counts', '/v2/inventory/counts/batch-retrieve', {
      ...(window.by === 'whole' ? {} : { updated_after: justBefore(window.from) }),
      limit: LIMIT,
      ...(cursor === null ? {} : { cursor }),
    })
    return pageOf('inventory_count', answer, 'counts', null)
  },
}
