import { CSV_START, csvRecord } from '#kernel/csv.ts'
import { currencyCode } from '#kernel/currency.ts'
import { majorText } from '#kernel/money.ts'
import type { WireOrderLine } from './wire.ts'

// The list of orders as a table. Like the list, it knows no person.

const COLUMNS: readonly (readonly [string, (order: WireOrderLine) => string | number | null])[] = [
  ['placed_at', (order) => order.placed_at],
  ['number', (order) => order.number],
  ['channel', (order) => order.channel],
  ['location_id', (order) => order.location_id],
  ['fulfilment', (order) => order.fulfilment],
  ['promised_at', (order) => order.promised_at],
  ['progress', (order) => order.progress],
  ['progress_at', (order) => order.progress_at],
  ['currency', (order) => order.currency],
  ['total', (order) => majorText(BigInt(order.total.amount), currencyCode(order.currency))],
  ['payment', (order) => order.payment_state],
  ['lines', (order) => order.lines],
  ['test', (order) => String(order.test)],
  ['push', (order) => order.push?.status ?? null],
  ['pos_order_id', (order) => order.push?.pos_order_id ?? null],
  ['external_id', (order) => order.external_id],
  ['id', (order) => order.id],
]

export function csvHeader(): string {
  return CSV_START + csvRecord(COLUMNS.map(([name]) => name))
}

export function csvLine(order: WireOrderLine): string {
  return csvRecord(COLUMNS.map(([, of]) => of(order)))
}
