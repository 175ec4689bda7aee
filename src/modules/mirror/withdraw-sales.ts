import type { Id } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { executeTogether, openWriter } from '#platform/postgres/together.ts'
import type { ArticleBook } from './article-book.ts'
import type { Source } from './filing.ts'
import { keptOf, mergeContents, type Restatement, readStanding, restate } from './restate.ts'
import { addSale, type RollupDelta } from './rollup.ts'
import { lockSaleKeys, moveSaleKeys, type SaleKey } from './store-keys.ts'
import type { StoredSale } from './store-read.ts'
import { unlinkRefunds } from './store-refunds.ts'
import { type Concerned, withdrawWords } from './store-withdraw.ts'
import { keepVersions, laterRevisions, type RevisionRow, readContents, readWords, versionKeeps } from './store-words.ts'
import { handOn, rowRemovals } from './store-write.ts'
import { fold, type Standing, sameContent } from './words.ts'

// Taking back what one batch said of sales: the words that remain are laid again, in the order in which they came.

export type SalesWithdrawn = {
  readonly salesRemoved: number
  readonly salesRestored: number
  /** Removed, or standing with other content than before. */
  readonly changedSaleIds: readonly Id[]
}

type Change = {
  readonly key: SaleKey
  readonly before: StoredSale
  readonly was: Standing
  readonly left: Standing
}

export async function withdrawFromSales(
  tx: Tx,
  source: Source,
  batchId: Id,
  concerned: readonly Concerned[],
  articles: ArticleBook,
  delta: RollupDelta,
): Promise<SalesWithdrawn> {
  if (concerned.length === 0) return { salesRemoved: 0, salesRestored: 0, changedSaleIds: [] }
  const keys = await lockSaleKeys(
    tx,
    source,
    concerned.map((sale) => sale.externalId),
  )
  const words = await readWords(tx, source.tenantId, keys)
  const standing = await readStanding(tx, source, keys)
  const changes = keys.map((key): Change => {
    const said = words.get(key.saleId) ?? []
    const others = said.filter((word) => word.batchId !== batchId)
    return { key, before: standing(key), was: fold(said), left: fold(others) }
  })
  const removed = changes.filter(({ left }) => left.head === null)
  const stays = changes.filter(({ left }) => left.head !== null)
  const handedOn = stays.filter(({ was, left }) => sameContent(was, left))
  const restored = stays.filter(({ was, left }) => !sameContent(was, left))
  await removeSales(tx, source, batchId, removed, delta)
  await handOnSales(tx, source, handedOn)
  await restoreSales(tx, source, batchId, restored, articles, delta)
  await withdrawWords(tx, source, batchId, keys)
  return {
    salesRemoved: removed.length,
    salesRestored: restored.length + handedOn.filter(({ was, left }) => bearsOther(was, left)).length,
    changedSaleIds: [...removed, ...restored].map(({ key }) => key.saleId),
  }
}

/** The sale leaves the tables; its key and its history stay. */
async function removeSales(
  tx: Tx,
  source: Source,
  batchId: Id,
  removed: readonly Change[],
  delta: RollupDelta,
): Promise<void> {
  if (removed.length === 0) return
  for (const { before } of removed) addSale(delta, before, -1)
  await keepVersions(
    tx,
    source,
    removed.map(({ key, before }) => ({ ...keptOf(key, before), contentHash: null })),
    batchId,
  )
  const rows = removed.map(({ before }) => before)
  await unlinkRefunds(
    tx,
    source,
    rows.map((row) => row.id),
  )
  const tables = ['pos.transaction_items', 'pos.transaction_payments', 'pos.transactions'] as const
  await executeTogether(
    tx,
    tables.flatMap((table) => rowRemovals(tx, source.tenantId, table, rows)),
  )
  await moveSaleKeys(
    tx,
    source,
    removed.map(({ key }) => ({ ...key, version: 0 })),
  )
}

/** Somebody else said the same: the sale stays as it is and bears the other's name. */
async function handOnSales(tx: Tx, source: Source, changes: readonly Change[]): Promise<void> {
  const moved = changes.filter(({ was, left }) => bearsOther(was, left))
  await handOn(
    tx,
    source,
    moved.map(({ before, left }) => ({ ...before, batchId: left.head?.batchId ?? null })),
  )
  await moveSaleKeys(
    tx,
    source,
    moved.map(({ key, left }) => ({ ...key, ...ageOf(left) })),
  )
}

function bearsOther(was: Standing, left: Standing): boolean {
  return was.head?.batchId !== left.head?.batchId || was.head?.version !== left.head?.version
}

async function restoreSales(
  tx: Tx,
  source: Source,
  batchId: Id,
  changes: readonly Change[],
  articles: ArticleBook,
  delta: RollupDelta,
): Promise<void> {
  if (changes.length === 0) return
  const contentOf = await readContents(
    tx,
    source.tenantId,
    changes.flatMap(({ key, left }) => left.words.map(({ version }) => ({ ...key, version }))),
  )
  const restatements: Restatement[] = []
  const revisions: RevisionRow[] = []
  for (const { key, before, left } of changes) {
    const version = key.versions + 1
    const content = mergeContents(
      left.words.map((word) => ({ word, content: contentOf({ ...key, version: word.version }) ?? before })),
    )
    const nextKey = { ...key, ...ageOf(left), version, versions: version }
    restatements.push({ key: nextKey, before, content, batchId: left.head?.batchId ?? null })
    revisions.push(leftStanding(nextKey))
  }
  const kept = changes.map(({ key, before }) => keptOf(key, before))
  const writer = openWriter(tx)
  const history = {
    keeping: versionKeeps(tx, source, kept, batchId),
    adding: () => laterRevisions({ ...source, batchId: null }, revisions),
  }
  await restate(tx, source, restatements, { articles, delta, writer }, history)
  await writer.flush()
}

function ageOf({ head }: Standing): Pick<SaleKey, 'sourceVersion' | 'sourceUpdatedAt' | 'contentHash'> {
  if (head === null) throw new Error('a sale that stands has a newest word')
  const { sourceVersion, sourceUpdatedAt, contentHash } = head
  return { sourceVersion, sourceUpdatedAt, contentHash }
}

/** A version that nobody said: what the taking back left. */
function leftStanding({ saleId, filedOn, version, sourceVersion, sourceUpdatedAt }: SaleKey): RevisionRow {
  return {
    ...{ saleId, filedOn, version, sourceVersion, sourceUpdatedAt },
    ...{ part: null, late: false, contentHash: null, said: null, snapshot: null, rows: null, raw: null },
  }
}
