import { Fault } from '#kernel/fault.ts'
import type { Id } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { ConnectionRef } from '#modules/connections/live.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { announce } from './announce.ts'
import { SYNC_FAULTS } from './faults.ts'
import { cancelRun, findRun, type SyncRun } from './store-runs.ts'
import { findSchedule, updateSchedule } from './store-schedules.ts'

/** Throws `sync.missing`. */
export async function getRun(tx: Tx, { tenantId, id: connectionId }: ConnectionRef, id: Id): Promise<SyncRun> {
  const run = await findRun(tx, tenantId, connectionId, id)
  if (run !== null) return run
  throw new Fault('missing', 'sync.missing', { say: SYNC_FAULTS['sync.missing'] })
}

/**
 * Stops a run: a step that works on it records nothing more, and what was read stands. A past that a person stopped is not
 * taken up again by itself. Throws `sync.missing`, `sync.finished`.
 */
export async function cancelSync(tx: Tx, connection: ConnectionRef, id: Id, now: Instant): Promise<SyncRun> {
  const { tenantId, id: connectionId } = connection
  const cancelled = await cancelRun(tx, tenantId, connectionId, id, now)
  if (cancelled === null) {
    const { state } = await getRun(tx, connection, id)
    throw new Fault('conflict', 'sync.finished', { say: SYNC_FAULTS['sync.finished'], detail: { state } })
  }
  const schedule = cancelled.lane === 'past' ? await findSchedule(tx, tenantId, connectionId, 'lock') : null
  if (schedule !== null) await updateSchedule(tx, { ...schedule, pastAt: null })
  await announce(tx, cancelled, now)
  return cancelled
}
