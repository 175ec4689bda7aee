import { add, type Decimal, ZERO } from '#kernel/decimal.ts'
import type { LocalDate } from '#kernel/instant.ts'
import { wireMoney } from '#kernel/money.ts'
import type { RefundFiling, SaleFiling } from '#modules/mirror/filing.ts'
import type { FileSlice, RejectedRow } from '../../../connectors/contract-files.ts'
import type { WireCheck } from './wire-check.ts'

// What a dry run adds up: the file as it would stand, by business day, in the file's one currency. Sums are of closed
// sales, as everywhere; a sale of another currency is counted and not summed.

const REJECTED_SHOWN_MAX = 100
const DAYS_SHOWN_MAX = 1_000

type Day = { sales: number; refunds: number; units: Decimal; gross: bigint; total: bigint; refunded: bigint }

export type Tally = {
  readonly currency: string
  /** False where the file states no amounts: nothing priced is not the same as nothing earned. */
  readonly priced: boolean
  rowsRead: number
  progress: number
  sales: number
  refunds: number
  items: number
  rowsRejected: number
  readonly days: Map<LocalDate, Day>
  readonly rejected: RejectedRow[]
  readonly rejectedByCode: Map<string, number>
  readonly noticed: Map<string, number>
}

export function emptyTally(currency: string, priced: boolean): Tally {
  return {
    currency,
    priced,
    rowsRead: 0,
    progress: 0,
    sales: 0,
    refunds: 0,
    items: 0,
    rowsRejected: 0,
    days: new Map(),
    rejected: [],
    rejectedByCode: new Map(),
    noticed: new Map(),
  }
}

export function addSlice(
  tally: Tally,
  slice: FileSlice,
  filings: { readonly sales: readonly SaleFiling[]; readonly refunds: readonly RefundFiling[] },
): void {
  tally.rowsRead = slice.rowsRead
  tally.progress = slice.progress
  tally.rowsRejected += slice.rejected.length
  tally.rejected.push(...slice.rejected.slice(0, REJECTED_SHOWN_MAX - tally.rejected.length))
  for (const { code } of slice.rejected) count(tally.rejectedByCode, code, 1)
  for (const [code, times] of Object.entries(slice.noticed)) count(tally.noticed, code, times)
  for (const filing of filings.sales) addSale(tally, filing)
  for (const filing of filings.refunds) {
    tally.refunds++
    const day = dayOf(tally, filing.businessDate)
    day.refunds++
    if (filing.currency === tally.currency) day.refunded += filing.refund.amount
  }
}

function addSale(tally: Tally, { sale, businessDate }: SaleFiling): void {
  tally.sales++
  tally.items += sale.items.length
  if (sale.status !== 'closed') return
  const day = dayOf(tally, businessDate)
  day.sales++
  for (const item of sale.items) day.units = add(day.units, item.quantity)
  if (sale.currency !== tally.currency) return
  day.gross += sale.gross ?? 0n
  day.total += sale.total ?? 0n
}

function dayOf({ days }: Tally, date: LocalDate): Day {
  const standing = days.get(date)
  if (standing !== undefined) return standing
  const made: Day = { sales: 0, refunds: 0, units: ZERO, gross: 0n, total: 0n, refunded: 0n }
  days.set(date, made)
  return made
}

function count(counts: Map<string, number>, code: string, times: number): void {
  counts.set(code, (counts.get(code) ?? 0) + times)
}

export type Known = { readonly created: number; readonly changed: number; readonly same: number }

/** As it is told. Days and rejected rows come with the `whole`; while it runs the counts do. */
export function checkOf(
  tally: Tally,
  known: Known,
  seconds: number,
  extent: 'so-far' | 'whole',
): Omit<WireCheck, 'state'> {
  const { currency, priced, progress } = tally
  const days = [...tally.days].sort(([a], [b]) => (a < b ? -1 : 1))
  const money = (amount: bigint) => (priced ? wireMoney(amount, currency) : null)
  const sum = (of: (day: Day) => bigint) => days.reduce((total, [, day]) => total + of(day), 0n)
  const shown = extent === 'whole' ? days.slice(-DAYS_SHOWN_MAX) : []
  return {
    progress,
    rows_read: tally.rowsRead,
    rows_per_second: seconds > 0 ? Math.round(tally.rowsRead / seconds) : null,
    seconds_left: extent === 'so-far' && progress > 0 ? Math.ceil((seconds / progress) * (1 - progress)) : null,
    sales: tally.sales,
    refunds: tally.refunds,
    items: tally.items,
    units: days.reduce<Decimal>((units, [, day]) => add(units, day.units), ZERO),
    gross: money(sum((day) => day.gross)),
    total: money(sum((day) => day.total)),
    rows_rejected: tally.rowsRejected,
    rejected_by_code: Object.fromEntries(tally.rejectedByCode),
    rejected: extent === 'whole' ? tally.rejected.map((row) => ({ ...row })) : [],
    days: shown.map(([date, day]) => ({
      business_date: date,
      sales: day.sales,
      refunds: day.refunds,
      units: day.units,
      gross: money(day.gross),
      total: money(day.total),
      refunded: wireMoney(day.refunded, currency),
    })),
    days_left_out: extent === 'whole' ? days.length - shown.length : 0,
    new_sales: known.created,
    changed_sales: known.changed,
    same_sales: known.same,
    noticed: Object.fromEntries(tally.noticed),
    fault: null,
  }
}
