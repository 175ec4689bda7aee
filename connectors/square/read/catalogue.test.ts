import { expect, test } from 'vitest'
import { fixture } from '../test-fixtures.ts'
import type { Json } from '../test-orders.ts'
import { reader } from './reader.ts'

const page = fixture('catalog') as { objects: Json[] }
const all = reader.recordsOf('catalog', page)

test('a variation is an article, named by its item and placed by the category that reports go by', () => {
  expect(reader.readArticles(all, [])).toEqual([
    {
      ...{ externalId: 'VARLARGE', parentExternalId: 'ITEMFLATWHITE', name: 'Flat white', variant: 'Large' },
      ...{ sku: 'FW-L', barcode: '4006381333931', category: 'Drinks', price: 400n, currency: 'USD', deleted: false },
      updatedAt: Date.parse('2026-09-02T08:00:00Z'),
    },
    {
      ...{ externalId: 'VARREGULAR', parentExternalId: 'ITEMFLATWHITE', name: 'Flat white', variant: null },
      ...{ sku: 'FW-R', barcode: null, category: 'Drinks', price: null, currency: null, deleted: false },
      updatedAt: Date.parse('2026-09-01T08:00:00Z'),
    },
  ])
})

test('an item or a category that changes alone changes its articles', () => {
  const [item] = page.objects as [Json]
  const data = { ...(item.item_data as Json), name: 'Flat White', variations: undefined }
  const renamed = reader.recordsOf('catalog', { ...item, item_data: data })
  expect(reader.readArticles(renamed, all).map(({ name }) => name)).toEqual(['Flat White', 'Flat White'])
  const category = { type: 'CATEGORY', id: 'CATDRINKS', category_data: { name: 'Coffee' } }
  const moved = reader.readArticles(reader.recordsOf('catalog', { objects: [category] }), all)
  expect(moved.map((article) => article.category)).toEqual(['Coffee', 'Coffee'])
})

test('a deleted article keeps its name, since receipts still point at it', () => {
  const gone = reader.recordsOf('catalog', { type: 'ITEM_VARIATION', id: 'VARLARGE', is_deleted: true, version: 9 })
  expect(gone[0]?.deleted).toBe(true)
  expect(reader.readArticles(gone, all)).toMatchObject([{ externalId: 'VARLARGE', name: 'Flat white', deleted: true }])
  const itemGone = reader.recordsOf('catalog', { type: 'ITEM', id: 'ITEMFLATWHITE', is_deleted: true })
  expect(reader.readArticles(itemGone, all).map(({ deleted }) => deleted)).toEqual([true, true])
})

test('an article that does not look as it should stays as it was', () => {
  const odd = { type: 'ITEM_VARIATION', id: 'VARLARGE', item_variation_data: { item_id: 'ITEMFLATWHITE', sku: 7 } }
  expect(reader.readArticles(reader.recordsOf('catalog', odd), [])).toEqual([])
})

test('a modifier is told as one, by itself and inside its list, and changes with its list', () => {
  const milk = {
    type: 'MODIFIER',
    id: 'MODOAT',
    modifier_data: { name: 'Oat', modifier_list_id: 'MLMILK', price_money: { amount: 60, currency: 'USD' } },
  }
  const list = { type: 'MODIFIER_LIST', id: 'MLMILK', modifier_list_data: { name: 'Milk', modifiers: [milk] } }
  const told = {
    ...{ externalId: 'MODOAT', kind: 'modifier', parentExternalId: 'MLMILK', name: 'Oat', variant: null },
    ...{ sku: null, barcode: null, category: 'Milk', price: 60n, currency: 'USD', deleted: false, updatedAt: null },
  }
  const records = reader.recordsOf('catalog', { objects: [list] })
  expect(reader.readArticles(records, [])).toEqual([told])
  const renamed = reader.recordsOf('catalog', { ...list, modifier_list_data: { name: 'Milks' } })
  expect(reader.readArticles(renamed, records)).toEqual([{ ...told, category: 'Milks' }])
})
