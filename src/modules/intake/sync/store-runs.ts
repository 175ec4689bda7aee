import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { DataType } from '../../../../connectors/contract.ts'
import type { Plan } from './plan.ts'
import type { SyncLane, SyncMode, SyncState } from './sync-states.ts'

/** What a run found and did; every figure only grows. */
export type Tally = {
  readonly pages: number
  readonly records: number
  readonly calls: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly late: number
  readonly refundsCreated: number
  readonly refundsUpdated: number
  readonly refundsUnchanged: number
  readonly articlesCreated: number
  readonly articlesUpdated: number
  readonly articlesUnchanged: number
  readonly failed: number
  readonly unplaced: number
  readonly windowsDone: number
  readonly windowsFailed: number
}

export type SyncRun = {
  readonly tenantId: TenantId
  readonly id: Id
  readonly connectionId: Id
  readonly mode: SyncMode
  readonly lane: SyncLane
  readonly dataTypes: readonly DataType[]
  /** Null: all that are chosen. */
  readonly locations: readonly string[] | null
  readonly from: Instant | null
  readonly to: Instant
  readonly state: SyncState
  readonly startedBy: string
  readonly requestId: string | null
  readonly plan: Plan
  readonly tally: Tally
  readonly throttled: number
  readonly errorCode: string | null
  readonly error: string | null
  readonly tries: number
  readonly dueAt: Instant | null
  readonly claimNo: number
  readonly createdAt: Instant
  readonly startedAt: Instant | null
  readonly movedAt: Instant
  readonly finishedAt: Instant | null
}

/** Column of each figure. The one list: what is added, read and told derives from it. */
const TALLY_COLUMNS = {
  pages: 'pages',
  records: 'records',
  calls: 'calls',
  created: 'created',
  updated: 'updated',
  unchanged: 'unchanged',
  late: 'late',
  refundsCreated: 'refunds_created',
  refundsUpdated: 'refunds_updated',
  refundsUnchanged: 'refunds_unchanged',
  articlesCreated: 'articles_created',
  articlesUpdated: 'articles_updated',
  articlesUnchanged: 'articles_unchanged',
  failed: 'failed',
  unplaced: 'unplaced',
  windowsDone: 'windows_done',
  windowsFailed: 'windows_failed',
} as const satisfies Record<keyof Tally, string>

const TALLY_KEYS = Object.keys(TALLY_COLUMNS) as (keyof Tally)[]

const COLUMNS = sql.raw(
  `tenant_id, id, connection_id, mode, lane, data_types, locations, from_at, to_at, state, started_by, request_id, plan,
  throttled, error_code, error, tries, due_at, claim_no, created_at, started_at, moved_at, finished_at,
  ${Object.values(TALLY_COLUMNS).join(', ')}`,
)

export type NewRun = Pick<
  SyncRun,
  'tenantId' | 'id' | 'connectionId' | 'mode' | 'lane' | 'dataTypes' | 'locations' | 'from' | 'to'
> & { readonly startedBy: string; readonly requestId: string | null; readonly plan: Plan; readonly createdAt: Instant }

/** False when a run of the lane is unfinished already; then nothing was made. */
export async function insertRun(tx: Tx, run: NewRun): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into pos.sync_logs (tenant_id, id, connection_id, mode, lane, data_types, locations, from_at, to_at, state,
      started_by, request_id, plan, created_at, moved_at)
    values (${run.tenantId}, ${run.id}, ${run.connectionId}, ${run.mode}, ${run.lane}, ${[...run.dataTypes]}::text[],
      ${run.locations === null ? null : [...run.locations]}::text[], ${textOf(run.from)}, ${instantText(run.to)}, 'queued',
      ${run.startedBy}, ${run.requestId}, ${JSON.stringify(run.plan)}::jsonb,
      ${instantText(run.createdAt)}, ${instantText(run.createdAt)})
    on conflict (tenant_id, connection_id, lane) where state in ('queued', 'running', 'waiting') do nothing`.execute(tx)
  return numAffectedRows === 1n
}

export async function findRun(tx: Tx, tenantId: TenantId, connectionId: Id, id: Id): Promise<SyncRun | null> {
  const { rows } = await sql<RunRow>`
    select ${COLUMNS} from pos.sync_logs
    where tenant_id = ${tenantId} and connection_id = ${connectionId} and id = ${id}`.execute(tx)
  return rows[0] === undefined ? null : runOf(rows[0])
}

/** The runs of a connection that have not ended, the newest first: one a lane at most. */
export async function unfinishedRuns(tx: Tx, tenantId: TenantId, connectionId: Id): Promise<SyncRun[]> {
  const { rows } = await sql<RunRow>`
    select ${COLUMNS} from pos.sync_logs
    where tenant_id = ${tenantId} and connection_id = ${connectionId} and state in ('queued', 'running', 'waiting')
    order by created_at desc, id desc`.execute(tx)
  return rows.map(runOf)
}

export type RunPosition = { readonly createdAt: Instant; readonly id: Id }

/** Newest first, after a position. */
export async function listRuns(
  tx: Tx,
  tenantId: TenantId,
  connectionId: Id,
  page: { readonly limit: number; readonly after: RunPosition | null; readonly modes: readonly SyncMode[] },
): Promise<SyncRun[]> {
  const { after } = page
  const below =
    after === null
      ? sql`true`
      : sql`(created_at, id) < (${instantText(after.createdAt)}::timestamptz, ${after.id}::uuid)`
  const { rows } = await sql<RunRow>`
    select ${COLUMNS} from pos.sync_logs
    where tenant_id = ${tenantId} and connection_id = ${connectionId} and ${below}
      and (cardinality(${[...page.modes]}::text[]) = 0 or mode = any(${[...page.modes]}::text[]))
    order by created_at desc, id desc limit ${page.limit}`.execute(tx)
  return rows.map(runOf)
}

/** Takes a run that is due and that nobody works on. Null: it ended, waits, or somebody else has it. */
export async function claimRun(
  tx: Tx,
  tenantId: TenantId,
  id: Id,
  now: Instant,
  until: Instant,
): Promise<SyncRun | null> {
  const at = instantText(now)
  const { rows } = await sql<RunRow>`
    update pos.sync_logs set state = 'running', claim_no = claim_no + 1, claimed_until = ${instantText(until)},
      due_at = null, started_at = coalesce(started_at, ${at}), moved_at = ${at}
    where tenant_id = ${tenantId} and id = ${id} and state in ('queued', 'running', 'waiting')
      and (claimed_until is null or claimed_until <= ${at}) and (due_at is null or due_at <= ${at})
    returning ${COLUMNS}`.execute(tx)
  return rows[0] === undefined ? null : runOf(rows[0])
}

export type RunChange = {
  readonly add?: Partial<Tally>
  readonly plan?: Plan
  /** A page was read: what went wrong before is over. */
  readonly isWell?: boolean
  readonly claimedUntil?: Instant
  readonly movedAt: Instant
}

/** Records progress of a claimed run. False when the claim is not ours any more: then the caller must undo its work. */
export async function moveRun(tx: Tx, run: Claim, change: RunChange): Promise<boolean> {
  const set = [sql`moved_at = ${instantText(change.movedAt)}`]
  for (const key of TALLY_KEYS) {
    const added = change.add?.[key] ?? 0
    if (added !== 0) set.push(sql`${sql.raw(TALLY_COLUMNS[key])} = ${sql.raw(TALLY_COLUMNS[key])} + ${added}`)
  }
  if (change.plan !== undefined) set.push(sql`plan = ${JSON.stringify(change.plan)}::jsonb`)
  if (change.isWell === true) set.push(sql`tries = 0`, sql`error_code = null`, sql`error = null`)
  if (change.claimedUntil !== undefined) set.push(sql`claimed_until = ${instantText(change.claimedUntil)}`)
  const { numAffectedRows } = await sql`
    update pos.sync_logs set ${sql.join(set)}
    where tenant_id = ${run.tenantId} and id = ${run.id} and claim_no = ${run.claimNo} and state = 'running'`.execute(
    tx,
  )
  return numAffectedRows === 1n
}

export type Claim = Pick<SyncRun, 'tenantId' | 'id' | 'claimNo'>

export type Release = {
  readonly state: Exclude<SyncState, 'running' | 'cancelled'>
  readonly error: { readonly code: string; readonly say: string } | null
  readonly dueAt: Instant | null
  readonly tries: number
  readonly throttled: number
  readonly now: Instant
}

/** Failures in a row as they stand: a page that was read since the claim ended the row. */
export async function triesOf(tx: Tx, run: Claim): Promise<number> {
  const { rows } = await sql<{ tries: number }>`
    select tries from pos.sync_logs where tenant_id = ${run.tenantId} and id = ${run.id} for update`.execute(tx)
  return rows[0]?.tries ?? 0
}

/** Gives a claimed run back, or ends it, and answers how it stands then. Null when the claim is not ours any more. */
export async function releaseRun(tx: Tx, run: Claim, release: Release): Promise<SyncRun | null> {
  const isEnd = release.state === 'done' || release.state === 'partial' || release.state === 'failed'
  const at = instantText(release.now)
  const { rows } = await sql<RunRow>`
    update pos.sync_logs set state = ${release.state}, error_code = ${release.error?.code ?? null},
      error = ${release.error?.say ?? null}, due_at = ${textOf(release.dueAt)}, tries = ${release.tries},
      throttled = throttled + ${release.throttled}, claimed_until = null, moved_at = ${at},
      finished_at = ${isEnd ? at : null}, woken_at = ${at}
    where tenant_id = ${run.tenantId} and id = ${run.id} and claim_no = ${run.claimNo} and state = 'running'
    returning ${COLUMNS}`.execute(tx)
  return rows[0] === undefined ? null : runOf(rows[0])
}

/** Null when it has ended already. */
export async function cancelRun(
  tx: Tx,
  tenantId: TenantId,
  connectionId: Id,
  id: Id,
  now: Instant,
): Promise<SyncRun | null> {
  const at = instantText(now)
  const { rows } = await sql<RunRow>`
    update pos.sync_logs set state = 'cancelled', due_at = null, claimed_until = null, moved_at = ${at}, finished_at = ${at}
    where tenant_id = ${tenantId} and connection_id = ${connectionId} and id = ${id}
      and state in ('queued', 'running', 'waiting')
    returning ${COLUMNS}`.execute(tx)
  return rows[0] === undefined ? null : runOf(rows[0])
}

export type StillRun = { readonly tenantId: TenantId; readonly id: Id; readonly lane: SyncLane }

/** Across tenants: unfinished runs that nobody works on and that are due, marked as woken so that they are told once. */
export async function wakeStillRuns(tx: Tx, now: Instant, wokenBefore: Instant, limit: number): Promise<StillRun[]> {
  const at = instantText(now)
  const { rows } = await sql<{ tenant_id: TenantId; id: Id; lane: SyncLane }>`
    update pos.sync_logs set woken_at = ${at}
    where (tenant_id, id) in (
      select tenant_id, id from pos.sync_logs
      where state in ('queued', 'running', 'waiting') and (claimed_until is null or claimed_until <= ${at})
        and (due_at is null or due_at <= ${at})
        and (woken_at is null or woken_at < due_at or woken_at <= ${instantText(wokenBefore)} or woken_at > ${at})
      order by woken_at nulls first limit ${limit} for update skip locked)
    returning tenant_id, id, lane`.execute(tx)
  return rows.map(({ tenant_id, id, lane }) => ({ tenantId: tenant_id, id, lane }))
}

/** Across tenants: ended runs that are old, those that found nothing sooner. Answers how many were removed. */
export async function deleteOldRuns(
  tx: Tx,
  bounds: { readonly emptyBefore: Instant; readonly before: Instant; readonly limit: number },
): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`
    with old as (
      select tenant_id, id from pos.sync_logs
      where finished_at <= ${instantText(bounds.emptyBefore)} and (finished_at <= ${instantText(bounds.before)}
        or lane <> 'past' and state = 'done' and created + updated + refunds_created + refunds_updated + failed = 0)
      order by finished_at limit ${bounds.limit} for update skip locked
    ), windows as (
      delete from pos.sync_windows w using old where w.tenant_id = old.tenant_id and w.sync_id = old.id
    ), runs as (
      delete from pos.sync_logs l using old where l.tenant_id = old.tenant_id and l.id = old.id returning 1
    )
    select count(*) as count from runs`.execute(tx)
  return Number(rows[0]?.count ?? 0)
}

function textOf(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}

type RunRow = Record<(typeof TALLY_COLUMNS)[keyof Tally], bigint | number> & {
  tenant_id: TenantId
  id: Id
  connection_id: Id
  mode: SyncMode
  lane: SyncLane
  data_types: DataType[]
  locations: string[] | null
  from_at: Instant | null
  to_at: Instant
  state: SyncState
  started_by: string
  request_id: string | null
  plan: Plan
  throttled: bigint
  error_code: string | null
  error: string | null
  tries: number
  due_at: Instant | null
  claim_no: number
  created_at: Instant
  started_at: Instant | null
  moved_at: Instant
  finished_at: Instant | null
}

function runOf(row: RunRow): SyncRun {
  const tally = Object.fromEntries(TALLY_KEYS.map((key) => [key, Number(row[TALLY_COLUMNS[key]])]))
  return {
    tenantId: row.tenant_id,
    id: row.id,
    connectionId: row.connection_id,
    mode: row.mode,
    lane: row.lane,
    dataTypes: row.data_types,
    locations: row.locations,
    from: row.from_at,
    to: row.to_at,
    state: row.state,
    startedBy: row.started_by,
    requestId: row.request_id,
    plan: row.plan,
    tally: tally as Tally,
    throttled: Number(row.throttled),
    errorCode: row.error_code,
    error: row.error,
    tries: row.tries,
    dueAt: row.due_at,
    claimNo: row.claim_no,
    createdAt: row.created_at,
    startedAt: row.started_at,
    movedAt: row.moved_at,
    finishedAt: row.finished_at,
  }
}
