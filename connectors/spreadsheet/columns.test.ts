import { describe, expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { sourceOf } from '../conformance/files.ts'
import type { ColumnMapping, FileDetection } from '../contract-files.ts'
import { detectSales } from './detect.ts'

// What a column is guessed to be, where no person and no known export says it. A wrong guess is worse than none.

const home = { zone: zoneName('Europe/Berlin'), currency: currencyCode('EUR') }

function detect(text: string): Promise<FileDetection> {
  return detectSales(sourceOf(Buffer.from(text)), home, {})
}

/** One column among those that every list of sales has. */
async function guessed(header: string, ...cells: readonly string[]): Promise<ColumnMapping | undefined> {
  const rows = cells.map((cell, nth) => `${1000 + nth};2026-03-${13 + nth};Tea ${nth % 2};1,00;${cell}`)
  const { columns } = await detect(`Order;Date;Item;Price;${header}\n${rows.join('\n')}\n`)
  return columns[4]
}

describe('a column is guessed by its heading and its cells', () => {
  test.each([
    ['Tax rate', ['19 %', '7 %'], 'tax_rate'],
    ['Steuersatz', ['19,0', '7,0'], 'tax_rate'],
    ['Void?', ['No', 'Yes'], 'voided'],
    ['Storniert', ['Nein', 'Ja'], 'voided'],
    ['Cancelled at', ['', '2026-03-14 10:00'], 'cancelled_at'],
    ['Refunded Amount', ['0,00', '1,00'], 'refunded'],
    ['Refund Date', ['', '2026-03-20'], 'refunded_at'],
    ['Refund Reason', ['', 'Cold'], 'refund_reason'],
    ['Öresavrundning', ['0,40', '-0,20'], 'rounding'],
    ['Gift Card Sales', ['0,00', '25,00'], 'gift_card_sales'],
    ['Payment ID', ['p1', 'p2'], 'payment_id'],
    ['Itemization Type', ['Physical Good', 'Gift Card'], 'item_kind'],
    ['Währung', ['EUR', 'USD'], 'currency'],
    ['Trinkgeld', ['0,50', '0,00'], 'tip'],
    ['Modifiers Applied', ['Oat milk', ''], 'modifiers'],
    ['Transaction', ['Payment', 'Refund'], 'type'],
  ] as const)('%s with cells such as %s is %s', async (header, cells, role) => {
    expect(await guessed(header, ...cells)).toMatchObject({ role, from: 'heading', examples: cells.filter(Boolean) })
  })

  test.each([
    ['Tax rate', ['Standard', 'Reduced'], 'words are no rate'],
    ['Void', ['2', '7'], 'a count is no yes or no'],
    ['Refunded', ['NONE', 'PARTIAL'], 'words are no amount'],
    ['Refunds', ['1', '2'], 'a near miss would give money back'],
    ['Currency', ['Cash', 'Card'], 'words are no currency'],
    ['Cash', ['1,00', '2,00'], 'one way to pay alone proves nothing'],
  ] as const)('%s with cells such as %s is passed over: %s', async (header, cells, _) => {
    expect(await guessed(header, ...cells)).toMatchObject({ role: 'ignore' })
  })

  test.each([
    ['Transaction desk', ['7', '7'], 'what is the same in all rows, under a heading that only resembles an id'],
    ['Gross profit', ['0,40', '0,50'], 'a profit is no turnover'],
    ['Amount tendered', ['5,00', '10,00'], 'it holds the change, too'],
    ['Discount %', ['10 %', '0 %'], 'a share is no amount'],
    ['Discount given', ['10 %', '5 %'], 'a share is no amount, whatever its heading says'],
  ] as const)('%s with cells such as %s is taken for nothing: %s', async (header, cells, _) => {
    const rows = cells.map((cell, nth) => `2026-03-${13 + nth};Tea ${nth % 2};${cell}`)
    const { columns } = await detect(`Date;Item;${header}\n${rows.join('\n')}\n`)
    expect(columns[2]).toMatchObject({ header, role: 'ignore' })
  })

  test('a number for people is one only beside the id of the sale', async () => {
    const alone = await detect('Order number,Date,Total\n17,2026-03-13,1.00\n18,2026-03-14,2.00\n')
    expect(alone.columns[0]?.role).toBe('sale_id')
    const beside = await detect('Order #,Order Id,Date,Total\n17,x1,2026-03-13,1.00\n18,x2,2026-03-14,2.00\n')
    expect(beside.columns.slice(0, 2).map(({ role }) => role)).toEqual(['sale_number', 'sale_id'])
  })

  test('the rate in the heading of a tax goes with it', async () => {
    const { columns } = await detect(
      'Kvitteringsnummer;Dato;Moms (25.0%);Moms 12,5 %;Total\n1;13.03.2026;2,00;1,00;25,00\n2;14.03.2026;4,00;0,00;20,00\n',
    )
    expect(columns.map(({ role, detail }) => [role, detail])).toEqual([
      ['sale_id', null],
      ['date', null],
      ['tax', '25'],
      ['tax', '12.5'],
      ['total', null],
    ])
  })

  test('where one column states the whole tax, those of single rates are parts of it', async () => {
    const { columns } = await detect(
      'Receipt number,Date,VAT,VAT 20%,VAT 5%,Total\n1,2026-03-13,3.00,2.00,1.00,25.00\n2,2026-03-14,2.00,2.00,0.00,12.00\n',
    )
    expect(columns.map(({ role }) => role)).toEqual(['sale_id', 'date', 'tax', 'ignore', 'ignore', 'total'])
  })

  test('rows that speak of sales and of items by turns are told by a column of such words', async () => {
    const detection = await detect(
      'Receipt,Date,Line type,Item,Total\n1,2026-03-13,Sale,,3.00\n1,2026-03-13,Sale Line,Tea,1.00\n1,2026-03-13,Sale Line,Bun,2.00\n1,2026-03-13,Payment,Cash,3.00\n',
    )
    expect(detection).toMatchObject({ grain: 'mixed' })
    expect(detection.columns[2]?.role).toBe('row_grain')
  })
})

describe('columns headed by ways to pay', () => {
  const rows = (second: string): string =>
    `Beleg;Datum;Summe;Bar;Karte\n1;13.03.2026;10,00;10,00;0,00\n2;14.03.2026;12,00;2,00;10,00\n3;15.03.2026;8,00;${second};8,00\n`

  test('hold what was paid that way, when they add up to the total', async () => {
    const { columns } = await detect(rows('0,00'))
    expect(columns.slice(3)).toMatchObject([
      { role: 'tender_amount', detail: 'cash' },
      { role: 'tender_amount', detail: 'card' },
    ])
  })

  test('are passed over with a word when they do not', async () => {
    const { columns, notes } = await detect(rows('50,00'))
    expect(columns.slice(3).map(({ role }) => role)).toEqual(['ignore', 'ignore'])
    expect(notes.map((note) => note.code)).toContain('tender_amounts_uneven')
  })

  test('are no payments in a table of items', async () => {
    const { columns } = await detect('Beleg;Datum;Artikel;Summe;Bar;Karte\n1;13.03.2026;Tee;10,00;10,00;0,00\n')
    expect(columns.slice(4).map(({ role }) => role)).toEqual(['ignore', 'ignore'])
  })
})

test('of several tables the one that looks most like sales scores best', async () => {
  const sales = await detect('Order,Date,Item,Price,Payment\n1,2026-03-13,Tea,1.00,Cash\n2,2026-03-14,Bun,2.00,Card\n')
  const stock = await detect('SKU,Counted on,Price\nA1,2026-03-13,1.00\nA2,2026-03-13,2.00\n')
  expect(sales.score).toBeGreaterThan(stock.score)
  expect(sales.score).toBeLessThanOrEqual(1)
})
