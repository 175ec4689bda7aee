import type { WorkerEvents } from 'graphile-worker'
import type pg from 'pg'
import type { Database } from '#platform/postgres/database.ts'

// What the library leaves open when connections break or a process is killed:
//   stalled    It looks up its tasks' ids once and keeps the answer, even when that is an error: it never fetches again.
//   lost jobs  A fetch was committed and its answer lost: the jobs are locked by a worker that does not know of them.
//   orphans    Jobs locked by a worker that is gone. The library frees them after four hours; we do within seconds.
// A living worker is known by an advisory lock, held by a connection that does nothing else. What looks dead or lost must
// look so twice, because that connection may just be changing.

export type WorkerHealth = 'well' | 'stalled' | 'lost jobs'

export type WorkerWatch = {
  /** Shows that we live, frees orphans of any worker, and says how ours is: anything but `well` is cured by a new one. */
  check(): Promise<WorkerHealth>
  /** When the worker has ended. */
  end(): Promise<void>
}

// Any number will do, as long as every Tillwire process takes the same one.
const LOCK_CLASS = 7_411_002
const STALLED_AFTER_MS = 3_000

export function watchWorker(database: Database, events: WorkerEvents): WorkerWatch {
  const pool = database.pool('tillwire_owner')
  let workerId = ''
  let sign: pg.Client | null = null
  let ended = false
  let checking: Promise<WorkerHealth> | null = null
  let isPolling = false
  let fetchedAt = performance.now()
  const heldJobs = new Set<string>()
  let deadBefore = new Set<string>()
  let lostBefore = new Set<string>()

  events.on('pool:create', ({ workerPool }) => {
    workerId = workerPool.id
  })
  events.on('localQueue:setMode', ({ newMode }) => {
    isPolling = newMode === 'POLLING'
    fetchedAt = performance.now()
  })
  events.on('localQueue:getJobs:complete', ({ jobs }) => {
    fetchedAt = performance.now()
    for (const job of jobs) heldJobs.add(job.id)
  })
  events.on('localQueue:returnJobs', ({ jobs }) => {
    for (const job of jobs) heldJobs.delete(job.id)
  })
  events.on('job:complete', ({ job }) => heldJobs.delete(job.id))

  async function showSign(): Promise<void> {
    if (sign) return
    const made = await database.connect('tillwire_owner')
    made.on('error', () => undefined)
    made.on('end', () => {
      if (sign === made) sign = null
    })
    sign = made
    await made.query('select pg_advisory_lock($1, hashtext($2))', [LOCK_CLASS, workerId])
  }

  async function freeOrphans(): Promise<void> {
    // A lock that we get has no living holder; it is released as the statement ends.
    const { rows } = await pool.query<{ id: string; dead: boolean }>(
      `select id, pg_try_advisory_xact_lock($1, hashtext(id)) as dead from (
         select locked_by as id from graphile_worker._private_jobs where locked_by is not null
         union select locked_by from graphile_worker._private_job_queues where locked_by is not null
       ) as holders
       where id <> $2`,
      [LOCK_CLASS, workerId],
    )
    const dead = rows.filter((row) => row.dead).map((row) => row.id)
    const surelyDead = dead.filter((id) => deadBefore.has(id))
    deadBefore = new Set(dead)
    if (surelyDead.length > 0) await pool.query('select graphile_worker.force_unlock_workers($1)', [surelyDead])
  }

  async function hasLostJobs(): Promise<boolean> {
    const { rows } = await pool.query<{ id: string }>(
      'select id from graphile_worker._private_jobs where locked_by = $1',
      [workerId],
    )
    const lost = rows.map((row) => row.id).filter((id) => !heldJobs.has(id))
    const surelyLost = lost.some((id) => lostBefore.has(id))
    lostBefore = new Set(lost)
    return surelyLost
  }

  async function look(): Promise<WorkerHealth> {
    if (isPolling && performance.now() - fetchedAt > STALLED_AFTER_MS) return 'stalled'
    await showSign()
    await freeOrphans()
    return (await hasLostJobs()) ? 'lost jobs' : 'well'
  }

  return {
    async check() {
      // A worker that is gone shows no sign: nobody would ever take it down again.
      if (ended) return 'well'
      checking = look()
      return checking
    },
    async end() {
      ended = true
      await checking?.catch(() => undefined)
      const ours = sign
      sign = null
      await ours?.end().catch(() => undefined)
    },
  }
}
