import type { Id } from '#kernel/ids.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { openWriter } from '#platform/postgres/together.ts'
import { openArticleBook } from './article-book.ts'
import type { Source } from './filing.ts'
import { SALES_NAMED_MAX } from './mirror.ts'
import { emptyDelta, type RollupDelta, spanOfDelta } from './rollup.ts'
import { withdrawMentions } from './store-articles.ts'
import { addToRollups } from './store-rollups.ts'
import { findConcernedRefunds, hasConcerned, lockWithdrawal, noteConcerned, takeConcerned } from './store-withdraw.ts'
import { withdrawFromRefunds } from './withdraw-refunds.ts'
import { withdrawFromSales } from './withdraw-sales.ts'

// Taking an import back. Every word of it goes, of every sale and refund it spoke of; what stands then is made of the
// words that remain, as if this batch had never been. Its versions stay in the history, marked. A live word is no batch's
// and is never taken back. Order of locks: as in recording, sales before refunds, each in the order of their names.

export type Withdrawn = {
  /** Left the tables: nobody else spoke of them. */
  readonly salesRemoved: number
  /** Stand on, as the others tell them; also those that stand just as before, since another said the same. */
  readonly salesRestored: number
  readonly refundsRemoved: number
  readonly refundsRestored: number
  /** Whether the batch still has something to take back: call again. */
  readonly left: boolean
}

/**
 * Takes back what one batch said, of at most `limit` sales and refunds in a call, in the caller's transaction. What stands
 * after the last call is what the remaining batches and live words alone would have made. Repeating it after the last call
 * changes nothing. `source` says whose data it is and who wants it: its connection is the batch's. The batch must not be
 * recording any more. Throws only what the database throws.
 */
export async function withdrawBatch(tx: Tx, source: Source, batchId: Id, limit: number): Promise<Withdrawn> {
  await lockWithdrawal(tx, batchId)
  const articles = await openArticleBook(tx, source, new Map())
  const delta = emptyDelta()
  const concerned = await concernedSales(tx, source, batchId, limit)
  const sales = await withdrawFromSales(tx, source, batchId, concerned, articles, delta)
  const room = limit - concerned.length
  const refunds =
    room === 0
      ? { refundsRemoved: 0, refundsRestored: 0 }
      : await withdrawFromRefunds(tx, source, batchId, room, articles, delta)
  await addToRollups(tx, source, delta, openWriter(tx))
  const left =
    (await hasConcerned(tx, source, batchId)) || (await findConcernedRefunds(tx, source, batchId, 1)).length > 0
  if (!left) await withdrawMentions(tx, source, batchId)
  const { changedSaleIds, ...counts } = { ...sales, ...refunds }
  if (Object.values(counts).some((count) => count > 0)) {
    await announce(tx, source, batchId, { ...counts, changedSaleIds }, delta)
  }
  return { ...counts, left }
}

async function concernedSales(tx: Tx, source: Source, batchId: Id, limit: number) {
  const noted = await takeConcerned(tx, source, batchId, limit)
  if (noted.length > 0) return noted
  await noteConcerned(tx, source, batchId)
  return takeConcerned(tx, source, batchId, limit)
}

type Counts = Omit<Withdrawn, 'left'> & { readonly changedSaleIds: readonly Id[] }

async function announce(tx: Tx, source: Source, batchId: Id, counts: Counts, delta: RollupDelta): Promise<void> {
  const ids = counts.changedSaleIds
  const days = spanOfDelta(delta)
  await appendEvents(tx, source.tenantId, [
    {
      type: 'sales.withdrawn',
      subject: ids.length === 1 ? `sale/${ids[0]}` : `connection/${source.connectionId}`,
      occurredAt: source.now,
      actor: source.actor,
      requestId: source.requestId,
      data: {
        connection_id: source.connectionId,
        pos_system: source.posSystem,
        batch_id: batchId,
        sales_removed: counts.salesRemoved,
        sales_restored: counts.salesRestored,
        refunds_removed: counts.refundsRemoved,
        refunds_restored: counts.refundsRestored,
        first_business_date: days.first,
        last_business_date: days.last,
        sale_ids: ids.length <= SALES_NAMED_MAX ? [...ids] : null,
      },
    },
  ])
}
