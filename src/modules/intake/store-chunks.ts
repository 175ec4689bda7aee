import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'

// Packed and unpacked on a thread beside the event loop: a table's text shrinks to a tenth, and less of it goes to and
// fro.
const pack = promisify(deflateRaw) as (bytes: Uint8Array, options: { level: number }) => Promise<Buffer>
const unpack = promisify(inflateRaw) as (bytes: Uint8Array) => Promise<Buffer>
const LEVEL = 1

/** One piece of one table's text. */
export type ChunkPlace = { readonly importId: Id; readonly tableNo: number; readonly no: number }

/** As {@link insertChunk} takes it. */
export function packChunk(bytes: Uint8Array): Promise<Buffer> {
  return pack(bytes, { level: LEVEL })
}

/** `packed`: by {@link packChunk}, before the transaction began. */
export async function insertChunk(tx: Tx, tenantId: TenantId, place: ChunkPlace, packed: Uint8Array): Promise<void> {
  await sql`
    insert into pos.import_chunks (tenant_id, import_id, table_no, no, bytes)
    values (${tenantId}, ${place.importId}, ${place.tableNo}, ${place.no}, ${packed})`.execute(tx)
}

export async function readChunk(tx: Tx, tenantId: TenantId, place: ChunkPlace): Promise<Uint8Array | null> {
  // As text, which the driver turns back into bytes: asked for binary in one query alone, it reads them as UTF-8.
  const { rows } = await sql<{ bytes: Uint8Array }>`
    select bytes from pos.import_chunks
    where tenant_id = ${tenantId} and import_id = ${place.importId} and table_no = ${place.tableNo}
      and no = ${place.no}`.execute(tx)
  return rows[0] === undefined ? null : unpack(rows[0].bytes)
}

/** What was kept of one table, or of all of them. */
export async function removeChunks(tx: Tx, tenantId: TenantId, importId: Id, tableNo?: number): Promise<void> {
  await sql`
    delete from pos.import_chunks where tenant_id = ${tenantId} and import_id = ${importId}
      ${tableNo === undefined ? sql`` : sql`and table_no = ${tableNo}`}`.execute(tx)
}
