import type { Id } from '#kernel/ids.ts'
import type { LocalDate } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { openWriter, type Writer } from '#platform/postgres/together.ts'
import { openArticleBook } from './article-book.ts'
import { type Draft, draftOf, roundsOf } from './draft.ts'
import type { RefundFiling, SaleFiling, Source } from './filing.ts'
import { ensureMonthsOf } from './months.ts'
import type { SalesOutcome } from './record-known.ts'
import { recordEachRefund } from './record-refunds.ts'
import { recordEachSale } from './record-sales.ts'
import { emptyDelta, type RollupDelta, spanOfDelta } from './rollup.ts'
import { addToRollups } from './store-rollups.ts'

export { prepareMonths } from './months.ts'

// Recording facts, once. Inside the caller's one transaction of the tenant:
//   keys      every external id is claimed or found; a found one is locked
//   facts     new ones are written; a newer word replaces or completes what stands, which is kept as history; an older or
//             equal one changes nothing that stands
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
export const SALES_NAMED_MAX = 100

/**
 * Records sales and refunds of one source; what waits in `writer` is written with them. Refunds may name sales of this call or of earlier ones. Atomic with the
 * caller's transaction; repeating it changes nothing. Throws only what the database throws.
 */
export function recordSales(
  tx: Tx,
  source: Source,
  sales: readonly SaleFiling[],
  refunds: readonly RefundFiling[] = [],
  writer: Writer = openWriter(tx),
): Promise<Recorded> {
  return recordDraft(tx, source, draftOf(sales, refunds), writer)
}

/** The same for facts whose share of thinking was done before the transaction began. */
export async function recordDraft(
  tx: Tx,
  source: Source,
  draft: Draft,
  writer: Writer = openWriter(tx),
): Promise<Recorded> {
  await ensureMonthsOf(tx, daysOf(draft))
  const articles = await openArticleBook(tx, source, draft.mentions)
  const delta = emptyDelta()
  let outcome: SalesOutcome = { created: 0, updated: 0, unchanged: 0, late: 0, changedSaleIds: [] }
  for (const [no, round] of roundsOf(draft.sales).entries()) {
    // The sales of this round are among those of the round before.
    if (no > 0) await writer.flush()
    outcome = together(outcome, await recordEachSale(tx, source, round, { articles, delta, writer }))
  }
  if (draft.refunds.length > 0) await writer.flush()
  const refunded = await recordEachRefund(tx, source, draft.refunds, articles, delta)
  await addToRollups(tx, source, delta, writer)
  const recorded: Recorded = { ...outcome, ...refunded }
  if (outcome.changedSaleIds.length > 0 || refunded.refundsCreated > 0 || refunded.refundsUpdated > 0) {
    await announce(tx, source, recorded, delta)
  }
  return recorded
}

function daysOf({ sales, refunds }: Draft): LocalDate[] {
  return [...sales.map(({ filing }) => filing.businessDate), ...refunds.map(({ businessDate }) => businessDate)]
}

function together(a: SalesOutcome, b: SalesOutcome): SalesOutcome {
  return {
    created: a.created + b.created,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    late: a.late + b.late,
    changedSaleIds: [...new Set([...a.changedSaleIds, ...b.changedSaleIds])],
  }
}

async function announce(tx: Tx, source: Source, recorded: Recorded, delta: RollupDelta): Promise<void> {
  const ids = recorded.changedSaleIds
  const days = spanOfDelta(delta)
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
        first_business_date: days.first,
        last_business_date: days.last,
        sale_ids: ids.length <= SALES_NAMED_MAX ? [...ids] : null,
      },
    },
  ])
}
