import { type RawBuilder, sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { JsonObject } from '#platform/outbox/event.ts'
import type { Tx } from '#platform/postgres/database.ts'

export type Task = {
  readonly id: Id
  readonly kind: string
  readonly key: string
  readonly title: string
  readonly say: string
  readonly subject: string
  readonly link: string | null
  readonly data: JsonObject
  readonly state: 'open' | 'settled'
  /** How often it was raised while open. */
  readonly times: number
  readonly raisedAt: Instant
  readonly raisedAgainAt: Instant | null
  readonly assignedTo: Id | null
  readonly settledAt: Instant | null
  readonly settledBy: string | null
  readonly settledHow: string | null
  readonly note: string | null
}

export type TaskFilter = {
  /** Null: both. */
  readonly state: Task['state'] | null
  readonly kind: string | null
  readonly subject: string | null
}

export type TaskPage = { readonly limit: number; readonly after: { readonly at: Instant; readonly id: Id } | null }

/** Newest first. */
export async function listTasks(tx: Tx, tenantId: TenantId, filter: TaskFilter, page: TaskPage): Promise<Task[]> {
  const { limit, after } = page
  const { rows } = await sql<Task>`
    select ${COLUMNS} from pos.tasks
    where tenant_id = ${tenantId}
      ${filter.state === null ? sql`` : sql`and state = ${filter.state}`}
      ${filter.kind === null ? sql`` : sql`and kind = ${filter.kind}`}
      ${filter.subject === null ? sql`` : sql`and subject = ${filter.subject}`}
      ${after === null ? sql`` : sql`and (raised_at, id) < (${instantText(after.at)}, ${after.id})`}
    order by raised_at desc, id desc limit ${limit}`.execute(tx)
  return rows
}

export async function findTask(tx: Tx, tenantId: TenantId, id: Id): Promise<Task | null> {
  const { rows } = await sql<Task>`
    select ${COLUMNS} from pos.tasks where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
  return rows[0] ?? null
}

/** Open ones by kind. */
export async function countOpenTasks(tx: Tx, tenantId: TenantId): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ kind: string; count: number }>`
    select kind, count(*)::integer as count from pos.tasks
    where tenant_id = ${tenantId} and state = 'open' group by kind order by kind`.execute(tx)
  return new Map(rows.map(({ kind, count }) => [kind, count]))
}

/** False when there is no such open task. */
export async function assignTask(tx: Tx, tenantId: TenantId, id: Id, personId: Id | null): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update pos.tasks set assigned_to = ${personId}
    where tenant_id = ${tenantId} and id = ${id} and state = 'open'`.execute(tx)
  return numAffectedRows === 1n
}

const COLUMNS: RawBuilder<unknown> = sql.raw(`id, kind, key, title, say, subject, link, data, state, times,
  raised_at as "raisedAt", raised_again_at as "raisedAgainAt", assigned_to as "assignedTo", settled_at as "settledAt",
  settled_by as "settledBy", settled_how as "settledHow", note`)
