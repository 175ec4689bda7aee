import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { mappingHeader, mappingLine, NONE, readMappingTable } from './mapping-csv.ts'
import type { MappingRow } from './store-mapping-rows.ts'

function row(itemId: string, name: string, posItemId: string | null, none = false): MappingRow {
  const item = { id: itemId, name, variant: null, sku: null, barcode: null, category: null, parentId: null }
  return {
    item: { ...item, kind: 'item', price: null, currency: null, available: true },
    state: posItemId === null ? 'unmapped' : 'mapped',
    match:
      posItemId === null
        ? null
        : {
            ...{ posItemId, article: null, saidBy: 'key:1', saidAt: instant(0), saidHow: 'program', confidence: null },
            ...{ pricesAccepted: null, everyChannel: false },
          },
    none,
    candidates: [],
  }
}

const rowsOf = (text: string) => {
  const table = readMappingTable(text)
  if (table.kind === 'unreadable') throw new Error(table.say)
  return table.rows.map(({ itemId, posItemId, none }) => ({ itemId, posItemId, none }))
}

test('a table that was written is read as what it was written from', () => {
  const cell = fc.oneof(
    fc.constantFrom(
      "'",
      "''=1",
      '=1+1',
      '-5',
      '- 5',
      '+49',
      '@a',
      '"',
      'a,b',
      'a;b',
      ' a ',
      '\ttab',
      'a\r\nb',
      '\n',
      '#',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  )
  const id = cell.filter((text) => text !== NONE && !text.includes('\0'))
  const meant = fc.oneof(id, fc.constant(null))
  const rows = fc.array(fc.record({ itemId: id, name: cell, posItemId: meant, none: fc.boolean() }), { maxLength: 8 })
  fc.assert(
    fc.property(rows, (list) => {
      const standing = list.map((one) => ({ ...one, none: one.none && one.posItemId === null }))
      const lines = standing.map((one) =>
        mappingLine(row(one.itemId, one.name.replaceAll('\0', ''), one.posItemId, one.none)),
      )
      const read = rowsOf(mappingHeader() + lines.join(''))
      expect(read).toEqual(standing.map(({ itemId, posItemId, none }) => ({ itemId, posItemId, none })))
    }),
  )
})

test('tables of spreadsheets in other countries and of people are read too', () => {
  const expected = [
    { itemId: 'a', posItemId: 'V1', none: false },
    { itemId: 'b', posItemId: null, none: false },
    { itemId: 'c', posItemId: null, none: true },
  ]
  expect(rowsOf('\uFEFFItem_ID;POS_Item_ID\r\na;V1\r\nb;\r\nc;(none)')).toEqual(expected)
  expect(rowsOf('pos_item_id\titem_id\nV1\ta\n\tb\n(none)\tc\n\n')).toEqual(expected)
  expect(rowsOf('item_id,pos_item_id\n"a","V1"\nb\nc,(none),')).toEqual(expected)
})

test('a line is named as a person counts them, also below a cell of several lines', () => {
  const table = readMappingTable('item_id,note,pos_item_id\na,"one\ntwo",V1\n\nb,,V2\n')
  expect(table).toMatchObject({ rows: [{ line: 2 }, { line: 5, itemId: 'b', posItemId: 'V2' }] })
})

test('what is no such table is said', () => {
  for (const text of [
    '',
    'item_id\na\n',
    'name,price\na,1\n',
    'item_id,pos_item_id\n"a,V1\n',
    'item_id,pos_item_id\na\0,V\n',
  ]) {
    expect(readMappingTable(text)).toMatchObject({ kind: 'unreadable', say: expect.stringMatching(/\.$/) })
  }
})
