import { CSV_START, csvRecord } from '#kernel/csv.ts'
import { currencyCode } from '#kernel/currency.ts'
import { majorText, type WireMoney } from '#kernel/money.ts'
import type { WireSale } from './wire.ts'

const COLUMNS: readonly (readonly [string, (sale: WireSale) => string | number | null])[] = [
  ['business_date', (sale) => sale.business_date],
  ['closed_at', (sale) => sale.closed_at],
  ['number', (sale) => sale.number],
  ['status', (sale) => sale.status],
  ['location_id', (sale) => sale.location_id],
  ['pos_system', (sale) => sale.pos_system],
  ['register', (sale) => sale.register],
  ['staff', (sale) => sale.staff],
  ['channel', (sale) => sale.channel],
  ['currency', (sale) => sale.currency],
  ['gross', (sale) => major(sale.gross)],
  ['discount', (sale) => major(sale.discount)],
  ['tax_added', (sale) => major(sale.tax_added)],
  ['tax_included', (sale) => major(sale.tax_included)],
  ['service_charge', (sale) => major(sale.service_charge)],
  ['tip', (sale) => major(sale.tip)],
  ['rounding', (sale) => major(sale.rounding)],
  ['deferred', (sale) => major(sale.deferred)],
  ['total', (sale) => major(sale.total)],
  ['refunded', (sale) => major(sale.refunded)],
  ['identity', (sale) => sale.identity],
  ['items', (sale) => sale.items.map((item) => `${item.quantity} × ${item.article.name ?? '?'}`).join('; ')],
  ['payments', (sale) => sale.payments.map((payment) => payment.tender).join('; ')],
  ['external_id', (sale) => sale.external_id],
  ['id', (sale) => sale.id],
]

export function csvHeader(): string {
  return CSV_START + csvRecord(COLUMNS.map(([name]) => name))
}

export function csvLine(sale: WireSale): string {
  return csvRecord(COLUMNS.map(([, of]) => of(sale)))
}

function major(amount: WireMoney | null): string | null {
  return amount === null ? null : majorText(BigInt(amount.amount), currencyCode(amount.currency))
}
