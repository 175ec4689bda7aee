import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Instant, instant } from '#kernel/instant.ts'
import type { SeenRecord } from '../records/kept.ts'
import { createHand, horizonsOf, type Leg } from './hand.ts'
import type { SyncWindow } from './window.ts'

const NOW = instant(1_000)

function openWindow(no: number, stage: number, round = 1): SyncWindow {
  return {
    ...{ no, dataType: 'sales', round, stage, stream: `stream-${stage}`, by: 'created', state: 'open' },
    ...{ from: instant(0), to: instant(900), walkFrom: instant(0), locations: null, cursor: null, reachedAt: null },
    ...{ pages: 0, records: 0, counted: 0, tries: 0, dueAt: null },
  }
}

function told(id: string, subject: string): SeenRecord {
  const version = { version: null, updatedAt: null }
  return {
    ...{ kind: 'order', id, body: '{}', version, location: null, subjects: [subject], deleted: false },
    ...{ seenAt: NOW, from: 'pull' },
  }
}

function page(window: SyncWindow, reachedAt: number, records: readonly SeenRecord[]): Leg {
  const after = { ...window, reachedAt: instant(reachedAt), pages: window.pages + 1 }
  return { window: after, records, isPage: true, calls: 1, failure: null }
}

const idsOf = (records: readonly SeenRecord[] | undefined) => records?.map(({ id }) => id)

test('an order’s page waits until its payments are read as far, and both are kept together', () => {
  const hand = createHand()
  const [payments, orders] = [openWindow(1, 1), openWindow(2, 3)]
  hand.put(page(orders, 500, [told('toast', 'sale:toast'), told('soup', 'sale:soup')]))
  const begun = [payments, { ...orders, reachedAt: instant(500), pages: 1 }]
  expect(hand.takeRipe(horizonsOf(begun, NOW), 1)).toBeNull()
  expect(hand.waiting(horizonsOf(begun, NOW))).toEqual(new Set([2]))
  expect(hand.awaits(payments)).toBe(true)
  expect(hand.awaits(openWindow(3, 1, 2))).toBe(false)

  const first = page(payments, 200, [told('paid-toast', 'sale:toast')])
  hand.put(first)
  const open = horizonsOf([first.window, begun[1] as SyncWindow], NOW)
  // Of the page that waits, what belongs to the payment comes along; its window stays where it is.
  const armful = hand.takeRipe(open, 1)
  expect(idsOf(armful?.records)).toEqual(['paid-toast', 'toast'])
  expect(armful?.legs.map(({ window }) => window.no)).toEqual([1])

  const done = { ...first.window, state: 'done' as const }
  expect(idsOf(hand.takeRipe(horizonsOf([done, begun[1] as SyncWindow], NOW), 1)?.records)).toEqual(['soup'])
})

test('nobody waits for a window that is put off, nor for one of another period', () => {
  const hand = createHand()
  const orders = openWindow(2, 3)
  hand.put(page(orders, 500, [told('soup', 'sale:soup')]))
  const putOff = { ...openWindow(1, 1), dueAt: instant(NOW + 1) }
  expect(hand.waiting(horizonsOf([putOff, openWindow(3, 1, 2)], NOW))).toEqual(new Set())
  expect(hand.waiting(horizonsOf([{ ...putOff, dueAt: NOW }], NOW))).toEqual(new Set([2]))
})

test('at the end of a step orders are put down unread while their payments come on, and kept when those stand still', () => {
  const [payments, orders] = [openWindow(1, 1), openWindow(2, 3)]
  const moving = createHand()
  const paid = page(payments, 200, [told('paid-toast', 'sale:toast')])
  moving.put(paid)
  moving.put(page(orders, 500, [told('soup', 'sale:soup')]))
  const open = horizonsOf([paid.window, { ...orders, reachedAt: instant(500), pages: 1 }], NOW)
  moving.takeRipe(open, 1)
  moving.putDownEarly(open)
  expect(moving.takeRest(1)).toBeNull()

  const still = createHand()
  still.put(page(orders, 500, [told('soup', 'sale:soup')]))
  still.putDownEarly(open)
  expect(idsOf(still.takeRest(1)?.records)).toEqual(['soup'])
})

test('whatever is put into a hand comes out once, page by page, never before its time, and with all of its sale', () => {
  const sale = fc.integer({ min: 0, max: 7 }).map((no) => `sale:${no}`)
  const read = fc.record({
    window: fc.integer({ min: 0, max: 3 }),
    by: fc.integer({ min: 1, max: 99 }),
    sales: fc.array(sale, { maxLength: 4 }),
  })
  const act = fc.oneof({ weight: 3, arbitrary: read }, fc.constant('take' as const))
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (acts, enough) => {
      const hand = createHand()
      const windows = [openWindow(1, 1), openWindow(2, 1), openWindow(3, 2), openWindow(4, 3)]
      let [inHand, put, taken] = [new Map<string, SeenRecord>(), [] as string[], [] as string[]]
      const moved = new Map<number, Instant>()
      const check = (armful: ReturnType<typeof hand.takeRest>, isRipe: boolean) => {
        if (armful === null) return
        for (const { window } of armful.legs) {
          const reach = window.reachedAt as Instant
          if (isRipe) for (const other of windows) expect(other.reachedAt ?? -1).toBeGreaterThanOrEqual(reach)
          expect(reach).toBeGreaterThan(moved.get(window.no) ?? 0)
          moved.set(window.no, reach)
        }
        taken = [...taken, ...armful.records.map(({ id }) => id)]
        for (const { id } of armful.records) inHand.delete(id)
        const subjects = new Set(armful.records.flatMap((record) => record.subjects))
        for (const left of inHand.values()) expect(left.subjects.some((subject) => subjects.has(subject))).toBe(false)
        // A window is moved only when nothing of its pages is left in hand.
        for (const leg of armful.legs) for (const { id } of leg.records) expect(taken).toContain(id)
      }
      for (const [no, one] of acts.entries()) {
        if (one === 'take') {
          check(hand.takeRipe(horizonsOf(windows, NOW), enough), true)
          continue
        }
        const before = windows[one.window] as SyncWindow
        const records = one.sales.map((subject, index) => told(`${no}-${index}`, subject))
        const leg = page(before, (before.reachedAt ?? 0) + one.by, records)
        windows[one.window] = leg.window
        hand.put(leg)
        put = [...put, ...records.map(({ id }) => id)]
        inHand = new Map([...inHand, ...records.map((record) => [record.id, record] as const)])
      }
      for (let armful = hand.takeRest(enough); armful !== null; armful = hand.takeRest(enough)) check(armful, false)
      expect(taken.toSorted()).toEqual(put.toSorted())
      expect(hand.count()).toBe(0)
    }),
  )
})
