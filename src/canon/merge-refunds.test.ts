import { expect, test } from 'vitest'
import { ONE } from '#kernel/decimal.ts'
import { instant } from '#kernel/instant.ts'
import { layRefund, mergeRefunds, type RefundTold, refundKind } from './merge-refunds.ts'
import type { Refund } from './sale.ts'

const bread = {
  saleItemExternalId: null,
  article: { externalId: null, sku: null, name: 'Bread', variant: null, category: null },
  ...{ quantity: ONE, amount: 400n, tax: 26n },
}
const bare: Refund = {
  ...{ externalId: 'return-1', refundedAt: instant(60_000), amount: 400n, tax: 0n, tip: 0n },
  ...{ tender: 'card', reason: null, items: [] },
}
const told = (refund: Partial<Refund>, saleExternalId: string | null = null): RefundTold => ({
  ...{ saleExternalId, currency: 'EUR' },
  refund: { ...bare, ...refund },
})
const withItems = told(
  { refundedAt: instant(0), tax: 26n, tender: 'unknown', reason: 'Stale', items: [bread] },
  'breakfast',
)
const withMoney = told({})

test('items of one file and money of another make one refund, in either order', () => {
  const merged = mergeRefunds([withItems, withMoney])
  expect(merged).toEqual(mergeRefunds([withMoney, withItems]))
  expect(merged).toMatchObject({
    saleExternalId: 'breakfast',
    refund: { amount: 400n, tax: 26n, tender: 'card', reason: 'Stale', refundedAt: instant(60_000), items: [bread] },
  })
})

test('a tip that was given back with the items is money and no item, in either order', () => {
  const tipped = told({ amount: 500n, tip: 100n })
  const merged = mergeRefunds([withItems, tipped])
  expect(merged).toEqual(mergeRefunds([tipped, withItems]))
  expect(merged).toMatchObject({ saleExternalId: 'breakfast', refund: { amount: 500n, tip: 100n, items: [bread] } })
})

test('where the items are worth more than the money the later one stands as it is, and still knows its sale', () => {
  const less = told({ amount: 300n })
  expect(mergeRefunds([withItems, less])).toEqual({ ...less, saleExternalId: 'breakfast' })
  expect(mergeRefunds([less, withItems])).toEqual(withItems)
})

test('a word about the items takes the place of the last one about the items, and of no other', () => {
  const word = (refund: Refund, batch: string) => ({ kind: refundKind(refund), batch })
  const words = [word(withItems.refund, 'a'), word(withMoney.refund, 'b'), word(withItems.refund, 'c')]
  expect(words.reduce<typeof words>((laid, next) => [...layRefund(laid, next)], [])).toEqual([words[1], words[2]])
})
