import { mergeParts } from '#canon/merge-parts.ts'
import { checkIdentity } from '#canon/money-identity.ts'
import type { Sale } from '#canon/sale.ts'
import type { Id } from '#kernel/ids.ts'
import { executeInTurn } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ArticleBook } from './article-book.ts'
import type { FiledSale, Source } from './filing.ts'
import { addSale, type RollupDelta } from './rollup.ts'
import { type Content, snapshotText } from './snapshot.ts'
import type { SaleKey } from './store-keys.ts'
import { readSales, type StoredSale } from './store-read.ts'
import type { Kept } from './store-words.ts'
import { type Replacing, removeRows, type SaleRow, saleReplacements, spanOf } from './store-write.ts'
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

/** Answers the rows as they stand now. */
export async function restate(
  tx: Tx,
  source: Source,
  restatements: readonly Restatement[],
  articles: ArticleBook,
  delta: RollupDelta,
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
    return { row, ...changesOf(before.sale, content.sale) }
  })
  const rowsWhere = (holds: (one: Replacing) => boolean) => replacing.filter(holds).map(({ row }) => row)
  const itemsChange = rowsWhere((one) => one.itemsChange)
  const paymentsChange = rowsWhere((one) => one.paymentsChange)
  await removeRows(tx, source.tenantId, 'pos.transaction_items', itemsChange)
  await removeRows(tx, source.tenantId, 'pos.transaction_payments', paymentsChange)
  await executeInTurn(tx, saleReplacements(source, replacing))
  return rowsWhere(() => true)
}

/** A part that was merged in leaves the other's lists as they were read, the very same ones. */
function changesOf(before: Sale, after: Sale): Omit<Replacing, 'row'> {
  const changed = (a: readonly unknown[], b: readonly unknown[]) => a !== b && a.length + b.length > 0
  return { itemsChange: changed(before.items, after.items), paymentsChange: changed(before.payments, after.payments) }
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
