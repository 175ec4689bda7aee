import type { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { FileHeading } from '../../../connectors/contract-files.ts'
import type { Intake } from './keep.ts'
import { findImport, type StoredFault, updateImport } from './store.ts'
import { removeChunks } from './store-chunks.ts'

/** What no other table, column or layout would mend. */
const BEYOND_MENDING: ReadonlySet<string> = new Set([
  'file.empty',
  'file.binary',
  'file.damaged',
  'file.not_a_table',
  'file.too_many_columns',
  'file.unpacks_too_large',
])

/** Ends an import that cannot go on. What it recorded stands. */
export async function failImport(intake: Intake, tenantId: TenantId, id: Id, fault: StoredFault): Promise<void> {
  const now = intake.clock.now()
  await intake.database.tenant(tenantId, async (tx) => {
    const row = await findImport(tx, tenantId, id, 'lock')
    if (row === null || row.state === 'done' || row.state === 'undoing' || row.state === 'undone') return
    const stopped = { state: 'failed', fault, finishedAt: now, movedAt: now } as const
    // A confirmed import may go on, so its text is kept; so is that of a file which a person can show us how to read.
    // Anything else is of no use to anybody.
    const isWhole = row.tables.length > 0 && row.tables.every(({ tableState }) => tableState === 'kept')
    const useful = isWhole && fault.code.startsWith('file.') && !BEYOND_MENDING.has(fault.code)
    if (row.state === 'receiving' && !useful) {
      await removeChunks(tx, tenantId, id)
      await updateImport(tx, tenantId, id, { ...stopped, tables: [], tableNo: null, detection: null, preview: null })
    } else {
      await updateImport(tx, tenantId, id, stopped)
    }
    await appendEvents(tx, tenantId, [
      {
        type: 'import.failed',
        subject: `import/${id}`,
        occurredAt: now,
        actor: row.actor,
        data: { import_id: id, code: fault.code },
      },
    ])
  })
}

/** A fault of the file as it is kept and told. */
export function storedFault(fault: Fault): StoredFault {
  const { headings } = fault.detail
  const told = { code: fault.code, detail: fault.message }
  return Array.isArray(headings) ? { ...told, headings: headings as readonly FileHeading[] } : told
}
