import { articleKey } from '#canon/article.ts'
import type { Id } from '#kernel/ids.ts'
import { addDays, type Instant, instantText, type LocalDate, localDate } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import { executeInTurn } from '#platform/postgres/bulk.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import { type Draft, type DraftSale, draftOf } from './draft.ts'
import { isNewer, type Origin, type RefundFiling, type SaleFiling, type Source } from './filing.ts'
import { type ArticleOf, recordEachRefund } from './record-refunds.ts'
import { addSale, emptyDelta, type RollupDelta } from './rollup.ts'
import { snapshotText } from './snapshot.ts'
import { readSales } from './store-read.ts'
import { rollupInserts } from './store-rollups.ts'
import {
  articleIds,
  claimSaleKeys,
  ensureMonths,
  keepSnapshot,
  lockSaleKeys,
  moveSaleKey,
  type RevisionRow,
  removeParts,
  revisionInsert,
  type SaleKey,
  type SaleRow,
  saleInserts,
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
export function recordSales(
  tx: Tx,
  source: Source,
  sales: readonly SaleFiling[],
  refunds: readonly RefundFiling[] = [],
): Promise<Recorded> {
  return recordDraft(tx, source, draftOf(sales, refunds))
}

/** The same for facts whose share of thinking was done before the transaction began. */
export async function recordDraft(tx: Tx, source: Source, draft: Draft): Promise<Recorded> {
  await ensureMonthsOf(tx, draft)
  const articles = await articleIds(tx, source, draft.mentions)
  const articleOf: ArticleOf = (article) => {
    const id = articles.get(articleKey(article))
    if (id === undefined) throw new Error('an article that was mentioned has no id')
    return id
  }
  const delta = emptyDelta()
  const outcome = await recordEachSale(tx, source, draft.sales, articleOf, delta)
  const refunded = await recordEachRefund(tx, source, draft.refunds, articleOf, delta)
  await executeInTurn(tx, rollupInserts(source, delta))
  const recorded: Recorded = { ...outcome, ...refunded }
  if (outcome.changedSaleIds.length > 0 || refunded.refundsCreated > 0 || refunded.refundsUpdated > 0) {
    await announce(tx, source, recorded, delta)
  }
  return recorded
}

type SalesOutcome = Pick<Recorded, 'created' | 'updated' | 'unchanged' | 'late' | 'changedSaleIds'>

/** Makes the months of the near future, so that no sale has to wait for its month to be made. */
export async function prepareMonths(database: Database, now: Instant): Promise<void> {
  const today = localDate(instantText(now).slice(0, 10))
  await database.system((tx) => ensureMonths(tx, addDays(today, -1), addDays(today, 45)))
}

/** Only months that something is filed in: a day that a typing error put a lifetime away makes its own and no more. */
async function ensureMonthsOf(tx: Tx, draft: Draft): Promise<void> {
  const months = new Map<string, LocalDate>()
  for (const { filing } of draft.sales) months.set(filing.businessDate.slice(0, 7), filing.businessDate)
  for (const { businessDate } of draft.refunds) months.set(businessDate.slice(0, 7), businessDate)
  for (const day of [...months.values()].sort()) await ensureMonths(tx, day, day)
}

async function recordEachSale(
  tx: Tx,
  source: Source,
  sales: readonly DraftSale[],
  articleOf: ArticleOf,
  delta: RollupDelta,
): Promise<SalesOutcome> {
  const keys = sales.map((sale) => sale.key)
  const claimed = await claimSaleKeys(tx, source, keys)
  const held = await lockSaleKeys(
    tx,
    source,
    keys.map((key) => key.externalId).filter((id) => !claimed.has(id)),
  )
  const heldById = new Map(held.map((key) => [key.externalId, key]))

  const created: SaleRow[] = []
  const replacing: Replacement[] = []
  const revisions: RevisionRow[] = []
  let unchanged = 0
  let late = 0
  for (const sale of sales) {
    const { filing, key } = sale
    const standing = heldById.get(key.externalId)
    if (standing === undefined) {
      created.push(saleRow(sale, key, 0n, articleOf))
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
      replacing.push({ sale, standing, next })
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
  await executeInTurn(tx, [...saleInserts(source, created, 'new'), () => revisionInsert(source, revisions)])
  for (const row of created) addSale(delta, row, 1)
  return {
    created: created.length,
    updated: replaced.length,
    unchanged,
    late,
    changedSaleIds: [...created.map((row) => row.id), ...replaced.map((row) => row.id)],
  }
}

type Replacement = { readonly sale: DraftSale; readonly standing: SaleKey; readonly next: SaleKey }

async function replaceSales(
  tx: Tx,
  source: Source,
  replacing: readonly Replacement[],
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
  for (const { sale, standing, next } of replacing) {
    const old = beforeById.get(standing.saleId)
    if (old === undefined) throw new Error('a key without its sale')
    addSale(delta, old, -1)
    const row = saleRow(sale, next, old.refunded, articleOf)
    addSale(delta, row, 1)
    rows.push(row)
    await keepSnapshot(tx, source, standing, snapshotText(old))
    await moveSaleKey(tx, source, next)
  }
  if (rows.length > 0) await removeParts(tx, source, rows)
  await executeInTurn(tx, saleInserts(source, rows, 'replace'))
  return rows
}

function saleRow({ filing, identity }: DraftSale, key: SaleKey, refunded: bigint, articleOf: ArticleOf): SaleRow {
  return {
    ...filing,
    id: key.saleId,
    filedOn: key.filedOn,
    version: key.version,
    refunded,
    articleIds: filing.sale.items.map((item) => articleOf(item.article)),
    identity,
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
