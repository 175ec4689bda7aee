import { z } from 'zod'
import { type Id, isId } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { enqueue } from '#platform/queue/enqueue.ts'
import type { Task } from '#platform/queue/task.ts'

const importId = z.string().refine(isId)

export const IMPORT_TASK: Task<{ readonly import_id: Id }> = {
  name: 'intake.import',
  payload: z.object({ import_id: importId }),
}

export const CHECK_TASK: Task<{ readonly import_id: Id; readonly check_no: number }> = {
  name: 'intake.check',
  payload: z.object({ import_id: importId, check_no: z.int() }),
}

export const UNDO_TASK: Task<{ readonly import_id: Id }> = {
  name: 'intake.undo',
  payload: z.object({ import_id: importId }),
}

const ATTEMPTS_MAX = 8
/** Nobody's sales wait for a dry run. */
const AFTER_THE_REST = 10

export async function enqueueImport(tx: Tx, id: Id): Promise<void> {
  // One file at a time per tenant would be kinder to the disk, but a small file must not wait for a large one.
  const job = { task: IMPORT_TASK, payload: { import_id: id }, jobKey: `import:${id}`, maxAttempts: ATTEMPTS_MAX }
  await enqueue(tx, job)
}

export async function enqueueCheck(tx: Tx, id: Id, checkNo: number): Promise<void> {
  await enqueue(tx, {
    task: CHECK_TASK,
    payload: { import_id: id, check_no: checkNo },
    jobKey: `check:${id}`,
    maxAttempts: ATTEMPTS_MAX,
    priority: AFTER_THE_REST,
  })
}

export async function enqueueUndo(tx: Tx, id: Id): Promise<void> {
  const job = { task: UNDO_TASK, payload: { import_id: id }, jobKey: `undo:${id}`, maxAttempts: ATTEMPTS_MAX }
  await enqueue(tx, job)
}
