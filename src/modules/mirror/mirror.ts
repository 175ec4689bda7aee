import { articleKey } from '#canon/article.ts'
import { refundFingerprint, saleFingerprint } from '#canon/fingerprint.ts'
import { checkIdentity } from '#canon/money-identity.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { addDays, type Instant, instantText, type LocalDate, localDate } from '#kernel/instant.ts'
import { sum } from '#kernel/money.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import {
  type FiledRefund,
  isNewer,
  mentionsOf,
  type Origin,
  type RefundFiling,
  type SaleFiling,
  type Source,
} from './filing.ts'
import { addRefund, addSale, emptyDelta, type RollupDelta } from './rollup.ts'
import { snapshotText } from './snapshot.ts'
import { readRefunds, readSales } from './store-read.ts'
import {
  claimRefundKeys,
  lockRefundKeys,
  moveRefundKey,
  type RefundRow,
  sumRefunds,
  writeRefunds,
} from './store-refunds.ts'
import { applyRollup } from './store-rollups.ts'
import {
  articleIds,
  claimSaleKeys,
  ensureMonths,
  keepSnapshot,
  lockSaleKeys,
  moveSaleKey,
  type RevisionRow,
  type SaleKey,
  type SaleRow,
  writeRevisions,
  writeSales,
} from './store-write.ts'

// Recording facts, once. Inside the caller's one transaction of the tenant:
//   keys      every external id is claimed or found; a found one is locked
//   facts     new ones are written; a newer version replaces what stands and keeps it as history; an older or equal one
//             changes nothing that stands
//   roll-ups  the difference is added to hours, days, items and tenders
//   outbox    one line says what changed; it comes last, because it makes the tenant's other writers wait until commit

export type Recorded = {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  /** Arrived after a newer version: kept as history only. */
  readonly late: number
  readonly refundsCreated: number
  readonly refundsUpdated: number
  readonly refundsUnchanged: number
  /** Ids of sales that were created or updated, in the order given. */
  readonly changedSaleIds: readonly Id[]
}

/** A list longer than this is not spelt out in the outbox line; its readers find the sales by their batch. */
const SALES_NAMED_MAX = 100

/**
 * Records sales and refunds of one source. Refunds may name sales of this call or of earlier ones. Atomic with the
 * caller's transaction; repeating it changes nothing. Throws only what the database throws.
 */
export async function recordSales(
  tx: Tx,
  source: Source,
  sales: readonly SaleFiling[],
  refunds: readonly RefundFiling[] = [],
): Promise<Recorded> {
  const filings = newestOfEach(sales)
  await ensureMonthsOf(tx, filings, refunds)
  const articles = await articleIds(tx, source, mentionsOf(filings, refunds))
  const articleOf = (article: Parameters<typeof articleKey>[0]): Id => {
    const id = articles.get(articleKey(article))
    if (id === undefined) throw new Error('an article that was mentioned has no id')
    return id
  }
  const delta = emptyDelta()
  const outcome = await recordEachSale(tx, source, filings, articleOf, delta)
  const refunded = await recordEachRefund(tx, source, refunds, articleOf, delta)
  await applyRollup(tx, source, delta)
  const recorded: Recorded = { ...outcome, ...refunded }
  if (outcome.changedSaleIds.length > 0 || refunded.refundsCreated > 0 || refunded.refundsUpdated > 0) {
    await announce(tx, source, recorded, delta)
  }
  return recorded
}

type SalesOutcome = Pick<Recorded, 'created' | 'updated' | 'unchanged' | 'late' | 'changedSaleIds'>
type RefundsOutcome = Pick<Recorded, 'refundsCreated' | 'refundsUpdated' | 'refundsUnchanged'>
type ArticleOf = (article: Parameters<typeof articleKey>[0]) => Id

/** Two versions of a sale in one call would race with themselves: the older one is dropped here, the newer recorded. */
function newestOfEach(sales: readonly SaleFiling[]): SaleFiling[] {
  const newest = new Map<string, SaleFiling>()
  for (const filing of sales) {
    const standing = newest.get(filing.sale.externalId)
    if (standing === undefined || isNewer(filing, standing)) newest.set(filing.sale.externalId, filing)
  }
  return [...newest.values()].sort((a, b) => (a.sale.externalId < b.sale.externalId ? -1 : 1))
}

/** Makes the months of the near future, so that no sale has to wait for its month to be made. */
export async function prepareMonths(database: Database, now: Instant): Promise<void> {
  const today = localDate(instantText(now).slice(0, 10))
  await database.system((tx) => ensureMonths(tx, addDays(today, -1), addDays(today, 45)))
}

/** Only months that something is filed in: a day that a typing error put a lifetime away makes its own and no more. */
async function ensureMonthsOf(tx: Tx, sales: readonly SaleFiling[], refunds: readonly RefundFiling[]): Promise<void> {
  const months = new Map([...sales, ...refunds].map(({ businessDate }) => [businessDate.slice(0, 7), businessDate]))
  for (const day of [...months.values()].sort()) await ensureMonths(tx, day, day)
}

async function recordEachSale(
  tx: Tx,
  source: Source,
  filings: readonly SaleFiling[],
  articleOf: ArticleOf,
  delta: RollupDelta,
): Promise<SalesOutcome> {
  const keys = new Map(filings.map((filing) => [filing.sale.externalId, firstKey(filing)]))
  const claimed = await claimSaleKeys(tx, source, [...keys.values()])
  const held = await lockSaleKeys(
    tx,
    source,
    [...keys.keys()].filter((id) => !claimed.has(id)),
  )
  const heldById = new Map(held.map((key) => [key.externalId, key]))

  const created: SaleRow[] = []
  const replacing: { filing: SaleFiling; standing: SaleKey; next: SaleKey }[] = []
  const revisions: RevisionRow[] = []
  let unchanged = 0
  let late = 0
  for (const filing of filings) {
    const key = keys.get(filing.sale.externalId)
    if (key === undefined) throw new Error('every filing has its key')
    const standing = heldById.get(filing.sale.externalId)
    if (standing === undefined) {
      created.push(saleRow(filing, key, 0n, articleOf))
      revisions.push(revisionOf(filing, key, { late: false, snapshot: null }))
    } else if (Buffer.compare(standing.contentHash, key.contentHash) === 0) {
      unchanged++
    } else if (isNewer(filing, standing)) {
      const next = {
        ...key,
        saleId: standing.saleId,
        filedOn: standing.filedOn,
        version: standing.versions + 1,
        versions: standing.versions + 1,
      }
      replacing.push({ filing, standing, next })
      revisions.push(revisionOf(filing, next, { late: false, snapshot: null }))
    } else {
      late++
      const versions = standing.versions + 1
      const snapshot = snapshotText({ ...filing, id: standing.saleId, version: versions })
      revisions.push(revisionOf(filing, { ...standing, version: versions }, { late: true, snapshot }))
      await moveSaleKey(tx, source, { ...standing, versions })
    }
  }

  const replaced = await replaceSales(tx, source, replacing, articleOf, delta)
  await writeSales(tx, source, created, 'new')
  await writeRevisions(tx, source, revisions)
  for (const row of created) addSale(delta, row, 1)
  return {
    created: created.length,
    updated: replaced.length,
    unchanged,
    late,
    changedSaleIds: [...created.map((row) => row.id), ...replaced.map((row) => row.id)],
  }
}

async function replaceSales(
  tx: Tx,
  source: Source,
  replacing: readonly { filing: SaleFiling; standing: SaleKey; next: SaleKey }[],
  articleOf: ArticleOf,
  delta: RollupDelta,
): Promise<SaleRow[]> {
  const before = await readSales(
    tx,
    source.tenantId,
    replacing.map(({ standing }) => standing.saleId),
  )
  const beforeById = new Map(before.map((sale) => [sale.id, sale]))
  const rows: SaleRow[] = []
  for (const { filing, standing, next } of replacing) {
    const old = beforeById.get(standing.saleId)
    if (old === undefined) throw new Error('a key without its sale')
    addSale(delta, old, -1)
    const row = saleRow(filing, next, old.refunded, articleOf)
    addSale(delta, row, 1)
    rows.push(row)
    await keepSnapshot(tx, source, standing, snapshotText(old))
    await moveSaleKey(tx, source, next)
  }
  await writeSales(tx, source, rows, 'replace')
  return rows
}

async function recordEachRefund(
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

function firstKey(filing: SaleFiling): SaleKey {
  return {
    externalId: filing.sale.externalId,
    saleId: newId(),
    filedOn: filing.businessDate,
    version: 1,
    versions: 1,
    sourceVersion: filing.sourceVersion,
    sourceUpdatedAt: filing.sourceUpdatedAt,
    contentHash: saleFingerprint(filing.sale),
  }
}

function saleRow(filing: SaleFiling, key: SaleKey, refunded: bigint, articleOf: ArticleOf): SaleRow {
  return {
    ...filing,
    id: key.saleId,
    filedOn: key.filedOn,
    version: key.version,
    refunded,
    articleIds: filing.sale.items.map((item) => articleOf(item.article)),
    identity: checkIdentity(filing.sale),
  }
}

function revisionOf(origin: Origin, key: SaleKey, more: Pick<RevisionRow, 'late' | 'snapshot'>): RevisionRow {
  const { sourceVersion, sourceUpdatedAt, rows, raw } = origin
  return {
    saleId: key.saleId,
    filedOn: key.filedOn,
    version: key.version,
    sourceVersion,
    sourceUpdatedAt,
    rows,
    raw,
    ...more,
  }
}

async function announce(tx: Tx, source: Source, recorded: Recorded, delta: RollupDelta): Promise<void> {
  const ids = recorded.changedSaleIds
  const days = [...new Set([...delta.hours.values()].map((hour) => hour.businessDate))].sort()
  await appendEvents(tx, source.tenantId, [
    {
      type: 'sales.recorded',
      subject: ids.length === 1 ? `sale/${ids[0]}` : `connection/${source.connectionId}`,
      occurredAt: source.now,
      actor: source.actor,
      requestId: source.requestId,
      data: {
        connection_id: source.connectionId,
        pos_system: source.posSystem,
        batch_id: source.batchId,
        created: recorded.created,
        updated: recorded.updated,
        refunds_created: recorded.refundsCreated,
        refunds_updated: recorded.refundsUpdated,
        first_business_date: days[0] ?? null,
        last_business_date: days.at(-1) ?? null,
        sale_ids: ids.length <= SALES_NAMED_MAX ? [...ids] : null,
      },
    },
  ])
}
