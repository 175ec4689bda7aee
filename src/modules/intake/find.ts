import { Fault } from '#kernel/fault.ts'
import { isId, type TenantId } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { findImport, type ImportRow } from './store.ts'

/** Throws `import.missing`. */
export async function getImport(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  mode: 'look' | 'lock' = 'look',
): Promise<ImportRow> {
  const row = isId(id) ? await findImport(tx, tenantId, id, mode) : null
  if (row) return row
  throw new Fault('missing', 'import.missing', {
    say: 'There is no import with this id. The list of imports has the ids.',
  })
}
