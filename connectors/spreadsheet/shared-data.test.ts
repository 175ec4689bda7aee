import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { checkIdentity } from '#canon/money-identity.ts'
import { currencyCode } from '#kernel/currency.ts'
import { type ZoneName, zoneName } from '#kernel/zone.ts'
import { readAs, sourceOf, tableOf, type WholeRead } from '../conformance/files.ts'
import type { FileSite, Files } from '../contract-files.ts'
import { spreadsheet } from './connector.ts'

// Real exports, read once by the connector and counted once by hand: lines split at commas, cents as whole numbers.
// None of the files has a comma or a quote inside a cell, which the count checks.

const FOLDER = new URL('../../../shared/data/', import.meta.url)
const files = spreadsheet.files as Files

function site(zone: string, currency: string): FileSite {
  return { zone: zoneName(zone) as ZoneName, currency: currencyCode(currency) }
}

function bytesOf(name: string): Buffer {
  return readFileSync(new URL(name, FOLDER))
}

function countedByHand(bytes: Buffer): readonly (readonly string[])[] {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  expect(text).not.toContain('"')
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  const rows = lines.slice(1).map((line) => line.split(','))
  expect(new Set(rows.map((row) => row.length)).size).toBe(1)
  return rows
}

function cents(text: string): number {
  return Math.round(Number(text) * 100)
}

function unitsOf({ sales }: WholeRead): number {
  return sales.flatMap(({ sale }) => sale.items).reduce((sum, item) => sum + Number(item.quantity), 0)
}

function revenueOf({ sales }: WholeRead): number {
  return Number(sales.reduce((sum, { sale }) => sum + (sale.total ?? 0n), 0n))
}

function noticedIn({ slices }: WholeRead, code: string): number {
  return slices.reduce((sum, slice) => sum + (slice.noticed[code] ?? 0), 0)
}

function rejectedIn({ slices }: WholeRead): number {
  return slices.reduce((sum, slice) => sum + slice.rejected.length, 0)
}

describe.skipIf(!existsSync(FOLDER))(
  'real exports, where the folder with development data stands beside the repository',
  () => {
    test('a bakery without prices: every unit is an item, and a row of NONE proves a sale without adding one', async () => {
      const bytes = bytesOf('bread_basket_edinburgh.csv')
      const rows = countedByHand(bytes)
      const home = site('Europe/London', 'GBP')
      const detection = await files.detect(sourceOf(bytes, 'bread.csv'), home, {})
      const read = await readAs(files, sourceOf(bytes), detection, home)
      const articles = rows.filter((row) => row[3] !== 'NONE')
      expect(detection.notes.map((note) => note.code)).toContain('no_prices')
      expect(detection.dateOrder).toBe('ymd')
      expect(read.rowsRead).toBe(rows.length)
      expect(read.sales.length).toBe(new Set(rows.map((row) => row[2])).size)
      expect(read.sales.flatMap(({ sale }) => sale.items).length).toBe(articles.length)
      expect(unitsOf(read)).toBe(articles.length)
      expect(noticedIn(read, 'item_placeholder')).toBe(rows.length - articles.length)
      expect(noticedIn(read, 'item_placeholder')).toBe(786)
      expect(read.sales.every(({ sale }) => sale.gross === null && sale.total === null)).toBe(true)
      expect(new Set(read.sales.map(({ sale }) => checkIdentity(sale).verdict))).toEqual(new Set(['incomplete']))
      expect(
        read.sales.flatMap(({ sale }) => sale.items).filter((item) => item.article.name === 'Adjustment').length,
      ).toBe(rows.filter((row) => row[3] === 'Adjustment').length)
      expect(rejectedIn(read)).toBe(0)
    })

    test('a coffee machine: each row is a cup and a sale, also the one without a name', async () => {
      const bytes = bytesOf('coffee_vending.csv')
      const rows = countedByHand(bytes)
      const home = site('Europe/Kyiv', 'UAH')
      const detection = await files.detect(sourceOf(bytes, 'coffee.csv'), home, {})
      const read = await readAs(files, sourceOf(bytes), detection, home)
      expect(detection).toMatchObject({ byteOrderMark: true, dateOrder: 'mdy', currencyFrom: 'site' })
      expect(read.rowsRead).toBe(rows.length)
      expect(read.sales.length).toBe(rows.length)
      expect(new Set(read.ids).size).toBe(rows.length)
      expect(unitsOf(read)).toBe(rows.length)
      expect(revenueOf(read)).toBe(rows.reduce((sum, row) => sum + cents(row[3] ?? ''), 0))
      const byTender = (tender: string): number =>
        read.sales.filter(({ sale }) => sale.payments[0]?.tender === tender).length
      expect(byTender('card')).toBe(rows.filter((row) => row[2] === 'card').length)
      expect(byTender('cash')).toBe(rows.filter((row) => row[2] === 'cash').length)
      const nameless = read.sales.filter(({ sale }) => sale.items[0]?.article.name === null)
      expect(nameless.map(({ sale }) => sale.total)).toEqual([3900n])
      expect(rejectedIn(read)).toBe(0)
    })

    test('a take-away: sales whose rows lie tens of thousands of rows apart are whole', async () => {
      const bytes = bytesOf('takeaway_london_orders.csv.gz')
      const rows = countedByHand(gunzipSync(bytes))
      const home = site('Europe/London', 'GBP')
      const table = await tableOf(files, bytes, 'orders.csv.gz')
      const detection = await files.detect(table, home, {})
      const read = await readAs(files, table, detection, home)
      const byOrder = new Map<string, number>()
      for (const row of rows) {
        const key = `${row[0]}@${(row[1] ?? '').slice(0, 10).split('/').reverse().join('-')}`
        byOrder.set(key, (byOrder.get(key) ?? 0) + Number(row[3]) * cents(row[4] ?? ''))
      }
      expect(detection).toMatchObject({ container: 'gzip', dateOrder: 'dmy' })
      expect(detection.columns[5]?.role).toBe('line_count')
      expect(read.rowsRead).toBe(rows.length)
      expect(read.sales.length).toBe(byOrder.size)
      expect(read.sales.flatMap(({ sale }) => sale.items).length).toBe(rows.length)
      expect(unitsOf(read)).toBe(rows.reduce((sum, row) => sum + Number(row[3]), 0))
      expect(revenueOf(read)).toBe([...byOrder.values()].reduce((a, b) => a + b, 0))
      expect(new Map(read.sales.map(({ sale }) => [sale.externalId, Number(sale.total)]))).toEqual(byOrder)
      expect(read.sales.every(({ sale }) => checkIdentity(sale).verdict === 'holds')).toBe(true)
      expect(rejectedIn(read)).toBe(0)
    })

    test("a report of each article's turnover per day is refused, because it is no list of sales", async () => {
      const bytes = bytesOf('french_bakery_daily.csv')
      const detecting = files.detect(sourceOf(bytes, 'daily.csv'), site('Europe/Paris', 'EUR'), {})
      await expect(detecting).rejects.toMatchObject({ code: 'file.aggregate_report' })
    })
  },
)

test.skipIf(existsSync(FOLDER))(
  'real exports are not compared, because the folder with development data is absent',
  () => {},
)
