import type { Sale, Tender } from '#canon/sale.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Facts } from './keeper.ts'
import type { StageBooks, TenderBooks } from './stage.ts'

// The books that facts make, and where they differ from the provider's own. Both sides count a closed sale on the moment
// it was closed and a refund on the moment it was given, and neither ever looks at the other's sums.

export type Span = { readonly place: string | null; readonly from: Instant; readonly to: Instant }

/** One line for each currency that anything was taken or given back in. */
export function tally(facts: Facts, span: Span): readonly StageBooks[] {
  return tallyOf(facts, (at, place) => at >= span.from && at < span.to && (span.place === null || place === span.place))
}

type Within = (at: Instant, place: string | null) => boolean

export function tallyOf(facts: Facts, within: Within): readonly StageBooks[] {
  const books = new Map<string, Mutable>()
  const of = (currency: string) => {
    const known = books.get(currency) ?? blank(currency)
    books.set(currency, known)
    return known
  }
  for (const sale of facts.sales.values()) {
    if (sale.status !== 'closed' || sale.closedAt === null || !within(sale.closedAt, sale.location)) continue
    addSale(of(sale.currency), sale)
  }
  for (const { refund, saleExternalId, location, currency } of facts.refunds.values()) {
    const place = location ?? (saleExternalId === null ? null : (facts.sales.get(saleExternalId)?.location ?? null))
    if (!within(refund.refundedAt, place)) continue
    const line = of(currency)
    line.refunds.count++
    line.refunds.amount += refund.amount
    line.refunds.tax += refund.tax
    line.refunds.tip += refund.tip
    tender(line, refund.tender).refunded += refund.amount
  }
  return [...books.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1))
}

type Mutable = ReturnType<typeof blank>

function blank(currency: string) {
  const amounts = { total: 0n, gross: 0n, discount: 0n, taxAdded: 0n, taxIncluded: 0n, service: 0n, tip: 0n }
  return {
    currency,
    count: 0,
    ...amounts,
    rounding: 0n,
    deferred: 0n,
    refunds: { count: 0, amount: 0n, tax: 0n, tip: 0n },
    byTender: {} as Partial<Record<Tender, { payments: number; amount: bigint; refunded: bigint }>>,
  }
}

function addSale(line: Mutable, sale: Sale): void {
  line.count++
  line.total += sale.total ?? 0n
  line.gross += sale.gross ?? 0n
  line.discount += sale.discount
  line.taxAdded += sale.taxAdded
  line.taxIncluded += sale.taxIncluded
  line.service += sale.serviceCharge
  line.tip += sale.tip
  line.rounding += sale.rounding
  line.deferred += sale.deferred
  for (const payment of sale.payments) {
    const one = tender(line, payment.tender)
    one.payments++
    one.amount += payment.amount
  }
}

function tender(line: Mutable, name: Tender) {
  const known = line.byTender[name] ?? { payments: 0, amount: 0n, refunded: 0n }
  line.byTender[name] = known
  return known
}

const AMOUNTS = [
  'total',
  'gross',
  'discount',
  'taxAdded',
  'taxIncluded',
  'service',
  'tip',
  'rounding',
  'deferred',
] as const

/** Where the facts' books differ from the stage's, a sentence each. What the stage cannot tell is not compared. */
export function differences(stage: readonly StageBooks[], facts: readonly StageBooks[]): readonly string[] {
  const found: string[] = []
  for (const currency of new Set([...stage, ...facts].map((line) => line.currency))) {
    const theirs = stage.find((line) => line.currency === currency) ?? blank(currency)
    const ours = facts.find((line) => line.currency === currency) ?? blank(currency)
    const compare = (what: string, told: bigint | number | null, read: bigint | number | null) => {
      if (told !== null && told !== read) found.push(`${currency} ${what}: the provider has ${told}, the facts ${read}`)
    }
    compare('sales', theirs.count, ours.count)
    for (const amount of AMOUNTS) compare(amount, theirs[amount], ours[amount])
    compare('refunds', theirs.refunds.count, ours.refunds.count)
    compare('refunded', theirs.refunds.amount, ours.refunds.amount)
    compare('tax of refunds', theirs.refunds.tax, ours.refunds.tax)
    compare('tips of refunds', theirs.refunds.tip, ours.refunds.tip)
    found.push(...tenderDifferences(currency, theirs.byTender, ours.byTender))
  }
  return found
}

type ByTender = StageBooks['byTender']

function tenderDifferences(currency: string, stage: ByTender, facts: ByTender): readonly string[] {
  if (stage === null) return []
  const none: TenderBooks = { payments: 0, amount: 0n, refunded: 0n }
  const read: Partial<Record<Tender, TenderBooks>> = {}
  for (const [name, one] of Object.entries(facts ?? {}) as [Tender, TenderBooks][]) {
    const as = name in stage || name === 'unknown' ? name : 'other'
    read[as] = together(read[as] ?? none, one)
  }
  const names = new Set([...Object.keys(stage), ...Object.keys(read)] as Tender[])
  return [...names].flatMap((name) => {
    const [told, ours] = [stage[name] ?? none, read[name] ?? none]
    return (['payments', 'amount', 'refunded'] as const)
      .filter((what) => told[what] !== ours[what])
      .map((what) => `${currency} ${name} ${what}: the provider has ${told[what]}, the facts ${ours[what]}`)
  })
}

function together(a: TenderBooks, b: TenderBooks): TenderBooks {
  return { payments: a.payments + b.payments, amount: a.amount + b.amount, refunded: a.refunded + b.refunded }
}
