import { handling, type TaskHandler } from '#platform/queue/task.ts'
import { SYNC_TASK } from './jobs.ts'
import { stepSync } from './step.ts'
import type { Syncing } from './syncing.ts'

export function syncTasks(syncing: Syncing): TaskHandler[] {
  return [
    handling(SYNC_TASK, async ({ sync_id }, { tenantId, signal }) => {
      if (tenantId === null) throw new Error('a sync belongs to a tenant')
      await stepSync(syncing, tenantId, sync_id, { signal })
    }),
  ]
}
