import { dateOf, HOUR_MS } from './calendar.ts'
import type { SiteDay } from './day.ts'
import { openingOn, tradingDayAt } from './demand.ts'
import { big } from './money.ts'
import { Dice, streamOf } from './random.ts'
import type { TradeLine, TradePayment, TradeRefund, TradeRefundLine, TradeSale } from './sale.ts'
import type { Tender } from './shop-shape.ts'
import { levy } from './taxes.ts'

// What becomes of a sale after it was rung up. Its fate is drawn before and apart from its basket, so that whoever
// looks for late refunds need only make the few sales that have one.

/** A refund comes at most so many days after the trading day of its sale. */
export const REFUND_DAYS_MAX = 30
/** Everything but a late refund has happened this long after a sale was opened. */
export const SETTLED_MS = 8 * HOUR_MS

const SOON_MS = 2 * HOUR_MS
const VOID_MAX_MS = HOUR_MS

const FATE = streamOf('fate')
const LOOSE = streamOf('loose refunds')
const AFTERNOON = 2
const dice = new Dice()

export type Fate = {
  readonly ending: 'paid' | 'voided_unpaid' | 'voided_paid' | 'left_open'
  /** After how many days each refund comes; 0 is soon after. */
  readonly refundDays: readonly number[]
}

const PAID: Fate = { ending: 'paid', refundDays: [] }

/** Leaves the dice where the details of that fate are drawn. */
export function fateOf(day: SiteDay, nth: number): Fate {
  const { voids, refunds, laterShare, leftOpen } = day.floor.shop.afterlife
  dice.reseed(day.seed, FATE, nth)
  const draw = dice.unit()
  if (draw < voids) return { ending: draw < voids / 3 ? 'voided_paid' : 'voided_unpaid', refundDays: [] }
  if (draw < voids + leftOpen) return { ending: 'left_open', refundDays: [] }
  if (draw >= voids + leftOpen + refunds) return PAID
  const first = dice.chance(laterShare) ? lateDays() : 0
  const second = dice.chance(0.06) ? [lateDays()] : []
  return { ending: 'paid', refundDays: [first, ...second] }
}

/** Most things come back within the week. */
function lateDays(): number {
  return 1 + Math.floor((REFUND_DAYS_MAX - 4) * dice.unit() ** 2)
}

export function hasLateRefund(fate: Fate): boolean {
  return fate.refundDays.some((days) => days > 0)
}

/** The sale as it stands when nothing more will happen to it. */
export function liveOut(day: SiteDay, nth: number, sale: TradeSale): TradeSale {
  const fate = fateOf(day, nth)
  if (fate === PAID || sale.closedAt === null) return sale
  switch (fate.ending) {
    case 'left_open':
      return unpaid(sale)
    case 'voided_unpaid':
      return { ...unpaid(sale), status: 'voided', voidedAt: sale.closedAt }
    case 'voided_paid': {
      const voidedAt = sale.closedAt + Math.min(VOID_MAX_MS, Math.round(dice.around(180_000, 0.5)))
      const payments = sale.payments.map((payment) => ({ ...payment, voidedAt }))
      return { ...sale, status: 'voided', voidedAt, payments }
    }
    case 'paid':
      return { ...sale, refunds: refundsOf(day, sale, sale.closedAt, fate.refundDays) }
  }
}

/** The sale while its guests are still there: rung up, neither tipped, rounded nor paid. */
export function unpaid(sale: TradeSale): TradeSale {
  return {
    ...sale,
    status: 'open',
    closedAt: null,
    voidedAt: null,
    businessDate: sale.openedOn,
    tip: 0n,
    rounding: 0n,
    total: sale.total - sale.tip - sale.rounding,
    payments: [],
    refunds: [],
  }
}

function refundsOf(day: SiteDay, sale: TradeSale, closedAt: number, refundDays: readonly number[]): TradeRefund[] {
  const payment = sale.payments.reduce<TradePayment | null>(
    (largest, next) => (largest === null || next.amount > largest.amount ? next : largest),
    null,
  )
  if (payment === null) return []
  const refunds: TradeRefund[] = []
  const kept = sale.lines.filter((line) => !line.giftCard)
  let left = payment.amount - payment.tip
  for (const days of refundDays) {
    const at = days === 0 ? closedAt + Math.round(dice.around(20 * 60_000, 0.5)) : lateInstant(day, days)
    if (at === null || at <= closedAt || (days === 0 && at - closedAt > SOON_MS)) continue
    const whole = refunds.length === 0 && sale.payments.length === 1 && dice.chance(0.4)
    const goods = whole ? wholeReturn(sale) : partialReturn(day, payment, kept, left)
    if (goods === null) continue
    left -= goods.amount
    refunds.push({
      externalId: `${sale.externalId}-r${refunds.length + 1}`,
      saleExternalId: sale.externalId,
      paymentExternalId: payment.externalId,
      site: sale.site,
      currency: sale.currency,
      at,
      businessDate: businessDateOf(day, at),
      ...goods,
      tender: payment.tender,
      reason: dice.oneOf(day.floor.shop.afterlife.reasons),
    })
    if (whole) break
  }
  return refunds.sort((one, other) => one.at - other.at)
}

type Goods = Pick<TradeRefund, 'amount' | 'tax' | 'tip' | 'serviceCharge' | 'rounding' | 'lines'>

function wholeReturn(sale: TradeSale): Goods {
  const { tip, serviceCharge, rounding } = sale
  const lines = sale.lines.map((line) => returnedLine(line, 1, 1))
  const tax = sale.taxAdded + sale.taxIncluded
  return { amount: sale.total, tax, tip, serviceCharge, rounding, lines }
}

/** One or two lines, or some of the pieces of a line; never a line twice, never more than that payment has left. */
function partialReturn(day: SiteDay, payment: TradePayment, kept: TradeLine[], left: bigint): Goods | null {
  const lines: TradeRefundLine[] = []
  const count = dice.chance(0.2) ? 2 : 1
  let sum = 0n
  for (let nth = 0; nth < count && kept.length > 0; nth++) {
    const [line] = kept.splice(dice.below(kept.length), 1)
    if (line === undefined) break
    const units = line.quantity.includes('.') ? 1 : Number(line.quantity)
    const returned = returnedLine(line, 1 + dice.below(units), units)
    if (returned.amount === 0n || sum + returned.amount > left) continue
    lines.push(returned)
    sum += returned.amount
  }
  const step = BigInt(day.floor.shop.currency.cashStep ?? 1)
  const rounding = payment.tender === 'cash' ? -(sum % step) : 0n
  const amount = sum + rounding
  if (amount === 0n) return null
  const tax = lines.reduce((taxes, line) => taxes + line.tax, 0n)
  return { amount, tax, tip: 0n, serviceCharge: 0n, rounding, lines }
}

function returnedLine(line: TradeLine, pieces: number, of: number): TradeRefundLine {
  let tax = 0n
  let added = 0n
  for (const part of line.taxes) {
    tax += part.amount
    if (!part.included) added += part.amount
  }
  const paid = line.gross - line.discount + added
  return {
    lineExternalId: line.externalId,
    itemKey: line.itemKey,
    name: line.name,
    quantity: pieces === of ? line.quantity : String(pieces),
    amount: (paid * BigInt(pieces)) / BigInt(of),
    tax: (tax * BigInt(pieces)) / BigInt(of),
  }
}

/** Some time in the opening of the first open day from there on, or null when the shop stays shut too long. */
function lateInstant(day: SiteDay, days: number): number | null {
  const along = dice.unit()
  for (let after = days; after <= REFUND_DAYS_MAX; after++) {
    const opening = openingOn(day.floor.shop, day.place.site, day.day + after)
    if (opening !== null && opening.toMs > opening.fromMs) {
      return opening.fromMs + Math.floor(along * (opening.toMs - opening.fromMs))
    }
  }
  return null
}

function businessDateOf(day: SiteDay, at: number): string {
  return dateOf(tradingDayAt(day.floor.shop, day.place.site, at))
}

/** Goods that come back without a receipt: rare, one article at a time, always a headache for the books. */
export function looseRefundsOf(day: SiteDay): TradeRefund[] {
  const { shop } = day.floor
  dice.reseed(day.seed, LOOSE, 0)
  const count = dice.poisson(day.arrivals.length * shop.afterlife.loose)
  const refunds: TradeRefund[] = []
  for (let nth = 0; nth < count; nth++) {
    const at = day.fromMs + dice.below(day.toMs - day.fromMs)
    const tender = dice.chance(0.5) ? 'cash' : 'card'
    const goods = looseReturn(day, tender)
    if (goods === null) continue
    refunds.push({
      externalId: `${day.idStart}loose-${nth + 1}`,
      saleExternalId: null,
      paymentExternalId: null,
      site: day.place.site.externalId,
      currency: shop.currency.code,
      at,
      businessDate: day.businessDateAt(at),
      ...goods,
      tender,
      reason: dice.oneOf(shop.afterlife.reasons),
    })
  }
  return refunds.sort((one, other) => one.at - other.at)
}

function looseReturn(day: SiteDay, tender: Tender): Goods | null {
  const { shop, shelf, levies } = day.floor
  const place = day.menu.pick(dice.below(shelf.courses.length), AFTERNOON, dice.unit())
  const choice = place === null ? undefined : shelf.choices[place]
  if (place === null || choice === undefined) return null
  const net = day.menu.prices[place] ?? 0
  const taxes = levy(levies, [{ taxGroup: choice.category.taxGroup, net, taxes: [] }])
  const paid = net + taxes.added
  const tax = big(taxes.added + taxes.included)
  const odd = tender === 'cash' ? paid % (shop.currency.cashStep ?? 1) : 0
  if (paid === odd) return null
  const { itemKey, name } = choice
  const line = { lineExternalId: null, itemKey, name, quantity: '1', amount: big(paid), tax }
  return { amount: big(paid - odd), tax, tip: 0n, serviceCharge: 0n, rounding: BigInt(-odd), lines: [line] }
}
