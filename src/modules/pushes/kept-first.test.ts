import { expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { KEYED } from './test-pos-connector.ts'
import { usePushHub } from './test-push-hub.ts'

const hub = usePushHub()

// Of a system that shows no order again, nobody would ever learn what is not on record when its answer is forgotten.
test('an answer whose order could not be put on record is asked for again, and the order is one', async () => {
  await hub.pushes.stop()
  hub.be({ assurance: KEYED, showsNothing: true })
  hub.pos.dedupes = 'key'
  const statuses: string[] = []
  let broken = 1
  const worker = hub.anotherHub({
    async keepRecords() {
      if (broken-- > 0) throw new Error('the database is away')
      statuses.push((await hub.push(id)).status)
    },
  })
  const id = await hub.order()
  await hub.follow()
  for (let rounds = 0; rounds < 100 && (await hub.push(id)).status !== 'success'; rounds++) {
    await worker.steps[0]?.run(hub.now)
    await worker.idle()
    hub.now = instant(hub.now + 5_000)
  }
  await worker.stop()
  expect(await hub.push(id)).toMatchObject({ status: 'success', outcome: null })
  // It is on record before it counts as arrived.
  expect(statuses[0]).toBe('syncing')
  expect(hub.pos.orders).toHaveLength(1)
  expect((await hub.attempts(id)).map(({ result }) => result)).toContain('unknown')
})
