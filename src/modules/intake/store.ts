import { sql } from 'kysely'
import type { Decimal } from '#kernel/decimal.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FileContainer, FileDetection, FileEncoding, FileHeading } from '../../../connectors/contract-files.ts'
import type { ImportState } from './import-states.ts'
import type { WireCheck } from './wire-check.ts'
import type { PreviewSale } from './wire-preview.ts'

export type StoredFault = {
  readonly code: string
  readonly detail: string
  /** Of a table whose columns were found, so that a person may say what they are. */
  readonly headings?: readonly FileHeading[]
}

/** A table of the file, as it is kept. */
export type StoredTable = {
  readonly index: number
  readonly name: string
  readonly hidden: boolean
  readonly encoding: FileEncoding | null
  /** Of text, as far as it is kept. */
  readonly bytes: number
  readonly tableState: 'kept' | 'keeping'
  readonly brokenOff: boolean
  /** Why it holds no sales; null while it may. */
  readonly fault: StoredFault | null
}

export type CheckState = WireCheck['state']

/** One import as stored. Counts are of the file so far; `created`, `updated` and `unchanged` of what it did to the mirror. */
export type ImportRow = {
  readonly id: Id
  readonly connectionId: Id | null
  readonly siteId: Id
  readonly fileName: string
  readonly fileBytes: bigint
  readonly fileSha256: Uint8Array | null
  readonly container: FileContainer | null
  readonly tables: readonly StoredTable[]
  readonly tableNo: number | null
  readonly cardsMasked: bigint
  readonly state: ImportState
  readonly detection: FileDetection | null
  readonly remembered: boolean
  readonly joins: { readonly connectionId: Id; readonly name: string } | null
  readonly alreadyImported: { readonly import_id: Id; readonly at: string } | null
  readonly preview: readonly PreviewSale[] | null
  readonly checkNo: number
  readonly checkState: CheckState | null
  /** As it is told, without its state. */
  readonly check: Omit<WireCheck, 'state'> | null
  /** The dry run read the table in one pass, so the rows of each sale stand together. */
  readonly rowsTogether: boolean
  readonly slices: number
  readonly rowsRead: bigint
  readonly rowsRejected: bigint
  readonly progress: number
  readonly salesCreated: bigint
  readonly salesUpdated: bigint
  readonly salesUnchanged: bigint
  readonly refundsCreated: bigint
  readonly refundsUnchanged: bigint
  readonly items: bigint
  readonly units: Decimal
  readonly gross: bigint
  readonly firstAt: Instant | null
  readonly lastAt: Instant | null
  readonly noticed: Readonly<Record<string, number>>
  readonly fault: StoredFault | null
  readonly actor: string
  readonly createdAt: Instant
  readonly confirmedBy: string | null
  readonly confirmedAt: Instant | null
  readonly startedAt: Instant | null
  readonly movedAt: Instant | null
  readonly finishedAt: Instant | null
  readonly undoneBy: string | null
  readonly undoneAt: Instant | null
  readonly undoProgress: number
  readonly salesRemoved: bigint
  readonly salesRestored: bigint
  readonly refundsRemoved: bigint
}

type Fixed = 'id' | 'actor' | 'createdAt'
export type ImportChange = Partial<Omit<ImportRow, Fixed>>

const asIs = (value: unknown) => (typeof value === 'bigint' ? value.toString() : value)
const asTime = (value: unknown) => time(value as Instant | null)
const asJson = (value: unknown) => (value === null ? null : storableJson(value))
const asBytes = (value: unknown) => (value === null ? null : Buffer.from(value as Uint8Array))

type Settable = { readonly name: string; to(value: unknown): unknown }

const SETTABLE: Readonly<Record<keyof Omit<ImportRow, Fixed>, Settable>> = {
  connectionId: { name: 'connection_id', to: asIs },
  siteId: { name: 'site_id', to: asIs },
  fileName: { name: 'file_name', to: asIs },
  fileBytes: { name: 'file_bytes', to: asIs },
  fileSha256: { name: 'file_sha256', to: asBytes },
  container: { name: 'container', to: asIs },
  tables: { name: 'tables', to: asJson },
  tableNo: { name: 'table_no', to: asIs },
  cardsMasked: { name: 'cards_masked', to: asIs },
  state: { name: 'state', to: asIs },
  detection: { name: 'detection', to: asJson },
  remembered: { name: 'remembered', to: asIs },
  joins: { name: 'joins', to: asJson },
  alreadyImported: { name: 'already_imported', to: asJson },
  preview: { name: 'preview', to: asJson },
  checkNo: { name: 'check_no', to: asIs },
  checkState: { name: 'check_state', to: asIs },
  check: { name: 'check_result', to: asJson },
  rowsTogether: { name: 'rows_together', to: asIs },
  slices: { name: 'slices', to: asIs },
  rowsRead: { name: 'rows_read', to: asIs },
  rowsRejected: { name: 'rows_rejected', to: asIs },
  progress: { name: 'progress', to: asIs },
  salesCreated: { name: 'sales_created', to: asIs },
  salesUpdated: { name: 'sales_updated', to: asIs },
  salesUnchanged: { name: 'sales_unchanged', to: asIs },
  refundsCreated: { name: 'refunds_created', to: asIs },
  refundsUnchanged: { name: 'refunds_unchanged', to: asIs },
  items: { name: 'items', to: asIs },
  units: { name: 'units', to: asIs },
  gross: { name: 'gross', to: asIs },
  firstAt: { name: 'first_at', to: asTime },
  lastAt: { name: 'last_at', to: asTime },
  noticed: { name: 'noticed', to: asJson },
  fault: { name: 'fault', to: asJson },
  confirmedBy: { name: 'confirmed_by', to: asIs },
  confirmedAt: { name: 'confirmed_at', to: asTime },
  startedAt: { name: 'started_at', to: asTime },
  movedAt: { name: 'moved_at', to: asTime },
  finishedAt: { name: 'finished_at', to: asTime },
  undoneBy: { name: 'undone_by', to: asIs },
  undoneAt: { name: 'undone_at', to: asTime },
  undoProgress: { name: 'undo_progress', to: asIs },
  salesRemoved: { name: 'sales_removed', to: asIs },
  salesRestored: { name: 'sales_restored', to: asIs },
  refundsRemoved: { name: 'refunds_removed', to: asIs },
}

const NAMES: Readonly<Record<keyof ImportRow, string>> = {
  id: 'id',
  actor: 'actor',
  createdAt: 'created_at',
  ...(Object.fromEntries(Object.entries(SETTABLE).map(([field, { name }]) => [field, name])) as Record<
    keyof typeof SETTABLE,
    string
  >),
}

/** Large, and shown for one import alone. */
const HEAVY: readonly (keyof ImportRow)[] = ['preview', 'check']

const columns = (light: boolean) =>
  sql.raw(
    Object.entries(NAMES)
      .map(([field, name]) => `${light && HEAVY.some((one) => one === field) ? 'null' : name} as "${field}"`)
      .join(', '),
  )
const COLUMNS = columns(false)
const LISTED = columns(true)

const time = (at: Instant | null) => (at === null ? null : instantText(at))

/** PostgreSQL's text and JSON hold no NUL; the sign for it shows where one stood. Nor half a surrogate pair. */
function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'string' ? one.toWellFormed().replaceAll('\0', '\u2400') : one,
  )
}

export async function findImport(tx: Tx, tenantId: TenantId, id: Id, mode: 'look' | 'lock'): Promise<ImportRow | null> {
  const { rows } = await sql<ImportRow>`
    select ${COLUMNS} from pos.imports where tenant_id = ${tenantId} and id = ${id}
    ${mode === 'lock' ? sql`for update` : sql``}`.execute(tx)
  return rows[0] ?? null
}

export type ImportPosition = { readonly createdAt: Instant; readonly id: Id }

/** Without what is large: previews and dry runs. */
export async function listImportRows(
  tx: Tx,
  tenantId: TenantId,
  page: { readonly limit: number; readonly after: ImportPosition | null; readonly states: readonly ImportState[] },
): Promise<ImportRow[]> {
  const { limit, after, states } = page
  const { rows } = await sql<ImportRow>`
    select ${LISTED} from pos.imports
    where tenant_id = ${tenantId}
      ${states.length === 0 ? sql`` : sql`and state = any(${states}::text[])`}
      ${after === null ? sql`` : sql`and (created_at, id) < (${time(after.createdAt)}::timestamptz, ${after.id}::uuid)`}
    order by created_at desc, id desc limit ${limit}`.execute(tx)
  return rows
}

export async function insertImport(
  tx: Tx,
  tenantId: TenantId,
  row: Pick<ImportRow, 'id' | 'siteId' | 'fileName' | 'actor' | 'createdAt'>,
): Promise<void> {
  await sql`
    insert into pos.imports (tenant_id, id, site_id, file_name, state, actor, created_at, moved_at)
    values (${tenantId}, ${row.id}, ${row.siteId}, ${row.fileName}, 'receiving', ${row.actor}, ${time(row.createdAt)},
      ${time(row.createdAt)})`.execute(tx)
}

/** Answers whether there was a row to change: with `only`, one in that state and at that dry run. */
export async function updateImport(
  tx: Tx,
  tenantId: TenantId,
  id: Id,
  change: ImportChange,
  only: { readonly state?: ImportState; readonly checkNo?: number } = {},
): Promise<boolean> {
  const sets = Object.entries(change).map(([field, value]) => {
    const column = SETTABLE[field as keyof typeof SETTABLE]
    if (column === undefined) throw new Error(`no column for ${field}`)
    return sql`${sql.ref(column.name)} = ${column.to(value)}`
  })
  if (sets.length === 0) return true
  const { numAffectedRows } = await sql`
    update pos.imports set ${sql.join(sets)} where tenant_id = ${tenantId} and id = ${id}
      ${only.state === undefined ? sql`` : sql`and state = ${only.state}`}
      ${only.checkNo === undefined ? sql`` : sql`and check_no = ${only.checkNo}`}`.execute(tx)
  return numAffectedRows === 1n
}

const STANDING: readonly ImportState[] = ['queued', 'running', 'done']

/** The newest import of the same bytes at the same site that stands or will stand, or is in one of the given states. */
export async function findSameFile(
  tx: Tx,
  tenantId: TenantId,
  siteId: Id,
  sha256: Uint8Array,
  states: readonly ImportState[] = STANDING,
): Promise<{ readonly id: Id; readonly state: ImportState; readonly createdAt: Instant } | null> {
  const { rows } = await sql<{ id: Id; state: ImportState; createdAt: Instant }>`
    select id, state, created_at as "createdAt" from pos.imports
    where tenant_id = ${tenantId} and file_sha256 = ${Buffer.from(sha256)} and site_id = ${siteId}
      and state in (${sql.join(states)})
    order by created_at desc, id desc limit 1`.execute(tx)
  return rows[0] ?? null
}

export type StalledImport = {
  readonly tenantId: TenantId
  readonly id: Id
  readonly state: ImportState
  readonly checkNo: number
}

/** Imports of all tenants that were left in the middle of something and have not moved since. */
export async function listStalledImports(
  tx: Tx,
  movedBefore: Instant,
  arrivingBefore: Instant,
): Promise<StalledImport[]> {
  const { rows } = await sql<StalledImport>`
    select tenant_id as "tenantId", id, state, check_no as "checkNo" from pos.imports
    where (state in ('receiving', 'queued', 'running', 'undoing') or check_state in ('waiting', 'running'))
      and moved_at < case when state = 'receiving' then ${time(arrivingBefore)} else ${time(movedBefore)} end::timestamptz
    order by moved_at limit 100`.execute(tx)
  return rows
}

export type LatestImport = { readonly connectionId: Id; readonly state: ImportState; readonly at: Instant }

/** The newest import of each connection, but for those that were taken back. */
export async function listLatestImports(tx: Tx, tenantId: TenantId): Promise<LatestImport[]> {
  const { rows } = await sql<LatestImport>`
    select distinct on (connection_id) connection_id as "connectionId", state, coalesce(moved_at, created_at) as at
    from pos.imports
    where tenant_id = ${tenantId} and connection_id is not null and state <> 'undone'
    order by connection_id, created_at desc, id desc`.execute(tx)
  return rows
}
