import type { Refund, RefundItem } from '#canon/sale.ts'
import { isNegative } from '#kernel/decimal.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Minor } from '#kernel/money.ts'
import type { NoticedCode } from './faults.ts'
import type { Line } from './line.ts'
import { momentOf } from './moments.ts'
import { amountOf, type Plan } from './plan.ts'
import type { RowReader } from './row-reader.ts'
import { absolute, type SaleAmounts, tenderedSum } from './sale-amounts.ts'
import type { SaleItems } from './sale-items.ts'
import { firstText, type SaleLines, saleLines } from './sale-lines.ts'
import type { SaleMoments } from './sale-moments.ts'
import type { SalePayments } from './sale-payments.ts'

// Money given back: by rows of its own, or by a column on the row of the sale that it was given back for.

export type RefundParts = {
  readonly plan: Plan
  readonly reader: RowReader
  readonly amounts: SaleAmounts
  readonly items: SaleItems
  readonly payments: SalePayments
  readonly moments: SaleMoments
  readonly notice: (code: NoticedCode) => void
}

export type RefundOfLines = { readonly refund: Refund; readonly lines: readonly Line[] }

export class SaleRefunds {
  private readonly parts: RefundParts

  constructor(parts: RefundParts) {
    this.parts = parts
  }

  /** One for each moment at which rows give something back. `all`: the rows of the sale, for the date that some lack. */
  ofLines(lines: readonly Line[], saleId: string, all: readonly Line[]): readonly RefundOfLines[] {
    const dated = momentOf(all)
    const byMoment = new Map<number, Line[]>()
    for (const line of lines) {
      const wall = Number.isNaN(line.wall) ? dated.wall : line.wall
      const same = byMoment.get(wall)
      if (same) same.push(line)
      else byMoment.set(wall, [line])
    }
    return [...byMoment].map(([wall, own]) => {
      const stamp = new Date(wall).toISOString().slice(0, 19)
      const line = own.find((one) => !Number.isNaN(one.wall)) ?? dated.line
      const externalId = lines[0]?.id === null ? saleId : `${saleId}/refund@${stamp}`
      return { refund: this.refund(own, externalId, this.parts.moments.counted(line, line.zone)), lines: own }
    })
  }

  /** What columns beside the sale say was given back of it. */
  ofColumns(lines: readonly Line[], saleId: string): readonly Refund[] {
    const { plan, reader } = this.parts
    const given = lines.filter(({ extras }) => isSome(extras?.refunded) || isSome(extras?.refundedTip))
    if (given.length === 0) return []
    const payments = given.filter((line) => line.grain === 'payment')
    if (payments.length > 0) {
      const several = lines.filter((line) => line.grain === 'payment').length > 1
      return payments.map((line, nth) => {
        const key = reader.text(line, 'payment_id') ?? String(nth + 1)
        return this.ofColumn([line], several ? `${saleId}/refund/${key}` : `${saleId}/refund`, lines)
      })
    }
    // A sale's own amount stands on its first row, or on all of them; amounts of items differ or stand on some.
    const [first, ...others] = given
    const repeated = given.length === lines.length && others.every((line) => isSameRefund(line, first))
    const ofSale = plan.grain !== 'item' || given[0] === lines[0] ? others.length === 0 || repeated : false
    return [this.ofColumn(ofSale && first ? [first] : given, `${saleId}/refund`, lines, !ofSale)]
  }

  private ofColumn(given: readonly Line[], externalId: string, all: readonly Line[], itemised = false): Refund {
    const { reader, items, moments, payments, notice } = this.parts
    const back: RefundItem[] = []
    let [amount, tip] = [0n, 0n]
    for (const line of given) {
      const own = absolute(line.extras?.refunded ?? null)
      const ownTip = absolute(line.extras?.refundedTip ?? null)
      amount += own + ownTip
      tip += ownTip
      if (itemised && own !== 0n) back.push(items.refundItem(line, own, 0n))
    }
    const dated = given.find((line) => line.extras?.refundedAt)
    if (!dated) notice('refund_time_unknown')
    const sale = momentOf(all)
    const refundedAt = dated?.extras?.refundedAt
      ? moments.counted(dated.extras.refundedAt, dated.zone)
      : moments.of(sale.line)
    const tender = payments.tenderOf(given)
    return {
      externalId,
      refundedAt,
      amount,
      tax: 0n,
      tip,
      tender: tender === 'unknown' ? payments.tenderOf(all) : tender,
      reason: firstText(given, 'refund_reason', reader),
      items: back,
    }
  }

  private refund(lines: readonly Line[], externalId: string, refundedAt: Instant): Refund {
    const { plan, reader, amounts, payments } = this.parts
    const rows = saleLines(lines, plan.grain)
    const items = rows.items.length === 0 ? NO_ITEMS : this.itemsOf(rows.items)
    return {
      externalId,
      refundedAt,
      amount: this.amountOf(rows, items.sum),
      tax: absolute(amounts.stated(rows, 'tax')),
      tip: absolute(amounts.stated(rows, 'tip')),
      tender: payments.tenderOf(lines),
      reason: firstText(lines, 'refund_reason', reader),
      items: items.items,
    }
  }

  /** All that was given back: as the file states it, else what the items make. */
  private amountOf(rows: SaleLines, itemSum: Minor): Minor {
    const { amounts, plan } = this.parts
    const ofItems = rows.items.length > 0
    const ofSale = plan.grain === 'mixed' ? rows.heads.length > 0 : !ofItems || amounts.level('total') === 'sale'
    const stated = ofSale ? amounts.stated(rows, 'total') : null
    if (stated !== null) return absolute(stated)
    if (ofItems) return itemSum + this.beyondItems(rows)
    const gross = amounts.stated(rows, 'gross') ?? amounts.stated(rows, 'net')
    if (gross !== null) return absolute(gross)
    let paid = 0n
    for (const line of [...rows.heads, ...rows.payments]) paid += tenderedSum(line.extras) ?? 0n
    return absolute(paid)
  }

  /** What rows say of a refund as a whole and its items know nothing of. */
  private beyondItems(rows: SaleLines): Minor {
    const { amounts, plan } = this.parts
    const own = (role: 'discount' | 'tax'): Minor =>
      amounts.level(role) === 'sale' ? absolute(amounts.stated(rows, role)) : 0n
    return (plan.tax === 'added' ? own('tax') : 0n) - own('discount')
  }

  /**
   * Tills write refunds with a minus, without one, or with one in some columns alone. So each column is turned as a
   * whole: what runs against the rest of its column still runs against it.
   */
  private itemsOf(lines: readonly Line[]): { readonly items: readonly RefundItem[]; readonly sum: Minor } {
    const { amounts, plan, items, notice } = this.parts
    const total = turnOf(lines, (line) => line.total)
    const gross = turnOf(lines, (line) => amounts.lineGross(line))
    const back: RefundItem[] = []
    let sum = 0n
    for (const line of lines) {
      const tax = amounts.level('tax') === 'line' ? absolute(amountOf(line, 'tax')) : 0n
      let amount = (amounts.lineGross(line) ?? 0n) * gross
      if (amounts.level('total') === 'line' && line.total !== null) amount = line.total * total
      else {
        if (amounts.level('discount') === 'line') amount -= absolute(line.discount)
        if (plan.tax === 'added') amount += tax
      }
      sum += amount
      if (line.placeholder) notice('item_placeholder')
      else if (line.extras?.itemKind !== 'service_charge') back.push(items.refundItem(line, amount, tax))
    }
    return { items: back, sum }
  }
}

const NO_ITEMS = { items: [], sum: 0n } as const

/** 1, or -1 where the amounts of a column are below zero in all. */
function turnOf(lines: readonly Line[], amountIn: (line: Line) => Minor | null): 1n | -1n {
  let sum = 0n
  for (const line of lines) sum += amountIn(line) ?? 0n
  return sum < 0n ? -1n : 1n
}

function isSome(amount: Minor | null | undefined): boolean {
  return amount !== null && amount !== undefined && amount !== 0n
}

function isSameRefund(line: Line, other: Line | undefined): boolean {
  return line.extras?.refunded === other?.extras?.refunded && line.extras?.refundedTip === other?.extras?.refundedTip
}

export function isBelowZero(line: Line): boolean {
  const amount = line.total ?? line.gross ?? line.net ?? line.price?.minor
  return (amount !== undefined && amount < 0n) || (line.quantity !== null && isNegative(line.quantity.value))
}
