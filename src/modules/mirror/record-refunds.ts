import { refundFingerprint } from '#canon/fingerprint.ts'
import { mergeRefunds, refundKind } from '#canon/merge-refunds.ts'
import { type Id, newId } from '#kernel/ids.ts'
import type { LocalDate } from '#kernel/instant.ts'
import { sum } from '#kernel/money.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ArticleBook } from './article-book.ts'
import type { RefundFiling, Source } from './filing.ts'
import { addRefund, type RollupDelta } from './rollup.ts'
import { type RefundContent, refundText } from './snapshot.ts'
import { lockSaleKeys, type SaleKey } from './store-keys.ts'
import { readRefunds } from './store-read.ts'
import {
  claimRefundKeys,
  insertRefundRevisions,
  lockRefundKeys,
  type RefundHistory,
  type RefundKey,
  type RefundRevision,
  type RefundRow,
  readRefundHistories,
  sumRefunds,
  type ToldRefund,
  writeRefunds,
} from './store-refunds.ts'
import { spanOf } from './store-write.ts'
import { findRepeatedRefund, foldRefund, isVain } from './words.ts'

// Refunds are facts of their own with keys of their own. They are recorded after the sales of the same call, since they
// may name them. They are few beside the sales, so every word about one is kept whole from the start.

export type RefundsOutcome = {
  readonly refundsCreated: number
  readonly refundsUpdated: number
  readonly refundsUnchanged: number
}

/** A refund as it will stand. */
export type RefundRestatement = {
  readonly key: RefundKey
  readonly content: RefundContent
  readonly batchId: Id | null
}

const UNHEARD: RefundHistory = { words: [], versions: 0 }

export async function recordEachRefund(
  tx: Tx,
  source: Source,
  filings: readonly RefundFiling[],
  articles: ArticleBook,
  delta: RollupDelta,
): Promise<RefundsOutcome> {
  const byId = new Map(filings.map((filing) => [filing.refund.externalId, filing]))
  const ordered = [...byId.values()].sort((a, b) => (a.refund.externalId < b.refund.externalId ? -1 : 1))
  if (ordered.length === 0) return { refundsCreated: 0, refundsUpdated: 0, refundsUnchanged: 0 }
  // Sales before refunds, as everywhere: two writers that lock both must not do it crosswise.
  await lockSaleKeys(tx, source, namesOfSales(ordered))
  const keyOf = await holdKeys(tx, source, ordered)
  const histories = await readRefundHistories(
    tx,
    source.tenantId,
    ordered.map((filing) => keyOf(filing).refundId),
  )

  const restatements: RefundRestatement[] = []
  const revisions: RefundRevision[] = []
  let refundsCreated = 0
  for (const filing of ordered) {
    const key = keyOf(filing)
    const history = histories.get(key.refundId) ?? UNHEARD
    const word = wordOf(source, filing, history)
    const revision = { ...word, refundId: key.refundId, raw: filing.raw }
    const standing = foldRefund(history.words)
    if (findRepeatedRefund(standing, word) !== undefined) {
      if (!isVain(history.words, word)) revisions.push({ ...revision, said: null, raw: null })
      continue
    }
    revisions.push({ ...revision, said: refundText(filing) })
    const next = foldRefund([...history.words, word])
    restatements.push({ key, content: mergeRefunds(next.map(contentOf)), batchId: source.batchId })
    if (standing.length === 0) refundsCreated++
  }
  await insertRefundRevisions(tx, source, revisions)
  await restateRefunds(tx, source, restatements, articles, delta)
  return {
    refundsCreated,
    refundsUpdated: restatements.length - refundsCreated,
    refundsUnchanged: ordered.length - restatements.length,
  }
}

export function contentOf(word: ToldRefund): RefundContent {
  return word.content
}

/** Writes refunds as they will stand, whether something stands already or not. */
export async function restateRefunds(
  tx: Tx,
  source: Source,
  restatements: readonly RefundRestatement[],
  articles: ArticleBook,
  delta: RollupDelta,
): Promise<void> {
  if (restatements.length === 0) return
  const before = await readRefunds(
    tx,
    source.tenantId,
    restatements.map(({ key }) => key.refundId),
  )
  await articles.lookUp(restatements.flatMap(({ content }) => content.refund.items.map((item) => item.article)))
  const sales = await standingSales(
    tx,
    source,
    restatements.map(({ content }) => content),
  )
  const rows = restatements.map(({ key, content, batchId }): RefundRow => {
    const { refund, saleExternalId } = content
    return {
      ...content,
      id: key.refundId,
      filedOn: key.filedOn,
      saleId: saleExternalId === null ? null : (sales.get(saleExternalId)?.saleId ?? null),
      articleIds: refund.items.map((item) => articles.idOf(item.article)),
      unallocated: refund.amount - refund.tip - sum(refund.items.map((item) => item.amount)),
      batchId,
    }
  })
  for (const old of before) addRefund(delta, old, -1)
  await writeRefunds(tx, source, rows)
  for (const row of rows) addRefund(delta, row, 1)
  const touched = [...rows, ...before].flatMap((row) => row.saleId ?? [])
  const named = new Set([...sales.values()].map((key) => key.saleId))
  // A refund may have moved away from a sale that nobody names here.
  const span = named.size > 0 && touched.every((id) => named.has(id)) ? spanOf([...sales.values()], filedOn) : null
  await sumRefunds(tx, source, touched, span)
}

function filedOn(key: SaleKey): LocalDate {
  return key.filedOn
}

async function holdKeys(
  tx: Tx,
  source: Source,
  filings: readonly RefundFiling[],
): Promise<(filing: RefundFiling) => RefundKey> {
  const keys = filings.map(
    (filing): RefundKey => ({
      externalId: filing.refund.externalId,
      refundId: newId(),
      filedOn: filing.businessDate,
    }),
  )
  const claimed = await claimRefundKeys(tx, source, keys)
  const held = await lockRefundKeys(
    tx,
    source,
    keys.map((key) => key.externalId).filter((id) => !claimed.has(id)),
  )
  const keyById = new Map(
    [...keys.filter((key) => claimed.has(key.externalId)), ...held].map((key) => [key.externalId, key]),
  )
  return ({ refund }) => {
    const key = keyById.get(refund.externalId)
    if (key === undefined) throw new Error('every refund has its key')
    return key
  }
}

function wordOf(source: Source, filing: RefundFiling, history: RefundHistory): ToldRefund {
  return {
    version: history.versions + 1,
    kind: refundKind(filing.refund),
    batchId: source.batchId,
    contentHash: refundFingerprint(filing.refund, filing.saleExternalId),
    content: filing,
  }
}

function namesOfSales(refunds: readonly Pick<RefundFiling, 'saleExternalId'>[]): string[] {
  return [...new Set(refunds.flatMap(({ saleExternalId }) => saleExternalId ?? []))].sort()
}

/** The keys of sales that refunds name and that stand. */
async function standingSales(
  tx: Tx,
  source: Source,
  refunds: readonly RefundContent[],
): Promise<ReadonlyMap<string, SaleKey>> {
  const keys = await lockSaleKeys(tx, source, namesOfSales(refunds))
  return new Map(keys.filter((key) => key.version > 0).map((key) => [key.externalId, key]))
}
