import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, type Runner, run, runMigrations, type TaskList, type WorkerEvents } from 'graphile-worker'
import pg from 'pg'
import { z } from 'zod'
import { isId, type TenantId } from '#kernel/ids.ts'
import { connectionFor, type Database } from '#platform/postgres/database.ts'
import type { TaskHandler } from './task.ts'
import { type WorkerWatch, watchWorker } from './watch.ts'

// Jobs, by graphile-worker. It wakes work up and tries again; what is due and what was done stands in the tables of
// whoever owns the work, so a job that runs twice must find that out there.

export type JobTrouble = {
  readonly task: string
  readonly jobId: string
  readonly tenantId: TenantId | null
  readonly attempt: number
  /** True when it was the last try: the job stays where it is until a person looks. */
  readonly final: boolean
  readonly error: unknown
}

export type QueueOptions = {
  /** Jobs are the owner's: its pool is what the worker runs on. */
  readonly database: Database
  readonly tasks: readonly TaskHandler[]
  /** Jobs at once in this process. */
  readonly jobsMax?: number
  /** How often the worker's health is looked at. */
  readonly checkEveryMs?: number
  /** Hears of every failed try. */
  readonly report?: (trouble: JobTrouble) => void
  readonly say?: (message: string, detail?: Record<string, unknown>) => void
}

export type Queue = {
  start(): Promise<void>
  /** Takes no more jobs and answers when those that run are done. */
  stop(): Promise<void>
}

type Say = NonNullable<QueueOptions['say']>

const JOBS_MAX = 4
// A job that was added while nobody listened, or that waits for its next try, is found by this.
const POLL_MS = 1_000
const BATCH_DELAY_MS = 50
// After this long a stopping worker tells its jobs by their signal; it still waits for them.
const STOP_SIGNAL_AFTER_MS = 5_000
const RESTART_MS = 500
const CHECK_MS = 5_000

const envelope = z.object({ tenant: z.string().refine(isId).nullable(), work: z.unknown() })

/** Brings the job queue's own tables up to date. Called after our migrations, by whoever starts the hub. */
export async function prepareQueue(url: string): Promise<void> {
  const pool = new pg.Pool({ ...connectionFor(url, 'tillwire_owner'), max: 1 })
  const release = listenForErrors(pool, () => undefined)
  try {
    await runMigrations({ pgPool: pool, logger: loggerFor(() => undefined) })
  } finally {
    release()
    await pool.end()
  }
}

type Worker = { readonly runner: Runner; readonly watch: WorkerWatch }

export function createQueue(options: QueueOptions): Queue {
  const { database } = options
  const say = options.say ?? (() => undefined)
  const taskList = taskListOf(options.tasks, options.report ?? (() => undefined))
  const jobsMax = options.jobsMax ?? JOBS_MAX
  const pool = database.pool('tillwire_owner')
  const stopping = new AbortController()
  let current: Worker | null = null
  let supervised: Promise<void> | null = null
  let check: Promise<void> | null = null

  async function launch(): Promise<Worker> {
    const events: WorkerEvents = new EventEmitter()
    const watch = watchWorker(database, events)
    const runner = await run({
      pgPool: pool,
      taskList,
      parsedCronItems: [],
      noHandleSignals: true,
      events,
      logger: loggerFor(say),
      preset: {
        worker: {
          concurrentJobs: jobsMax,
          pollInterval: POLL_MS,
          localQueue: { size: jobsMax * 4 },
          completeJobBatchDelay: BATCH_DELAY_MS,
          failJobBatchDelay: BATCH_DELAY_MS,
          gracefulShutdownAbortTimeout: STOP_SIGNAL_AFTER_MS,
        },
      },
    })
    return { runner, watch }
  }

  /** Sees to it that there is a worker until `stop`, whatever becomes of the database meanwhile. */
  async function supervise(first: Worker): Promise<void> {
    let worker: Worker | null = first
    while (worker) {
      current = worker
      if (stopping.signal.aborted) endWorker(worker)
      await worker.runner.promise.catch((error: unknown) => say('The job worker failed.', { error }))
      current = null
      await worker.watch.end()
      worker = await relaunch()
    }
  }

  async function relaunch(): Promise<Worker | null> {
    while (!stopping.signal.aborted) {
      try {
        await sleep(RESTART_MS, undefined, { signal: stopping.signal })
        return await launch()
      } catch (error) {
        if (!stopping.signal.aborted) say('The job worker does not start yet; it is tried again.', { error })
      }
    }
    return null
  }

  async function lookAfter(worker: Worker): Promise<void> {
    try {
      const health = await worker.watch.check()
      if (health === 'well' || worker !== current) return
      say('The job worker is not well; a new one takes its place.', { health })
      endWorker(worker)
    } catch (error) {
      say('The job worker could not be looked after; it is tried again in a moment.', { error })
    }
  }

  return {
    async start() {
      const release = listenForErrors(pool, (error) => say('A connection of the job queue broke.', { error }))
      const checking = setInterval(() => {
        if (check || !current) return
        check = lookAfter(current).finally(() => {
          check = null
        })
      }, options.checkEveryMs ?? CHECK_MS)
      supervised = supervise(await launch()).finally(() => {
        clearInterval(checking)
        release()
      })
    },
    async stop() {
      stopping.abort()
      await check
      if (current) endWorker(current)
      await supervised
    },
  }
}

/** It waits for the jobs that run, and `runner.promise` for it. It rejects when the worker has ended already: as we want. */
function endWorker(worker: Worker): void {
  worker.runner.stop().catch(() => undefined)
}

function taskListOf(tasks: readonly TaskHandler[], report: (trouble: JobTrouble) => void): TaskList {
  const list: TaskList = {}
  for (const task of tasks) {
    if (list[task.name]) throw new Error(`two tasks are named ${task.name}`)
    list[task.name] = async (payload, { job, abortSignal }) => {
      const { id: jobId, attempts: attempt, max_attempts: attemptsMax } = job
      let tenantId: TenantId | null = null
      try {
        const { tenant, work } = envelope.parse(payload)
        tenantId = tenant as TenantId | null
        await task.run(work, { tenantId, jobId, attempt, attemptsMax, signal: abortSignal })
      } catch (error) {
        report({ task: task.name, jobId, tenantId, attempt, final: attempt >= attemptsMax, error })
        throw error
      }
    }
  }
  return list
}

/** The library wants both listeners on a pool that it is given; without them a broken connection ends the process. */
function listenForErrors(pool: pg.Pool, heard: (error: Error) => void): () => void {
  const onConnect = (client: pg.PoolClient) => void client.on('error', heard)
  pool.on('error', heard)
  pool.on('connect', onConnect)
  return () => {
    pool.off('error', heard)
    pool.off('connect', onConnect)
  }
}

/** Warnings and errors of the library. Failed jobs are left out: `report` hears of them, with the error itself. */
function loggerFor(say: Say): Logger {
  return new Logger(() => (level, message, meta) => {
    if (meta.failure === true || (level !== 'error' && level !== 'warning')) return
    say(`Job queue: ${message}`, { level, ...meta })
  })
}
