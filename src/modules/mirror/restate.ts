import { isDeepStrictEqual } from 'node:util'
import { mergeParts } from '#canon/merge-parts.ts'
import { checkIdentity } from '#canon/money-identity.ts'
import type { Id } from '#kernel/ids.ts'
import type { Statement } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Writer } from '#platform/postgres/together.ts'
import type { ArticleBook } from './article-book.ts'
import type { FiledSale, Source } from './filing.ts'
import { addSale, type RollupDelta } from './rollup.ts'
import { type Content, snapshotText } from './snapshot.ts'
import { keyMoves, type SaleKey } from './store-keys.ts'
import { readSales, type StoredSale } from './store-read.ts'
import type { Kept } from './store-words.ts'
import { linesOf, type Replacing, rowRemovals, type SaleRow, saleReplacements, spanOf } from './store-write.ts'
import type { Word } from './words.ts'

// Putting another reading of a sale in the place of the one that stands: rows and roll-ups, in one step. Used when a word
// more has come and when a batch is taken back.

export type Restatement = {
  /** As it will be. */
  readonly key: SaleKey
  readonly before: FiledSale
  readonly content: Content
  /** Whose word the sale bears from now on. */
  readonly batchId: Id | null
}

/** What words make together, each with its content. */
export function mergeContents(words: readonly { readonly word: Word; readonly content: Content }[]): Content {
  const [alone] = words
  if (words.length === 1 && alone !== undefined) return alone.content
  const { sale, momentsOf } = mergeParts(
    words.map(({ word, content }) => ({ part: word.part, sale: content.sale, content })),
  )
  const { siteId, businessDate, businessHour } = momentsOf.content
  return { siteId, businessDate, businessHour, sale }
}

/** What becomes of the history with a restatement. */
export type History = {
  /** Keeps the versions that stand no longer. */
  readonly keeping: readonly Statement[]
  /** Adds the versions that stand from now on. */
  adding(): Statement | null
}

/** Moves the keys, replaces the rows and writes the history, as far as it does not wait. Answers the rows as they will stand. */
export async function restate(
  tx: Tx,
  source: Source,
  restatements: readonly Restatement[],
  { articles, delta, writer }: { readonly articles: ArticleBook; readonly delta: RollupDelta; readonly writer: Writer },
  history: History,
): Promise<SaleRow[]> {
  if (restatements.length === 0) return []
  await articles.lookUp(restatements.flatMap(({ content }) => content.sale.items.map((item) => item.article)))
  const replacing = restatements.map(({ key, before, content, batchId }): Replacing => {
    const row: SaleRow = {
      ...content,
      id: key.saleId,
      filedOn: key.filedOn,
      version: key.version,
      refunded: before.refunded,
      articleIds: content.sale.items.map((item) => articles.idOf(item.article)),
      identity: checkIdentity(content.sale),
      batchId,
    }
    addSale(delta, before, -1)
    addSale(delta, row, 1)
    return { row, ...changesOf(before, row) }
  })
  const rowsWhere = (holds: (one: Replacing) => boolean) => replacing.filter(holds).map(({ row }) => row)
  const itemsChange = rowsWhere((one) => one.itemsChange)
  const paymentsChange = rowsWhere((one) => one.paymentsChange)
  const rows = rowsWhere(() => true)
  const keys = restatements.map(({ key }) => key)
  const removals = [
    ...rowRemovals(tx, source.tenantId, 'pos.transaction_items', itemsChange),
    ...rowRemovals(tx, source.tenantId, 'pos.transaction_payments', paymentsChange),
  ]
  const farewell = [...history.keeping, keyMoves(tx, source, keys), ...removals].map((statement) => () => statement)
  const arrival = [...saleReplacements(source, replacing), () => history.adding()]
  // What is put in the place of rows cannot be in the statement that removes them.
  await writer.write(rows.length, farewell)
  if (removals.length > 0) await writer.flush()
  await writer.write(linesOf(rows), arrival)
  return rows
}

/** Mostly a payment is told anew and the lines are what they were. */
function changesOf(before: FiledSale, after: FiledSale): Omit<Replacing, 'row'> {
  const lines = ({ sale, articleIds }: FiledSale) => [sale.items, sale.items.length === 0 ? [] : articleIds]
  return {
    itemsChange: before.sale.items !== after.sale.items && !isDeepStrictEqual(lines(before), lines(after)),
    paymentsChange: !isDeepStrictEqual(before.sale.payments, after.sale.payments),
  }
}

/** What is only in the rows and in the key of a sale that is about to change. */
export function keptOf(key: SaleKey, before: StoredSale): Kept {
  const { saleId, filedOn, version, versions, contentHash } = key
  return { saleId, filedOn, version, snapshot: snapshotText(before), contentHash: versions === 1 ? contentHash : null }
}

/** The sales behind the keys as they stand. */
export async function readStanding(
  tx: Tx,
  source: Source,
  keys: readonly SaleKey[],
): Promise<(key: SaleKey) => StoredSale> {
  const ids = keys.map((key) => key.saleId)
  const span = keys.length === 0 ? null : spanOf(keys, (key) => key.filedOn)
  const sales = new Map((await readSales(tx, source.tenantId, ids, span)).map((sale) => [sale.id, sale]))
  return (key) => {
    const sale = sales.get(key.saleId)
    if (sale === undefined) throw new Error('a key without its sale')
    return sale
  }
}
