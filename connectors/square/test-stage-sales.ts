import { luckOf } from '#simulators/square/ids.ts'
import type { TradeSale } from '#simulators/trade/sale.ts'
import { type Shop, shopOf } from '#simulators/trade/shop.ts'
import { trade } from '#simulators/trade/trade.ts'
import type { SellWish, Situation } from '../conformance/stage.ts'

// Sales of the generator, chosen and moved: of the kind that is wished for, at the time that is wished for. How the
// simulator turns a refund into an exchange, or a sale into one without a network, hangs on its name; so a sale is given
// names until it goes the way that is wished for.

/** Shares of the seller's trade in the simulator, large enough that names of every way are found soon. */
export const HABITS = { exchanges: 0.3, offline: 0.05, refundsByAmount: 0.3, failedRefunds: 0.1, apportioned: 0.34 }

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NAMES_MAX = 20_000

/** `nth` counts all sales of a provider, so that no two have one name. */
export function* salesFor(shop: Shop, wish: SellWish, nth: () => number): Generator<TradeSale> {
  const { situation, count, from, to } = wish
  let sold = 0
  for (const sale of trade(shopFor(shop, situation), {
    seed: `kit ${wish.seed}`,
    from: '2026-03-02',
    to: '2026-03-20',
  })) {
    if (sold === count) return
    if (situation !== null && !IS_OF[situation](sale)) continue
    const closedAt = from + Math.floor(((sold + 0.5) * (to - from)) / count)
    yield named(movedTo(sale, closedAt), nth, (name) => goesRight(name, situation))
    sold++
  }
  throw new RangeError(`The shop's trade has only ${sold} sales of ${situation ?? 'any kind'}, not ${count}.`)
}

/** A sale that was rung up without a network hours ago and is uploaded at that moment. */
export function offlineSale(shop: Shop, uploadAt: number, seed: number, nth: () => number): TradeSale {
  for (const sale of trade(shopFor(shop, 'plain'), { seed: `late ${seed}`, from: '2026-03-02', to: '2026-03-02' })) {
    const renamed = named(sale, nth, ({ externalId }) => {
      const hours = hoursOffline(externalId)
      return luckOf('offline', externalId) < HABITS.offline && hours > 60 && hours < 70
    })
    return movedTo(renamed, uploadAt - Math.round(hoursOffline(renamed.externalId) * HOUR))
  }
  throw new RangeError('The shop sells nothing.')
}

/** As the simulator draws it. */
function hoursOffline(externalId: string): number {
  return 1 + luckOf('uploaded', externalId) * 71
}

const CARD = [{ value: 'card', weight: 1 }] as const

/** Nothing but articles, paid by card. */
function plainShop(shop: Shop): Shop {
  return {
    ...shop,
    giftCards: { ...shop.giftCards, chance: 0 },
    discounts: { ...shop.discounts, lineChance: 0, orderChance: 0 },
    serviceCharge: null,
    tips: { style: 'none' },
    tenders: { in_store: CARD, online: CARD, phone: CARD },
    splitChance: 0,
    channels: [{ value: 'in_store', weight: 1 }],
    afterlife: { ...shop.afterlife, voids: 0, refunds: 0, leftOpen: 0, loose: 0 },
  }
}

const TIPS = {
  style: 'percent',
  chanceByCard: 1,
  chanceByCash: 1,
  percents: [
    { value: 10, weight: 1 },
    { value: 15, weight: 1 },
  ],
} as const
const SALES_TAX = [{ name: 'Sales tax', ratePercent: '8.875', included: false }]

function shopFor(shop: Shop, situation: Situation | null): Shop {
  if (situation === null) return mixedShop(shop)
  const plain = plainShop(shop)
  const fate = (change: Partial<Shop['afterlife']>) => ({ ...plain, afterlife: { ...plain.afterlife, ...change } })
  const tender = (value: 'cash' | 'gift_card') => {
    const tenders = [{ value, weight: 1 }]
    return { ...plain, tenders: { in_store: tenders, online: tenders, phone: tenders } }
  }
  switch (situation) {
    case 'weighed': {
      const { currency, timeZone, sites } = shop
      return plainShop(shopOf('retail', { currency, timeZone, sites }))
    }
    case 'line_discount':
      return { ...plain, discounts: { ...plain.discounts, lineChance: 1 } }
    case 'order_discount':
      return { ...plain, discounts: { ...plain.discounts, orderChance: 1 } }
    case 'tax_added':
      return {
        ...plain,
        taxGroups: Object.fromEntries(Object.keys(plain.taxGroups).map((group) => [group, SALES_TAX])),
      }
    case 'service_charge':
      return { ...plain, serviceCharge: { fromGuests: 1, percent: 12 } }
    case 'tips':
      return { ...plain, tips: TIPS }
    case 'cash_rounding':
      // Price tags end in whole coins; what is taken off them does not.
      return { ...tender('cash'), discounts: { ...plain.discounts, lineChance: 1 } }
    case 'split_payment':
      return { ...plain, splitChance: 1 }
    case 'gift_card_sold':
      return { ...plain, giftCards: { ...plain.giftCards, chance: 1 } }
    case 'gift_card_used':
      return tender('gift_card')
    case 'refund_full':
    case 'refund_partial':
    case 'refund_amount':
    case 'exchange':
      return fate({ refunds: 1 })
    case 'void':
      return fate({ voids: 1 })
    case 'open':
      return fate({ leftOpen: 1 })
    default:
      return plain
  }
}

/** An ordinary shop in which rare things are frequent. */
function mixedShop(shop: Shop): Shop {
  return {
    ...shop,
    giftCards: { ...shop.giftCards, chance: 0.06 },
    discounts: { ...shop.discounts, lineChance: 0.15, orderChance: 0.15 },
    splitChance: 0.12,
    afterlife: { ...shop.afterlife, voids: 0.05, refunds: 0.25, leftOpen: 0.03 },
  }
}

const IS_OF: Readonly<Record<Situation, (sale: TradeSale) => boolean>> = {
  plain: ({ payments, total }) => payments.length === 1 && total > 0n,
  modifiers: ({ lines }) => lines.some(({ modifiers }) => modifiers.some(({ price }) => price > 0n)),
  weighed: ({ lines }) => lines.some(({ quantity }) => quantity.includes('.')),
  line_discount: ({ discount, orderDiscounts, total }) => discount > 0n && orderDiscounts.length === 0 && total > 0n,
  order_discount: ({ orderDiscounts, total }) => orderDiscounts.length > 0 && total > 0n,
  tax_added: ({ taxAdded }) => taxAdded > 0n,
  tax_included: ({ taxIncluded }) => taxIncluded > 0n,
  service_charge: ({ serviceCharge }) => serviceCharge > 0n,
  tips: ({ tip }) => tip > 0n,
  cash_rounding: ({ rounding }) => rounding !== 0n,
  split_payment: ({ payments }) => payments.length > 1,
  gift_card_sold: ({ deferred }) => deferred > 0n,
  gift_card_used: ({ payments }) => payments.some(({ tender }) => tender === 'gift_card'),
  refund_full: ({ refunds, total }) => refunds.length === 1 && refunds[0]?.amount === total,
  refund_partial: isPartlyBack,
  refund_amount: isPartlyBack,
  exchange: isPartlyBack,
  void: ({ status }) => status === 'voided',
  open: ({ status }) => status === 'open',
}

function isPartlyBack({ refunds: [refund, ...others], total }: TradeSale): boolean {
  return refund !== undefined && others.length === 0 && refund.amount < total && refund.lines.length > 0
}

/** Whether the simulator takes a sale of that name, and its refunds, the way of the situation. */
function goesRight({ externalId, refunds }: TradeSale, situation: Situation | null): boolean {
  if (situation === null) return true
  if (luckOf('offline', externalId) < HABITS.offline) return false
  return refunds.every((refund) => {
    const exchanged = luckOf('exchange', refund.externalId) < HABITS.exchanges
    const byAmount = luckOf('by amount', refund.externalId) < HABITS.refundsByAmount
    const failed = luckOf('failed', refund.externalId) < HABITS.failedRefunds
    return !failed && exchanged === (situation === 'exchange') && byAmount === (situation === 'refund_amount')
  })
}

/** Paid at that moment, with its refunds half an hour later. */
function movedTo(sale: TradeSale, closedAt: number): TradeSale {
  const ended = sale.closedAt ?? sale.voidedAt ?? sale.openedAt + MINUTE
  const by = closedAt - ended
  const moved = (at: number | null) => (at === null ? null : at + by)
  const paid = sale.payments.map((one) => ({ ...one, at: one.at + by, voidedAt: moved(one.voidedAt) }))
  const first = Math.min(closedAt - MINUTE, ...paid.map(({ at }) => at - MINUTE))
  return {
    ...sale,
    openedAt: Math.max(sale.openedAt + by, first),
    closedAt: moved(sale.closedAt),
    voidedAt: moved(sale.voidedAt),
    payments: paid,
    refunds: sale.refunds.map((refund, at) => ({ ...refund, at: closedAt + (30 + at) * MINUTE })),
  }
}

function named(sale: TradeSale, nth: () => number, fits: (sale: TradeSale) => boolean): TradeSale {
  for (let tries = 0; tries < NAMES_MAX; tries++) {
    const renamed = withSuffix(sale, `n${nth()}`)
    if (fits(renamed)) return renamed
  }
  throw new RangeError('No name of a sale goes that way.')
}

function withSuffix(sale: TradeSale, suffix: string): TradeSale {
  const renamed = (name: string) => `${name}-${suffix}`
  return {
    ...sale,
    externalId: renamed(sale.externalId),
    number: renamed(sale.number),
    lines: sale.lines.map((line) => ({ ...line, externalId: renamed(line.externalId) })),
    payments: sale.payments.map((payment) => ({ ...payment, externalId: renamed(payment.externalId) })),
    refunds: sale.refunds.map((refund) => ({
      ...refund,
      externalId: renamed(refund.externalId),
      saleExternalId: refund.saleExternalId && renamed(refund.saleExternalId),
      paymentExternalId: refund.paymentExternalId && renamed(refund.paymentExternalId),
      lines: refund.lines.map((line) => ({
        ...line,
        lineExternalId: line.lineExternalId && renamed(line.lineExternalId),
      })),
    })),
  }
}
