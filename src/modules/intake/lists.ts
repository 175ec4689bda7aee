import { cursorText, readCursor } from '#kernel/cursor.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ImportState } from './import-states.ts'
import { type ImportPosition, type ImportRow, listImportRows } from './store.ts'
import { listRejectionRows, type StoredRejection } from './store-rejections.ts'

type Page = { readonly limit: number; readonly cursor: string | null }

/** Newest first; without previews and dry runs. */
export async function listImports(
  tx: Tx,
  tenantId: TenantId,
  page: Page & { readonly states: readonly ImportState[] },
): Promise<{ rows: ImportRow[]; nextCursor: string | null }> {
  const after = page.cursor === null ? null : positionOf(page.cursor)
  const found = await listImportRows(tx, tenantId, { limit: page.limit + 1, after, states: page.states })
  const rows = found.slice(0, page.limit)
  const last = rows.at(-1)
  return { rows, nextCursor: found.length > page.limit && last ? cursorText([last.createdAt, last.id]) : null }
}

/** In the order of the file. */
export async function listRejections(
  tx: Tx,
  tenantId: TenantId,
  importId: Id,
  page: Page,
): Promise<{ rows: StoredRejection[]; nextCursor: string | null }> {
  const after = page.cursor === null ? 0 : Number(readCursor(page.cursor, 1)[0])
  if (!Number.isSafeInteger(after)) throw cursorFault()
  const found = await listRejectionRows(tx, tenantId, importId, page.limit + 1, after)
  const rows = found.slice(0, page.limit)
  const last = rows.at(-1)
  return { rows, nextCursor: found.length > page.limit && last ? cursorText([last.row]) : null }
}

function positionOf(cursor: string): ImportPosition {
  const [createdAt, id] = readCursor(cursor, 2)
  const at = Number(createdAt)
  // Further off than this a moment is not written as the database reads it.
  if (Number.isSafeInteger(at) && at >= 0 && at < 1e14 && isId(String(id))) {
    return { createdAt: instant(at), id: String(id) as Id }
  }
  throw cursorFault()
}

function cursorFault(): Fault {
  return new Fault('invalid', 'cursor.unreadable', { say: 'This cursor is not one that the list gave.' })
}
