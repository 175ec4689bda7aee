import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf, insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { DataType } from '../../../../connectors/contract.ts'
import type { NewWindow } from './plan.ts'
import type { SyncWindow, WindowState } from './window.ts'

type RunKey = { readonly tenantId: TenantId; readonly id: Id }

/** Adds windows to a run and answers them with their numbers, in the order given. */
export async function insertWindows(tx: Tx, run: RunKey, windows: readonly NewWindow[]): Promise<SyncWindow[]> {
  const { rows } = await sql<{ no: number }>`
    select coalesce(max(no), 0) as no from pos.sync_windows
    where tenant_id = ${run.tenantId} and sync_id = ${run.id}`.execute(tx)
  const last = rows[0]?.no ?? 0
  const made = windows.map((window, index) => windowOf(window, last + index + 1))
  await insertRows(tx, made, {
    into: 'pos.sync_windows',
    constants: [
      { name: 'tenant_id', type: 'uuid', value: run.tenantId },
      { name: 'sync_id', type: 'uuid', value: run.id },
      { name: 'state', type: 'text', value: 'open' },
    ],
    columns: [
      { name: 'no', type: 'integer', of: (window) => window.no },
      { name: 'data_type', type: 'text', of: (window) => window.dataType },
      { name: 'round', type: 'integer', of: (window) => window.round },
      { name: 'stage', type: 'smallint', of: (window) => window.stage },
      { name: 'stream', type: 'text', of: (window) => window.stream },
      { name: 'by', type: 'text', of: (window) => window.by },
      { name: 'from_at', type: 'timestamptz', of: (window) => instantText(window.from) },
      { name: 'to_at', type: 'timestamptz', of: (window) => instantText(window.to) },
      { name: 'walk_from_at', type: 'timestamptz', of: (window) => instantText(window.walkFrom) },
      {
        name: 'locations',
        type: 'text',
        cast: 'text[]',
        of: ({ locations }) => (locations === null ? null : arrayOf(locations)),
      },
    ],
  })
  return made
}

function windowOf(window: NewWindow, no: number): SyncWindow {
  return {
    ...window,
    no,
    state: 'open',
    walkFrom: window.from,
    cursor: null,
    reachedAt: null,
    pages: 0,
    records: 0,
    counted: 0,
    tries: 0,
    dueAt: null,
  }
}

/** Open windows of a run, and those of periods that are not closed yet. `closed` is the last closed period of each kind. */
export async function workingWindows(
  tx: Tx,
  run: RunKey,
  closed: ReadonlyMap<DataType, number>,
): Promise<SyncWindow[]> {
  const { rows } = await sql<WindowRow>`
    select ${WINDOW_COLUMNS} from pos.sync_windows w
    where tenant_id = ${run.tenantId} and sync_id = ${run.id} and (state = 'open' or round > (
      select c.round from unnest(${arrayOf([...closed.keys()])}::text[], ${arrayOf([...closed.values()])}::integer[])
        as c (data_type, round) where c.data_type = w.data_type))
    order by no`.execute(tx)
  return rows.map(rowToWindow)
}

export type WindowFailure = { readonly code: string; readonly say: string }

/** Writes where a window has come to. False when it is open no longer: somebody cut it off. */
export async function moveWindow(
  tx: Tx,
  run: RunKey,
  window: SyncWindow,
  now: Instant,
  failure: WindowFailure | null = null,
): Promise<boolean> {
  const at = instantText(now)
  const { numAffectedRows } = await sql`
    update pos.sync_windows set state = ${window.state}, by = ${window.by}, from_at = ${instantText(window.from)},
      walk_from_at = ${instantText(window.walkFrom)}, cursor = ${window.cursor},
      reached_at = ${textOf(window.reachedAt)}, pages = ${window.pages}, records = ${window.records},
      counted = ${window.counted}, tries = ${window.tries}, due_at = ${textOf(window.dueAt)},
      begun_at = coalesce(begun_at, ${at}), error_code = ${failure?.code ?? null}, error = ${failure?.say ?? null},
      finished_at = ${window.state === 'open' ? null : at}
    where tenant_id = ${run.tenantId} and sync_id = ${run.id} and no = ${window.no} and state = 'open'`.execute(tx)
  return numAffectedRows === 1n
}

/** Makes a period begin later: its own windows are cut, those of older periods go away, to be planned anew. */
export async function cutPeriod(tx: Tx, run: RunKey, dataType: DataType, round: number, from: Instant): Promise<void> {
  await sql`
    delete from pos.sync_windows
    where tenant_id = ${run.tenantId} and sync_id = ${run.id} and data_type = ${dataType} and round > ${round}`.execute(
    tx,
  )
  await sql`
    update pos.sync_windows set from_at = ${instantText(from)}, walk_from_at = ${instantText(from)}, cursor = null,
      reached_at = null
    where tenant_id = ${run.tenantId} and sync_id = ${run.id} and data_type = ${dataType} and round = ${round}
      and state = 'open' and from_at < ${instantText(from)}`.execute(tx)
}

/** Fails what is open of a stream: nothing of it can be read. Answers how many windows that were. */
export async function failStream(
  tx: Tx,
  run: RunKey,
  stream: string,
  failure: WindowFailure,
  now: Instant,
): Promise<number> {
  const { numAffectedRows } = await sql`
    update pos.sync_windows set state = 'failed', cursor = null, error_code = ${failure.code}, error = ${failure.say},
      finished_at = ${instantText(now)}
    where tenant_id = ${run.tenantId} and sync_id = ${run.id} and stream = ${stream} and state = 'open'`.execute(tx)
  return Number(numAffectedRows)
}

export type ToldWindow = SyncWindow & {
  readonly failure: WindowFailure | null
  readonly begunAt: Instant | null
  readonly finishedAt: Instant | null
}

/** The windows of a run as a person looks at them, the failed ones first, then the newest. */
export async function listWindows(tx: Tx, run: RunKey, limit: number): Promise<ToldWindow[]> {
  const { rows } = await sql<
    WindowRow & {
      error_code: string | null
      error: string | null
      begun_at: Instant | null
      finished_at: Instant | null
    }
  >`
    select ${WINDOW_COLUMNS}, error_code, error, begun_at, finished_at from pos.sync_windows w
    where tenant_id = ${run.tenantId} and sync_id = ${run.id}
    order by state = 'failed' desc, no desc limit ${limit}`.execute(tx)
  return rows.map((row) => ({
    ...rowToWindow(row),
    failure: row.error_code === null ? null : { code: row.error_code, say: row.error ?? '' },
    begunAt: row.begun_at,
    finishedAt: row.finished_at,
  }))
}

/** How far the windows of a run are, as its progress is made of it. */
export type WindowsStanding = {
  readonly open: number
  /** Of periods that are not closed: which share of their time is read, on the average of their windows. */
  readonly periods: readonly { readonly dataType: DataType; readonly round: number; readonly share: number }[]
}

export const NO_WINDOWS: WindowsStanding = { open: 0, periods: [] }

/** A window that has only begun may still be cut to its newest part, so what it has read is not shown yet. */
const SHOWN_FROM_PAGES = 2

/** By run; runs without windows that matter are left out. All runs are of one tenant. */
export async function windowStandings(tx: Tx, runs: readonly RunKey[]): Promise<ReadonlyMap<Id, WindowsStanding>> {
  const [first] = runs
  if (first === undefined) return new Map()
  const { rows } = await sql<{ id: Id; data_type: DataType; round: number; open: bigint; share: number }>`
    select w.sync_id as id, w.data_type, w.round, count(*) filter (where w.state = 'open') as open,
      avg(case
        when w.state <> 'open' then 1
        when w.pages < ${SHOWN_FROM_PAGES}::integer or w.reached_at is null or w.to_at <= w.from_at then 0
        else extract(epoch from w.reached_at - w.from_at) / extract(epoch from w.to_at - w.from_at)
      end)::float8 as share
    from pos.sync_windows w join pos.sync_logs l on l.tenant_id = w.tenant_id and l.id = w.sync_id
    where w.tenant_id = ${first.tenantId} and w.sync_id = any(${arrayOf(runs.map(({ id }) => id))}::uuid[])
      and (w.state = 'open' or w.round > (l.plan -> w.data_type ->> 'closed')::integer)
    group by w.sync_id, w.data_type, w.round`.execute(tx)
  const standings = Map.groupBy(rows, ({ id }) => id)
  return new Map(
    [...standings].map(([id, own]) => [
      id,
      {
        open: own.reduce((sum, { open }) => sum + Number(open), 0),
        periods: own.map(({ data_type, round, share }) => ({ dataType: data_type, round, share })),
      },
    ]),
  )
}

/** What holds up the open window that goes on first; null when nothing does. */
export async function openTrouble(tx: Tx, run: RunKey): Promise<WindowFailure | null> {
  const { rows } = await sql<WindowFailure>`
    select error_code as code, error as say from pos.sync_windows
    where tenant_id = ${run.tenantId} and sync_id = ${run.id} and state = 'open' and error_code is not null
    order by due_at, no limit 1`.execute(tx)
  return rows[0] ?? null
}

/** Why the first window that failed did; null when none did. */
export async function firstFailure(tx: Tx, run: RunKey): Promise<WindowFailure | null> {
  const { rows } = await sql<WindowFailure>`
    select error_code as code, error as say from pos.sync_windows
    where tenant_id = ${run.tenantId} and sync_id = ${run.id} and state = 'failed' order by no limit 1`.execute(tx)
  return rows[0] ?? null
}

const WINDOW_COLUMNS = sql.raw(
  `w.no, w.data_type, w.round, w.stage, w.stream, w.by, w.from_at, w.to_at, w.walk_from_at, w.locations, w.state, w.cursor,
  w.reached_at, w.pages, w.records, w.counted, w.tries, w.due_at`,
)

type WindowRow = {
  no: number
  data_type: DataType
  round: number
  stage: number
  stream: string
  by: SyncWindow['by']
  from_at: Instant
  to_at: Instant
  walk_from_at: Instant
  locations: string[] | null
  state: WindowState
  cursor: string | null
  reached_at: Instant | null
  pages: number
  records: bigint
  counted: bigint
  tries: number
  due_at: Instant | null
}

function rowToWindow(row: WindowRow): SyncWindow {
  return {
    no: row.no,
    dataType: row.data_type,
    round: row.round,
    stage: row.stage,
    stream: row.stream,
    by: row.by,
    from: row.from_at,
    to: row.to_at,
    walkFrom: row.walk_from_at,
    locations: row.locations,
    state: row.state,
    cursor: row.cursor,
    reachedAt: row.reached_at,
    pages: row.pages,
    records: Number(row.records),
    counted: Number(row.counted),
    tries: row.tries,
    dueAt: row.due_at,
  }
}

function textOf(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}
