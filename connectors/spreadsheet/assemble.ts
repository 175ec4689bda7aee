import { hash } from 'node:crypto'
import { totalOf } from '#canon/money-identity.ts'
import type {
  LooseRefund,
  Modifier,
  Payment,
  Refund,
  RefundItem,
  Sale,
  SaleItem,
  SaleStatus,
  Tax,
  Tender,
} from '#canon/sale.ts'
import { type Decimal, isNegative, negate } from '#kernel/decimal.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Minor } from '#kernel/money.ts'
import { instantOf, type WallClock } from '#kernel/zone.ts'
import type { ColumnRole, FileRefund, FileSale } from '../contract.ts'
import { ONE_PIECE } from './amounts.ts'
import { DAY_MS } from './dates.ts'
import type { NoticedCode } from './faults.ts'
import type { Line } from './line.ts'
import { dayText, momentOf } from './moments.ts'
import { amountOf, combined, type Plan } from './plan.ts'
import type { RowReader } from './row-reader.ts'
import { absolute, SaleAmounts } from './sale-amounts.ts'
import { brandOf, isPlaceholder, tenderOf } from './words.ts'

// The lines of one sale, together, as canon. What the file does not say stays null; what it says is not bent to fit.

export type Assembled = {
  readonly sale: FileSale | null
  readonly refunds: readonly FileRefund[]
  readonly noticed: readonly NoticedCode[]
}

const NOON_MS = DAY_MS / 2
// Sales are made by the million, so what most of them lack is one list for all of them.
const NO_LINES: readonly Line[] = []
const NO_FILE_REFUNDS: readonly FileRefund[] = []
const NO_REFUNDS: readonly Refund[] = []
const NO_PAYMENTS: readonly Payment[] = []
const NO_TAXES: readonly Tax[] = []
const NO_MODIFIERS: readonly Modifier[] = []

export class Assembler {
  private readonly plan: Plan
  private readonly reader: RowReader
  private readonly typed: boolean
  private readonly paid: boolean
  private readonly tendered: boolean
  private readonly amounts: SaleAmounts
  private noticed: NoticedCode[] = []

  constructor(plan: Plan, reader: RowReader) {
    this.plan = plan
    this.amounts = new SaleAmounts(plan)
    this.reader = reader
    this.typed = reader.place.type >= 0
    this.tendered = reader.place.tender >= 0 || reader.place.card_brand >= 0
    this.paid = this.tendered || reader.place.total >= 0
  }

  /** `externalId` names the sale; its refunds are named after it. */
  assemble(lines: readonly Line[], externalId: string): Assembled {
    this.noticed = []
    const refunded = this.refundLines(lines)
    const rest = refunded.length === 0 ? lines : lines.filter((line) => !refunded.includes(line))
    const voided = this.typed && rest.length > 0 && rest.every((line) => line.type === 'void')
    const sold = voided || !this.typed ? rest : rest.filter((line) => line.type !== 'void')
    for (let nth = sold.length; nth < rest.length; nth++) this.noticed.push('line_voided')
    const refunds = refunded.length === 0 ? [] : this.refundsOf(refunded, externalId, lines)
    if (sold.length === 0) {
      const location = this.first(lines, 'location')
      const currency = lines[0]?.currency ?? this.plan.currency
      const loose = refunds.map((refund) => {
        const own: LooseRefund = { ...refund.refund, location, currency }
        return { refund: own, ...originOf(refund.lines) }
      })
      return { sale: null, refunds: loose, noticed: this.noticed }
    }
    const status: SaleStatus = voided
      ? 'voided'
      : this.typed && sold.some((line) => line.type === 'open')
        ? 'open'
        : 'closed'
    const sale = this.sale(
      sold,
      externalId,
      status,
      refunds.length === 0 ? NO_REFUNDS : refunds.map((refund) => refund.refund),
    )
    const day = sale.timePrecision === 'day' ? dayText(momentOf(sold).wall) : null
    const { rows, raw } = originOf(lines)
    return { sale: { sale, day, rows, raw }, refunds: NO_FILE_REFUNDS, noticed: this.noticed }
  }

  private sale(lines: readonly Line[], externalId: string, status: SaleStatus, refunds: readonly Refund[]): Sale {
    const { plan } = this
    const { levels } = plan
    const opened = momentOf(lines)
    const openedAt = this.instant(opened.line, opened.dayOnly)
    const closedAt = status === 'open' ? null : lines.length === 1 ? openedAt : this.lastInstant(lines, openedAt)
    const items: SaleItem[] = []
    for (const line of lines) {
      if (line.placeholder) this.noticed.push('item_placeholder')
      else if (plan.grain === 'item') items.push(this.item(line, status === 'voided'))
    }
    const discount = absolute(combined(lines, 'discount', levels.discount))
    const tax = combined(lines, 'tax', levels.tax) ?? 0n
    const tip = combined(lines, 'tip', levels.tip) ?? 0n
    const serviceCharge = combined(lines, 'service_charge', levels.service_charge) ?? 0n
    const taxAdded = plan.tax === 'added' ? tax : 0n
    const stated = this.amounts.statedTotal(lines, { discount, taxAdded, tip, serviceCharge })
    const gross = this.amounts.saleGross(lines, items, { stated, discount, taxAdded, tip, serviceCharge })
    const total = stated ?? totalOf({ gross, discount, taxAdded, serviceCharge, tip, rounding: 0n, deferred: 0n })
    return {
      externalId,
      number: this.first(lines, 'sale_number') ?? lines[0]?.id ?? null,
      location: this.first(lines, 'location'),
      register: this.first(lines, 'register'),
      staff: this.first(lines, 'staff'),
      channel: this.first(lines, 'channel'),
      customer: handleOf(this.first(lines, 'customer')),
      status,
      currency: lines[0]?.currency ?? plan.currency,
      openedAt,
      closedAt,
      timePrecision: opened.dayOnly ? 'day' : 'instant',
      gross,
      discount,
      taxAdded,
      taxIncluded: plan.tax === 'included' ? tax : 0n,
      serviceCharge,
      tip,
      rounding: 0n,
      deferred: 0n,
      total,
      items,
      payments:
        status === 'closed' && this.paid && total !== null ? this.payments(lines, total, tip, closedAt) : NO_PAYMENTS,
      refunds,
    }
  }

  private item(line: Line, voided: boolean): SaleItem {
    const { levels } = this.plan
    const quantity = line.quantity?.value ?? ONE_PIECE.value
    const gross = this.amounts.lineGross(line)
    const name = this.reader.text(line, 'item')
    return {
      externalId: this.reader.text(line, 'line_id'),
      article: {
        externalId: null,
        sku: this.reader.text(line, 'sku'),
        name: name !== null && isPlaceholder(name) ? null : name,
        variant: this.reader.text(line, 'variant'),
        category: this.reader.text(line, 'category'),
      },
      quantity: voided && isNegative(quantity) ? negate(quantity) : quantity,
      unitPrice: line.price?.minor ?? null,
      gross: voided && gross !== null ? absolute(gross) : gross,
      discount: levels.discount === 'line' ? absolute(line.discount) : 0n,
      taxes: levels.tax === 'line' && line.taxes.length > 0 ? this.taxes(line) : NO_TAXES,
      modifiers: NO_MODIFIERS,
      kind: 'article',
    }
  }

  private taxes(line: Line): readonly Tax[] {
    const included = this.plan.tax === 'included'
    const taxes: Tax[] = []
    for (const amount of line.taxes) {
      if (amount !== null && amount !== 0n) taxes.push({ name: null, rate: null, amount, included })
    }
    return taxes
  }

  private payments(lines: readonly Line[], total: Minor, tip: Minor, paidAt: Instant | null): readonly Payment[] {
    if (this.plan.grain === 'payment' && lines.length > 1) {
      return lines.map((line) => this.payment([line], line.total ?? 0n, line.tip ?? 0n, paidAt))
    }
    return [this.payment(lines, total, tip, paidAt)]
  }

  private payment(lines: readonly Line[], amount: Minor, tip: Minor, paidAt: Instant | null): Payment {
    const word = this.first(lines, 'tender')
    const card = this.first(lines, 'card_brand')
    return {
      externalId: null,
      tender: this.tender(lines),
      brand: card ?? (word === null ? null : brandOf(word)),
      last4: lastFour(this.first(lines, 'last4')),
      amount,
      tip,
      paidAt,
    }
  }

  private tender(lines: readonly Line[]): Tender {
    if (!this.tendered) return 'unknown'
    const word = this.first(lines, 'tender')
    if (word !== null) return tenderOf(word)
    return this.first(lines, 'card_brand') === null ? 'unknown' : 'card'
  }

  private refundLines(lines: readonly Line[]): readonly Line[] {
    if (this.typed)
      return lines.some((line) => line.type === 'refund') ? lines.filter((line) => line.type === 'refund') : NO_LINES
    if (!lines.some(isBelowZero)) return NO_LINES
    const wholeIsNegative = this.amounts.worthOf(lines) < 0n
    return lines.filter((line) => this.isRefund(line, wholeIsNegative))
  }

  private isRefund(line: Line, wholeIsNegative: boolean): boolean {
    if (line.type !== 'sale') return false
    if (line.quantity !== null && isNegative(line.quantity.value)) return true
    // A counted article at a negative amount inside a sale is a reduction; without a count, money went back.
    return wholeIsNegative || (line.quantity === null && this.amounts.lineWorth(line) < 0n)
  }

  private refundsOf(
    lines: readonly Line[],
    saleId: string,
    all: readonly Line[],
  ): { refund: Refund; lines: readonly Line[] }[] {
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
      return { refund: this.refund(own, externalId, this.instant(line, line.dayOnly)), lines: own }
    })
  }

  private refund(lines: readonly Line[], externalId: string, refundedAt: Instant): Refund {
    const { levels, tax, grain } = this.plan
    const items: RefundItem[] = []
    let sum = 0n
    for (const line of lines) {
      if (line.placeholder) this.noticed.push('item_placeholder')
      const ownTax = levels.tax === 'line' ? absolute(amountOf(line, 'tax')) : 0n
      const before = absolute(this.amounts.lineGross(line))
      const after =
        before - (levels.discount === 'line' ? absolute(line.discount) : 0n) + (tax === 'added' ? ownTax : 0n)
      const amount = levels.total === 'line' && line.total !== null ? absolute(line.total) : after
      sum += amount
      if (grain === 'item' && !line.placeholder) items.push(this.refundItem(line, amount, ownTax))
    }
    const stated = levels.total === 'sale' ? combined(lines, 'total', 'sale') : null
    const gross =
      grain === 'item' ? null : (combined(lines, 'gross', levels.gross) ?? combined(lines, 'net', levels.net))
    return {
      externalId,
      refundedAt,
      amount: stated !== null ? absolute(stated) : grain === 'item' || gross === null ? sum : absolute(gross),
      tax: absolute(combined(lines, 'tax', levels.tax)),
      tip: absolute(combined(lines, 'tip', levels.tip)),
      tender: this.tender(lines),
      reason: null,
      items,
    }
  }

  private refundItem(line: Line, amount: Minor, tax: Minor): RefundItem {
    const { article, quantity } = this.item(line, true)
    return { saleItemExternalId: null, article, quantity: quantity as Decimal, amount, tax }
  }

  private first(lines: readonly Line[], role: ColumnRole): string | null {
    if (this.reader.place[role] < 0) return null
    for (const line of lines) {
      const text = this.reader.text(line, role)
      if (text !== null) return text
    }
    return null
  }

  private lastInstant(lines: readonly Line[], openedAt: Instant): Instant {
    let last: Line | null = null
    for (const line of lines) if (!line.dayOnly && line.wall > (last?.wall ?? Number.NEGATIVE_INFINITY)) last = line
    if (last === null || last.wall === momentOf(lines).wall) return openedAt
    return this.at(last, last.wall).at
  }

  private instant(line: Line, dayOnly: boolean): Instant {
    const { at, fate } = this.at(line, dayOnly ? Math.floor(line.wall / DAY_MS) * DAY_MS + NOON_MS : line.wall)
    if (fate === 'twice') this.noticed.push('time_twice')
    else if (fate === 'never') this.noticed.push('time_never')
    return at
  }

  private at(line: Line, wall: number): { at: Instant; fate: 'once' | 'twice' | 'never' } {
    if (line.offset !== null) return { at: (wall - line.offset * 60_000) as Instant, fate: 'once' }
    return instantOf(wall as WallClock, line.zone ?? this.plan.site.zone)
  }
}

function isBelowZero(line: Line): boolean {
  const amount = line.total ?? line.gross ?? line.net ?? line.price?.minor
  return (amount !== undefined && amount < 0n) || (line.quantity !== null && isNegative(line.quantity.value))
}

function originOf(lines: readonly Line[]): { rows: readonly number[]; raw: string } {
  const only = lines[0]
  if (lines.length === 1 && only) return { rows: [only.row], raw: only.raw }
  return { rows: lines.map((line) => line.row), raw: lines.map((line) => line.raw).join('\n') }
}

/** The same customer has the same handle, and the handle says nothing about the person: the column may hold a name. */
function handleOf(text: string | null): string | null {
  return text === null ? null : `customer:${hash('sha256', text, 'hex').slice(0, 24)}`
}

function lastFour(text: string | null): string | null {
  const digits = text?.replace(/\D/g, '') ?? ''
  return digits.length >= 4 ? digits.slice(-4) : null
}
