import { z } from 'zod'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { enqueue } from '#platform/queue/enqueue.ts'
import type { Task } from '#platform/queue/task.ts'
import type { SyncLane } from './sync-states.ts'

export const SYNC_TASK: Task<{ readonly sync_id: Id }> = {
  name: 'intake.sync',
  payload: z.object({ sync_id: z.string().refine(isId) }),
}

/** Smaller goes first. Files that a person waits for have 0; a backfill is in nobody's way. */
const PRIORITIES = { news: 0, again: 4, past: 8 } as const satisfies Record<SyncLane, number>

/** Tries of one job. A run that still does not move is found by the tick, which gives it another job. */
const ATTEMPTS_MAX = 3

/** A step of a run, taken up as soon as a worker is free. `tenantId` where the transaction is of no tenant. */
export async function enqueueSync(tx: Tx, id: Id, lane: SyncLane, tenantId?: TenantId): Promise<void> {
  await enqueue(tx, {
    task: SYNC_TASK,
    payload: { sync_id: id },
    jobKey: `sync:${id}`,
    priority: PRIORITIES[lane],
    maxAttempts: ATTEMPTS_MAX,
    ...(tenantId === undefined ? {} : { tenantId }),
  })
}
