import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkIdentity } from '#canon/money-identity.ts'
import type { Lookup } from '../contract.ts'
import { reader } from './read/reader.ts'
import { type MadeOrder, makeOrder, orderWishes } from './test-orders.ts'
import { openStore, type Store, type Told } from './test-store.ts'
import { makeWorld, type Version, type World, worldWishes } from './test-world.ts'

// What must hold of every order and of every order of arrival.

function lookupIn(country: string | null): Lookup {
  return { article: () => null, country: () => country }
}

function arrive(store: Store, { kind, wire }: Version): void {
  store.keep(reader.recordsOf(kind, wire))
}

test('the money identity of every order holds, whatever is sold and wherever it is taxed', () => {
  const holds = fc.property(orderWishes, fc.boolean(), (wish, knowsCountry) => {
    const made = makeOrder('SALE', wish)
    const [record] = reader.recordsOf('order', made.wire)
    const lookup = lookupIn(knowsCountry ? wish.market.country : null)
    const reading = reader.read('sale:SALE', record === undefined ? [] : [record], [], lookup)
    const [sale] = reading.sales
    if (sale === undefined) throw new Error('the order is not told')
    expect(checkIdentity(sale)).toEqual({ verdict: 'holds', difference: 0n, reasons: [] })
    expect(sale.total).toBe(BigInt(made.total))
    expect(sale.status).toBe('closed')
    expect(sale.payments.reduce((sum, { amount }) => sum + amount, 0n)).toBe(BigInt(made.total))
    expect(sale.taxAdded + sale.taxIncluded).toBe(BigInt(made.tax))
    expect(sale.gross).toBe(statedGross(made))
    expect(sale.taxIncluded).toBe(wish.taxType === 'INCLUSIVE' && !wish.market.grossWithoutTax ? articleTax(made) : 0n)
    expect(reading.drift).toEqual([])
    expect(reading.settling).toBeNull()
  })
  fc.assert(holds, { numRuns: 500 })
})

function statedGross({ lines }: MadeOrder): bigint {
  const articles = lines.filter(({ wire }) => wire.item_type === 'ITEM')
  return articles.reduce((sum, { wire }) => sum + BigInt((wire.gross_sales_money as { amount: number }).amount), 0n)
}

function articleTax({ lines }: MadeOrder): bigint {
  return lines.reduce((sum, { wire, tax }) => (wire.item_type === 'ITEM' ? sum + BigInt(tax) : sum), 0n)
}

test('whatever arrives first, the same is told in the end, each refund once, and nothing has to be taken back', () => {
  const converges = fc.property(worldWishes, fc.infiniteStream(fc.nat()), (wish, chance) => {
    const world = makeWorld(wish)
    const lookup = lookupIn(world.country)
    const store = openStore()
    const toldSales = new Set<string>()
    const toldRefunds = new Set<string>()
    const toldItems = new Map<string, unknown>()
    for (const version of shuffled(world.versions, chance)) {
      arrive(store, version)
      const told = store.tell(lookup)
      for (const id of toldSales) expect(told.sales.has(id), `sale ${id} was told before`).toBe(true)
      for (const id of toldRefunds) expect(told.refunds.has(id), `refund ${id} was told before`).toBe(true)
      // Two words about one refund are laid over each other: items that were told and then belong elsewhere would stay.
      for (const [id, items] of toldItems) expect(told.refunds.get(id)?.refund.items).toEqual(items)
      for (const [id, { refund }] of told.refunds) if (refund.items.length > 0) toldItems.set(id, refund.items)
      for (const id of told.sales.keys()) toldSales.add(id)
      for (const id of told.refunds.keys()) toldRefunds.add(id)
    }
    const told = store.tell(lookup)
    expectTruth(world, told)
    const inOrder = openStore()
    for (const version of world.versions) arrive(inOrder, version)
    expect([told.sales, told.refunds]).toEqual([inOrder.tell(lookup).sales, inOrder.tell(lookup).refunds])
  })
  fc.assert(converges, { numRuns: 300 })
})

function expectTruth(world: World, { sales, refunds, readings }: Told): void {
  const totals = new Map([...sales].map(([id, { total }]) => [id, Number(total)]))
  expect(totals).toEqual(world.sales)
  for (const sale of sales.values()) {
    expect(sale.status).toBe('closed')
    expect(checkIdentity(sale).verdict).toBe('holds')
    expect(sale.payments.reduce((sum, { amount }) => sum + amount, 0n)).toBe(sale.total)
  }
  expect(new Map([...refunds].map(([id, { refund }]) => [id, Number(refund.amount)]))).toEqual(world.refunds)
  // What came back is told once, whole: the items of all refunds add up to the money of all refunds.
  const all = [...refunds.values()].map(({ refund }) => refund)
  const items = all.flatMap((refund) => refund.items)
  expect(items.reduce((sum, { amount }) => sum + amount, 0n)).toBe(all.reduce((sum, { amount }) => sum + amount, 0n))
  expect(items.reduce((sum, { tax }) => sum + tax, 0n)).toBe(all.reduce((sum, { tax }) => sum + tax, 0n))
  for (const { saleExternalId } of refunds.values()) expect(saleExternalId).toBe('SALE')
  expect(readings.flatMap(({ settling, needs, drift }) => [settling ?? [], needs, drift].flat())).toEqual([])
}

function shuffled<T>(list: readonly T[], chance: fc.Stream<number>): readonly T[] {
  return list
    .map((value, index) => ({ value, index, key: chance.next().value ?? 0 }))
    .sort((a, b) => a.key - b.key || a.index - b.index)
    .map(({ value }) => value)
}
