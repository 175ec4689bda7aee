import { type Instant, instant } from '#kernel/instant.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { DataType } from '../../../../connectors/contract.ts'
import { BY_ITSELF } from './announce.ts'
import { enqueueSync } from './jobs.ts'
import { hasMenu } from './menu.ts'
import { CATALOG_EVERY_MS, NEWS_EVERY_MS, NEWS_EVERY_TOLD_MS, nextNightlyAt } from './rhythm.ts'
import { ensurePositions, startBackfill, startSync } from './start.ts'
import { deleteOldRuns, wakeStillRuns } from './store-runs.ts'
import {
  claimDueSchedules,
  type DueConnection,
  deleteSchedule,
  findSchedule,
  type Schedule,
  updateSchedule,
} from './store-schedules.ts'
import type { Syncing } from './syncing.ts'

// What is due, looked up in tables: connections whose time has come begin runs, and runs that nobody works on although
// they could go on are given a job. After an outage of any length the news since the watermark is simply due.

const LOOKED_AT_ONCE = 100
/** A process that dies between claiming a connection and looking at it leaves it to others after that. */
const LOOK_MS = 60_000
/** A run's job is part of the commit that wants it; one that is not taken up for so long was lost. */
const WOKEN_AGAIN_MS = 60_000
const WOKEN_AT_ONCE = 200
/** A connection that waits for a person is looked at so often. */
const ASLEEP_MS = 5 * 60_000
/** No look lies farther ahead, unless the clock was set back. */
const AHEAD_MAX_MS = 2 * Math.max(NEWS_EVERY_TOLD_MS, ASLEEP_MS)

export async function tickSyncs(syncing: Syncing, now: Instant): Promise<void> {
  await wakeRuns(syncing, now)
  const claiming = { now, until: instant(now + LOOK_MS), aheadMax: instant(now + AHEAD_MAX_MS), limit: LOOKED_AT_ONCE }
  const due = await syncing.database.system((tx) => claimDueSchedules(tx, claiming))
  const failures: unknown[] = []
  // One by one: each is a few small statements, and a hub with a thousand connections has a minute for them.
  for (const one of due) await lookAt(syncing, one, now).catch((error: unknown) => failures.push(error))
  // One connection that cannot be looked at keeps nobody else waiting, and is heard of all the same.
  if (failures.length > 0) throw failures[0]
}

async function wakeRuns({ database }: Syncing, now: Instant): Promise<void> {
  await database.system(async (tx) => {
    const still = await wakeStillRuns(tx, now, instant(now - WOKEN_AGAIN_MS), WOKEN_AT_ONCE)
    for (const { tenantId, id, lane } of still) await enqueueSync(tx, id, lane, tenantId)
  })
}

async function lookAt(syncing: Syncing, { tenantId, connectionId }: DueConnection, now: Instant): Promise<void> {
  await syncing.database.tenant(tenantId, async (tx) => {
    const found = await findSchedule(tx, tenantId, connectionId, 'lock')
    if (found === null) return
    const schedule = afterWrongClock(found, now)
    const connection = await syncing.findConnection(tx, { tenantId, id: connectionId })
    if (connection === null || connection.state === 'disconnected') {
      await deleteSchedule(tx, tenantId, connectionId)
    } else if (connection.state === 'needs_sign_in') {
      await updateSchedule(tx, schedule, instant(now + ASLEEP_MS))
    } else {
      await updateSchedule(tx, await beginDue(syncing, tx, connection, schedule, now))
    }
  })
}

/**
 * Times that lie farther ahead than any is ever set were set by a clock that was ahead, which would look at nothing until
 * it gets there. Then all is due now, and the nightly look with it: what it asked for meanwhile lay in the future.
 */
function afterWrongClock(schedule: Schedule, now: Instant): Schedule {
  if (schedule.newsAt <= now + AHEAD_MAX_MS) return schedule
  const pastAt = schedule.pastAt === null ? null : now
  return { ...schedule, newsAt: now, catalogAt: now, nightlyAt: now, pastAt }
}

/** Begins what is due. A lane that is busy is not waited for: its next time is as good. */
async function beginDue(
  syncing: Syncing,
  tx: Tx,
  connection: LiveConnection,
  schedule: Schedule,
  now: Instant,
): Promise<Schedule> {
  let next = schedule
  const begun = { from: null, to: null, actor: BY_ITSELF, requestId: null }
  if (await ensurePositions(tx, connection, now)) next = { ...next, pastAt: now }
  if (next.newsAt <= now || next.catalogAt <= now) {
    const withCatalog = next.catalogAt <= now
    const dataTypes = askedFor(connection).filter((one) => withCatalog || one !== 'catalog')
    const started =
      dataTypes.length === 0 ? null : await startSync(tx, connection, { ...begun, mode: 'incremental', dataTypes }, now)
    const everyMs = (await syncing.isToldWell(tx, connection)) ? NEWS_EVERY_TOLD_MS : NEWS_EVERY_MS
    // A catalogue that is wanted while the news are being read is wanted still.
    const catalogRead = withCatalog && started?.kind !== 'running'
    const catalogAt = catalogRead
      ? instant(now + CATALOG_EVERY_MS)
      : withCatalog
        ? instant(now + LOOK_MS)
        : next.catalogAt
    next = { ...next, newsAt: instant(now + everyMs), catalogAt }
  }
  if (next.nightlyAt <= now) {
    const dataTypes = askedFor(connection)
    if (dataTypes.length > 0) await startSync(tx, connection, { ...begun, mode: 'nightly', dataTypes }, now)
    next = { ...next, nightlyAt: await nextNightlyAt(tx, connection, now) }
  }
  if (next.pastAt !== null && next.pastAt <= now) {
    const started = await startBackfill(tx, connection, { actor: BY_ITSELF, requestId: null, now })
    // While another run of the past goes on, its end will set the time; nothing missing: there is no next time.
    next = { ...next, pastAt: null, pastTries: started === null ? 0 : next.pastTries }
  }
  return next
}

/** Of some systems nothing can be asked, or nothing but their menu: what they sell they tell by themselves. */
function askedFor(connection: LiveConnection): readonly DataType[] {
  const streamed = new Set(connection.live.pull.streams.map(({ dataType }) => dataType))
  const isAsked = (one: DataType) => streamed.has(one) || (one === 'catalog' && hasMenu(connection))
  return connection.dataTypes.filter(isAsked)
}

const DAY_MS = 24 * 60 * 60_000
/** A look that found nothing is worth remembering for a few days, everything else for a year and a bit. */
const EMPTY_KEPT_MS = 3 * DAY_MS
const KEPT_MS = 400 * DAY_MS
const PRUNED_AT_ONCE = 1_000

/** Removes old runs with their windows, some at a time. */
export async function pruneSyncs({ database }: Syncing, now: Instant): Promise<number> {
  const bounds = { emptyBefore: instant(now - EMPTY_KEPT_MS), before: instant(now - KEPT_MS), limit: PRUNED_AT_ONCE }
  return database.system((tx) => deleteOldRuns(tx, bounds))
}
