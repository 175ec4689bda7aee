import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { RejectedRow } from '../../../connectors/contract-files.ts'

/** Characters of raw text in one statement: a slice of rejected rows may hold eighty million. */
const STATEMENT_CHARS = 4_000_000

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
  let from = 0
  while (from < rows.length) {
    let to = from
    let chars = 0
    while (to < rows.length && chars < STATEMENT_CHARS) chars += rows[to++]?.raw.length ?? 0
    await insertSome(tx, tenantId, importId, rows.slice(from, to))
    from = to
  }
}

async function insertSome(tx: Tx, tenantId: TenantId, importId: Id, rows: readonly RejectedRow[]): Promise<void> {
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

/** Removes some behind the row `after`, and answers the last of them; null when there were none. */
export async function removeRejections(
  tx: Tx,
  tenantId: TenantId,
  importId: Id,
  after: number,
  limit: number,
): Promise<number | null> {
  // By where the last step ended: rows that were just deleted would be walked over again otherwise.
  const { rows } = await sql<{ last: bigint | null }>`
    with gone as (
      delete from pos.import_rejections where tenant_id = ${tenantId} and import_id = ${importId} and row in (
        select row from pos.import_rejections
        where tenant_id = ${tenantId} and import_id = ${importId} and row > ${after} order by row limit ${limit})
      returning row
    )
    select max(row) as last from gone`.execute(tx)
  const last = rows[0]?.last ?? null
  return last === null ? null : Number(last)
}
