import { handling, type TaskHandler } from '#platform/queue/task.ts'
import { failCheck, runCheck } from './check.ts'
import { failImport } from './fail.ts'
import { CHECK_TASK, IMPORT_TASK, UNDO_TASK } from './jobs.ts'
import type { Intake } from './keep.ts'
import { runImport } from './run.ts'
import { runUndo } from './undo.ts'

export { type LiveArrival, listLiveArrivals } from './live-arrivals.ts'
export { type LatestImport, listLatestImports } from './store.ts'

// Everything that comes in, today as files: received and kept, understood, corrected, tried, confirmed, recorded, and
// taken back.

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
    handling(CHECK_TASK, async ({ import_id, check_no }, { tenantId, signal, attempt, attemptsMax }) => {
      if (tenantId === null) throw new Error('an import belongs to a tenant')
      try {
        await runCheck(intake, tenantId, import_id, check_no, signal)
      } catch (error) {
        if (attempt < attemptsMax) throw error
        await failCheck(intake, tenantId, import_id, check_no, {
          code: 'import.failed',
          detail: 'The dry run could not be finished after several tries. The import itself may still run.',
        })
        throw error
      }
    }),
    // One that fails for good is found still, and taken up again: it must not stay half taken back.
    handling(UNDO_TASK, async ({ import_id }, { tenantId, signal }) => {
      if (tenantId === null) throw new Error('an import belongs to a tenant')
      await runUndo(intake, tenantId, import_id, signal)
    }),
  ]
}
