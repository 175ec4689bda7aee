import type { articleKey } from '#canon/article.ts'
import { refundFingerprint } from '#canon/fingerprint.ts'
import { type Id, newId } from '#kernel/ids.ts'
import type { LocalDate } from '#kernel/instant.ts'
import { sum } from '#kernel/money.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FiledRefund, RefundFiling, Source } from './filing.ts'
import { addRefund, type RollupDelta } from './rollup.ts'
import { readRefunds } from './store-read.ts'
import {
  claimRefundKeys,
  lockRefundKeys,
  moveRefundKey,
  type RefundRow,
  sumRefunds,
  writeRefunds,
} from './store-refunds.ts'
import { lockSaleKeys } from './store-write.ts'

// Refunds are facts of their own with keys of their own. They are recorded after the sales of the same call, since they
// may name them.

export type ArticleOf = (article: Parameters<typeof articleKey>[0]) => Id

export type RefundsOutcome = {
  readonly refundsCreated: number
  readonly refundsUpdated: number
  readonly refundsUnchanged: number
}

export async function recordEachRefund(
  tx: Tx,
  source: Source,
  filings: readonly RefundFiling[],
  articleOf: ArticleOf,
  delta: RollupDelta,
): Promise<RefundsOutcome> {
  const byId = new Map(filings.map((filing) => [filing.refund.externalId, filing]))
  const ordered = [...byId.values()].sort((a, b) => (a.refund.externalId < b.refund.externalId ? -1 : 1))
  const saleIdByExternalId = await saleIdsOf(tx, source, ordered)
  const rowOf = (filing: RefundFiling, id: Id, filedOn: LocalDate): RefundRow => ({
    ...filing,
    id,
    filedOn,
    saleId: filing.saleExternalId === null ? null : (saleIdByExternalId.get(filing.saleExternalId) ?? null),
    articleIds: filing.refund.items.map((item) => articleOf(item.article)),
    unallocated: filing.refund.amount - filing.refund.tip - sum(filing.refund.items.map((item) => item.amount)),
  })
  const keys = ordered.map((filing) => ({
    externalId: filing.refund.externalId,
    refundId: newId(),
    filedOn: filing.businessDate,
    contentHash: refundFingerprint(filing.refund, filing.saleExternalId),
  }))
  const keyById = new Map(keys.map((key) => [key.externalId, key]))
  const claimed = await claimRefundKeys(tx, source, keys)
  const held = await lockRefundKeys(
    tx,
    source,
    [...keyById.keys()].filter((id) => !claimed.has(id)),
  )
  const heldById = new Map(held.map((key) => [key.externalId, key]))

  const created: RefundRow[] = []
  const replaced: RefundRow[] = []
  for (const filing of ordered) {
    const key = keyById.get(filing.refund.externalId)
    if (key === undefined) throw new Error('every refund has its key')
    const standing = heldById.get(filing.refund.externalId)
    if (standing === undefined) created.push(rowOf(filing, key.refundId, key.filedOn))
    else if (Buffer.compare(standing.contentHash, key.contentHash) !== 0) {
      replaced.push(rowOf(filing, standing.refundId, standing.filedOn))
      await moveRefundKey(tx, source, { ...standing, contentHash: key.contentHash })
    }
  }
  const before: FiledRefund[] = await readRefunds(
    tx,
    source.tenantId,
    replaced.map((row) => row.id),
  )
  for (const old of before) addRefund(delta, old, -1)
  await writeRefunds(tx, source, created, 'new')
  await writeRefunds(tx, source, replaced, 'replace')
  for (const row of [...created, ...replaced]) addRefund(delta, row, 1)
  const touched = [...created, ...replaced, ...before].flatMap((row) => (row.saleId === null ? [] : [row.saleId]))
  await sumRefunds(tx, source, [...new Set(touched)].sort())
  return {
    refundsCreated: created.length,
    refundsUpdated: replaced.length,
    refundsUnchanged: ordered.length - created.length - replaced.length,
  }
}

async function saleIdsOf(tx: Tx, source: Source, refunds: readonly RefundFiling[]): Promise<Map<string, Id>> {
  const wanted = new Set(refunds.flatMap(({ saleExternalId }) => (saleExternalId === null ? [] : [saleExternalId])))
  const keys = await lockSaleKeys(tx, source, [...wanted].sort())
  return new Map(keys.map((key) => [key.externalId, key.saleId]))
}
