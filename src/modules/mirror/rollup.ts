import { articleKey } from '#canon/article.ts'
import { add, type Decimal, negate, ZERO } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import type { LocalDate } from '#kernel/instant.ts'
import type { FiledRefund, FiledSale, Place } from './filing.ts'

// What a fact adds to the roll-ups, as a pure sum. A new version takes its old self away with sign −1 and adds its new
// self with +1, so the roll-ups always equal a recount of the facts that stand; a test recounts them.
//   closed sales count; voided ones are counted as voided and add no money; open ones wait.
//   a refund counts on its own day, whatever the day of its sale.

export type Sign = 1 | -1

export type SalesDelta = Place & {
  readonly currency: string
  sales: number
  unpriced: number
  voided: number
  units: Decimal
  gross: bigint
  discount: bigint
  taxAdded: bigint
  taxIncluded: bigint
  serviceCharge: bigint
  tip: bigint
  rounding: bigint
  deferred: bigint
  total: bigint
  refunds: number
  refunded: bigint
  refundedTax: bigint
  refundedTip: bigint
}

export type ItemDelta = {
  readonly businessDate: LocalDate
  readonly siteId: Id
  readonly currency: string
  readonly articleId: Id
  lines: number
  quantity: Decimal
  gross: bigint
  discount: bigint
  taxIncluded: bigint
  refundedQuantity: Decimal
  refunded: bigint
  refundedTax: bigint
}

export type TenderDelta = {
  readonly businessDate: LocalDate
  readonly siteId: Id
  readonly currency: string
  readonly tender: string
  payments: number
  amount: bigint
  tip: bigint
  refunds: number
  refunded: bigint
}

export type RollupDelta = {
  readonly hours: Map<string, SalesDelta>
  readonly items: Map<string, ItemDelta>
  readonly tenders: Map<string, TenderDelta>
  /** Whether anything is taken away, so that a row may be left with no fact behind it. */
  takesAway: boolean
}

export function emptyDelta(): RollupDelta {
  return { hours: new Map(), items: new Map(), tenders: new Map(), takesAway: false }
}

/** The first and the last business day that a delta touches. */
export function spanOfDelta(delta: RollupDelta): { readonly first: LocalDate | null; readonly last: LocalDate | null } {
  const days = [...new Set([...delta.hours.values()].map((hour) => hour.businessDate))].sort()
  return { first: days[0] ?? null, last: days.at(-1) ?? null }
}

export function addSale(delta: RollupDelta, filed: FiledSale, sign: Sign): void {
  const { sale } = filed
  if (sale.status === 'open') return
  if (sign === -1) delta.takesAway = true
  const hour = hourOf(delta, filed, sale.currency)
  if (sale.status === 'voided') {
    hour.voided += sign
    return
  }
  const by = BigInt(sign)
  hour.sales += sign
  if (sale.gross === null) hour.unpriced += sign
  hour.gross += by * (sale.gross ?? 0n)
  hour.discount += by * sale.discount
  hour.taxAdded += by * sale.taxAdded
  hour.taxIncluded += by * sale.taxIncluded
  hour.serviceCharge += by * sale.serviceCharge
  hour.tip += by * sale.tip
  hour.rounding += by * sale.rounding
  hour.deferred += by * sale.deferred
  hour.total += by * (sale.total ?? 0n)
  for (let i = 0; i < sale.items.length; i++) {
    const item = sale.items[i]
    const articleId = filed.articleIds[i]
    if (item === undefined || articleId === undefined) throw new Error('every item has its article')
    if (item.kind === 'gift_card') continue
    const quantity = sign === 1 ? item.quantity : negate(item.quantity)
    hour.units = add(hour.units, quantity)
    const figure = itemOf(delta, filed, sale.currency, articleId)
    figure.lines += sign
    figure.quantity = add(figure.quantity, quantity)
    figure.gross += by * (item.gross ?? 0n)
    figure.discount += by * item.discount
    for (const tax of item.taxes) if (tax.included) figure.taxIncluded += by * tax.amount
  }
  for (const payment of sale.payments) {
    const tender = tenderOf(delta, filed, sale.currency, payment.tender)
    tender.payments += sign
    tender.amount += by * payment.amount
    tender.tip += by * payment.tip
  }
}

export function addRefund(delta: RollupDelta, filed: FiledRefund, sign: Sign): void {
  const { refund } = filed
  if (sign === -1) delta.takesAway = true
  const by = BigInt(sign)
  const hour = hourOf(delta, filed, filed.currency)
  hour.refunds += sign
  hour.refunded += by * refund.amount
  hour.refundedTax += by * refund.tax
  hour.refundedTip += by * refund.tip
  refund.items.forEach((item, i) => {
    const articleId = filed.articleIds[i]
    if (articleId === undefined) throw new Error(`no article for ${articleKey(item.article)}`)
    const figure = itemOf(delta, filed, filed.currency, articleId)
    figure.refundedQuantity = add(figure.refundedQuantity, sign === 1 ? item.quantity : negate(item.quantity))
    figure.refunded += by * item.amount
    figure.refundedTax += by * item.tax
  })
  const tender = tenderOf(delta, filed, filed.currency, refund.tender)
  tender.refunds += sign
  tender.refunded += by * refund.amount
}

/** Hours summed to days, by day, site and currency. */
export function daysOf(hours: Iterable<SalesDelta>): Map<string, SalesDelta> {
  const days = new Map<string, SalesDelta>()
  for (const hour of hours) {
    const key = `${hour.businessDate}|${hour.siteId}|${hour.currency}`
    const day = days.get(key)
    if (day) addFigures(day, hour)
    else days.set(key, { ...hour })
  }
  return days
}

/** Days of items summed to months, each under its first day. */
export function monthsOf(days: Iterable<ItemDelta>): Map<string, ItemDelta> {
  const months = new Map<string, ItemDelta>()
  for (const day of days) {
    const month = `${day.businessDate.slice(0, 7)}-01` as LocalDate
    const key = `${month}|${day.siteId}|${day.currency}|${day.articleId}`
    const standing = months.get(key)
    if (standing) addItemFigures(standing, day)
    else months.set(key, { ...day, businessDate: month })
  }
  return months
}

function addItemFigures(into: ItemDelta, from: ItemDelta): void {
  into.lines += from.lines
  into.quantity = add(into.quantity, from.quantity)
  into.gross += from.gross
  into.discount += from.discount
  into.taxIncluded += from.taxIncluded
  into.refundedQuantity = add(into.refundedQuantity, from.refundedQuantity)
  into.refunded += from.refunded
  into.refundedTax += from.refundedTax
}

function addFigures(into: SalesDelta, from: SalesDelta): void {
  into.sales += from.sales
  into.unpriced += from.unpriced
  into.voided += from.voided
  into.units = add(into.units, from.units)
  into.gross += from.gross
  into.discount += from.discount
  into.taxAdded += from.taxAdded
  into.taxIncluded += from.taxIncluded
  into.serviceCharge += from.serviceCharge
  into.tip += from.tip
  into.rounding += from.rounding
  into.deferred += from.deferred
  into.total += from.total
  into.refunds += from.refunds
  into.refunded += from.refunded
  into.refundedTax += from.refundedTax
  into.refundedTip += from.refundedTip
}

function hourOf(delta: RollupDelta, place: Place, currency: string): SalesDelta {
  const { siteId, businessDate, businessHour } = place
  const key = `${businessDate}|${businessHour}|${siteId}|${currency}`
  let hour = delta.hours.get(key)
  if (!hour) {
    hour = {
      ...{ siteId, businessDate, businessHour, currency, units: ZERO },
      ...{ sales: 0, unpriced: 0, voided: 0, refunds: 0 },
      ...{ gross: 0n, discount: 0n, taxAdded: 0n, taxIncluded: 0n, serviceCharge: 0n, tip: 0n, rounding: 0n },
      ...{ deferred: 0n, total: 0n, refunded: 0n, refundedTax: 0n, refundedTip: 0n },
    }
    delta.hours.set(key, hour)
  }
  return hour
}

function itemOf(delta: RollupDelta, place: Place, currency: string, articleId: Id): ItemDelta {
  const { siteId, businessDate } = place
  const key = `${businessDate}|${siteId}|${currency}|${articleId}`
  let item = delta.items.get(key)
  if (!item) {
    item = {
      ...{ businessDate, siteId, currency, articleId, lines: 0, quantity: ZERO, gross: 0n, discount: 0n },
      ...{ taxIncluded: 0n, refundedQuantity: ZERO, refunded: 0n, refundedTax: 0n },
    }
    delta.items.set(key, item)
  }
  return item
}

function tenderOf(delta: RollupDelta, place: Place, currency: string, name: string): TenderDelta {
  const { siteId, businessDate } = place
  const key = `${businessDate}|${siteId}|${currency}|${name}`
  let tender = delta.tenders.get(key)
  if (!tender) {
    const zero = { payments: 0, amount: 0n, tip: 0n, refunds: 0, refunded: 0n }
    tender = { businessDate, siteId, currency, tender: name, ...zero }
    delta.tenders.set(key, tender)
  }
  return tender
}
