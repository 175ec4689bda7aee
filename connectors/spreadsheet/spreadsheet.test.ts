import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { type CurrencyCode, currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { conforms, type StagedFile } from '../conformance/files.ts'
import { spreadsheet } from './connector.ts'

function fixture(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url))
}

/** The lines up to the given one, as an export of fewer days would have them. */
function firstLines(bytes: Buffer, count: number): Buffer {
  return Buffer.from(bytes.toString().split('\n').slice(0, count).join('\n'))
}

function staged(name: string, zone: string, currency: string, halfLines: number): StagedFile {
  const bytes = fixture(name)
  return {
    name,
    bytes,
    site: { zone: zoneName(zone), currency: currencyCode(currency) },
    half: firstLines(bytes, halfLines),
  }
}

/** A month of a small bakery: no id, two equal cups in one minute, newest row first. */
function vending(): StagedFile {
  const rows: string[] = []
  for (let day = 28; day >= 1; day--) {
    for (const [minute, name, price] of [
      [58, 'Cocoa', 250],
      [20, 'Tea', 180],
      [20, 'Tea', 180],
      [5, 'Coffee', 320],
    ] as const) {
      const amount = `${Math.floor(price / 100)}.${String(price % 100).padStart(2, '0')}`
      rows.push(`${String(day).padStart(2, '0')}/02/2025 09:${String(minute).padStart(2, '0')},${name},${amount},Card`)
    }
  }
  const header = 'Date,Item,Amount,Payment'
  return {
    name: 'vending.csv.gz',
    bytes: gzipSync([header, ...rows, ''].join('\r\n')),
    site: { zone: zoneName('Europe/Madrid'), currency: currencyCode('EUR') },
    half: Buffer.from([header, ...rows.slice(0, 56).reverse(), ''].join('\n')),
  }
}

function withTotals(_: CurrencyCode, totals: readonly string[]): Buffer {
  const rows = totals.map((total, nth) => `R-${nth + 1},2025-05-0${nth + 1} 10:00,${total}`)
  return Buffer.from(['Receipt,Date,Total', ...rows, ''].join('\n'))
}

conforms(spreadsheet, {
  files: [
    staged('german-bakery.csv', 'Europe/Berlin', 'EUR', 5),
    staged('cafe-transactions.csv', 'America/New_York', 'USD', 7),
    staged('webshop-orders.csv', 'Asia/Dubai', 'AED', 4),
    vending(),
  ],
  withTotals,
})
