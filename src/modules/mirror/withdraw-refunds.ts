import { mergeRefunds } from '#canon/merge-refunds.ts'
import type { Id } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ArticleBook } from './article-book.ts'
import type { Source } from './filing.ts'
import { contentOf, type RefundRestatement, restateRefunds } from './record-refunds.ts'
import { addRefund, type RollupDelta } from './rollup.ts'
import { lockSaleKeys } from './store-keys.ts'
import { readRefunds } from './store-read.ts'
import { lockRefundKeys, type RefundKey, readRefundHistories, removeRefunds, sumRefunds } from './store-refunds.ts'
import { findConcernedRefunds, withdrawRefundWords } from './store-withdraw.ts'
import { foldRefund } from './words.ts'

export type RefundsWithdrawn = { readonly refundsRemoved: number; readonly refundsRestored: number }

/** Takes back what a batch said of refunds, of at most `limit` of them. */
export async function withdrawFromRefunds(
  tx: Tx,
  source: Source,
  batchId: Id,
  limit: number,
  articles: ArticleBook,
  delta: RollupDelta,
): Promise<RefundsWithdrawn> {
  const concerned = await findConcernedRefunds(tx, source, batchId, limit)
  if (concerned.length === 0) return { refundsRemoved: 0, refundsRestored: 0 }
  const saleNames = new Set(concerned.flatMap(({ saleExternalId }) => saleExternalId ?? []))
  await lockSaleKeys(tx, source, [...saleNames].sort())
  const keys = await lockRefundKeys(
    tx,
    source,
    concerned.map(({ externalId }) => externalId),
  )
  const histories = await readRefundHistories(
    tx,
    source.tenantId,
    keys.map((key) => key.refundId),
  )
  const removed: RefundKey[] = []
  const restated: RefundRestatement[] = []
  let refundsRestored = 0
  for (const key of keys) {
    const { words } = histories.get(key.refundId) ?? { words: [] }
    const was = foldRefund(words)
    const left = foldRefund(words.filter((word) => word.batchId !== batchId))
    const head = left.at(-1)
    if (head === undefined) {
      removed.push(key)
      continue
    }
    const moved = was.length !== left.length || was.some((word, index) => word !== left[index])
    if (!moved) continue
    refundsRestored++
    restated.push({ key, content: mergeRefunds(left.map(contentOf)), batchId: head.batchId })
  }
  await withdrawRefundWords(
    tx,
    source,
    batchId,
    keys.map((key) => key.refundId),
  )
  await removeEach(tx, source, removed, delta)
  await restateRefunds(tx, source, restated, articles, delta)
  return { refundsRemoved: removed.length, refundsRestored }
}

async function removeEach(tx: Tx, source: Source, keys: readonly RefundKey[], delta: RollupDelta): Promise<void> {
  const ids = keys.map((key) => key.refundId)
  const before = await readRefunds(tx, source.tenantId, ids)
  for (const refund of before) addRefund(delta, refund, -1)
  await removeRefunds(tx, source, ids)
  await sumRefunds(
    tx,
    source,
    before.flatMap((refund) => refund.saleId ?? []),
    null,
  )
}
