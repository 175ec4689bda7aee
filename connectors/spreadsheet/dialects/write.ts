import { negate } from '#kernel/decimal.ts'
import type { Minor } from '#kernel/money.ts'
import { amountCell, extraCell, momentCells, quantityCell } from './cells.ts'
import type { Dialect } from './dialect.ts'
import { encoded, isWestern } from './encode.ts'
import { type Field, HEADINGS, TENDERS, TYPES } from './headings.ts'
import {
  discountOf,
  dueOf,
  grossOf,
  returnedItem,
  sharesOf,
  type Trade,
  type TradedItem,
  type TradedSale,
  taxOf,
  totalled,
} from './trade.ts'

// Sales as a file. What is written here is what a till of that dialect would write, and nothing that helps to read it.

export type WrittenFile = { readonly bytes: Buffer; readonly text: string; readonly rows: number }

type Row = Readonly<Partial<Record<Field, string>>>

export function writeTrade(trade: Trade, dialect: Dialect): WrittenFile {
  const fields = fieldsOf(dialect)
  const headings = fields.map((field) => HEADINGS[dialect.language][field])
  const rows = rowsOf(trade, dialect)
  const body = rows.map((row) => fields.map((field) => row[field] ?? ''))
  const middle = Math.ceil(body.length / 2)
  const table = [
    ...preamble(dialect),
    headings,
    ...body.slice(0, middle),
    ...(dialect.headerRepeated && body.length > 3 ? [headings] : []),
    ...body.slice(middle),
    ...(dialect.totalsRow ? [totalsRow(trade, fields, dialect)] : []),
  ]
  const text = table.map((cells) => line(cells, dialect) + dialect.lineEnd).join('')
  const encoding = dialect.encoding === 'windows-1252' && !isWestern(text) ? 'utf-8' : dialect.encoding
  return { bytes: encoded(text, encoding), text, rows: rows.length }
}

/** The columns in the order of the dialect. */
function fieldsOf(dialect: Dialect): readonly Field[] {
  const { layout, dates, typed, tipColumn, currencyColumn, registerColumn } = dialect
  const split = dates.columns === 'two' && dates.clock !== 'none' && dates.style !== 'iso_offset'
  const lone: Field = dates.clock === 'none' && dates.style !== 'iso_offset' ? 'date' : 'moment'
  const fields: Field[] = ['number', ...(split ? (['date', 'time'] as const) : [lone]), ...LAYOUTS[layout]]
  if (typed) fields.push('type')
  if (tipColumn) fields.push('tip')
  if (currencyColumn) fields.push('currency')
  if (registerColumn) fields.push('register')
  return fields
    .map((field, nth) => ({ field, at: dialect.shuffle[nth % dialect.shuffle.length] ?? nth }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ field }) => field)
}

const LAYOUTS: Readonly<Record<Dialect['layout'], readonly Field[]>> = {
  items: ['item', 'sku', 'quantity', 'price', 'discount', 'tender'],
  lines: ['item', 'sku', 'quantity', 'gross', 'discount', 'tax', 'line_total', 'tender'],
  orders: ['item', 'sku', 'quantity', 'price', 'discount', 'tax', 'total', 'tender'],
  sales: ['gross', 'discount', 'tax', 'total', 'tender'],
  payments: ['total', 'tender'],
}

function rowsOf(trade: Trade, dialect: Dialect): readonly Row[] {
  const blocks = trade.sales.flatMap((sale) => {
    const sold = soldRows(sale, trade, dialect)
    const back = returnedItem(sale)
    return back === null ? [sold] : [sold, refundRows(sale, back, trade, dialect)]
  })
  const byTime = blocks.toSorted((a, b) => a.wall - b.wall)
  const ordered = dialect.newestFirst ? byTime.toReversed() : byTime
  return ordered.flatMap(({ rows }) => (rowsAreTurned(dialect) ? rows.toReversed() : rows))
}

/** Where all rows of an order say all of it, a till that turns its list around turns the rows of an order, too. */
export function rowsAreTurned({ newestFirst, orderCells }: Dialect): boolean {
  return newestFirst && orderCells === 'repeated'
}

type Block = { readonly wall: number; readonly rows: readonly Row[] }

function soldRows(sale: TradedSale, trade: Trade, dialect: Dialect): Block {
  const { wall, items } = sale
  const tip = dialect.tipColumn ? sale.tip : 0n
  const head = headCells(sale, wall, 'sale', trade, dialect)
  const total = totalled(items, (item) => dueOf(item, trade.tax))
  const order: Row = {
    ...head,
    tip: extraCell(tip, trade.currency, dialect.numbers),
    total: amountCell(dialect.tipInTotal ? total + tip : total, trade.currency, dialect.numbers),
  }
  if (dialect.layout === 'sales') return { wall, rows: [{ ...order, ...sums(items, 1n, trade, dialect) }] }
  if (dialect.layout === 'payments') return { wall, rows: paymentRows(sale, total, order, trade, dialect) }
  return {
    wall,
    rows: items.map((item, nth) => ({ ...onRow(order, nth, dialect), ...itemCells(item, false, trade, dialect) })),
  }
}

/** One item comes back, whole, without a tip. */
function refundRows(sale: TradedSale, item: TradedItem, trade: Trade, dialect: Dialect): Block {
  const wall = sale.wall + (sale.refundedAfter ?? 0)
  const items = [item]
  const head = headCells(sale, wall, 'refund', trade, dialect)
  const minus = !dialect.typed || dialect.refundSign === 'minus'
  const amount = (minor: Minor): string => amountCell(minus ? -minor : minor, trade.currency, dialect.numbers)
  const order: Row = {
    ...head,
    tip: extraCell(0n, trade.currency, dialect.numbers),
    total: amount(totalled(items, (item) => dueOf(item, trade.tax))),
  }
  if (dialect.layout === 'payments') return { wall, rows: [order] }
  if (dialect.layout === 'sales')
    return { wall, rows: [{ ...order, ...sums(items, minus ? -1n : 1n, trade, dialect) }] }
  return { wall, rows: [{ ...order, ...itemCells(item, minus, trade, dialect) }] }
}

function headCells(sale: TradedSale, wall: number, type: 'sale' | 'refund', trade: Trade, dialect: Dialect): Row {
  const [date, time] = momentCells(wall, dialect)
  return {
    number: sale.number,
    moment: time === '' ? date : `${date} ${time}`,
    date,
    time,
    register: sale.register,
    tender: TENDERS[dialect.language][sale.tenders[0] ?? 'cash'],
    type: TYPES[dialect.language][type],
    currency: trade.currency,
  }
}

/** What stands on each row of an order that says its own on the first alone. */
const ON_EACH_ROW: readonly Field[] = ['number', 'type']

function onRow(order: Row, nth: number, { orderCells }: Dialect): Row {
  if (nth === 0 || orderCells === 'repeated') return order
  return Object.fromEntries(ON_EACH_ROW.map((field) => [field, order[field] ?? '']))
}

function itemCells(item: TradedItem, back: boolean, { tax, currency }: Trade, { numbers }: Dialect): Row {
  const amount = (minor: Minor): string => amountCell(back ? -minor : minor, currency, numbers)
  return {
    item: item.name,
    sku: item.sku,
    quantity: quantityCell(back ? negate(item.quantity) : item.quantity, numbers),
    price: amountCell(item.price, currency, numbers),
    gross: amount(grossOf(item)),
    discount: extraCell(discountOf(item), currency, numbers),
    tax: extraCell(back ? -taxOf(item, tax) : taxOf(item, tax), currency, numbers),
    line_total: amount(dueOf(item, tax)),
  }
}

function sums(items: readonly TradedItem[], sign: 1n | -1n, { tax, currency }: Trade, { numbers }: Dialect): Row {
  const amount = (of: (item: TradedItem) => Minor): string => amountCell(sign * totalled(items, of), currency, numbers)
  return {
    gross: amount(grossOf),
    discount: extraCell(totalled(items, discountOf), currency, numbers),
    tax: extraCell(sign * totalled(items, (item) => taxOf(item, tax)), currency, numbers),
  }
}

function paymentRows(sale: TradedSale, total: Minor, order: Row, trade: Trade, dialect: Dialect): readonly Row[] {
  const tip = dialect.tipColumn ? sale.tip : 0n
  const paid = dialect.tipInTotal ? total + tip : total
  return sharesOf(paid, sale.tenders).map((share, nth) => ({
    ...order,
    tender: TENDERS[dialect.language][sale.tenders[nth] ?? 'cash'],
    total: amountCell(share, trade.currency, dialect.numbers),
    tip: extraCell(nth === 0 ? tip : 0n, trade.currency, dialect.numbers),
  }))
}

const TITLES = [
  ['Sales report'],
  ['Harbour Street 7'],
  [],
  ['Period', 'last quarter'],
  ['Printed by', 'the back office'],
  [],
  ['All registers'],
  ['Page', 'one'],
]

function preamble({ preambleRows }: Dialect): readonly (readonly string[])[] {
  return Array.from({ length: preambleRows }, (_, nth) => TITLES[nth % TITLES.length] ?? [])
}

function totalsRow(trade: Trade, fields: readonly Field[], dialect: Dialect): readonly string[] {
  const items = trade.sales.flatMap((sale) => sale.items)
  const row: Row = {
    ...sums(items, 1n, trade, dialect),
    line_total: amountCell(
      totalled(items, (item) => dueOf(item, trade.tax)),
      trade.currency,
      dialect.numbers,
    ),
  }
  return fields.map((field, nth) => (nth === 0 ? 'Total' : (row[field] ?? '')))
}

function line(cells: readonly string[], { delimiter, quoting }: Dialect): string {
  return cells
    .map((cell) => {
      const must = cell.includes(delimiter) || /["\r\n]/.test(cell)
      const word = quoting === 'words' && !/^[-\d.,]*$/.test(cell)
      return must || word || quoting === 'all' ? `"${cell.replaceAll('"', '""')}"` : cell
    })
    .join(delimiter)
}
