import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { newId, type TenantId } from '#kernel/ids.ts'
import { openDatabase } from '#platform/postgres/database.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { enqueue } from './enqueue.ts'
import { createQueue, type JobTrouble, prepareQueue, type Queue } from './queue.ts'
import { handling, type JobContext, type Task, type TaskHandler } from './task.ts'

const db = useDatabase()
const queues: Queue[] = []

afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.stop()
  await db.query('delete from graphile_worker._private_jobs')
})

async function start(tasks: readonly TaskHandler[], report?: (trouble: JobTrouble) => void): Promise<Queue> {
  const queue = createQueue({ database: db.database, tasks, checkEveryMs: 200, ...(report ? { report } : {}) })
  queues.push(queue)
  await queue.start()
  return queue
}

async function work(tasks: readonly TaskHandler[], report?: (trouble: JobTrouble) => void): Promise<Queue> {
  const queue = await start(tasks, report)
  // A job added before it listens waits for its next poll, which is a second.
  await vi.waitFor(async () => expect(await listeners()).toBe(1), { interval: 5 })
  return queue
}

const bake: Task<{ orderId: string }> = { name: 'kitchen.bake', payload: z.object({ orderId: z.string() }) }
const cafe = newId() as TenantId
const listeners = async () =>
  (
    await db.query(
      "select pid from pg_stat_activity where datname = current_database() and state = 'idle' and query like 'LISTEN%'",
    )
  ).length
const breakConnections = () =>
  db.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'tillwire owner'",
  )
const jobsWaiting = async () => (await db.query('select id from graphile_worker._private_jobs')).length

test('a job runs within a second of the commit, with its payload and its tenant', async () => {
  const ran = Promise.withResolvers<{ orderId: string; context: JobContext; at: number }>()
  await work([handling(bake, async ({ orderId }, context) => ran.resolve({ orderId, context, at: performance.now() }))])
  await db.database.tenant(cafe, (tx) => enqueue(tx, { task: bake, payload: { orderId: 'breakfast' } }))
  const committedAt = performance.now()
  const { orderId, context, at } = await ran.promise
  expect({ orderId, tenantId: context.tenantId, attempt: context.attempt }).toEqual({
    orderId: 'breakfast',
    tenantId: cafe,
    attempt: 1,
  })
  expect(at - committedAt).toBeLessThan(1_000)
})

test('a job of a transaction that rolled back never runs', async () => {
  const ran: string[] = []
  await work([handling(bake, async ({ orderId }) => void ran.push(orderId))])
  const rolledBack = db.database.tenant(cafe, async (tx) => {
    await enqueue(tx, { task: bake, payload: { orderId: 'never' } })
    throw new Error('changed our mind')
  })
  await expect(rolledBack).rejects.toThrow('changed our mind')
  await db.database.tenant(cafe, (tx) => enqueue(tx, { task: bake, payload: { orderId: 'afterwards' } }))
  await vi.waitFor(() => expect(ran).toEqual(['afterwards']), { timeout: 5_000 })
  await vi.waitFor(async () => expect(await jobsWaiting()).toBe(0), { timeout: 5_000 })
  expect(ran).toEqual(['afterwards'])
})

test('a job whose handler throws is reported and tried again', async () => {
  const attempts: number[] = []
  const troubles: JobTrouble[] = []
  const burnsOnce = handling(bake, async (_, { attempt }) => {
    attempts.push(attempt)
    if (attempt === 1) throw new Error('burnt')
  })
  await work([burnsOnce], (trouble) => troubles.push(trouble))
  await db.database.tenant(cafe, (tx) => enqueue(tx, { task: bake, payload: { orderId: 'toast' } }))
  await vi.waitFor(() => expect(troubles).toHaveLength(1), { timeout: 5_000 })
  expect(troubles[0]).toMatchObject({ task: 'kitchen.bake', tenantId: cafe, attempt: 1, final: false })
  // The library waits some seconds before the second try; nothing is gained by waiting with it.
  await vi.waitFor(
    async () => {
      const due = await db.query(
        "update graphile_worker._private_jobs set run_at = now() - interval '1 second' where attempts = 1 and locked_at is null returning id",
      )
      expect(due).toHaveLength(1)
    },
    { timeout: 5_000 },
  )
  await vi.waitFor(() => expect(attempts).toEqual([1, 2]), { timeout: 5_000 })
})

test('the last try says that it was the last, and the job stays for a person to see', async () => {
  const troubles: JobTrouble[] = []
  const alwaysBurns = handling(bake, async () => Promise.reject(new Error('burnt')))
  await work([alwaysBurns], (trouble) => troubles.push(trouble))
  await db.database.tenant(cafe, (tx) => enqueue(tx, { task: bake, payload: { orderId: 'toast' }, maxAttempts: 1 }))
  await vi.waitFor(() => expect(troubles).toEqual([expect.objectContaining({ final: true })]), { timeout: 5_000 })
  expect(await jobsWaiting()).toBe(1)
})

test('a payload that does not fit its task is a reported failure, not a run', async () => {
  const ran: unknown[] = []
  const troubles: JobTrouble[] = []
  const strict: Task<{ orderId: string }> = { name: bake.name, payload: z.object({ orderId: z.string().max(5) }) }
  await work([handling(strict, async (payload) => void ran.push(payload))], (trouble) => troubles.push(trouble))
  await db.database.tenant(cafe, (tx) => enqueue(tx, { task: bake, payload: { orderId: 'far too long' } }))
  await vi.waitFor(() => expect(troubles).toHaveLength(1), { timeout: 5_000 })
  expect(ran).toEqual([])
})

test('of waiting jobs with one key only the newest runs, each tenant for itself', async () => {
  const bakery = newId() as TenantId
  for (const [tenant, orderId] of [
    [cafe, 'first'],
    [cafe, 'second'],
    [bakery, 'other shop'],
    [cafe, 'third'],
  ] as const) {
    await db.database.tenant(tenant, (tx) => enqueue(tx, { task: bake, payload: { orderId }, jobKey: 'oven' }))
  }
  const ran: string[] = []
  await work([handling(bake, async ({ orderId }) => void ran.push(orderId))])
  await vi.waitFor(async () => expect(await jobsWaiting()).toBe(0), { timeout: 5_000 })
  expect(ran.sort()).toEqual(['other shop', 'third'])
})

test('stopping waits for the job that runs, and takes no new one', async () => {
  const begun = Promise.withResolvers<void>()
  const done: string[] = []
  const queue = await work([
    handling(bake, async ({ orderId }) => {
      begun.resolve()
      await sleep(300)
      done.push(orderId)
    }),
  ])
  await db.database.tenant(cafe, (tx) => enqueue(tx, { task: bake, payload: { orderId: 'in the oven' } }))
  await begun.promise
  const stopping = queue.stop()
  await db.database.tenant(cafe, (tx) => enqueue(tx, { task: bake, payload: { orderId: 'too late' } }))
  await stopping
  expect(done).toEqual(['in the oven'])
  expect(await jobsWaiting()).toBe(1)
})

test('an engine enqueues for a tenant by naming it, and a tenant cannot enqueue for another', async () => {
  const ran: (TenantId | null)[] = []
  await work([handling(bake, async (_, { tenantId }) => void ran.push(tenantId))])
  await db.database.system(async (tx) => {
    await enqueue(tx, { task: bake, payload: { orderId: 'for the shop' }, tenantId: cafe, priority: 1 })
    await enqueue(tx, { task: bake, payload: { orderId: 'for the hub' }, priority: 2 })
  })
  await vi.waitFor(() => expect(ran.toSorted()).toEqual([cafe, null]), { timeout: 5_000 })
  const forSomebodyElse = db.database.tenant(newId() as TenantId, (tx) =>
    enqueue(tx, { task: bake, payload: { orderId: 'x' }, tenantId: cafe }),
  )
  await expect(forSomebodyElse).rejects.toThrow(/another tenant/)
})

test('a tenant reaches the queue through that one door only', async () => {
  const straight = db.database.tenant(cafe, async (tx) => {
    await sql`select graphile_worker.add_job('kitchen.bake')`.execute(tx)
  })
  await expect(straight).rejects.toThrow(/permission denied/)
})

test.for([0, 300])('jobs go on after all connections broke %i ms after the start', async (afterMs) => {
  const ran: string[] = []
  await start([handling(bake, async ({ orderId }) => void ran.push(orderId))])
  await sleep(afterMs)
  await breakConnections()
  await db.database.tenant(cafe, (tx) => enqueue(tx, { task: bake, payload: { orderId: 'after the storm' } }))
  await vi.waitFor(() => expect(ran).toEqual(['after the storm']), { timeout: 15_000 })
})

test('a worker whose very first look into the database fails, which it never gets over, is replaced', async () => {
  const ran: string[] = []
  await db.query('begin; lock table graphile_worker._private_tasks')
  await start([handling(bake, async ({ orderId }) => void ran.push(orderId))])
  await sleep(50)
  await breakConnections()
  await db.query('commit')
  await db.database.tenant(cafe, (tx) => enqueue(tx, { task: bake, payload: { orderId: 'after all' } }))
  await vi.waitFor(() => expect(ran).toEqual(['after all']), { timeout: 15_000 })
})

test('a job that a killed hub had taken is taken by the next one within moments', async () => {
  await db.database.tenant(cafe, (tx) =>
    enqueue(tx, { task: bake, payload: { orderId: 'left behind' }, queueName: 'oven' }),
  )
  await db.query("update graphile_worker._private_jobs set locked_by = 'pool-killed', locked_at = now()")
  await db.query("update graphile_worker._private_job_queues set locked_by = 'pool-killed', locked_at = now()")
  const ran: string[] = []
  await work([handling(bake, async ({ orderId }) => void ran.push(orderId))])
  await vi.waitFor(() => expect(ran).toEqual(['left behind']), { timeout: 5_000 })
})

test('a job that a living hub has taken is left to it', async () => {
  const other = openDatabase({ url: db.url, connectionsMax: 4 })
  const begun = Promise.withResolvers<void>()
  let runs = 0
  const slow = handling(bake, async () => {
    runs++
    begun.resolve()
    await sleep(1_000)
  })
  const neighbour = createQueue({ database: other, tasks: [slow], checkEveryMs: 200 })
  await neighbour.start()
  await db.database.tenant(cafe, (tx) => enqueue(tx, { task: bake, payload: { orderId: 'slow roast' } }))
  await begun.promise
  await start([slow])
  await vi.waitFor(async () => expect(await jobsWaiting()).toBe(0), { timeout: 5_000 })
  expect(runs).toBe(1)
  await neighbour.stop()
  await other.close()
})

test('a job that was locked for this hub by a fetch whose answer got lost runs all the same', async () => {
  const ran: string[] = []
  const begun = Promise.withResolvers<void>()
  await work([
    handling(bake, async ({ orderId }) => {
      ran.push(orderId)
      begun.resolve()
      if (orderId === 'known') await sleep(1_000)
    }),
  ])
  await db.database.tenant(cafe, (tx) => enqueue(tx, { task: bake, payload: { orderId: 'known' } }))
  await begun.promise
  // As the server leaves it when the connection breaks between the commit of the fetch and its answer.
  await db.query(
    `with known as (select locked_by, task_id from graphile_worker._private_jobs)
     insert into graphile_worker._private_jobs (task_id, payload, locked_by, locked_at)
     select task_id, json_build_object('tenant', null, 'work', json_build_object('orderId', 'lost')), locked_by, now()
     from known`,
  )
  await vi.waitFor(() => expect(ran).toEqual(['known', 'lost']), { timeout: 10_000 })
})

test('preparing the queue again changes nothing and warns of nothing', async () => {
  const warned = vi.spyOn(console, 'warn')
  await prepareQueue(db.url)
  expect(warned).not.toHaveBeenCalled()
  warned.mockRestore()
})
