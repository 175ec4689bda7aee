import { z } from 'zod'
import { cursorText, readCursor } from '#kernel/cursor.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { getSite, listSites } from '#modules/sites/sites.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { enqueue } from '#platform/queue/enqueue.ts'
import { handling, type Task, type TaskHandler } from '#platform/queue/task.ts'
import { mayBecome } from './import-states.ts'
import { previewSales } from './preview.ts'
import { failImport, type Intake, sourceOf } from './receive.ts'
import { runImport } from './run.ts'
import {
  findImport,
  type ImportPosition,
  type ImportRow,
  listImportRows,
  listRejectionRows,
  listStalledImports,
  type StoredRejection,
  updateImport,
} from './store.ts'
import type { PreviewSale } from './wire.ts'

export { type ImportRow, listLatestImports } from './store.ts'

// Everything that comes in, today as files: received and kept, understood, confirmed, recorded.

export const IMPORT_TASK: Task<{ readonly import_id: Id }> = {
  name: 'intake.import',
  payload: z.object({ import_id: z.string().refine(isId) }),
}

export function intakeTasks(intake: Intake): TaskHandler[] {
  return [
    handling(IMPORT_TASK, async ({ import_id }, { tenantId, signal, attempt, attemptsMax }) => {
      if (tenantId === null) throw new Error('an import belongs to a tenant')
      try {
        await runImport(intake, tenantId, import_id, signal)
      } catch (error) {
        if (attempt < attemptsMax) throw error
        await failImport(intake, tenantId, import_id, {
          code: 'import.failed',
          detail:
            'The import could not be finished after several tries. What was recorded stands; confirm it again to go on.',
        })
        throw error
      }
    }),
  ]
}

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

/** Lets a detected import run, or one that failed go on after what it recorded. Throws `import.not-confirmable`. */
export async function confirmImport(tx: Tx, tenantId: TenantId, id: string, now: Instant): Promise<ImportRow> {
  const row = await getImport(tx, tenantId, id, 'lock')
  if (row.state === 'queued' || row.state === 'running' || row.state === 'done') return row
  if (!mayBecome(row.state, 'queued') || row.detection === null) {
    throw new Fault('conflict', 'import.not-confirmable', {
      say:
        row.fault === null
          ? 'This file has not arrived whole yet. Wait for it, then confirm.'
          : `This file cannot be imported: ${row.fault.detail}`,
      detail: { state: row.state },
    })
  }
  const change = { state: 'queued', fault: null, finishedAt: null, movedAt: now } as const
  await updateImport(tx, tenantId, row.id, change)
  await enqueueImport(tx, row.id)
  return { ...row, ...change }
}

/** Whether nothing in the file is in doubt, so that it may run without a person's word. */
export function needsNoConfirmation(row: ImportRow): boolean {
  return row.detection?.notes.every((note) => note.severity !== 'confirm') ?? false
}

/** The first sales of a kept file as they would stand. */
export async function previewImport(intake: Intake, tenantId: TenantId, row: ImportRow): Promise<PreviewSale[] | null> {
  if (row.state !== 'detected' || row.detection === null) return null
  const sites = await intake.database.tenant(tenantId, async (tx) => ({
    chosen: await getSite(tx, tenantId, row.siteId),
    all: await listSites(tx, tenantId),
  }))
  return previewSales(intake.files, sourceOf(intake, tenantId, row), row.detection, sites, intake.scratchDir)
}

export async function listImports(
  tx: Tx,
  tenantId: TenantId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<{ rows: ImportRow[]; nextCursor: string | null }> {
  const after = page.cursor === null ? null : positionOf(page.cursor)
  const found = await listImportRows(tx, tenantId, page.limit + 1, after)
  const rows = found.slice(0, page.limit)
  const last = rows.at(-1)
  return { rows, nextCursor: found.length > page.limit && last ? cursorText([last.createdAt, last.id]) : null }
}

export async function listRejections(
  tx: Tx,
  tenantId: TenantId,
  importId: Id,
  page: { readonly limit: number; readonly cursor: string | null },
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

/** A command sends its file without the hub; only a file of which nothing more comes for so long is given up. */
const ARRIVING_STILL_MS = 2 * 60_000

/**
 * Takes up what a killed process left: an import that ran goes on, a file that was arriving is given up. `stillForMs` is
 * how long an import must not have moved; 0 is right at the start of the only process.
 */
export async function recoverImports(intake: Intake, now: Instant, stillForMs: number): Promise<number> {
  const stalled = await intake.database.system((tx) =>
    listStalledImports(tx, instant(now - stillForMs), instant(now - ARRIVING_STILL_MS)),
  )
  for (const { tenantId, id, state } of stalled) {
    if (state === 'receiving') {
      await failImport(intake, tenantId, id, {
        code: 'import.interrupted',
        detail: 'The file stopped arriving before its end. Nothing of it was kept; send it again.',
      })
      continue
    }
    await intake.database.tenant(tenantId, async (tx) => {
      await updateImport(tx, tenantId, id, { movedAt: now })
      await enqueueImport(tx, id)
    })
  }
  return stalled.length
}

async function enqueueImport(tx: Tx, id: Id): Promise<void> {
  // One file at a time per tenant would be kinder to the disk, but a small file must not wait for a large one.
  await enqueue(tx, { task: IMPORT_TASK, payload: { import_id: id }, jobKey: `import:${id}`, maxAttempts: 8 })
}
