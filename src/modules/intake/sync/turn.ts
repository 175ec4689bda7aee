import type { Instant } from '#kernel/instant.ts'
import type { Page } from '../../../../connectors/contract.ts'
import type { SyncWindow } from './window.ts'

// What a page means for its window. A page that is as full as it may be and names no next one is not believed to be the
// end: providers clip, and say nothing. It is asked again from the last time that was seen; only a page with room left on
// it is an end.

export type Turn =
  | { readonly kind: 'go-on'; readonly window: SyncWindow }
  | { readonly kind: 'end'; readonly window: SyncWindow }
  /** Reading on is impossible, or would go in a circle. */
  | { readonly kind: 'stuck'; readonly code: 'sync.page-clipped' | 'sync.page-repeats' }

export function turnOf(window: SyncWindow, pageSizeMax: number, page: Page): Turn {
  const read: SyncWindow = {
    ...window,
    reachedAt: later(window.reachedAt, page.lastAt, window.to),
    pages: window.pages + 1,
    records: window.records + page.records.length,
    counted: window.counted + page.count,
    tries: 0,
    dueAt: null,
  }
  if (page.next !== null) {
    if (page.next === window.cursor) return { kind: 'stuck', code: 'sync.page-repeats' }
    return { kind: 'go-on', window: { ...read, cursor: page.next } }
  }
  // Where pages do not rise by a time, the connector answers for the end.
  const isEnd = page.count < pageSizeMax || page.lastAt === null
  return isEnd ? { kind: 'end', window: { ...read, cursor: null } } : clipped(read, page.lastAt)
}

function clipped(window: SyncWindow, lastAt: Instant): Turn {
  if (lastAt <= window.walkFrom) return { kind: 'stuck', code: 'sync.page-clipped' }
  // A list that is read whole cannot be asked from a time on; what changed can, and everything in it did at some time.
  const by = window.by === 'whole' ? 'updated' : window.by
  return { kind: 'go-on', window: { ...window, by, walkFrom: lastAt, cursor: null } }
}

/** Where a walk has come to never falls back, and never passes the window's end. */
function later(reached: Instant | null, lastAt: Instant | null, end: Instant): Instant | null {
  if (lastAt === null) return reached
  const at = lastAt > end ? end : lastAt
  return reached === null || at > reached ? at : reached
}
