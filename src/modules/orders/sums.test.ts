import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OrderProgress } from '#canon/order.ts'
import { newId } from '#kernel/ids.ts'
import { instantText } from '#kernel/instant.ts'
import { orderOf, partsOf } from './body.ts'
import { changesBetween } from './changes.ts'
import { PROGRESS, stepOf } from './progress-states.ts'
import { readOrder } from './read-order.ts'
import { lineGross } from './sums.ts'
import { NOW } from './test-orders.ts'
import { amended, givenAgain } from './wire-back.ts'
import { type NewOrder, newOrder } from './wire-in.ts'

// What an order comes to, counted by hand: everything in thousandths of a minor unit and of a piece, in whole numbers, for
// currencies with no, two and three digits behind the point.

const currency = fc.constantFrom('JPY', 'EUR', 'KWD')
const price = fc.integer({ min: 0, max: 5_000_000 })
const thousandths = fc.integer({ min: 1, max: 30_000 })
const quantityText = (n: number) => String(n / 1000)

const modifier = fc.record({ price, quantity: thousandths })
const line = fc.record({
  price,
  quantity: thousandths,
  modifiers: fc.array(modifier, { maxLength: 4 }),
  note: fc.boolean(),
})
const shopping = fc.record({
  currency,
  lines: fc.array(line, { minLength: 1, maxLength: 8 }),
  /** Of each line, in percent. */
  off: fc.integer({ min: 0, max: 100 }),
  taxes: fc.array(fc.record({ amount: price, included: fc.boolean() }), { maxLength: 3 }),
  charges: fc.array(price, { maxLength: 3 }),
  tip: price,
})
/** Long ones too, whose beginning becomes the number that a person calls it by. */
const anyId = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 90 })
  .map((text) => text.replaceAll('\0', '').trim())
  .filter((text) => text.length > 0 && text.length <= 200)
type Shopping = typeof shopping extends fc.Arbitrary<infer T> ? T : never

/** Half away from zero; nothing here is negative. */
const roundedDiv = (n: bigint, by: bigint) => (2n * n + by) / (2n * by)

function grossByHand({ price: unit, quantity, modifiers }: Shopping['lines'][number]): bigint {
  const ofOne = modifiers.reduce((sum, one) => sum + BigInt(one.price) * BigInt(one.quantity), BigInt(unit) * 1000n)
  return roundedDiv(ofOne * BigInt(quantity), 1_000_000n)
}

function orderOfShopping(what: Shopping): { given: NewOrder; total: bigint } {
  const money = (amount: number | bigint) => ({ amount: Number(amount), currency: what.currency })
  const discounts = what.lines.map((one) => (grossByHand(one) * BigInt(what.off)) / 100n)
  const lines = what.lines.map((one, at) => grossByHand(one) - (discounts[at] ?? 0n))
  const added = what.taxes.filter(({ included }) => !included)
  const total =
    lines.reduce((sum, one) => sum + one, 0n) +
    added.reduce((sum, { amount }) => sum + BigInt(amount), 0n) +
    what.charges.reduce((sum, one) => sum + BigInt(one), 0n) +
    BigInt(what.tip)
  const given: NewOrder = {
    channel: 'web-shop',
    external_id: 'W-1',
    placed_at: instantText(NOW),
    currency: what.currency,
    fulfilment: { kind: 'pickup' },
    items: what.lines.map((one, at) => ({
      name: `Line ${at}`,
      quantity: quantityText(one.quantity),
      unit_price: money(one.price),
      modifiers: one.modifiers.map((more) => ({
        name: 'More',
        quantity: quantityText(more.quantity),
        unit_price: money(more.price),
      })),
      discount: money(discounts[at] ?? 0n),
      total: money(lines[at] ?? 0n),
      ...(one.note ? { note: `note ${at}` } : {}),
    })),
    taxes: what.taxes.map((tax) => ({ name: 'Tax', amount: money(tax.amount), included: tax.included })),
    charges: what.charges.map((amount) => ({ kind: 'service' as const, name: 'Service', amount: money(amount) })),
    tip: money(what.tip),
    total: money(total),
    payment: { state: 'due' },
  }
  return { given, total }
}

describe('an order whose figures were counted by hand', () => {
  test('is taken, in every currency', () => {
    fc.assert(
      fc.property(shopping, (what) => {
        const { given, total } = orderOfShopping(what)
        expect(newOrder.safeParse(given).success).toBe(true)
        const { order, remarks } = readOrder(given, newId())
        expect(remarks).toEqual([])
        expect(order.total).toBe(total)
      }),
    )
  })

  test('is refused when its total, or that of one line, is off by anything', () => {
    const off = fc.integer({ min: -1_000_000, max: 1_000_000 }).filter((by) => by !== 0)
    fc.assert(
      fc.property(shopping, off, fc.nat(), (what, by, which) => {
        const { given, total } = orderOfShopping(what)
        const bent = { ...given, total: { ...given.total, amount: Math.max(0, Number(total) + by) } }
        const isBent = bent.total.amount !== Number(total)
        expect(codesOf(bent)).toEqual(isBent ? ['orders.total'] : [])
        const at = which % given.items.length
        const items = given.items.map((item, place) => {
          const was = item.total?.amount ?? 0
          return place === at ? { ...item, total: { ...given.total, amount: was + Math.abs(by) } } : item
        })
        expect(codesOf({ ...given, items })).toEqual(['orders.line-total'])
      }),
    )
  })

  test('is the same after it was stored and read again, and after a change that changes nothing', () => {
    fc.assert(
      fc.property(shopping, anyId, (what, externalId) => {
        const given = { ...orderOfShopping(what).given, external_id: externalId }
        const { order } = readOrder(newOrder.parse(given), newId())
        const { body, personal } = partsOf(order)
        const stored = JSON.parse(JSON.stringify({ body, personal })) as ReturnType<typeof partsOf>
        expect(orderOf(order.id, stored.body, stored.personal)).toEqual(order)
        const again = readOrder(newOrder.parse(amended(givenAgain(order), {})), order.id)
        expect([again.remarks, changesBetween(order, again.order)]).toEqual([[], []])
      }),
    )
  })

  test('comes to the same whatever the order of its lines', () => {
    fc.assert(
      fc.property(shopping, (what) => {
        const { total } = orderOfShopping(what)
        expect(orderOfShopping({ ...what, lines: [...what.lines].reverse() }).total).toBe(total)
        const { order } = readOrder(orderOfShopping(what).given, newId())
        expect(order.items.map(lineGross)).toEqual(what.lines.map(grossByHand))
      }),
    )
  })
})

describe('how far an order is', () => {
  test('never goes back, whatever is said in which order, and ends once', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PROGRESS), { maxLength: 40 }), (words) => {
        let standing: OrderProgress = 'placed'
        const seen: OrderProgress[] = [standing]
        for (const word of words) {
          if (stepOf(standing, word) !== 'forward') continue
          standing = word
          seen.push(word)
        }
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen.map((word) => PROGRESS.indexOf(word))).toEqual(
          seen.map((word) => PROGRESS.indexOf(word)).sort((a, b) => a - b),
        )
        expect(seen.filter((word) => word === 'completed' || word === 'cancelled').length).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('can be cancelled from everywhere but the end', () => {
    const steps = PROGRESS.map((standing) => [standing, stepOf(standing, 'cancelled')])
    expect(Object.fromEntries(steps)).toEqual({
      placed: 'forward',
      accepted: 'forward',
      preparing: 'forward',
      ready: 'forward',
      dispatched: 'forward',
      completed: 'late',
      cancelled: 'same',
    })
  })
})

function codesOf(given: NewOrder): string[] {
  return readOrder(given, newId()).remarks.map(({ code }) => code)
}
