import type { SiteDay } from './day.ts'
import { allocated, big } from './money.ts'
import { type Dice, fixedDraw, type Weighted } from './random.ts'
import type { TradePayment } from './sale.ts'
import type { Channel, Tender } from './shop-shape.ts'

// How a bill is paid: by whom it is split, what is tipped, and how cash is rounded to the coins there are.

const PART_PAUSE_MS = 25_000
const LARGE_BILL_EUROS = 40

const CARDS: readonly Weighted<string>[] = [
  { value: 'visa', weight: 50 },
  { value: 'mastercard', weight: 36 },
  { value: 'amex', weight: 8 },
  { value: 'maestro', weight: 6 },
]
const WALLETS: readonly Weighted<string>[] = [
  { value: 'apple_pay', weight: 62 },
  { value: 'google_pay', weight: 38 },
]

export type Bill = {
  readonly saleId: string
  readonly channel: Channel
  readonly guests: number
  /** What is owed before tip and rounding. */
  readonly due: number
  /** What a tip in percent is reckoned on. */
  readonly served: number
  readonly serviceCharge: number
  readonly openedAt: number
  readonly closedAt: number
  /** The rank of a known customer, who pays with the same card each time. */
  readonly customer: number | null
}

type Part = { readonly tender: Tender; base: number; tip: number }

export function settle(
  day: SiteDay,
  dice: Dice,
  bill: Bill,
): { readonly payments: readonly TradePayment[]; readonly tip: number; readonly rounding: number } {
  const parts = partsOf(day, dice, bill)
  const tip = tipOf(day, dice, bill, parts)
  spreadTip(parts, tip)
  const only = parts.length === 1 ? parts[0] : undefined
  const rounding = only?.tender === 'cash' ? cashRounding(day, only.base + only.tip) : 0
  if (only !== undefined) only.base += rounding
  const paying = parts.filter((part) => part.base + part.tip > 0)
  const payments = paying.map((part, at) => paymentOf(day, dice, bill, part, at, paying.length))
  return { payments, tip, rounding }
}

function partsOf(day: SiteDay, dice: Dice, bill: Bill): Part[] {
  const { shop, euro } = day.floor
  const tender = tenderOf(day, dice, bill)
  if (bill.due === 0) return []
  if (tender === 'gift_card') {
    const balance = Math.round((8 + dice.below(60)) * euro)
    const base = Math.min(bill.due, balance)
    const rest = bill.due - base
    return rest === 0
      ? [{ tender, base, tip: 0 }]
      : [
          { tender, base, tip: 0 },
          { tender: 'card', base: rest, tip: 0 },
        ]
  }
  if (bill.channel !== 'in_store' || !dice.chance(shop.splitChance)) return [{ tender, base: bill.due, tip: 0 }]

  const heads = bill.guests >= 3 && shop.kind === 'restaurant' ? 2 + dice.below(Math.min(3, bill.guests - 1)) : 2
  const bases = allocated(bill.due, new Array<number>(heads).fill(1))
  // The cash part of a split bill is a round sum, so that no coin is missing for it.
  const first = bases[0] ?? 0
  const coins = (shop.currency.notes[0] ?? 5) / 5
  const odd = tender === 'cash' ? first % coins : 0
  return bases
    .map((base, at): Part => {
      if (at === 0) return { tender, base: base - odd, tip: 0 }
      return { tender: 'card', base: at === 1 ? base + odd : base, tip: 0 }
    })
    .filter((part) => part.base > 0)
}

function tenderOf(day: SiteDay, dice: Dice, bill: Bill): Tender {
  const { shop, euro } = day.floor
  const tender = dice.pick(shop.tenders[bill.channel])
  const tooMuch = tender === 'cash' && bill.due > LARGE_BILL_EUROS * euro && dice.chance(0.6)
  return tooMuch ? 'card' : tender
}

function tipOf(day: SiteDay, dice: Dice, bill: Bill, parts: readonly Part[]): number {
  const { shop, euro } = day.floor
  const habit = shop.tips
  if (habit.style === 'none' || parts.length === 0) return 0
  const byCard = parts.some((part) => part.tender === 'card' || part.tender === 'wallet')
  const byCash = parts.some((part) => part.tender === 'cash')
  if (!byCard && !byCash) return 0
  const willing = byCard ? habit.chanceByCard : habit.chanceByCash
  // Who has paid for service already seldom adds to it; who fetches the meal gives less often.
  const chance = willing * (bill.serviceCharge > 0 ? 0.12 : 1) * (bill.channel === 'in_store' ? 1 : 0.55)
  if (!dice.chance(chance)) return 0
  if (habit.style === 'round_up') {
    const step = Math.max(1, Math.round(dice.pick(habit.steps) * euro))
    return Math.ceil(bill.due / step) * step - bill.due
  }
  const exact = (bill.served * dice.pick(habit.percents)) / 100
  const coin = byCard ? 1 : (shop.currency.notes[0] ?? 5) / 5
  return Math.round(exact / coin) * coin
}

/** Nobody tips from a gift card unless nothing else is on the table. */
function spreadTip(parts: readonly Part[], tip: number): void {
  if (tip === 0) return
  const tipping = parts.filter((part) => part.tender === 'card' || part.tender === 'wallet' || part.tender === 'cash')
  const shares = allocated(
    tip,
    tipping.map((part) => part.base),
  )
  tipping.forEach((part, at) => {
    part.tip = shares[at] ?? 0
  })
}

function cashRounding(day: SiteDay, amount: number): number {
  const step = day.floor.shop.currency.cashStep
  return step === null ? 0 : Math.round(amount / step) * step - amount
}

function paymentOf(day: SiteDay, dice: Dice, bill: Bill, part: Part, at: number, count: number): TradePayment {
  const amount = part.base + part.tip
  const handed = part.tender === 'cash' ? tenderedFor(day, dice, amount) : null
  const byCard = part.tender === 'card' || part.tender === 'wallet'
  const plastic = byCard
    ? plasticOf(day, dice, part.tender === 'card' ? CARDS : WALLETS, at === 0 ? bill.customer : null)
    : null
  return {
    externalId: `${bill.saleId}-p${at + 1}`,
    tender: part.tender,
    brand: plastic === null ? null : plastic.brand,
    last4: plastic === null ? null : plastic.last4,
    amount: big(amount),
    tip: big(part.tip),
    at: Math.max(bill.openedAt, bill.closedAt - (count - 1 - at) * PART_PAUSE_MS),
    tendered: handed === null ? null : big(handed),
    change: handed === null ? null : big(handed - amount),
    voidedAt: null,
  }
}

function plasticOf(
  day: SiteDay,
  dice: Dice,
  brands: readonly Weighted<string>[],
  customer: number | null,
): { readonly brand: string; readonly last4: string } {
  const brand = dice.pick(brands)
  const digits = customer === null ? dice.unit() : fixedDraw(day.floor.seed, -customer)
  return { brand, last4: String(Math.floor(digits * 10_000)).padStart(4, '0') }
}

/** One in five has it ready; the others hand over notes and wait for change. */
function tenderedFor(day: SiteDay, dice: Dice, amount: number): number {
  const { notes } = day.floor.shop.currency
  if (dice.chance(0.2)) return amount
  const note = notes[dice.below(Math.min(3, notes.length))] ?? 1
  return Math.ceil(amount / note) * note
}
