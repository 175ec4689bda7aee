import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Switchboard } from './faults.ts'

const descriptions = [
  { name: 'late', pain: 14, says: 'It comes late.', value: { means: 'seconds', standard: 30 } },
  { name: 'lost', pain: 10, says: 'It never comes.', rate: 0.5 },
]

function strikesOf(board: Switchboard, name: string, count: number): boolean[] {
  return Array.from({ length: count }, () => board.strikes(name))
}

test('the same seed strikes at the same places, whatever other faults draw in between', () => {
  fc.assert(
    fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(20), (seed, rate, disturbance) => {
      const one = new Switchboard(descriptions)
      const other = new Switchboard(descriptions)
      for (const board of [one, other]) board.set({ name: 'lost', on: true, rate, seed })
      other.set({ name: 'late', on: true, rate: 0.5 })
      strikesOf(other, 'late', disturbance)
      expect(strikesOf(one, 'lost', 50)).toEqual(strikesOf(other, 'lost', 50))
    }),
  )
})

test('a fault that is off never strikes, and one that means some calls spares the others', () => {
  const board = new Switchboard(descriptions)
  expect(strikesOf(board, 'lost', 20)).not.toContain(true)
  board.set({ name: 'lost', on: true, rate: 1, calls: ['orders'] })
  expect([
    board.strikes('lost', 'orders.search'),
    board.strikes('lost', 'payments.list'),
    board.strikes('lost'),
  ]).toEqual([true, false, false])
})

test('a fault that was given a number of strikes switches itself off after them', () => {
  const board = new Switchboard(descriptions)
  board.set({ name: 'late', on: true, times: 2 })
  expect(strikesOf(board, 'late', 4)).toEqual([true, true, false, false])
  expect(board.list().find(({ name }) => name === 'late')).toMatchObject({ on: false, struck: 2, value: 30 })
})

test('an unknown name and an impossible rate are refused with a sentence', () => {
  const board = new Switchboard(descriptions)
  expect(() => board.set({ name: 'lateness', on: true })).toThrow(
    'There is no fault "lateness". There are: late, lost.',
  )
  expect(() => board.set({ name: 'late', on: true, rate: 2 })).toThrow('must lie between 0 and 1')
})
