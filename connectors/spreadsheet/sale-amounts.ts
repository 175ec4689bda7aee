import type { Sale, SaleItem } from '#canon/sale.ts'
import type { Minor } from '#kernel/money.ts'
import type { AmountLevel, AmountRole, ColumnRole } from '../contract-files.ts'
import type { Line, LineExtras } from './line.ts'
import { amountOf, combined, type Plan } from './plan.ts'
import type { SaleLines } from './sale-lines.ts'

// What lines and sales are worth, from whatever amounts the file happens to state.

export type SaleMoney = Pick<
  Sale,
  'gross' | 'discount' | 'taxAdded' | 'taxIncluded' | 'serviceCharge' | 'tip' | 'rounding' | 'deferred' | 'total'
>

type Extras = {
  readonly discount: Minor
  readonly taxAdded: Minor
  readonly tip: Minor
  readonly serviceCharge: Minor
  readonly rounding: Minor
  readonly deferred: Minor
}

const OF_LINES: Readonly<Record<AmountRole, AmountLevel>> = {
  gross: 'line',
  discount: 'line',
  tax: 'line',
  net: 'line',
  total: 'line',
  tip: 'line',
  service_charge: 'line',
}

export class SaleAmounts {
  private readonly plan: Plan
  /** Of rows of items. Where the table mixes grains, the rows of sales say what is the sale's. */
  private readonly levels: Readonly<Record<AmountRole, AmountLevel>>
  private readonly mixed: boolean
  /** Parts that some column plays. */
  private readonly present: Set<ColumnRole>

  constructor(plan: Plan) {
    this.plan = plan
    this.mixed = plan.grain === 'mixed'
    this.levels = this.mixed ? OF_LINES : plan.levels
    this.present = new Set(plan.columns.map(({ role }) => role))
    // What was paid by tender may stand for the total.
    if (this.present.has('tender_amount')) this.present.add('total')
  }

  level(role: AmountRole): AmountLevel {
    return this.levels[role]
  }

  /** What the sale comes to; `items` are its articles and gift cards. */
  moneyOf(lines: SaleLines, items: readonly SaleItem[]): SaleMoney {
    const cards = giftCards(items)
    const tax = this.stated(lines, 'tax') ?? 0n
    const taxAdded = this.plan.tax === 'added' ? tax : 0n
    const discount = absolute(this.stated(lines, 'discount'))
    const extras: Extras = {
      discount: this.levels.discount === 'line' ? discount - cards.discount : discount,
      taxAdded,
      tip: this.stated(lines, 'tip') ?? 0n,
      serviceCharge: (this.stated(lines, 'service_charge') ?? 0n) + this.serviceRows(lines),
      rounding: this.extra(lines, 'rounding') ?? 0n,
      deferred: this.extra(lines, 'deferred') ?? cards.gross - cards.discount,
    }
    const stated = this.statedTotal(lines, extras)
    const gross = this.saleGross(lines, items, extras, stated, cards.gross)
    return {
      gross,
      discount: extras.discount,
      taxAdded,
      taxIncluded: tax - taxAdded,
      serviceCharge: extras.serviceCharge,
      tip: extras.tip,
      rounding: extras.rounding,
      deferred: extras.deferred,
      total: stated ?? (gross === null ? null : gross + beyondGross(extras)),
    }
  }

  /** Service charges that stand on rows of their own among the items. */
  private serviceRows(lines: SaleLines): Minor {
    if (this.plan.kinds === null) return 0n
    let sum = 0n
    for (const line of lines.items) {
      if (line.extras?.itemKind === 'service_charge') sum += this.lineGross(line) ?? 0n
    }
    return sum
  }

  /** A line before its discount: stated, counted times price, or worked back from what is left of it. */
  lineGross(line: Line): Minor | null {
    const { levels } = this
    const { tax, netTrusted } = this.plan
    if (levels.gross === 'line' && line.gross !== null) return line.gross
    if (line.counted !== null) return line.counted
    const discount = levels.discount === 'line' ? absolute(line.discount) : 0n
    const ownTax = levels.tax === 'line' ? (amountOf(line, 'tax') ?? 0n) : 0n
    if (levels.total === 'line' && line.total !== null) {
      const tip = levels.tip === 'line' && this.plan.tipInTotal ? (line.tip ?? 0n) : 0n
      const service = levels.service_charge === 'line' ? (line.service ?? 0n) : 0n
      return line.total - (tax === 'added' ? ownTax : 0n) + discount - tip - service
    }
    if (levels.net === 'line' && line.net !== null && (netTrusted || levels.total === 'sale')) {
      return line.net + discount + (tax === 'included' ? ownTax : 0n)
    }
    return null
  }

  /** Of a line without regard to levels: enough to tell which way the money went. */
  lineWorth(line: Line): Minor {
    return line.total ?? line.gross ?? line.net ?? line.price?.minor ?? 0n
  }

  worthOf(lines: SaleLines): Minor {
    const total = this.stated(lines, 'total')
    if (total !== null) return total
    let sum = 0n
    if (lines.items.length > 0) for (const line of lines.items) sum += this.lineGross(line) ?? 0n
    else for (const line of lines.heads) sum += this.lineWorth(line)
    return sum
  }

  /** The total that is stated of the sale itself and not of its lines. */
  ownTotal(lines: SaleLines): Minor | null {
    if (this.mixed) return combined(lines.heads, 'total', 'sale')
    return this.levels.total === 'sale' ? combined(lines.heads, 'total', 'sale') : null
  }

  lineDiscount(line: Line): Minor {
    return this.levels.discount === 'line' ? absolute(line.discount) : 0n
  }

  /** What the file says of the whole sale, or of all of its lines together. */
  stated(lines: SaleLines, role: AmountRole): Minor | null {
    if (!this.present.has(role)) return null
    if (!this.mixed) return combined(lines.heads, role, this.levels[role])
    return (
      combined(lines.heads, role, 'sale') ??
      combined(lines.items, role, 'line') ??
      (role === 'total' || role === 'tip' ? combined(lines.payments, role, 'line') : null)
    )
  }

  extra(lines: SaleLines, field: 'rounding' | 'deferred'): Minor | null {
    let sum: Minor | null = null
    for (const line of this.mixed && lines.heads.length === 0 ? lines.items : lines.heads) {
      const amount = line.extras?.[field] ?? null
      if (amount === null) continue
      if (this.plan.grain !== 'payment') return amount
      sum = (sum ?? 0n) + amount
    }
    return sum
  }

  private saleGross(
    lines: SaleLines,
    items: readonly SaleItem[],
    known: Extras,
    stated: Minor | null,
    cardsGross: Minor,
  ): Minor | null {
    const { netTrusted, tax } = this.plan
    const own = this.levels.gross === 'sale' || items.length === 0 || (this.mixed && lines.heads.length > 0)
    const gross = own ? this.stated(lines, 'gross') : null
    const sum = items.length === 0 ? null : articleSum(items)
    // Gift cards sold are no revenue: a stated gross that has them inside is cleared of them.
    if (gross !== null) return cardsGross !== 0n && sum !== null && gross === sum + cardsGross ? sum : gross
    if (sum !== null) return sum
    if (stated !== null) {
      return stated - beyondGross(known)
    }
    const net = netTrusted && (this.levels.net === 'sale' || items.length === 0) ? this.stated(lines, 'net') : null
    if (net !== null) return net + known.discount + (tax === 'included' ? (this.stated(lines, 'tax') ?? 0n) : 0n)
    return null
  }

  /** What the file says was owed. Line totals know nothing of what stands at the sale alone, so that is added. */
  private statedTotal(lines: SaleLines, known: Extras): Minor | null {
    let total = this.stated(lines, 'total')
    if (total === null) return null
    const ofLines = this.mixed ? combined(lines.heads, 'total', 'sale') === null : this.levels.total === 'line'
    if (ofLines && lines.items.length > 0) {
      for (const line of lines.items) if (line.total === null && !line.placeholder) return null
      if (this.levels.discount === 'sale') total -= known.discount
      if (this.levels.tax === 'sale') total += known.taxAdded
      if (this.levels.service_charge === 'sale') total += known.serviceCharge
      total += known.rounding
    }
    return this.plan.tipInTotal ? total : total + known.tip
  }
}

/** What stands between the gross and the total. */
function beyondGross({ discount, taxAdded, serviceCharge, tip, rounding, deferred }: Extras): Minor {
  return taxAdded - discount + serviceCharge + tip + rounding + deferred
}

/** Null when an article's amount is not known. */
function articleSum(items: readonly SaleItem[]): Minor | null {
  let sum = 0n
  for (const item of items) {
    if (item.kind === 'gift_card') continue
    if (item.gross === null) return null
    sum += item.gross
  }
  return sum
}

const NO_CARDS = { gross: 0n, discount: 0n }

function giftCards(items: readonly SaleItem[]): { readonly gross: Minor; readonly discount: Minor } {
  let cards: { gross: Minor; discount: Minor } | null = null
  for (const item of items) {
    if (item.kind !== 'gift_card') continue
    cards ??= { gross: 0n, discount: 0n }
    cards.gross += item.gross ?? 0n
    cards.discount += item.discount
  }
  return cards ?? NO_CARDS
}

/** All that was paid by the tenders that have a column of their own; null where none of them says anything. */
export function tenderedSum(extras: LineExtras | null): Minor | null {
  let sum: Minor | null = null
  for (const amount of extras?.tendered ?? []) if (amount !== null) sum = (sum ?? 0n) + amount
  return sum
}

export function absolute(amount: Minor | null): Minor {
  return amount === null ? 0n : amount < 0n ? -amount : amount
}
