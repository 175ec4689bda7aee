import { dayOfYear } from './calendar.ts'
import type { SiteDay } from './day.ts'
import { discountLine, discountOrder } from './discounts.ts'
import type { Choice } from './menu.ts'
import { big, dividedHalfUp } from './money.ts'
import { settle } from './payments.ts'
import { customerHandle, type People, peopleOf } from './people.ts'
import { Dice, fixedDraw, streamOf } from './random.ts'
import type { TradeLine, TradeModifier, TradeSale } from './sale.ts'
import { levy, type Taxable } from './taxes.ts'

// One sale, rung up and paid, as if nothing ever went wrong; what goes wrong comes after (afterlife.ts).

const GOODS = streamOf('goods')
const MONEY = streamOf('money')

type Line = Taxable & {
  /** Null for a gift card. */
  readonly choice: Choice | null
  units: number
  readonly grams: number
  readonly unitPrice: number
  readonly modifiers: readonly TradeModifier[]
  gross: number
  discount: number
  net: number
  taxes: TradeLine['taxes'][number][]
}

const NOTHING: readonly never[] = []
const goods = new Dice()
const money = new Dice()

/** The nth sale of that day, without what happens to it later. */
export function ringUp(day: SiteDay, nth: number): TradeSale {
  const { shop, levies } = day.floor
  const openedAt = day.arrivals[nth] ?? day.fromMs
  const wallHour = Math.floor(day.wallHourAt(openedAt))
  const who = peopleOf(day, nth, openedAt, wallHour)
  const lines = linesOf(day, nth, who, daypartOf(wallHour))
  money.reseed(day.seed, MONEY, nth)
  discountLine(day, money, lines, wallHour)
  const orderDiscounts = discountOrder(day, money, lines)

  let gross = 0
  let discount = 0
  let deferred = 0
  for (const line of lines) {
    line.net = line.gross - line.discount
    if (line.choice === null) deferred += line.gross
    else gross += line.gross
    discount += line.discount
  }
  const taxes = levy(levies, lines)
  const serviceCharge = serviceChargeOf(day, who, gross - discount)
  const due = gross - discount + taxes.added + serviceCharge + deferred
  const number = String(nth + 1).padStart(4, '0')
  const externalId = day.idStart + number
  const { channel, guests, customer, closedAt } = who
  const { payments, tip, rounding } = settle(day, money, {
    saleId: externalId,
    channel,
    guests,
    due,
    served: gross - discount,
    serviceCharge,
    openedAt,
    closedAt,
    customer,
  })
  return {
    externalId,
    number: day.numberStart + number,
    site: day.place.site.externalId,
    register: who.register,
    staff: who.staff,
    channel,
    customer: customer === null ? null : customerHandle(day, customer),
    status: 'closed',
    currency: shop.currency.code,
    openedAt,
    closedAt,
    voidedAt: null,
    businessDate: day.businessDateAt(closedAt),
    openedOn: day.date,
    lines: lines.map((line, at) => tradeLine(line, `${externalId}-${at + 1}`)),
    orderDiscounts,
    serviceCharge: big(serviceCharge),
    tip: big(tip),
    rounding: big(rounding),
    gross: big(gross),
    discount: big(discount),
    taxAdded: big(taxes.added),
    taxIncluded: big(taxes.included),
    deferred: big(deferred),
    total: big(due + tip + rounding),
    payments,
    refunds: NOTHING,
  }
}

function daypartOf(wallHour: number): number {
  if (wallHour < 5 || wallHour >= 22) return 4
  if (wallHour < 11) return 0
  if (wallHour < 14) return 1
  return wallHour < 17 ? 2 : 3
}

function linesOf(day: SiteDay, nth: number, who: People, daypart: number): Line[] {
  const { shop } = day.floor
  const { courses } = shop.catalogue
  const lines: Line[] = []
  goods.reseed(day.seed, GOODS, nth)
  const advent = dayOfYear(day.day) > 330 ? 4 : 1
  const giftCard = goods.chance(shop.giftCards.chance * advent) ? giftCardLine(day) : null
  if (giftCard !== null && goods.chance(0.55)) return [giftCard]
  for (let guest = 0; guest < who.guests; guest++) {
    for (let course = 0; course < courses.length; course++) {
      const mean = courses[course]?.perGuest[daypart] ?? 0
      const count = Math.floor(mean) + (goods.chance(mean % 1) ? 1 : 0)
      for (let helping = 0; helping < count; helping++) order(day, lines, who, course, daypart)
    }
  }
  for (let course = 0; course < courses.length && lines.length === 0; course++) order(day, lines, who, course, daypart)
  if (giftCard !== null) lines.push(giftCard)
  return lines
}

/** Adds one helping, onto a line that has the same already where neither is changed nor weighed. */
function order(day: SiteDay, lines: Line[], who: People, course: number, daypart: number): void {
  const usual = who.customer !== null && lines.length === 0 && goods.chance(0.4)
  const draw = usual ? fixedDraw(day.place.seed, (who.customer ?? 0) * 8 + course) : goods.unit()
  const place = day.menu.pick(course, daypart, draw)
  const choice = place === null ? undefined : day.floor.shelf.choices[place]
  if (place === null || choice === undefined) return
  const unitPrice = day.menu.prices[place] ?? 0
  const modifiers = choice.item.modifiers === undefined ? NOTHING : modifiersOf(day, choice.item.modifiers)
  const grams = choice.item.grams === undefined ? 0 : Math.max(40, Math.round(goods.around(choice.item.grams, 0.35)))
  if (modifiers.length === 0 && grams === 0) {
    for (const line of lines) {
      if (line.choice !== choice || line.modifiers.length > 0) continue
      line.units++
      line.gross += unitPrice
      return
    }
  }
  let each = unitPrice
  for (const modifier of modifiers) each += Number(modifier.price) * modifier.quantity
  const gross = grams === 0 ? each : dividedHalfUp(each * grams, 1000)
  lines.push({
    choice,
    taxGroup: choice.category.taxGroup,
    units: 1,
    grams,
    unitPrice,
    modifiers,
    gross,
    discount: 0,
    net: gross,
    taxes: [],
  })
}

function modifiersOf(day: SiteDay, keys: readonly string[]): readonly TradeModifier[] {
  let modifiers: TradeModifier[] | null = null
  for (const key of keys) {
    const group = day.menu.groups.get(key)
    if (group === undefined || !goods.chance(group.chance)) continue
    const option = goods.byWeight(group.options)
    const quantity = option.price > 0 && goods.chance(0.04) ? 2 : 1
    modifiers ??= []
    modifiers.push({ name: option.name, price: option.bigPrice, quantity })
  }
  return modifiers ?? NOTHING
}

function giftCardLine(day: SiteDay): Line {
  const { shop, euro } = day.floor
  const value = Math.round(goods.oneOf(shop.giftCards.values) * euro)
  return {
    choice: null,
    taxGroup: null,
    units: 1,
    grams: 0,
    unitPrice: value,
    modifiers: NOTHING,
    gross: value,
    discount: 0,
    net: value,
    taxes: [],
  }
}

function serviceChargeOf(day: SiteDay, who: People, served: number): number {
  const rule = day.floor.shop.serviceCharge
  if (rule === null || who.channel !== 'in_store' || who.guests < rule.fromGuests) return 0
  return dividedHalfUp(served * rule.percent, 100)
}

function tradeLine(line: Line, externalId: string): TradeLine {
  const { choice } = line
  return {
    externalId,
    itemKey: choice === null ? 'gift-card' : choice.itemKey,
    name: choice === null ? 'Gift card' : choice.name,
    variant: choice === null ? null : choice.variant,
    category: choice === null ? 'Gift cards' : choice.category.name,
    sku: choice === null ? 'GIFT' : choice.sku,
    quantity: line.grams === 0 ? String(line.units) : kilograms(line.grams),
    unitPrice: big(line.unitPrice),
    gross: big(line.gross),
    discount: big(line.discount),
    modifiers: line.modifiers,
    taxes: line.taxes,
    giftCard: choice === null,
  }
}

function kilograms(grams: number): string {
  return `${Math.floor(grams / 1000)}.${String(grams % 1000).padStart(3, '0')}`
}
