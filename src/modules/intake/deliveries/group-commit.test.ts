import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createGroupCommit, type GroupCommitOptions } from './group-commit.ts'

// Its writes are held back and let go by the test, which so decides what waits while which write is under way.

class Outage extends Error {}

function openStore(options: Partial<GroupCommitOptions<number, string>> = {}) {
  const writes: { items: readonly number[]; end: (error?: Error) => void }[] = []
  const ended: (readonly number[])[] = []
  let most = 0
  const committer = createGroupCommit<number, string>({
    itemsMax: 4,
    writesMax: 2,
    waitingMax: 1_000,
    patienceMs: 60_000,
    isOutage: (error) => error instanceof Outage,
    refusal: () => new Error('refused'),
    write: (items) =>
      new Promise((resolve, reject) => {
        const write = {
          items,
          end: (error?: Error) => {
            writes.splice(writes.indexOf(write), 1)
            if (error !== undefined) return reject(error)
            ended.push(items)
            resolve(items.map((item) => `done ${item}`))
          },
        }
        writes.push(write)
        most = Math.max(most, writes.length)
      }),
    ...options,
  })
  return { committer, writes, ended, most: () => most }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

/** Lets every write end until none is left. */
async function drain({ writes }: Pick<ReturnType<typeof openStore>, 'writes'>): Promise<void> {
  for (await nextTurn(); writes.length > 0; await nextTurn()) writes[0]?.end()
}

test('an item that comes alone is written at once', () => {
  const { committer, writes } = openStore({ besideMin: 3 })
  const done = committer.commit(1)
  expect(writes.map(({ items }) => items)).toEqual([[1]])
  writes[0]?.end()
  return expect(done).resolves.toBe('done 1')
})

test('few that come during a write go together after it, many have one of their own beside it', async () => {
  const { committer, writes } = openStore({ besideMin: 3 })
  const done = [1, 2, 3].map((item) => committer.commit(item))
  expect(writes.map(({ items }) => items)).toEqual([[1]])
  done.push(committer.commit(4))
  expect(writes.map(({ items }) => items)).toEqual([[1], [2, 3, 4]])
  done.push(committer.commit(5))
  writes[0]?.end()
  await nextTurn()
  // Beside the second write, one item is too few again.
  expect(writes.map(({ items }) => items)).toEqual([[2, 3, 4]])
  await drain({ writes })
  expect(await Promise.all(done)).toEqual([1, 2, 3, 4, 5].map((item) => `done ${item}`))
})

test('whatever comes when, each item is written once, answered as its own, and within the limits', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.constant('commit' as const), fc.constant('end' as const), fc.constant('turn' as const)), {
        maxLength: 80,
      }),
      fc.record({
        itemsMax: fc.integer({ min: 1, max: 5 }),
        writesMax: fc.integer({ min: 1, max: 3 }),
        besideMin: fc.integer({ min: 1, max: 6 }),
      }),
      async (steps, limits) => {
        const store = openStore(limits)
        const done: Promise<string>[] = []
        for (const step of steps) {
          if (step === 'commit') done.push(store.committer.commit(done.length))
          else if (step === 'end') store.writes.at(-1)?.end()
          else await nextTurn()
        }
        await drain(store)
        expect(await Promise.all(done)).toEqual(done.map((_, item) => `done ${item}`))
        const written = store.ended.flat()
        expect([...written].sort((a, b) => a - b)).toEqual(done.map((_, item) => item))
        expect(Math.max(0, ...store.ended.map((items) => items.length))).toBeLessThanOrEqual(limits.itemsMax)
        expect(store.most()).toBeLessThanOrEqual(limits.writesMax)
        await store.committer.stop()
      },
    ),
  ))

describe('what cannot be written', () => {
  test('fails alone, and those of its group are written one by one', async () => {
    const { committer, writes } = openStore({ writesMax: 1 })
    const first = committer.commit(0)
    const answers = Promise.allSettled([1, 2, 3].map((item) => committer.commit(item)))
    writes[0]?.end()
    await first
    await nextTurn()
    writes[0]?.end(new Error('one of them'))
    await nextTurn()
    expect(writes.map(({ items }) => items)).toEqual([[1]])
    writes[0]?.end()
    await nextTurn()
    writes[0]?.end(new Error('it was this one'))
    await nextTurn()
    writes[0]?.end()
    expect((await answers).map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message))).toEqual([
      'done 1',
      'it was this one',
      'done 3',
    ])
  })

  test('because the database is away fails at once, all of the group', async () => {
    const { committer, writes } = openStore({ writesMax: 1 })
    const first = committer.commit(0)
    const answers = Promise.allSettled([1, 2].map((item) => committer.commit(item)))
    writes[0]?.end()
    await first
    await nextTurn()
    writes[0]?.end(new Outage('away'))
    expect((await answers).map((one) => one.status)).toEqual(['rejected', 'rejected'])
    expect(writes).toEqual([])
  })
})

describe('an item that waits', () => {
  test('is given up when its patience ends, and so is each that came after it in its turn', async () => {
    const { committer, writes } = openStore({ writesMax: 1, patienceMs: 5 })
    const [early, late] = [committer.commit(1), committer.commit(2)]
    await expect(early).rejects.toThrow('refused')
    await expect(late).rejects.toThrow('refused')
    await expect(committer.commit(3)).rejects.toThrow('refused')
    writes[0]?.end()
    await drain({ writes })
    const next = committer.commit(4)
    writes[0]?.end()
    await expect(next).resolves.toBe('done 4')
    await committer.stop()
  })

  test('beyond the room there is, is refused at once', async () => {
    const { committer, writes } = openStore({ writesMax: 1, waitingMax: 1 })
    const done = [committer.commit(1), committer.commit(2)]
    await expect(committer.commit(3)).rejects.toThrow('refused')
    await drain({ writes })
    expect(await Promise.all(done)).toEqual(['done 1', 'done 2'])
  })

  test('is still written when the process stops, and nothing more is taken', async () => {
    const { committer, writes } = openStore({ writesMax: 1 })
    const done = [committer.commit(1), committer.commit(2)]
    const stopped = committer.stop()
    await expect(committer.commit(3)).rejects.toThrow('refused')
    await drain({ writes })
    await stopped
    expect(await Promise.all(done)).toEqual(['done 1', 'done 2'])
  })
})

test('what comes until it is a group’s turn goes with it', async () => {
  const written: number[][] = []
  let begin: () => void = () => undefined
  const committer = createGroupCommit<number, string>({
    ...{ itemsMax: 10, writesMax: 1, waitingMax: 100, patienceMs: 10_000 },
    isOutage: () => false,
    refusal: () => new Error('no room'),
    async write(items) {
      written.push([...items])
      return items.map(String)
    },
    async inTurn(work) {
      await new Promise<void>((resolve) => {
        begin = resolve
      })
      return work()
    },
  })
  const done = Promise.all([1, 2, 3].map((item) => committer.commit(item)))
  begin()
  expect(await done).toEqual(['1', '2', '3'])
  expect(written).toEqual([[1, 2, 3]])
  await committer.stop()
})
