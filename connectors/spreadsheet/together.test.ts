import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { factsById, readAs, sourceOf, unlessApart } from '../conformance/files.ts'
import type { FileSource, Files } from '../contract-files.ts'
import { spreadsheet } from './connector.ts'

// Reading in one pass, which trusts that the rows of a sale stand together: the same sales, or none.

const files = spreadsheet.files as Files
const home = { zone: zoneName('Europe/Berlin'), currency: currencyCode('EUR') }

async function bothWays(table: FileSource, like = table) {
  const rowsPerSlice = 7
  const detection = await files.detect(like, home, {})
  const learnt = await readAs(files, table, detection, home, rowsPerSlice)
  const expected = await readAs(files, table, detection, home, rowsPerSlice, 'expect').catch(unlessApart)
  return { learnt, expected }
}

function csv(header: string, rows: readonly string[]): FileSource {
  return sourceOf(Buffer.from(`${[header, ...rows].join('\n')}\n`))
}

const DATED = 'Order,Date,Store,Item,Qty,Price'

test('a file whose sales stand together is read in one pass, short numbers that begin anew each day too', async () => {
  const rows = ['17,2025-03-01 12:00,North,Tea,1,2.00', '17,2025-03-01 12:00,North,Cake,1,3.00']
  rows.push('18,2025-03-01 12:05,North,Tea,2,2.00', '17,2025-03-02 12:00,North,Tea,1,2.00')
  rows.push('17,2025-03-02 12:30,South,Tea,1,2.00', '18,2025-03-02 12:05,North,Tea,2,oops')
  rows.push('18,2025-03-02 12:05,North,Cake,2,1.00')
  const { learnt, expected } = await bothWays(csv(DATED, rows))
  expect(expected).not.toBeNull()
  if (expected) deepStrictEqual(factsById(expected), factsById(learnt))
})

test.each([
  ['the same long id again', ['ORDER-2025-0001', 'ORDER-2025-0002', 'ORDER-2025-0001'], '12:00'],
  ['the same number again on one day', ['17', '18', '17'], '12:00'],
])('a sale that comes again makes the reading give up: %s', async (_, ids, time) => {
  const rows = ids.map((id, nth) => `${id},2025-03-01 ${time},North,Article ${nth},1,2.00`)
  expect((await bothWays(csv(DATED, rows))).expected).toBeNull()
})

test('after midnight a number may still be of the evening before: the reading gives up', async () => {
  const rows = ['17,2025-03-01 23:50,North,Tea,1,2.00', '18,2025-03-01 23:55,North,Tea,1,2.00']
  const late = '17,2025-03-02 00:10,North,Cake,1,3.00'
  expect((await bothWays(csv(DATED, [...rows, late]))).expected).toBeNull()
})

const row = fc.record({
  id: fc.constantFrom('1', '2', '3', '17', 'ORDER-2025-0001', 'ORDER-2025-0002', ''),
  day: fc.constantFrom('2025-03-01', '2025-03-01', '2025-03-02', ''),
  time: fc.constantFrom('00:20', '12:00', '12:00', '23:50', ''),
  store: fc.constantFrom('North', 'North', 'South', ''),
  item: fc.constantFrom('Tea', 'Cake', ''),
  quantity: fc.constantFrom('1', '2', '-1', 'many'),
  price: fc.constantFrom('2.00', '3.50', 'oops'),
})

test('in one pass the same sales are found, or the reading gives up', async () => {
  let read = 0
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 3, maxLength: 14 }), fc.boolean(), async (rows, sorted) => {
      const ordered = sorted ? [...rows].sort((a, b) => (`${a.day}${a.id}` < `${b.day}${b.id}` ? -1 : 1)) : rows
      // Rows that settle what the columns are, whatever the others hold.
      const plain = [1, 2, 3].map((n) => `9${n},2025-02-1${n} 10:00,West,Bun,1,1.25`)
      const lines = ordered.map(
        ({ id, day, time, store, item, quantity, price }) =>
          `${id},${`${day} ${time}`.trim()},${store},${item},${quantity},${price}`,
      )
      const { learnt, expected } = await bothWays(csv(DATED, [...plain, ...lines]), csv(DATED, plain))
      if (expected === null) return
      read++
      deepStrictEqual(factsById(expected), factsById(learnt))
    }),
    { numRuns: Number(process.env.TILLWIRE_PROPERTY_RUNS ?? 300) },
  )
  // A reading that always gave up would pass, too.
  expect(read).toBeGreaterThan(20)
}, 300_000)
