import type { Stream } from '../../contract.ts'
import { justBefore, OVERLAP_MS, pageOf, search } from './pages.ts'

/** A wish: Square may answer with more or fewer, so a full page proves nothing and only the cursor counts. */
const LIMIT = 1000

/** Articles, first all of them, then what changed, the deleted ones too: receipts still point at those. */
export const catalog: Stream = {
  name: 'catalog',
  dataType: 'catalog',
  locationsMax: null,
  backfillBy: 'whole',
  overlapMs: OVERLAP_MS,
  lateMs: OVERLAP_MS,
  horizonMs: null,
  pageSizeMax: LIMIT,
  *page(_link, window, cursor) {
    const answer = yield search('catalog.search', '/v2/catalog/search', {
      object_types: ['ITEM', 'ITEM_VARIATION', 'CATEGORY', 'MODIFIER_LIST', 'MODIFIER'],
      include_deleted_objects: true,
      ...(window.by === 'whole' ? {} : { begin_time: justBefore(window.from) }),
      limit: LIMIT,
      ...(cursor === null ? {} : { cursor }),
    })
    return pageOf('catalog', answer, 'objects', null)
  },
}
