import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'

// When a connection is looked at next, and what for.

export type Schedule = {
  readonly tenantId: TenantId
  readonly connectionId: Id
  readonly newsAt: Instant
  readonly catalogAt: Instant
  readonly nightlyAt: Instant
  /** Null: nothing of the past is to be read. */
  readonly pastAt: Instant | null
  readonly pastTries: number
  /** Kinds of record that a catalogue is made of, as far as they were met. */
  readonly catalogKinds: readonly string[]
}

const COLUMNS = sql.raw('tenant_id, connection_id, news_at, catalog_at, nightly_at, past_at, past_tries, catalog_kinds')

export async function insertSchedule(tx: Tx, schedule: Schedule): Promise<void> {
  await sql`
    insert into pos.sync_schedules (tenant_id, connection_id, due_at, news_at, catalog_at, nightly_at, past_at)
    values (${schedule.tenantId}, ${schedule.connectionId}, ${instantText(dueAt(schedule))},
      ${instantText(schedule.newsAt)}, ${instantText(schedule.catalogAt)}, ${instantText(schedule.nightlyAt)},
      ${textOf(schedule.pastAt)})
    on conflict (tenant_id, connection_id) do nothing`.execute(tx)
}

export async function findSchedule(
  tx: Tx,
  tenantId: TenantId,
  connectionId: Id,
  lock: 'lock' | 'look' = 'look',
): Promise<Schedule | null> {
  const { rows } = await sql<ScheduleRow>`
    select ${COLUMNS} from pos.sync_schedules
    where tenant_id = ${tenantId} and connection_id = ${connectionId} ${lock === 'lock' ? sql`for update` : sql``}`.execute(
    tx,
  )
  return rows[0] === undefined ? null : scheduleOf(rows[0])
}

/** Writes a schedule; `notBefore` puts it off although something of it is due. */
export async function updateSchedule(tx: Tx, schedule: Schedule, notBefore: Instant | null = null): Promise<void> {
  const due = Math.max(dueAt(schedule), notBefore ?? 0) as Instant
  await sql`
    update pos.sync_schedules set due_at = ${instantText(due)}, news_at = ${instantText(schedule.newsAt)},
      catalog_at = ${instantText(schedule.catalogAt)}, nightly_at = ${instantText(schedule.nightlyAt)},
      past_at = ${textOf(schedule.pastAt)}, past_tries = ${schedule.pastTries}
    where tenant_id = ${schedule.tenantId} and connection_id = ${schedule.connectionId}`.execute(tx)
}

export async function deleteSchedule(tx: Tx, tenantId: TenantId, connectionId: Id): Promise<void> {
  await sql`
    delete from pos.sync_schedules where tenant_id = ${tenantId} and connection_id = ${connectionId}`.execute(tx)
}

/** The catalogue changed at the source, or is wanted anew. */
export async function wantCatalogAt(tx: Tx, tenantId: TenantId, connectionId: Id, at: Instant): Promise<void> {
  const text = instantText(at)
  await sql`
    update pos.sync_schedules set catalog_at = least(catalog_at, ${text}), news_at = least(news_at, ${text}),
      due_at = least(due_at, ${text})
    where tenant_id = ${tenantId} and connection_id = ${connectionId}`.execute(tx)
}

export async function addCatalogKinds(
  tx: Tx,
  tenantId: TenantId,
  connectionId: Id,
  kinds: readonly string[],
): Promise<void> {
  await sql`
    update pos.sync_schedules
    set catalog_kinds = array(select distinct kind from unnest(catalog_kinds || ${[...kinds]}::text[]) as k (kind) order by kind)
    where tenant_id = ${tenantId} and connection_id = ${connectionId}
      and not catalog_kinds @> ${[...kinds]}::text[]`.execute(tx)
}

export type DueConnection = { readonly tenantId: TenantId; readonly connectionId: Id }

/** `until`: what is claimed is put off so long. `aheadMax`: whatever is due later than that was put down by a wrong clock. */
export type ScheduleClaim = {
  readonly now: Instant
  readonly until: Instant
  readonly aheadMax: Instant
  readonly limit: number
}

/** Across tenants: connections of which something is due. Each is put off, so that one process takes it up. */
export async function claimDueSchedules(
  tx: Tx,
  { now, until, aheadMax, limit }: ScheduleClaim,
): Promise<DueConnection[]> {
  const { rows } = await sql<{ tenant_id: TenantId; connection_id: Id }>`
    update pos.sync_schedules set due_at = ${instantText(until)}
    where (tenant_id, connection_id) in (
      select tenant_id, connection_id from pos.sync_schedules
      where due_at <= ${instantText(now)} or due_at > ${instantText(aheadMax)}
      order by due_at limit ${limit} for update skip locked)
    returning tenant_id, connection_id`.execute(tx)
  return rows.map(({ tenant_id, connection_id }) => ({ tenantId: tenant_id, connectionId: connection_id }))
}

function dueAt({ newsAt, catalogAt, nightlyAt, pastAt }: Schedule): Instant {
  return Math.min(newsAt, catalogAt, nightlyAt, pastAt ?? Infinity) as Instant
}

function textOf(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}

type ScheduleRow = {
  tenant_id: TenantId
  connection_id: Id
  news_at: Instant
  catalog_at: Instant
  nightly_at: Instant
  past_at: Instant | null
  past_tries: number
  catalog_kinds: string[]
}

function scheduleOf(row: ScheduleRow): Schedule {
  return {
    tenantId: row.tenant_id,
    connectionId: row.connection_id,
    newsAt: row.news_at,
    catalogAt: row.catalog_at,
    nightlyAt: row.nightly_at,
    pastAt: row.past_at,
    pastTries: row.past_tries,
    catalogKinds: row.catalog_kinds,
  }
}
