import type { Minor } from '#kernel/money.ts'
import type { ColumnRole, FileRefund, FileSale } from '../contract-files.ts'
import { AMOUNT_MAX, isBeyond } from './amounts.ts'
import type { Line, LineExtras } from './line.ts'
import type { Places } from './row-cells.ts'

// How far out a row and a sale may be. Beyond, a number is no longer exact in JSON, a month has no place in the store,
// or a name does not fit into an index: one such value must not fail the whole file, so its row is refused.

const WALL_MIN = Date.UTC(1990, 0, 1)
const WALL_END = Date.UTC(2100, 0, 1)
const SALE_AMOUNT_MAX = 10n ** 15n - 1n
// An amount of a line is at most twice the limit of a row, so fewer lines cannot come to the limit of a sale.
const MANY_LINES = 50
const NAME_CHARS_MAX = 1000
// An entry of an index has 2,704 bytes. The names of an entry share them with the ids and the day that stand beside.
const KEY_BYTES_MAX = 2500
/** A row of fewer letters has no text that is too long, in whatever alphabet. */
const SHORT_ROW_CHARS = 800

/** The cells that become names or ids. A customer's becomes a hash and may be as long as it likes. */
const NAMES: readonly ColumnRole[] = [
  'sale_id',
  'sale_number',
  'line_id',
  'item',
  'variant',
  'sku',
  'category',
  'payment_id',
  'tender',
  'card_brand',
  'last4',
  'refund_reason',
  'location',
  'register',
  'staff',
  'channel',
]
/** Names that stand in one entry of an index. */
const KEYS: readonly (readonly ColumnRole[])[] = [['sale_id', 'location', 'register'], ['item', 'variant'], ['sku']]

export function isDayBeyond(wall: number): boolean {
  return wall < WALL_MIN || wall >= WALL_END
}

/** Whether what can be worked out from the amounts of a row may leave the range, however the file is to be read. */
export function isRowBeyond(row: Line): boolean {
  let reach =
    Math.max(size(row.counted), size(row.gross), size(row.net), size(row.total)) +
    size(row.discount) +
    size(row.tip) +
    size(row.service)
  for (const tax of row.taxes) reach += size(tax)
  if (row.extras !== null) reach += sizeOfExtras(row.extras)
  return reach > AMOUNT_MAX
}

function sizeOfExtras(extras: LineExtras): number {
  let reach = size(extras.deferred) + size(extras.rounding) + size(extras.refunded) + size(extras.refundedTip)
  for (const amount of extras.tendered) reach += size(amount)
  return reach
}

/** A number holds every amount of a row exactly. */
function size(amount: Minor | null): number {
  return amount === null ? 0 : Math.abs(Number(amount))
}

/** Whether what the lines of a sale come to together leaves the range. */
export function isSaleBeyond(sale: FileSale | null, refunds: readonly FileRefund[], lines: number): boolean {
  if (lines < MANY_LINES) return false
  const amounts = [...refunds.map(({ refund }) => refund), ...(sale?.sale.refunds ?? [])].map(({ amount }) => amount)
  if (sale) {
    const { gross, discount, taxAdded, taxIncluded, serviceCharge, tip, rounding, deferred, total } = sale.sale
    amounts.push(gross ?? 0n, discount, taxAdded, taxIncluded, serviceCharge, tip, rounding, deferred, total ?? 0n)
  }
  return amounts.some((amount) => isBeyond(amount, SALE_AMOUNT_MAX))
}

/** The column of the first text that is too long for what it becomes, or -1. */
export function longTextAt(raw: string, cells: readonly string[], place: Places): number {
  if (raw.length < SHORT_ROW_CHARS) return -1
  const text = (role: ColumnRole): string => (cells[place[role]] ?? '').trim()
  const role =
    NAMES.find((name) => text(name).length > NAME_CHARS_MAX) ??
    KEYS.find((names) => Buffer.byteLength(names.map(text).join()) > KEY_BYTES_MAX)?.[0]
  return role === undefined ? -1 : place[role]
}
