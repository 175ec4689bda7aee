import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { SyncRun } from './store-runs.ts'
import type { SyncLane } from './sync-states.ts'

// Lines for whoever watches a sync: that it began, how far it has come, how it ended. Looks that the hub takes by itself,
// every minute, are told only when they found something or failed: a line for each would bury the others.

/** Who begins what is due. */
export const BY_ITSELF = 'job:intake.sync'

type StartedRun = {
  readonly tenantId: TenantId
  readonly id: Id
  readonly connectionId: Id
  readonly mode: string
  readonly lane: SyncLane
  readonly startedBy: string
  readonly requestId: string | null
}

export async function announceStart(tx: Tx, run: StartedRun, now: Instant): Promise<void> {
  if (isQuiet(run)) return
  await appendEvents(tx, run.tenantId, [
    {
      type: 'sync.started',
      subject: `sync/${run.id}`,
      occurredAt: now,
      actor: run.startedBy,
      requestId: run.requestId,
      data: { sync_id: run.id, connection_id: run.connectionId, mode: run.mode },
    },
  ])
}

/** How a run stands after a step, or after a person stopped it. */
export async function announce(tx: Tx, run: SyncRun, now: Instant): Promise<void> {
  const { pages, records, created, updated, failed } = run.tally
  if (isQuiet(run) && run.errorCode === null && created + updated + failed === 0) return
  const line = { subject: `sync/${run.id}`, actor: run.startedBy, requestId: run.requestId }
  if (run.finishedAt === null) {
    await appendEvents(tx, run.tenantId, [
      {
        ...line,
        type: 'sync.moved',
        occurredAt: now,
        data: {
          sync_id: run.id,
          connection_id: run.connectionId,
          mode: run.mode,
          state: run.state,
          error_code: run.errorCode,
          pages,
          records,
          created,
          updated,
        },
      },
    ])
    return
  }
  await appendEvents(tx, run.tenantId, [
    {
      ...line,
      type: 'sync.finished',
      occurredAt: now,
      data: {
        sync_id: run.id,
        connection_id: run.connectionId,
        mode: run.mode,
        state: run.state,
        error_code: run.errorCode,
        records,
        created,
        updated,
        failed,
      },
    },
  ])
}

function isQuiet({ lane, startedBy }: Pick<StartedRun, 'lane' | 'startedBy'>): boolean {
  return lane !== 'past' && startedBy === BY_ITSELF
}
