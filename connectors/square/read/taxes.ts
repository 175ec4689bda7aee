import type { Minor } from '#kernel/money.ts'
import type { Lookup } from '../../contract.ts'
import type { WireLine, WireOrder, WireTax } from '../wire.ts'
import { minorOf, minorOrZero } from './money.ts'

// Where a tax that is inside the price stands. The gross amount that Square states for a line has it inside in Europe and
// Australia, and leaves it out in the United States, Canada and Japan. The line says which, by its own sum:
//
//   line total = gross − discount + apportioned service + taxes that are not inside the gross
//
// Where a line does not tell (its sum does not come out either way), its neighbours do, then the country, then the money.

export type AppliedTax = {
  /** Null when the order does not describe it. */
  readonly tax: WireTax | null
  readonly amount: Minor
  /** Inside the price on the shelf. */
  readonly inclusive: boolean
}

/** Where inclusive tax lies: in the stated gross, or on top of it. */
export type Placement = 'inside' | 'on_top'

const ON_TOP_COUNTRIES: ReadonlySet<string> = new Set(['US', 'CA', 'JP'])
const ON_TOP_CURRENCIES: ReadonlySet<string> = new Set(['USD', 'CAD', 'JPY'])

/** The taxes of a line by name; where the line has only a sum, as one. */
export function appliedTaxes(line: WireLine, taxes: ReadonlyMap<string, WireTax>): readonly AppliedTax[] {
  const applied = line.applied_taxes ?? []
  if (applied.length > 0) {
    const told: AppliedTax[] = []
    for (const { tax_uid, applied_money } of applied) {
      const amount = minorOrZero(applied_money)
      if (amount === 0n) continue
      const tax = taxes.get(tax_uid ?? '') ?? null
      told.push({ tax, amount, inclusive: tax?.type === 'INCLUSIVE' })
    }
    return told
  }
  const amount = minorOrZero(line.total_tax_money)
  if (amount === 0n) return []
  const all = [...taxes.values()]
  const inclusive = all.length > 0 && all.every(({ type }) => type === 'INCLUSIVE')
  return [{ tax: all.length === 1 ? (all[0] ?? null) : null, amount, inclusive }]
}

/** For each line, where its inclusive taxes lie. */
export function placementsOf(
  order: WireOrder,
  lines: readonly WireLine[],
  applied: readonly (readonly AppliedTax[])[],
  lookup: Lookup,
): readonly Placement[] {
  if (!applied.some((taxes) => taxes.some((tax) => tax.inclusive))) return []
  const own = lines.map((line, at) => placementOf(line, applied[at] ?? []))
  if (own.every((placement) => placement !== null)) return own
  const inside = own.filter((placement) => placement === 'inside').length
  const onTop = own.filter((placement) => placement === 'on_top').length
  const others = inside === onTop ? customaryPlacement(order, lookup) : inside > onTop ? 'inside' : 'on_top'
  return own.map((placement) => placement ?? others)
}

function placementOf(line: WireLine, applied: readonly AppliedTax[]): Placement | null {
  const inclusive = applied.reduce((sum, tax) => (tax.inclusive ? sum + tax.amount : sum), 0n)
  const [gross, total] = [minorOf(line.gross_sales_money), minorOf(line.total_money)]
  if (inclusive === 0n || gross === null || total === null) return null
  const tax = minorOf(line.total_tax_money) ?? applied.reduce((sum, one) => sum + one.amount, 0n)
  const untaxed = gross - minorOrZero(line.total_discount_money) + minorOrZero(line.total_service_charge_money)
  if (total === untaxed + tax - inclusive) return 'inside'
  return total === untaxed + tax ? 'on_top' : null
}

function customaryPlacement(order: WireOrder, lookup: Lookup): Placement {
  const country = lookup.country(order.location_id ?? '')
  const onTop =
    country === null
      ? ON_TOP_CURRENCIES.has(order.total_money?.currency ?? '')
      : ON_TOP_COUNTRIES.has(country.toUpperCase())
  return onTop ? 'on_top' : 'inside'
}
