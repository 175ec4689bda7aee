import type { Instant } from '#kernel/instant.ts'
import { CallFailed, type Page, type PullWindow, type SourceRecord, type Stream } from '../contract.ts'
import { converse, type Line } from './line.ts'
import type { Provider } from './stage.ts'

// A window of a stream, page by page, as the contract says a hub walks it: a full page without a next one is not believed
// to be the end, and where a cursor has expired the walk goes on from the last object that it saw.

const RESTARTS_MAX = 8
const PAGES_MAX = 5_000

export type SeenPage = Page & { readonly askedAt: Instant; readonly cursor: string | null; readonly window: PullWindow }

export async function* walk(
  line: Line,
  provider: Provider,
  stream: Stream,
  window: PullWindow,
): AsyncGenerator<SeenPage> {
  let from = window.from
  let cursor: string | null = null
  let reached: Instant | null = null
  let restarts = 0
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const asked = { ...window, from }
    const askedAt = provider.now()
    let page: Page
    try {
      page = await converse(line, provider, (link) => stream.page(link, asked, cursor))
    } catch (failure) {
      if (!isExpired(failure) || ++restarts > RESTARTS_MAX) throw failure
      from = reached ?? from
      cursor = null
      continue
    }
    if (page.lastAt !== null && page.lastAt !== reached) {
      reached = page.lastAt
      restarts = 0
    }
    yield { ...page, askedAt, cursor, window: asked }
    if (page.next !== null) cursor = page.next
    else {
      const next = furtherFrom(stream, asked, page)
      if (next === null) return
      from = next
      cursor = null
    }
  }
  throw new Error(`${stream.name}: ${PAGES_MAX} pages and no end`)
}

/** Where to ask again after a last page that is as full as it may be; null at a true end. */
function furtherFrom(stream: Stream, window: PullWindow, page: Page): Instant | null {
  if (page.count < stream.pageSizeMax || window.by === 'whole') return null
  return page.lastAt === null || page.lastAt <= window.from ? null : page.lastAt
}

function isExpired(failure: unknown): boolean {
  return failure instanceof CallFailed && failure.verdict.kind === 'cursor_expired'
}

/** Locations in lots that one window of the stream may speak of. */
export function lotsOf(stream: Stream, locations: readonly string[]): readonly (readonly string[] | null)[] {
  const most = stream.locationsMax
  if (most === null) return [null]
  const lots: string[][] = []
  for (let at = 0; at < locations.length; at += most) lots.push(locations.slice(at, at + most))
  return lots
}

/** All records of a window, in the order in which they came. */
export async function recordsIn(
  line: Line,
  provider: Provider,
  stream: Stream,
  window: PullWindow,
): Promise<readonly SourceRecord[]> {
  const records: SourceRecord[] = []
  for await (const page of walk(line, provider, stream, window)) records.push(...page.records)
  return records
}
