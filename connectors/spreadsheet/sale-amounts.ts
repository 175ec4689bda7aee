import type { SaleItem } from '#canon/sale.ts'
import type { Minor } from '#kernel/money.ts'
import type { Line } from './line.ts'
import { amountOf, combined, type Plan } from './plan.ts'

// What lines and sales are worth, from whatever amounts the file happens to state.

export type Extras = {
  readonly discount: Minor
  readonly taxAdded: Minor
  readonly tip: Minor
  readonly serviceCharge: Minor
}

export class SaleAmounts {
  private readonly plan: Plan

  constructor(plan: Plan) {
    this.plan = plan
  }

  /** A line before its discount: stated, counted times price, or worked back from what is left of it. */
  lineGross(line: Line): Minor | null {
    const { levels, tax, netTrusted } = this.plan
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

  saleGross(
    lines: readonly Line[],
    items: readonly SaleItem[],
    known: Extras & { readonly stated: Minor | null },
  ): Minor | null {
    const { levels, netTrusted, tax } = this.plan
    if (levels.gross === 'sale') {
      const gross = combined(lines, 'gross', 'sale')
      if (gross !== null) return gross
    }
    if (items.length > 0) {
      let sum = 0n
      let whole = true
      for (const item of items) {
        if (item.gross === null) whole = false
        else sum += item.gross
      }
      if (whole) return sum
    }
    if (known.stated !== null) {
      return known.stated - known.taxAdded + known.discount - known.tip - known.serviceCharge
    }
    const net = netTrusted && (levels.net === 'sale' || items.length === 0) ? combined(lines, 'net', levels.net) : null
    if (net !== null)
      return net + known.discount + (tax === 'included' ? (combined(lines, 'tax', levels.tax) ?? 0n) : 0n)
    return items.length === 0 ? combined(lines, 'gross', levels.gross) : null
  }

  /** What the file says was owed. Line totals know nothing of what stands at the sale alone, so that is added. */
  statedTotal(lines: readonly Line[], known: Extras): Minor | null {
    const { levels, tipInTotal, grain } = this.plan
    let total = combined(lines, 'total', levels.total)
    if (total === null) return null
    if (levels.total === 'line' && grain === 'item') {
      if (lines.some((line) => line.total === null && !line.placeholder)) return null
      if (levels.discount === 'sale') total -= known.discount
      if (levels.tax === 'sale') total += known.taxAdded
      if (levels.service_charge === 'sale') total += known.serviceCharge
    }
    return tipInTotal ? total : total + known.tip
  }

  lineWorth(line: Line): Minor {
    return line.total ?? line.gross ?? line.net ?? line.price?.minor ?? 0n
  }

  worthOf(lines: readonly Line[]): Minor {
    const { levels } = this.plan
    const total = combined(lines, 'total', levels.total)
    if (total !== null) return total
    let sum = 0n
    for (const line of lines) sum += this.plan.grain === 'item' ? (this.lineGross(line) ?? 0n) : this.lineWorth(line)
    return sum
  }
}

export function absolute(amount: Minor | null): Minor {
  return amount === null ? 0n : amount < 0n ? -amount : amount
}
