import { type IdentityAmounts, totalOf } from './money-identity.ts'
import type { Sale, SalePart } from './sale.ts'

// One sale out of what several sources tell of it: a till's items in one file, its payments in another. Of each kind of
// part the last one counts, and a whole sale does away with all before it. What one part leaves open is filled from the
// others; what two parts say differently is kept as the part says it that is to be believed in that matter, and the money
// identity then shows the difference. Nothing is bent so that it adds up.
//
//   amounts, status, moments   the sale, else the whole, else the items, else the payments
//   lines                      the items, else the whole
//   payments                   the payments, else the sale, else the whole

export type Told = { readonly part: SalePart; readonly sale: Sale }

export type Merged<Part> = {
  readonly sale: Sale
  /** Whose moments the sale has, and therefore whose place and day. */
  readonly momentsOf: Part
}

/** Who is believed about amounts, status and moments, and whose word fills a gap first. */
const LEADS = ['sale', 'whole', 'items', 'payments'] as const satisfies readonly SalePart[]
const LINES_FROM = ['items', 'whole', 'sale', 'payments'] as const satisfies readonly SalePart[]
const PAYMENTS_FROM = ['payments', 'sale', 'whole', 'items'] as const satisfies readonly SalePart[]

/** The parts that count once another has come: of each kind the last, and nothing from before a whole sale. */
export function layPart<Part extends { readonly part: SalePart }>(
  before: readonly Part[],
  next: Part,
): readonly Part[] {
  return next.part === 'whole' ? [next] : [...before.filter((one) => one.part !== next.part), next]
}

/** The parts of one sale, in the order in which they came, as one. At least one part; a part alone is what it says. */
export function mergeParts<Part extends Told>(parts: readonly Part[]): Merged<Part> {
  const counting = parts.reduce<readonly Part[]>(layPart, [])
  const [lead, ...others] = inOrder(counting, LEADS)
  if (lead === undefined) throw new Error('a sale of which nobody said anything')
  if (others.length === 0) return { sale: lead.sale, momentsOf: lead }
  // Money of two currencies makes no sale: who speaks of another one than the lead is not about this money at all.
  const heard = [lead, ...others.filter((one) => one.sale.currency === lead.sale.currency)]
  const momentsOf = momentsFrom(lead, heard)
  const filled = <Value>(of: (sale: Sale) => Value | null) =>
    heard.reduce<Value | null>((value, one) => value ?? of(one.sale), null)
  return {
    momentsOf,
    sale: {
      externalId: lead.sale.externalId,
      number: filled((sale) => sale.number),
      location: filled((sale) => sale.location),
      register: filled((sale) => sale.register),
      staff: filled((sale) => sale.staff),
      channel: filled((sale) => sale.channel),
      customer: filled((sale) => sale.customer),
      status: lead.sale.status,
      currency: lead.sale.currency,
      openedAt: momentsOf.sale.openedAt,
      closedAt: momentsOf.sale.closedAt,
      timePrecision: momentsOf.sale.timePrecision,
      ...amountsOf(heard),
      items: firstFilled(heard, LINES_FROM, (sale) => sale.items),
      payments: firstFilled(heard, PAYMENTS_FROM, (sale) => sale.payments),
      refunds: firstFilled(heard, LINES_FROM, (sale) => sale.refunds),
    },
  }
}

/** The lead's, unless it knows the day alone and another part of a sale in the same state knows the minute. */
function momentsFrom<Part extends Told>(lead: Part, heard: readonly Part[]): Part {
  if (lead.sale.timePrecision === 'instant') return lead
  const open = lead.sale.closedAt === null
  return heard.find(({ sale }) => sale.timePrecision === 'instant' && (sale.closedAt === null) === open) ?? lead
}

type Amounts = IdentityAmounts & Pick<Sale, 'taxIncluded' | 'total'>

function amountsOf(heard: readonly Told[]): Amounts {
  const of = (part: SalePart) => heard.find((one) => one.part === part)?.sale
  const lead = heard.find(({ sale }) => sale.gross !== null || sale.total !== null) ?? heard[0]
  if (lead === undefined) throw new Error('a sale of which nobody said anything')
  const { gross, discount, taxAdded, taxIncluded, serviceCharge, tip, rounding, deferred, total } = lead.sale
  const stated = { gross, discount, taxAdded, taxIncluded, serviceCharge, tip, rounding, deferred, total }
  const lines = of('items') ?? of('whole')
  const priced = lines === undefined || lines === lead.sale ? stated : filledFromLines(stated, lines)
  const paid = lead.part === 'payments' ? undefined : of('payments')
  const known = paid === undefined ? priced : paidBeside(priced, paid)
  return { ...known, total: known.total ?? of('whole')?.total ?? paid?.total ?? null }
}

/** A part that states no gross leaves its make-up to the lines; one that does may still leave the tax in it untold. */
function filledFromLines(stated: Amounts, lines: Sale): Amounts {
  const untaxed = stated.taxAdded === 0n && stated.taxIncluded === 0n
  if (stated.gross !== null) {
    const sameLines = untaxed && stated.gross === lines.gross
    return withTotal(sameLines ? { ...stated, taxIncluded: lines.taxIncluded } : stated, lines)
  }
  const filled = {
    ...stated,
    gross: lines.gross,
    discount: stated.discount === 0n ? lines.discount : stated.discount,
    taxAdded: untaxed ? lines.taxAdded : stated.taxAdded,
    taxIncluded: untaxed ? lines.taxIncluded : stated.taxIncluded,
    deferred: stated.deferred === 0n ? lines.deferred : stated.deferred,
  }
  return withTotal(filled, lines)
}

/** A total that nobody stated is what the parts make, where the lines' own total was nothing else either. */
function withTotal(amounts: Amounts, lines: Sale): Amounts {
  if (amounts.total !== null) return amounts
  return { ...amounts, total: isDerived(lines) ? totalOf(amounts) : lines.total }
}

/**
 * The tip as the payments have it, and a service charge that nobody else told. Where none was known and the total is just
 * what the parts make, it comes on top; a total that was stated otherwise stays as it was stated, and then adds up or
 * shows by how much it does not.
 */
function paidBeside(amounts: Amounts, paid: Sale): Amounts {
  const derived = isDerived(amounts)
  const paidTip = paid.tip === 0n ? paid.payments.reduce((sum, payment) => sum + payment.tip, 0n) : paid.tip
  // No tip in a list of payments is mostly no column for it.
  const tip = paidTip === 0n ? amounts.tip : paidTip
  const untold = derived && amounts.serviceCharge === 0n
  const serviceCharge = untold ? paid.serviceCharge : amounts.serviceCharge
  const onTop = (derived && amounts.tip === 0n ? tip : 0n) + serviceCharge - amounts.serviceCharge
  return { ...amounts, tip, serviceCharge, total: amounts.total === null ? null : amounts.total + onTop }
}

function isDerived(amounts: Amounts): boolean {
  return amounts.total !== null && amounts.total === totalOf(amounts)
}

function inOrder<Part extends Told>(parts: readonly Part[], order: readonly SalePart[]): Part[] {
  return order.flatMap((part) => parts.find((one) => one.part === part) ?? [])
}

function firstFilled<Value>(
  heard: readonly Told[],
  order: readonly SalePart[],
  of: (sale: Sale) => readonly Value[],
): readonly Value[] {
  return (
    inOrder(heard, order)
      .map(({ sale }) => of(sale))
      .find((list) => list.length > 0) ?? []
  )
}
