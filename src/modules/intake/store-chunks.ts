import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'

/** One piece of one table's text. */
export type ChunkPlace = { readonly importId: Id; readonly tableNo: number; readonly no: number }

export async function insertChunk(tx: Tx, tenantId: TenantId, place: ChunkPlace, bytes: Uint8Array): Promise<void> {
  await sql`
    insert into pos.import_chunks (tenant_id, import_id, table_no, no, bytes)
    values (${tenantId}, ${place.importId}, ${place.tableNo}, ${place.no}, ${bytes})`.execute(tx)
}

export async function readChunk(tx: Tx, tenantId: TenantId, place: ChunkPlace): Promise<Uint8Array | null> {
  // As text, which the driver turns back into bytes: asked for binary in one query alone, it reads them as UTF-8.
  const { rows } = await sql<{ bytes: Uint8Array }>`
    select bytes from pos.import_chunks
    where tenant_id = ${tenantId} and import_id = ${place.importId} and table_no = ${place.tableNo}
      and no = ${place.no}`.execute(tx)
  return rows[0]?.bytes ?? null
}

/** What was kept of one table, or of all of them. */
export async function removeChunks(tx: Tx, tenantId: TenantId, importId: Id, tableNo?: number): Promise<void> {
  await sql`
    delete from pos.import_chunks where tenant_id = ${tenantId} and import_id = ${importId}
      ${tableNo === undefined ? sql`` : sql`and table_no = ${tableNo}`}`.execute(tx)
}
