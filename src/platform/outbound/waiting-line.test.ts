import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWaitingLine, type Urgency } from './waiting-line.ts'

const URGENCIES: readonly Urgency[] = ['live', 'repair', 'backfill']

test('everybody who joined and did not leave is let in once, the most urgent first, in turns and in order', () => {
  const joins = fc.array(
    fc.record({
      urgency: fc.constantFrom(...URGENCIES),
      share: fc.constantFrom('bakery', 'butcher', 'florist'),
      leaves: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(joins, (wishes) => {
      const line = createWaitingLine<number>()
      const leaving = wishes.map(({ urgency, share }, index) => line.join(urgency, share, false, index))
      for (const [index, leave] of leaving.entries()) if (wishes[index]?.leaves) leave()
      const staying = wishes.map((wish, index) => ({ ...wish, index })).filter(({ leaves }) => !leaves)
      expect(line.size()).toBe(staying.length)

      const entered: typeof staying = []
      for (let next = line.shift(); next !== null; next = line.shift()) {
        entered.push(staying.find(({ index }) => index === next) ?? ({ ...staying[0], index: -1 } as never))
      }
      expect(entered.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(staying.map(({ index }) => index))
      const ranks = entered.map(({ urgency }) => URGENCIES.indexOf(urgency))
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
      for (const urgency of URGENCIES) {
        const lane = entered.filter((wish) => wish.urgency === urgency)
        expectTurns(lane.map(({ share }) => share))
        for (const share of ['bakery', 'butcher', 'florist']) {
          const own = lane.filter((wish) => wish.share === share).map(({ index }) => index)
          expect(own).toEqual(own.toSorted((a, b) => a - b))
        }
      }
    }),
  )
})

/** While a share still waits, no other has two turns before it. */
function expectTurns(shares: readonly string[]): void {
  for (const share of new Set(shares)) {
    const places = shares.flatMap((one, index) => (one === share ? [index] : []))
    for (const [turn, place] of places.entries()) {
      const between = shares.slice((places[turn - 1] ?? -1) + 1, place)
      for (const other of new Set(between)) expect(between.filter((one) => one === other).length).toBe(1)
    }
  }
}

test('whoever had its turn in vain goes before the others of its share', () => {
  const line = createWaitingLine<string>()
  line.join('backfill', 'bakery', false, 'second page')
  line.join('backfill', 'bakery', true, 'first page')
  expect(line.shift()).toBe('first page')
})

test('leaving twice, or after being let in, changes nothing', () => {
  const line = createWaitingLine<string>()
  const leave = line.join('live', 'bakery', false, 'one')
  line.join('live', 'bakery', false, 'two')
  expect(line.shift()).toBe('one')
  leave()
  leave()
  expect([line.size(), line.shift(), line.shift()]).toEqual([1, 'two', null])
})
