import { sql } from 'kysely'
import type { Id } from '#kernel/ids.ts'
import { instantText, type LocalDate } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Source } from './filing.ts'
import { byMonth } from './store-write.ts'

/** A sale of which a batch said something. */
export type Concerned = { readonly saleId: Id; readonly filedOn: LocalDate; readonly externalId: string }

/** Whoever takes the same batch back at the same time waits here until the other's step is committed. */
export async function lockWithdrawal(tx: Tx, batchId: Id): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${batchId}, 7411003))`.execute(tx)
}

/** Notes every sale of which the batch said something that was not taken back. Walks through what lies near the batch. */
export async function noteConcerned(tx: Tx, source: Source, batchId: Id): Promise<void> {
  await sql`
    insert into pos.withdrawals (tenant_id, batch_id, filed_on, sale_id)
    select ${source.tenantId}::uuid, ${batchId}::uuid, filed_on, sale_id from (
      select filed_on, sale_id from pos.sale_revisions
      where tenant_id = ${source.tenantId} and batch_id = ${batchId} and part is not null and withdrawn_at is null
      union
      select filed_on, sale_id from pos.sale_sightings
      where tenant_id = ${source.tenantId} and batch_id = ${batchId}
    ) concerned
    order by filed_on, sale_id
    on conflict do nothing`.execute(tx)
}

/** Takes the next sales off the note, month after month. */
export async function takeConcerned(tx: Tx, source: Source, batchId: Id, limit: number): Promise<Concerned[]> {
  const { rows } = await sql<{ saleId: Id; filedOn: LocalDate }>`
    select filed_on as "filedOn", sale_id as "saleId" from pos.withdrawals
    where tenant_id = ${source.tenantId} and batch_id = ${batchId}
    order by filed_on, sale_id limit ${limit}`.execute(tx)
  const end = rows.at(-1)
  if (end === undefined) return []
  // By the end of the stretch and not by its rows: a note that was written just now has no statistics yet, and a join with
  // it would walk through all of it once a row.
  await sql`
    delete from pos.withdrawals
    where tenant_id = ${source.tenantId} and batch_id = ${batchId}
      and (filed_on, sale_id) <= (${end.filedOn}::date, ${end.saleId}::uuid)`.execute(tx)
  const named: Concerned[] = []
  for (const { first, last, rows: month } of byMonth(rows, (row) => row.filedOn)) {
    const { rows: standing } = await sql<Concerned>`
      select id as "saleId", filed_on as "filedOn", external_id as "externalId" from pos.transactions
      where tenant_id = ${source.tenantId} and id = any(${arrayOf(month.map((row) => row.saleId))}::uuid[])
        and filed_on between ${first}::date and ${last}::date`.execute(tx)
    named.push(...standing)
  }
  if (named.length !== rows.length) throw new Error('a word that was not taken back, and no sale that stands')
  return named
}

export async function hasConcerned(tx: Tx, source: Source, batchId: Id): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pos.withdrawals where tenant_id = ${source.tenantId} and batch_id = ${batchId} limit 1`.execute(tx)
  return rows.length > 0
}

/** Marks the batch's words about the sales as taken back; its repeats of others' words leave no trace. */
export async function withdrawWords(
  tx: Tx,
  source: Source,
  batchId: Id,
  sales: readonly Pick<Concerned, 'saleId' | 'filedOn'>[],
): Promise<void> {
  for (const { first, last, rows } of byMonth(sales, (sale) => sale.filedOn)) {
    await sql`
      update pos.sale_revisions set withdrawn_at = ${instantText(source.now)}::timestamptz
      where tenant_id = ${source.tenantId} and sale_id = any(${arrayOf(rows.map((row) => row.saleId))}::uuid[])
        and filed_on between ${first}::date and ${last}::date
        and batch_id = ${batchId} and withdrawn_at is null`.execute(tx)
  }
  await sql`
    delete from pos.sale_sightings
    where tenant_id = ${source.tenantId} and sale_id = any(${arrayOf(sales.map((sale) => sale.saleId))}::uuid[])
      and batch_id = ${batchId}`.execute(tx)
}

/** The refunds of which the batch said something that was not taken back, at most `limit`, with their names. */
export async function findConcernedRefunds(
  tx: Tx,
  source: Source,
  batchId: Id,
  limit: number,
): Promise<{ refundId: Id; externalId: string; saleExternalId: string | null }[]> {
  const { rows } = await sql<{ refundId: Id }>`
    select distinct refund_id as "refundId" from pos.refund_revisions
    where tenant_id = ${source.tenantId} and batch_id = ${batchId} and withdrawn_at is null
    order by refund_id limit ${limit}`.execute(tx)
  if (rows.length === 0) return []
  const named = await sql<{ refundId: Id; externalId: string; saleExternalId: string | null }>`
    select id as "refundId", external_id as "externalId", sale_external_id as "saleExternalId" from pos.refunds
    where tenant_id = ${source.tenantId} and id = any(${arrayOf(rows.map((row) => row.refundId))}::uuid[])`.execute(tx)
  if (named.rows.length !== rows.length) throw new Error('a word that was not taken back, and no refund that stands')
  return named.rows
}

export async function withdrawRefundWords(
  tx: Tx,
  source: Source,
  batchId: Id,
  refundIds: readonly Id[],
): Promise<void> {
  await sql`
    update pos.refund_revisions set withdrawn_at = ${instantText(source.now)}::timestamptz
    where tenant_id = ${source.tenantId} and refund_id = any(${arrayOf(refundIds)}::uuid[])
      and batch_id = ${batchId} and withdrawn_at is null`.execute(tx)
}
