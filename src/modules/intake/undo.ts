import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { type Withdrawn, withdrawBatch } from '#modules/mirror/withdraw.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { getImport } from './find.ts'
import { mayBecome } from './import-states.ts'
import { enqueueUndo } from './jobs.ts'
import type { Intake } from './keep.ts'
import { findImport, type ImportRow, updateImport } from './store.ts'
import { removeChunks } from './store-chunks.ts'
import { removeRejections } from './store-rejections.ts'

// Taking an import back: what it recorded, some sales at a time, each a transaction that also counts them; then what is
// kept of its file. A killed undo goes on where it stopped, for what is taken back is no longer there to be taken.

const SALES_PER_STEP = 1_000
const REJECTIONS_PER_STEP = 20_000

/**
 * Begins to take an import back; one that recorded nothing is taken back at once. Answers one that already is, as it is.
 * Throws `import.not-undoable`.
 */
export async function undoImport(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  by: { readonly actor: string; readonly now: Instant },
): Promise<ImportRow> {
  const row = await getImport(tx, tenantId, id, 'lock')
  if (row.state === 'undoing' || row.state === 'undone') return row
  const next = row.slices > 0 || row.state === 'done' ? 'undoing' : 'undone'
  if (!mayBecome(row.state, next)) {
    throw new Fault('conflict', 'import.not-undoable', {
      say: 'This import arrives or runs just now. Wait for its end, then take it back.',
      detail: { state: row.state },
    })
  }
  const begun = { fault: null, undoneBy: by.actor, movedAt: by.now, checkState: null, check: null, preview: null }
  if (next === 'undoing') {
    const change = { ...begun, state: next, undoProgress: 0 } as const
    await updateImport(tx, tenantId, row.id, change)
    await enqueueUndo(tx, row.id)
    return { ...row, ...change }
  }
  await removeChunks(tx, tenantId, row.id)
  return finishUndo(tx, tenantId, { ...row, ...begun }, by.now)
}

/** Takes back what is left of an import that is being undone. */
export async function runUndo(intake: Intake, tenantId: TenantId, id: Id, signal?: AbortSignal): Promise<void> {
  while (signal?.aborted !== true) {
    const more = await intake.database.tenant(tenantId, (tx) => undoStep(intake, tx, tenantId, id))
    if (!more) break
  }
  if (signal?.aborted === true) return
  await forget(intake, tenantId, id)
  await intake.database.tenant(tenantId, async (tx) => {
    const row = await findImport(tx, tenantId, id, 'lock')
    if (row?.state === 'undoing') await finishUndo(tx, tenantId, row, intake.clock.now())
  })
}

/** Answers whether there is more to take back. */
async function undoStep(intake: Intake, tx: Tx, tenantId: TenantId, id: Id): Promise<boolean> {
  const now = intake.clock.now()
  const row = await findImport(tx, tenantId, id, 'lock')
  if (row?.state !== 'undoing' || row.connectionId === null) return false
  const source = {
    tenantId,
    connectionId: row.connectionId,
    posSystem: 'spreadsheet',
    batchId: id,
    actor: row.undoneBy ?? row.actor,
    requestId: null,
    now,
  }
  const withdrawn = await withdrawBatch(tx, source, id, SALES_PER_STEP)
  const undoProgress = withdrawn.left ? progressAfter(row) : 1
  await updateImport(tx, tenantId, id, { ...countsAfter(row, withdrawn), undoProgress, movedAt: now })
  await appendEvents(tx, tenantId, [
    {
      type: 'import.moved',
      subject: `import/${id}`,
      occurredAt: now,
      actor: source.actor,
      data: { import_id: id, phase: 'undo', progress: undoProgress, rows_read: Number(row.rowsRead) },
    },
  ])
  return withdrawn.left
}

function countsAfter(row: ImportRow, withdrawn: Withdrawn) {
  return {
    salesRemoved: row.salesRemoved + BigInt(withdrawn.salesRemoved),
    salesRestored: row.salesRestored + BigInt(withdrawn.salesRestored),
    refundsRemoved: row.refundsRemoved + BigInt(withdrawn.refundsRemoved),
  }
}

/** By how much there was to take back; never quite at the end before the end. */
function progressAfter(row: ImportRow): number {
  const sales = row.salesCreated + row.salesUpdated + row.salesUnchanged
  const facts = Number(sales + row.refundsCreated + row.refundsUnchanged)
  return Math.min(0.99, row.undoProgress + SALES_PER_STEP / Math.max(facts, 1))
}

/** What was kept of the file goes, too: its text and its rejected rows. */
async function forget(intake: Intake, tenantId: TenantId, id: Id): Promise<void> {
  const row = await intake.database.tenant(tenantId, (tx) => findImport(tx, tenantId, id, 'look'))
  if (row?.state !== 'undoing') return
  const step = <T>(work: (tx: Tx) => Promise<T>) => intake.database.tenant(tenantId, work)
  for (const { index } of row.tables) await step((tx) => removeChunks(tx, tenantId, id, index))
  let after: number | null = 0
  while (after !== null) {
    const from: number = after
    after = await step((tx) => removeRejections(tx, tenantId, id, from, REJECTIONS_PER_STEP))
  }
}

async function finishUndo(tx: Tx, tenantId: TenantId, row: ImportRow, now: Instant): Promise<ImportRow> {
  const change = {
    state: 'undone',
    fault: null,
    undoneBy: row.undoneBy,
    undoneAt: now,
    undoProgress: 1,
    checkState: null,
    check: null,
    preview: null,
    movedAt: now,
  } as const
  await updateImport(tx, tenantId, row.id, change)
  const { id } = row
  await appendEvents(tx, tenantId, [
    {
      type: 'import.undone',
      subject: `import/${id}`,
      occurredAt: now,
      actor: row.undoneBy ?? row.actor,
      data: {
        import_id: id,
        sales_removed: Number(row.salesRemoved),
        sales_restored: Number(row.salesRestored),
        refunds_removed: Number(row.refundsRemoved),
        undone_at: instantText(now),
      },
    },
  ])
  return { ...row, ...change }
}
