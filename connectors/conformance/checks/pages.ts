import { type Instant, instant } from '#kernel/instant.ts'
import type { Stream } from '../../contract.ts'
import { type Check, expect, expectNone, expectSame } from '../check.ts'
import { keyOf, sameFacts } from '../keeper.ts'
import type { FaultName } from '../stage.ts'
import { ago, DAY, HOUR, type Hub, openHub, SECOND, type Trial } from '../trial.ts'
import { lotsOf, recordsIn, walk } from '../walk.ts'
import {
  booksOf,
  catchUp,
  countOf,
  expectBooksAgree,
  lastMonth,
  MONTH,
  placeOf,
  playable,
  pullAll,
  timed,
  traded,
} from './shop.ts'

// Reading the past and what changed of it: nothing is lost or told twice where one page, window or run meets the next.

const ROUNDS = 4

export const PAGE_CHECKS: readonly Check[] = [
  {
    name: 'pull/every-sale-once',
    says: 'a month of sales is read whole, each once',
    needs: ['live', 'sales'],
    run: async (trial) => {
      const { hub } = await traded(trial, 40)
      await pullAll(hub)
      await expectBooksAgree(hub)
    },
  },
  {
    name: 'pull/both-ends-inclusive',
    says: 'a window brings what lies on its ends',
    needs: ['live', 'sales'],
    run: async (trial) => {
      const { hub } = await traded(trial, 9)
      await hub.locations()
      for (const stream of timed(hub)) {
        for (const by of new Set(['updated', stream.backfillBy] as const)) {
          await expectEnds(hub, stream, by)
        }
      }
    },
  },
  {
    name: 'pull/windows-meet',
    says: 'many small windows bring what one large one brings',
    needs: ['live', 'sales'],
    run: async (trial) => {
      const { hub } = await traded(trial, 25)
      await pullAll(hub)
      const parts = openHub(trial.live, hub.provider)
      const now = hub.provider.now()
      const edges = [...hub.facts().sales.values()].map(({ openedAt }) => openedAt).sort((a, b) => a - b)
      const bounds = [ago(now, MONTH + DAY), ...edges, now]
      for (let at = bounds.length - 1; at > 0; at -= 5) {
        await parts.pull({ from: bounds[Math.max(0, at - 5)] ?? now, to: bounds[at] ?? now })
      }
      await parts.settle()
      expect(sameFacts(parts.facts(), hub.facts()), 'windows that meet at sales read other facts than one window')
    },
  },
  {
    name: 'pull/exactly-full-page',
    says: 'a last page that is exactly full ends the walk and loses nothing',
    needs: ['live', 'sales', 'situation:plain'],
    run: async (trial) => {
      const hub = await trial.open()
      const most = Math.max(...timed(hub).map(({ pageSizeMax }) => pageSizeMax))
      await hub.sell({ ...lastMonth(hub), count: most, situation: 'plain', seed: trial.seed })
      expect(countOf(await booksOf(hub, placeOf(hub))) === most, `the stage did not sell the ${most} it was asked for`)
      await pullAll(hub)
      await expectBooksAgree(hub)
    },
  },
  pageFault('clipped-page', 'a page that was clipped at its limit and names no next one is not taken for the end'),
  pageFault('repeated-page', 'a page that comes twice is read once'),
  pageFault('empty-page', 'an empty page that names a next one is no end'),
  pageFault('short-page', 'a page that is half full and names a next one is no end'),
  pageFault('full-last-page', 'an empty page after the last one is the end'),
  pageFault('cursor-expired', 'a cursor that is no longer known begins the window anew and loses nothing'),
  {
    name: 'pull/old-edit',
    says: 'a change of an old sale is found by reading what was updated',
    needs: ['live', 'sales', 'act:edit'],
    run: async (trial) => {
      const { hub, wish } = await traded(trial, 12)
      await pullAll(hub)
      await hub.provider.advance(DAY)
      const since = hub.provider.now()
      await hub.provider.advance(HOUR)
      const before = await booksOf(hub, wish.place)
      await hub.provider.edit?.({ place: wish.place, from: wish.from, to: wish.to, seed: trial.seed })
      await hub.provider.advance(HOUR)
      const after = await booksOf(hub, wish.place)
      expect(JSON.stringify(before, numbers) !== JSON.stringify(after, numbers), 'the stage’s edit changed no books')
      await catchUp(hub, since)
      await expectBooksAgree(hub)
    },
  },
  {
    name: 'pull/late-sale',
    says: 'a sale that appears days after it was made is found by reading what was updated',
    needs: ['live', 'sales', 'act:sellLate'],
    run: async (trial) => {
      const { hub, wish } = await traded(trial, 3)
      await pullAll(hub)
      await hub.provider.advance(DAY)
      const before = countOf(await booksOf(hub, wish.place))
      const since = hub.provider.now()
      const wishes = { place: wish.place, count: 4, from: ago(since, 70 * HOUR), to: ago(since, 60 * HOUR) }
      await hub.provider.sellLate?.({ ...wishes, seed: trial.seed })
      await hub.provider.advance(HOUR)
      await catchUp(hub, since)
      const late = countOf(await booksOf(hub, wish.place)) - before
      expect(late >= 4, `of the 4 late sales of the stage ${late} are in its books`)
      await expectBooksAgree(hub)
    },
  },
  {
    name: 'pull/list-lag',
    says: 'what a list does not show yet is found by the overlap of the next run',
    needs: ['live', 'sales', 'situation:plain', 'fault:list-lag'],
    run: async (trial) => {
      const hub = await trial.open()
      await hub.provider.play('list-lag', true, { rate: 1, seed: trial.seed })
      const now = hub.provider.now()
      await hub.sell({
        count: 5,
        situation: 'plain',
        from: ago(now, 300 * SECOND),
        to: ago(now, 240 * SECOND),
        seed: trial.seed,
      })
      await hub.pull({ from: ago(now, DAY), to: now })
      expect(hub.facts().sales.size < 5, 'the stage was to show sales late and showed them at once')
      await hub.provider.advance(HOUR)
      await catchUp(hub, now)
      expect(countOf(await booksOf(hub, placeOf(hub))) === 5, 'the stage did not sell what it was asked for')
      await expectBooksAgree(hub)
    },
  },
  {
    name: 'pull/new-since',
    says: 'reading what was updated finds what was sold since, and leaves the rest as it was',
    needs: ['live', 'sales'],
    run: async (trial) => {
      const { hub } = await traded(trial, 8)
      await pullAll(hub)
      const since = hub.provider.now()
      await hub.provider.advance(3 * HOUR)
      await hub.sell({ count: 8, from: since, seed: trial.seed + 1 })
      await hub.provider.advance(HOUR)
      await catchUp(hub, since)
      await expectBooksAgree(hub)
    },
  },
  {
    name: 'pull/every-stream',
    says: 'every stream is walked to its end, and what it brings is of a kind that the reader knows',
    needs: ['live', 'sales'],
    run: async (trial) => {
      const { hub } = await traded(trial, 20)
      await hub.locations()
      const now = hub.provider.now()
      for (const stream of trial.live.pull.streams) {
        for (const by of new Set(['updated', stream.backfillBy] as const)) {
          const [locations = null] = lotsOf(
            stream,
            hub.provider.places.map(({ id }) => id),
          )
          const window = { by, from: ago(now, 90 * DAY), to: now, locations }
          const records = await recordsIn(hub.line, hub.provider, stream, window)
          const strange = records.filter(({ kind }) => !trial.live.reader.kinds.includes(kind))
          expectNone(`${stream.name}: kinds that the reader does not know`, [
            ...new Set(strange.map(({ kind }) => kind)),
          ])
        }
      }
    },
  },
  {
    name: 'pull/fetch-by-name',
    says: 'records are fetched by name as pages bring them; unknown names are left out',
    needs: ['live', 'sales'],
    run: fetchesByName,
  },
  {
    name: 'pull/same-by-every-way',
    says: 'a sale is the same whether it was told, pulled or followed',
    needs: ['live', 'sales', 'webhooks', 'signing'],
    run: async (trial) => {
      const told = await trial.open()
      const start = told.provider.now()
      await told.pull({ from: ago(start, MONTH), to: start }, ['catalog'])
      for (const one of await told.sellNow(2, playable(trial))) await told.receive(one)
      await told.settle()
      const ways = { pulled: openHub(trial.live, told.provider), followed: openHub(trial.live, told.provider) }
      await pullAll(ways.pulled)
      await ways.followed.pull({ from: ago(start, MONTH), to: start }, ['catalog'])
      await ways.followed.follow(ago(start, HOUR), ['sales'])
      await ways.followed.settle()
      for (const [way, hub] of Object.entries(ways)) {
        expect(sameFacts(hub.facts(), told.facts()), `the facts that were ${way} are not those that were told`)
      }
    },
  },
]

function pageFault(fault: FaultName, says: string): Check {
  return {
    name: `pull/${fault}`,
    says,
    needs: ['live', 'sales', 'situation:plain', `fault:${fault}`],
    run: async (trial) => {
      const hub = await trial.open()
      const most = Math.max(...timed(hub).map(({ pageSizeMax }) => pageSizeMax))
      await hub.sell({ ...lastMonth(hub), count: 2 * most + 3, situation: 'plain', seed: trial.seed })
      await hub.provider.advance(HOUR)
      for (let round = 0; round < ROUNDS; round++) {
        const again = openHub(trial.live, hub.provider)
        await hub.provider.play(fault, true, { rate: 0.4, seed: trial.seed + round })
        await pullAll(again)
        await hub.provider.play(fault, false)
        await expectBooksAgree(again)
      }
    },
  }
}

async function expectEnds(hub: Hub, stream: Stream, by: Stream['backfillBy']): Promise<void> {
  const now = hub.provider.now()
  const [locations = null] = lotsOf(
    stream,
    hub.provider.places.map(({ id }) => id),
  )
  let last: Instant | null = null
  for await (const page of walk(hub.line, hub.provider, stream, {
    by,
    from: ago(now, MONTH + DAY),
    to: now,
    locations,
  })) {
    last = page.lastAt ?? last
  }
  if (last === null) return
  const at = await recordsIn(hub.line, hub.provider, stream, { by, from: last, to: last, locations })
  expect(at.length > 0, `${stream.name} by ${by}: the last object is not in a window that begins and ends with it`)
  const from = await recordsIn(hub.line, hub.provider, stream, { by, from: last, to: now, locations })
  expect(from.length > 0, `${stream.name} by ${by}: an object at the beginning of a window is left out`)
  const to = await recordsIn(hub.line, hub.provider, stream, { by, from: ago(last, HOUR), to: last, locations })
  expect(
    at.every((one) => to.some((other) => keyOf(other) === keyOf(one))),
    `${stream.name} by ${by}: an object at the end of a window is left out`,
  )
}

async function fetchesByName(trial: Trial): Promise<void> {
  const { hub } = await traded(trial, 12)
  await pullAll(hub)
  const { pull } = trial.live
  const known = hub.keeper.records().filter(({ kind, subjects }) => subjects.length > 0 && pull.fetchMax(kind) > 0)
  expect(known.length > 0, 'no record of a sale can be fetched by name')
  const fetched = await hub.fetch(known)
  expectSame('the records that were asked for', fetched.map(keyOf).sort(), known.map(keyOf).sort())
  for (const kind of new Set(known.map((one) => one.kind))) {
    const first = known.find((one) => one.kind === kind)
    const refs = [...(first === undefined ? [] : [first]), { kind, id: 'no-such-record-0001' }]
    const some = await hub.fetch(refs.slice(0, Math.max(1, pull.fetchMax(kind))))
    expect(
      some.every(({ id }) => id !== 'no-such-record-0001'),
      `an unknown ${kind} is made up`,
    )
    const none = await hub.fetch([{ kind, id: 'no-such-record-0001' }])
    expectSame(`an unknown ${kind} alone`, none, [])
  }
  const again = openHub(trial.live, hub.provider)
  await again.locations()
  await again.pull({ from: ago(hub.provider.now(), DAY), to: hub.provider.now() }, ['catalog'])
  again.keeper.keep(fetched, instant(hub.provider.now()))
  await again.settle()
  expect(sameFacts(again.facts(), hub.facts()), 'fetched records read differently from those of pages')
}

function numbers(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}
