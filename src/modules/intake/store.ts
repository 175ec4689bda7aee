import { sql } from 'kysely'
import type { Decimal } from '#kernel/decimal.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FileDetection, RejectedRow } from '../../../connectors/contract.ts'
import type { ImportState } from './import-states.ts'

export type StoredFault = { readonly code: string; readonly detail: string }

/** One import as stored. Counts are of the file so far; `created`, `updated` and `unchanged` of what it did to the mirror. */
export type ImportRow = {
  readonly id: Id
  readonly connectionId: Id | null
  readonly siteId: Id
  readonly fileName: string
  readonly fileBytes: bigint
  readonly fileSha256: Uint8Array | null
  readonly state: ImportState
  readonly detection: FileDetection | null
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
  readonly startedAt: Instant | null
  readonly movedAt: Instant | null
  readonly finishedAt: Instant | null
}

const COLUMNS = sql.raw(
  'id, connection_id as "connectionId", site_id as "siteId", file_name as "fileName", file_bytes as "fileBytes", ' +
    'file_sha256 as "fileSha256", state, detection, slices, rows_read as "rowsRead", rows_rejected as "rowsRejected", ' +
    'progress, sales_created as "salesCreated", sales_updated as "salesUpdated", sales_unchanged as "salesUnchanged", ' +
    'refunds_created as "refundsCreated", refunds_unchanged as "refundsUnchanged", items, units, gross, ' +
    'first_at as "firstAt", last_at as "lastAt", noticed, fault, actor, created_at as "createdAt", ' +
    'started_at as "startedAt", moved_at as "movedAt", finished_at as "finishedAt"',
)

const time = (at: Instant | null) => (at === null ? null : instantText(at))

export async function findImport(tx: Tx, tenantId: TenantId, id: Id, mode: 'look' | 'lock'): Promise<ImportRow | null> {
  const { rows } = await sql<ImportRow>`
    select ${COLUMNS} from pos.imports where tenant_id = ${tenantId} and id = ${id}
    ${mode === 'lock' ? sql`for update` : sql``}`.execute(tx)
  return rows[0] ?? null
}

export type ImportPosition = { readonly createdAt: Instant; readonly id: Id }

export async function listImportRows(
  tx: Tx,
  tenantId: TenantId,
  limit: number,
  after: ImportPosition | null,
): Promise<ImportRow[]> {
  const { rows } = await sql<ImportRow>`
    select ${COLUMNS} from pos.imports
    where tenant_id = ${tenantId}
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

export async function updateImport(
  tx: Tx,
  tenantId: TenantId,
  id: Id,
  change: Partial<Omit<ImportRow, 'id' | 'siteId' | 'actor' | 'createdAt'>>,
): Promise<void> {
  const sets = Object.entries(change).map(([name, value]) => {
    const column = SETTABLE[name as keyof typeof change]
    if (column === undefined) throw new Error(`no column for ${name}`)
    return sql`${sql.ref(column.name)} = ${column.to(value)}`
  })
  if (sets.length === 0) return
  await sql`update pos.imports set ${sql.join(sets)} where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
}

type Settable = Record<
  keyof Omit<ImportRow, 'id' | 'siteId' | 'actor' | 'createdAt'>,
  { readonly name: string; to(value: unknown): unknown }
>

const asIs = (value: unknown) => (typeof value === 'bigint' ? value.toString() : value)
const asTime = (value: unknown) => time(value as Instant | null)
const asJson = (value: unknown) => (value === null ? null : JSON.stringify(value))
const asBytes = (value: unknown) => (value === null ? null : Buffer.from(value as Uint8Array))

const SETTABLE: Settable = {
  connectionId: { name: 'connection_id', to: asIs },
  fileName: { name: 'file_name', to: asIs },
  fileBytes: { name: 'file_bytes', to: asIs },
  fileSha256: { name: 'file_sha256', to: asBytes },
  state: { name: 'state', to: asIs },
  detection: { name: 'detection', to: asJson },
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
  startedAt: { name: 'started_at', to: asTime },
  movedAt: { name: 'moved_at', to: asTime },
  finishedAt: { name: 'finished_at', to: asTime },
}

export async function insertChunk(
  tx: Tx,
  tenantId: TenantId,
  importId: Id,
  no: number,
  bytes: Uint8Array,
): Promise<void> {
  await sql`
    insert into pos.import_chunks (tenant_id, import_id, no, bytes)
    values (${tenantId}, ${importId}, ${no}, ${bytes})`.execute(tx)
}

export async function readChunk(tx: Tx, tenantId: TenantId, importId: Id, no: number): Promise<Uint8Array | null> {
  // As text, which the driver turns back into bytes: asked for binary in one query alone, it reads them as UTF-8.
  const { rows } = await sql<{ bytes: Uint8Array }>`
    select bytes from pos.import_chunks
    where tenant_id = ${tenantId} and import_id = ${importId} and no = ${no}`.execute(tx)
  return rows[0]?.bytes ?? null
}

/** What was received of a file that never arrived whole, or that holds nothing to import, is not kept. */
export async function removeChunks(tx: Tx, tenantId: TenantId, importId: Id): Promise<void> {
  await sql`delete from pos.import_chunks where tenant_id = ${tenantId} and import_id = ${importId}`.execute(tx)
}

/** PostgreSQL's text holds no NUL; the sign for it shows where one stood. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u2400')
}

export async function insertRejections(
  tx: Tx,
  tenantId: TenantId,
  importId: Id,
  rows: readonly RejectedRow[],
): Promise<void> {
  await insertRows(tx, rows, {
    into: 'pos.import_rejections',
    constants: [
      { name: 'tenant_id', type: 'uuid', value: tenantId },
      { name: 'import_id', type: 'uuid', value: importId },
    ],
    columns: [
      { name: 'row', type: 'bigint', of: (row) => row.row },
      { name: 'code', type: 'text', of: (row) => row.code },
      { name: 'say', type: 'text', of: (row) => storable(row.say) },
      { name: 'column_header', type: 'text', of: (row) => (row.column === null ? null : storable(row.column)) },
      { name: 'raw', type: 'text', of: (row) => storable(row.raw) },
    ],
    suffix: 'on conflict do nothing',
  })
}

export type StoredRejection = {
  readonly row: number
  readonly code: string
  readonly say: string
  readonly column: string | null
  readonly raw: string
}

export async function listRejectionRows(
  tx: Tx,
  tenantId: TenantId,
  importId: Id,
  limit: number,
  afterRow: number,
): Promise<StoredRejection[]> {
  const { rows } = await sql<Omit<StoredRejection, 'row'> & { row: bigint }>`
    select row, code, say, column_header as column, raw from pos.import_rejections
    where tenant_id = ${tenantId} and import_id = ${importId} and row > ${afterRow}
    order by row limit ${limit}`.execute(tx)
  return rows.map((row) => ({ ...row, row: Number(row.row) }))
}

/** Imports of all tenants that were left in the middle of something and have not moved since. */
export async function listStalledImports(
  tx: Tx,
  movedBefore: Instant,
  arrivingBefore: Instant,
): Promise<{ tenantId: TenantId; id: Id; state: ImportState }[]> {
  const { rows } = await sql<{ tenantId: TenantId; id: Id; state: ImportState }>`
    select tenant_id as "tenantId", id, state from pos.imports
    where (state in ('queued', 'running') and moved_at < ${instantText(movedBefore)}::timestamptz)
      or (state = 'receiving' and moved_at < ${instantText(arrivingBefore)}::timestamptz)
    order by moved_at limit 100`.execute(tx)
  return rows
}

export type LatestImport = { readonly connectionId: Id; readonly state: ImportState; readonly at: Instant }

/** The newest import of each connection. */
export async function listLatestImports(tx: Tx, tenantId: TenantId): Promise<LatestImport[]> {
  const { rows } = await sql<LatestImport>`
    select distinct on (connection_id) connection_id as "connectionId", state, coalesce(moved_at, created_at) as at
    from pos.imports
    where tenant_id = ${tenantId} and connection_id is not null
    order by connection_id, created_at desc, id desc`.execute(tx)
  return rows
}
