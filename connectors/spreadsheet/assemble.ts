import { hash } from 'node:crypto'
import type { LooseRefund, Payment, Refund, Sale, SaleItem, SalePart, SaleStatus } from '#canon/sale.ts'
import { isNegative } from '#kernel/decimal.ts'
import type { FileRefund, FileSale } from '../contract-files.ts'
import type { NoticedCode } from './faults.ts'
import type { Line } from './line.ts'
import { dayText, momentOf } from './moments.ts'
import type { Plan } from './plan.ts'
import type { RowReader } from './row-reader.ts'
import { SaleAmounts } from './sale-amounts.ts'
import { SaleItems } from './sale-items.ts'
import { firstText, type SaleLines, saleLines } from './sale-lines.ts'
import { SaleMoments } from './sale-moments.ts'
import { SalePayments } from './sale-payments.ts'
import { isBelowZero, type RefundOfLines, SaleRefunds } from './sale-refunds.ts'
import type { RowType } from './synonyms.ts'

// The lines of one sale, together, as canon. What the file does not say stays null; what it says is not bent to fit.

export type Assembled = {
  readonly sale: FileSale | null
  readonly refunds: readonly FileRefund[]
  readonly noticed: readonly NoticedCode[]
}

// Sales are made by the million, so what most of them lack is one list for all of them.
const NO_LINES: readonly Line[] = []
const NO_FILE_REFUNDS: readonly FileRefund[] = []
const NO_REFUNDS: readonly Refund[] = []
const NO_PAYMENTS: readonly Payment[] = []
const NO_ITEMS: readonly SaleItem[] = []
const NOTHING_NOTICED: readonly NoticedCode[] = []

export class Assembler {
  private readonly plan: Plan
  private readonly reader: RowReader
  private readonly typed: boolean
  private readonly part: SalePart
  private readonly amounts: SaleAmounts
  private readonly moments: SaleMoments
  private readonly items: SaleItems
  private readonly payments: SalePayments
  private readonly refunds: SaleRefunds
  private noticed: NoticedCode[] | null = null

  constructor(plan: Plan, reader: RowReader) {
    const notice = (code: NoticedCode): void => this.notice(code)
    this.plan = plan
    this.reader = reader
    this.typed = reader.place.type >= 0
    this.amounts = new SaleAmounts(plan)
    this.moments = new SaleMoments(plan.zone, notice)
    this.items = new SaleItems(plan, reader, this.amounts)
    this.payments = new SalePayments(plan, reader, this.moments)
    const { amounts, moments, items, payments } = this
    this.refunds = new SaleRefunds({ plan, reader, amounts, moments, items, payments, notice })
    this.part = partOf(plan, reader)
  }

  /** `externalId` names the sale; its refunds are named after it. `by`: what made the lines one sale. */
  assemble(lines: readonly Line[], externalId: string, by: 'sale' | 'row'): Assembled {
    this.noticed = null
    const part = by === 'row' ? 'whole' : this.part
    let [sold, refunds, voided]: [readonly Line[], readonly RefundOfLines[], boolean] = [lines, [], false]
    if (this.isPlain(lines)) sold = lines
    else {
      const back = this.refundLines(lines)
      if (back.length > 0) {
        sold = lines.filter((line) => !back.includes(line))
        refunds = this.refunds.ofLines(back, externalId, lines)
      }
      voided = sold.length > 0 && this.isVoid(sold)
      if (!voided) sold = this.withoutVoids(sold, lines)
      if (sold.length === 0) return this.loose(lines, refunds)
    }
    const sale = this.sale(sold, lines, externalId, this.statusOf(sold, voided), refunds)
    const day = sale.timePrecision === 'day' ? dayText(momentOf(sold, lines).wall) : null
    const { rows, raw } = originOf(lines)
    const noticed = this.noticed ?? NOTHING_NOTICED
    return { sale: { sale, part, day, rows, raw }, refunds: NO_FILE_REFUNDS, noticed }
  }

  /** Nearly all sales are: nothing was given back, nothing is void, nothing is open. */
  private isPlain(lines: readonly Line[]): boolean {
    for (const line of lines) {
      if (line.type !== 'sale' || line.extras?.cancelled === true) return false
      if (!this.typed && isBelowZero(line)) return false
    }
    return true
  }

  private loose(lines: readonly Line[], refunds: readonly RefundOfLines[]): Assembled {
    const location = firstText(lines, 'location', this.reader)
    const currency = lines[0]?.currency ?? this.plan.currency
    const loose = refunds.map((refund) => {
      const own: LooseRefund = { ...refund.refund, location, currency }
      return { refund: own, ...originOf(refund.lines) }
    })
    return { sale: null, refunds: loose, noticed: this.noticed ?? NOTHING_NOTICED }
  }

  private sale(
    lines: readonly Line[],
    all: readonly Line[],
    externalId: string,
    status: SaleStatus,
    refunded: readonly RefundOfLines[],
  ): Sale {
    const { plan, reader } = this
    const rows = saleLines(lines, plan.grain)
    const opened = momentOf(lines, all)
    const openedAt = this.moments.counted(opened.line, opened.line.zone)
    const closedAt = status === 'open' ? null : lines.length === 1 ? openedAt : this.moments.lastOf(lines, openedAt)
    const items = rows.items.length === 0 ? NO_ITEMS : this.itemsOf(rows.items, status === 'voided')
    const money = this.amounts.moneyOf(rows, items)
    const { gross, discount, taxAdded, taxIncluded, serviceCharge, tip, rounding, deferred, total } = money
    const customer = firstText(lines, 'customer', reader)
    return {
      externalId,
      number: firstText(lines, 'sale_number', reader) ?? lines[0]?.id ?? null,
      location: firstText(lines, 'location', reader),
      register: firstText(lines, 'register', reader),
      staff: firstText(lines, 'staff', reader),
      channel: firstText(lines, 'channel', reader),
      customer: customer === null ? null : handleOf(customer),
      status,
      currency: lines[0]?.currency ?? plan.currency,
      openedAt,
      closedAt,
      timePrecision: opened.dayOnly ? 'day' : 'instant',
      gross,
      discount,
      taxAdded,
      taxIncluded,
      serviceCharge,
      tip,
      rounding,
      deferred,
      total,
      items,
      payments:
        status === 'closed' && total !== null
          ? this.payments.of({ lines: rows, all: lines, total, tip, paidAt: closedAt })
          : NO_PAYMENTS,
      refunds: this.refundsOf(lines, externalId, status, refunded),
    }
  }

  private itemsOf(lines: readonly Line[], voided: boolean): readonly SaleItem[] {
    const items: SaleItem[] = []
    for (const line of lines) {
      if (line.placeholder) this.notice('item_placeholder')
      else if (line.extras?.itemKind !== 'service_charge') items.push(this.items.item(line, voided))
    }
    return items
  }

  private refundsOf(
    lines: readonly Line[],
    saleId: string,
    status: SaleStatus,
    refunded: readonly RefundOfLines[],
  ): readonly Refund[] {
    const { refunded: amount, refunded_tip } = this.reader.place
    // What was taken for a void sale and given back is in no turnover, so it must not be taken off it.
    const beside = status !== 'voided' && Math.max(amount, refunded_tip) >= 0
    if (refunded.length === 0 && !beside) return NO_REFUNDS
    return [...refunded.map(({ refund }) => refund), ...(beside ? this.refunds.ofColumns(lines, saleId) : NO_REFUNDS)]
  }

  private statusOf(lines: readonly Line[], voided: boolean): SaleStatus {
    if (voided) return 'voided'
    return this.typed && lines.some((line) => line.type === 'open') ? 'open' : 'closed'
  }

  /** Cancelled as a whole before anything was paid back for it, or void row by row. */
  private isVoid(lines: readonly Line[]): boolean {
    const cancelled = lines.some((line) => line.extras?.cancelled === true)
    if (cancelled && !lines.some(isPaidBack)) return true
    const told = this.toldType(lines)
    return lines.every((line) => this.typeOf(line, told) === 'void')
  }

  private withoutVoids(lines: readonly Line[], all: readonly Line[]): readonly Line[] {
    const told = this.toldType(all)
    const left = lines.filter((line) => this.typeOf(line, told) !== 'void')
    for (let nth = left.length; nth < lines.length; nth++) this.notice('line_voided')
    return left.length === lines.length ? lines : left
  }

  private refundLines(lines: readonly Line[]): readonly Line[] {
    const { grain } = this.plan
    if (this.typed) {
      const told = this.toldType(lines)
      const back = lines.filter((line) => this.typeOf(line, told) === 'refund')
      return back.length === 0 ? NO_LINES : back
    }
    if (!lines.some(isBelowZero)) return NO_LINES
    if (grain === 'sale' || grain === 'payment') return lines.filter(isBelowZero)
    const kept = lines.filter((line) => !isReturned(line))
    if (kept.length === 0) return lines
    // A row that was given back may state a total of its own, so what the sale came to is read off the others.
    const rows = saleLines(kept, grain)
    if (this.amounts.worthOf(rows) < 0n) return lines
    if (kept.length < lines.length && this.isSettledTogether(rows, lines)) return NO_LINES
    return lines.filter((line) => isReturned(line) || this.isMoneyBack(line))
  }

  /** A counted article at a negative amount inside a sale is a reduction; without a count, money went back. */
  private isMoneyBack(line: Line): boolean {
    if (line.quantity !== null || line.grain !== 'item') return false
    return this.amounts.lineWorth(line) < 0n
  }

  /** An article exchanged for another: what the sale states was owed has the one given back inside already. */
  private isSettledTogether(kept: SaleLines, lines: readonly Line[]): boolean {
    const stated = kept.items.length > 0 ? this.amounts.ownTotal(kept) : null
    if (stated === null || lines.some((line) => isReturned(line) && (line.total ?? stated) !== stated)) return false
    let [all, sold] = [0n, 0n]
    for (const line of lines) {
      if (line.grain !== 'item') continue
      const worth = (this.amounts.lineGross(line) ?? 0n) - this.amounts.lineDiscount(line)
      all += worth
      if (!isReturned(line)) sold += worth
    }
    return distance(stated, all) < distance(stated, sold)
  }

  /** What the rows that say nothing of their type are: what the first that does says. */
  private toldType(lines: readonly Line[]): RowType {
    // An empty cell of a column of its own says that the row is not void.
    const told = lines.find((line) => line.typeSaid && (line.type !== 'void' || this.reader.place.voided < 0))
    return told === undefined ? 'sale' : this.typeOf(told, 'sale')
  }

  private typeOf(line: Line, told: RowType): RowType {
    const type = line.typeSaid ? line.type : told
    // A sale whose state is "refunded" with the amount beside it is a sale of which something was given back.
    return type === 'refund' && isPaidBack(line) && !isBelowZero(line) ? 'sale' : type
  }

  private notice(code: NoticedCode): void {
    this.noticed ??= []
    this.noticed.push(code)
  }
}

/** How much of a sale a table tells. */
function partOf({ grain, levels }: Plan, { place }: RowReader): SalePart {
  if (grain === 'sale') return 'sale'
  if (grain === 'payment') return 'payments'
  if (grain === 'mixed') return 'whole'
  // How a sale was paid may stand beside its items and its tip in another export, so a tender alone makes no whole.
  const { tip, tender_amount, total } = place
  const told = Math.max(tip, tender_amount) >= 0 || (total >= 0 && levels.total === 'sale')
  return told ? 'whole' : 'items'
}

/** What was given back was taken before: such a sale stands, with its refund. */
function isPaidBack({ extras }: Line): boolean {
  return (extras?.refunded ?? 0n) !== 0n
}

function isReturned({ quantity }: Line): boolean {
  return quantity !== null && isNegative(quantity.value)
}

function distance(one: bigint, other: bigint): bigint {
  return one < other ? other - one : one - other
}

function originOf(lines: readonly Line[]): { rows: readonly number[]; raw: string } {
  const rows: number[] = []
  let raw = ''
  for (const line of lines) {
    raw = rows.length === 0 ? line.raw : `${raw}\n${line.raw}`
    rows.push(line.row)
  }
  return { rows, raw }
}

/** The same customer has the same handle, and the handle says nothing about the person: the column may hold a name. */
function handleOf(text: string): string {
  return `customer:${hash('sha256', text, 'hex').slice(0, 24)}`
}
