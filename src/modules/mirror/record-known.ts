import type { Id } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Writer } from '#platform/postgres/together.ts'
import type { ArticleBook } from './article-book.ts'
import type { DraftSale } from './draft.ts'
import type { Source } from './filing.ts'
import { keptOf, mergeContents, type Restatement, readStanding, restate } from './restate.ts'
import { addSale, type RollupDelta } from './rollup.ts'
import { revisionOf, rowOf } from './sale-rows.ts'
import { snapshotText } from './snapshot.ts'
import { keyMoves, type SaleKey } from './store-keys.ts'
import { linkRefunds } from './store-refunds.ts'
import {
  type Kept,
  laterRevisions,
  type RevisionRow,
  readContents,
  readWords,
  recordSightings,
  type Sighting,
  saidByOthersAlone,
  versionKeeps,
} from './store-words.ts'
import { linesOf, type SaleRow, saleInserts } from './store-write.ts'
import { findRepeated, fold, isLate, isVain, lay, type Standing, type Word } from './words.ts'

// Recording what is said of sales that somebody spoke of before.

export type SalesOutcome = {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly late: number
  readonly changedSaleIds: readonly Id[]
}

/** What a call of recording keeps open: its articles, the sum of its changes, and its writes that wait. */
export type Books = { readonly articles: ArticleBook; readonly delta: RollupDelta; readonly writer: Writer }

/** What is said of a known sale, beside what stands. */
export type Held = { readonly sale: DraftSale; readonly key: SaleKey }
type Heard = Held & {
  readonly standing: Standing
  readonly next: Standing
  readonly word: Word
  readonly nextKey: SaleKey
}

export async function recordKnown(tx: Tx, source: Source, held: readonly Held[], books: Books): Promise<SalesOutcome> {
  if (held.length === 0) return { created: 0, updated: 0, unchanged: 0, late: 0, changedSaleIds: [] }
  const alike = held.filter(saysTheOneThing)
  const others = await saidByOthersAlone(tx, source, alike)
  const { repeats, late, heard } = await hear(
    tx,
    source,
    held.filter((one) => !saysTheOneThing(one)),
  )
  await recordSightings(tx, source, [...others.map((one) => sightingOf(one, 1)), ...repeats])
  await recordLate(tx, source, late, books)
  const again = heard.filter(({ standing }) => standing.head === null)
  const changed = heard.filter(({ standing }) => standing.head !== null)
  const rows = [...(await recordAgain(tx, source, again, books)), ...(await recordChanged(tx, source, changed, books))]
  return {
    created: again.length,
    updated: changed.length,
    unchanged: held.length - heard.length - late.length,
    late: late.length,
    changedSaleIds: rows.map((row) => row.id),
  }
}

type Hearing = {
  /** Said before, but worth a line. */
  readonly repeats: readonly Sighting[]
  readonly late: readonly Held[]
  readonly heard: readonly Heard[]
}

/** Holds what is said of sales against all that was said of them before. */
async function hear(tx: Tx, source: Source, held: readonly Held[]): Promise<Hearing> {
  const words = await readWords(
    tx,
    source.tenantId,
    held.map(({ key }) => key),
  )
  const repeats: Sighting[] = []
  const late: Held[] = []
  const heard: Heard[] = []
  for (const one of held) {
    const { sale, key } = one
    const said = words.get(key.saleId) ?? []
    const standing = fold(said)
    const nextKey = { ...sale.key, saleId: key.saleId, filedOn: key.filedOn, ...risen(key) }
    const word = { ...wordOf(sale), version: nextKey.version, batchId: source.batchId }
    const repeated = findRepeated(standing, word)
    if (repeated !== undefined) {
      if (!isVain(said, word)) repeats.push(sightingOf(one, repeated.version))
    } else if (isLate(standing, word)) late.push(one)
    else heard.push({ ...one, standing, word, nextKey, next: lay(standing, word) })
  }
  return { repeats, late, heard }
}

/** The sale has one version, and this says just the same: no need to look further. */
function saysTheOneThing({ sale, key }: Held): boolean {
  return key.versions === 1 && key.version === 1 && Buffer.compare(key.contentHash, sale.key.contentHash) === 0
}

function risen(key: SaleKey): Pick<SaleKey, 'version' | 'versions'> {
  return { version: key.versions + 1, versions: key.versions + 1 }
}

function sightingOf({ sale, key }: Held, version: number): Sighting {
  const { sourceVersion, sourceUpdatedAt } = sale.filing
  return { ...key, version, sourceVersion, sourceUpdatedAt }
}

function wordOf({ filing, key }: DraftSale): Omit<Word, 'version' | 'batchId'> {
  const { part, sourceVersion, sourceUpdatedAt } = filing
  return { part, sourceVersion, sourceUpdatedAt, contentHash: key.contentHash }
}

async function recordLate(tx: Tx, source: Source, late: readonly Held[], { writer }: Books): Promise<void> {
  if (late.length === 0) return
  const kept = late.flatMap(({ key }) => firstHash(key))
  const keys = late.map(({ key }) => ({ ...key, versions: key.versions + 1 }))
  const revisions = late.map(({ sale, key }) => {
    const { version } = risen(key)
    const snapshot = snapshotText({ ...sale.filing, id: key.saleId, version })
    return revisionOf(sale, { ...key, version }, { late: true, contentHash: sale.key.contentHash, snapshot })
  })
  await writer.write(late.length, [
    ...versionKeeps(tx, source, kept).map((statement) => () => statement),
    () => laterRevisions(source, revisions),
    () => keyMoves(tx, source, keys),
  ])
}

/** The key's hash is about to be another one's: the first version takes its own along. */
function firstHash(key: SaleKey): Kept[] {
  return key.versions === 1 ? [{ ...key, version: 1, snapshot: null, contentHash: key.contentHash }] : []
}

/** Sales that had stood before and were taken back: they stand again, under the same id. */
async function recordAgain(
  tx: Tx,
  source: Source,
  heard: readonly Heard[],
  { articles, delta, writer }: Books,
): Promise<SaleRow[]> {
  if (heard.length === 0) return []
  const kept = heard.flatMap(({ key }) => firstHash(key))
  const keys = heard.map(({ nextKey }) => nextKey)
  const rows = heard.map(({ sale, nextKey }) => rowOf(source, sale, nextKey, articles))
  const revisions = heard.map(({ sale, nextKey }) => revisionOf(sale, nextKey, { contentHash: sale.key.contentHash }))
  await writer.write(linesOf(rows), [
    ...versionKeeps(tx, source, kept).map((statement) => () => statement),
    ...saleInserts(source, rows),
    () => laterRevisions(source, revisions),
    () => keyMoves(tx, source, keys),
  ])
  for (const row of rows) addSale(delta, row, 1)
  await linkRefunds(tx, source, rows, writer)
  return rows
}

async function recordChanged(tx: Tx, source: Source, heard: readonly Heard[], books: Books): Promise<SaleRow[]> {
  if (heard.length === 0) return []
  const standing = await readStanding(
    tx,
    source,
    heard.map(({ key }) => key),
  )
  // A sale's one version has no words of its own beside what stands.
  const elsewhere = heard
    .filter(({ key }) => key.versions > 1)
    .flatMap(({ key, word, next }) =>
      next.words.filter((one) => one !== word).map(({ version }) => ({ ...key, version })),
    )
  const contentOf = await readContents(tx, source.tenantId, elsewhere)
  const restatements: Restatement[] = []
  const revisions: RevisionRow[] = []
  const kept: Kept[] = []
  for (const { sale, key, word, next, nextKey } of heard) {
    const before = standing(key)
    const content = mergeContents(
      next.words.map((one) => ({
        word: one,
        content: one === word ? sale.filing : (contentOf({ saleId: key.saleId, version: one.version }) ?? before),
      })),
    )
    const said =
      next.words.length === 1 ? null : snapshotText({ ...sale.filing, id: key.saleId, version: word.version })
    restatements.push({ key: nextKey, before, content, batchId: source.batchId })
    revisions.push(revisionOf(sale, nextKey, { contentHash: sale.key.contentHash, said }))
    kept.push(keptOf(key, before))
  }
  return restate(tx, source, restatements, books, {
    keeping: versionKeeps(tx, source, kept),
    adding: () => laterRevisions(source, revisions),
  })
}
