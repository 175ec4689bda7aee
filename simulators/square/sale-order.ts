import type { TradeLine, TradeSale } from '../trade/sale.ts'
import { catalogIdOf, customerIdOf, discountIdOf, luckOf, mixedId, modifierIdOf, taxIdOf } from './ids.ts'
import { type Amounts, difference, moneyAmounts, NOTHING, quantityOf, shared } from './money.ts'
import type { Seller } from './seller.ts'
import type {
  AppliedDiscount,
  AppliedServiceCharge,
  AppliedTax,
  LineItem,
  LineModifier,
  Money,
  Order,
  OrderDiscount,
  OrderTax,
  ServiceCharge,
} from './wire.ts'

// A sale of the generator, in whatever state it is, as the order that Square would keep of it. Every total comes from
// the sale's own figures; what Square adds is how they are spread: which discount and which tax fell on which line.

/** What an order has that a sale does not say: its life at Square. */
export type OrderLife = Pick<Order, 'state' | 'created_at' | 'updated_at'> &
  Partial<Pick<Order, 'closed_at' | 'version' | 'fulfillments' | 'tenders' | 'refunds'>>

/** What every order of the seller needs to know to be written. */
type Context = { readonly seller: Seller; readonly money: (amount: bigint | number) => Money }

type Spread = { readonly own: number; readonly ofOrder: readonly number[]; readonly service: number }

export function orderIdOf(seller: Seller, saleExternalId: string): string {
  return mixedId(28, 'order', seller.merchantId, saleExternalId)
}

export function lineUidOf(lineExternalId: string): string {
  return mixedId(22, 'line', lineExternalId)
}

/** Square's order for that sale as it stands: unpaid without tip and rounding, paid with its tenders. */
export function orderOf(seller: Seller, sale: TradeSale, life: OrderLife): Order {
  const currency = sale.currency
  const money = (amount: bigint | number): Money => ({ amount: Number(amount), currency })
  const context: Context = { seller, money }
  const apportioned = isApportioned(seller, sale)
  const spreads = spreadsOf(sale, apportioned)
  const lines = sale.lines.map((line, at) => lineOf(context, sale, line, spreads[at] ?? NO_SPREAD))
  const { taxAdded, taxIncluded } = sale
  const amounts: Amounts = {
    total: Number(sale.total),
    tax: Number(taxAdded + taxIncluded),
    discount: Number(sale.discount),
    tip: Number(sale.tip),
    serviceCharge: Number(sale.serviceCharge),
  }
  const paid = (life.tenders ?? []).reduce((sum, tender) => sum + tender.amount_money.amount, 0)
  const due = life.state === 'CANCELED' ? 0 : amounts.total - paid
  return {
    id: orderIdOf(seller, sale.externalId),
    location_id: seller.locationIdOf(sale.site),
    ...(sale.channel === 'online' && { reference_id: sale.number.slice(0, 40) }),
    source: { name: sale.channel === 'online' ? 'Square Online' : 'Square Point of Sale' },
    ...(sale.customer !== null && { customer_id: customerIdOf(seller.merchantId, sale.customer) }),
    line_items: lines,
    ...some('taxes', taxesOf(context, sale)),
    ...some('discounts', discountsOf(context, sale, spreads)),
    ...some('service_charges', serviceChargesOf(context, sale, apportioned)),
    ...some('fulfillments', life.fulfillments ?? []),
    net_amounts: moneyAmounts(difference(amounts, NOTHING), currency),
    ...(sale.rounding !== 0n && {
      rounding_adjustment: {
        uid: mixedId(22, 'rounding', sale.externalId),
        name: 'Cash Rounding',
        amount_money: money(sale.rounding),
      },
    }),
    ...some('tenders', life.tenders ?? []),
    ...some('refunds', life.refunds ?? []),
    created_at: life.created_at,
    updated_at: life.updated_at,
    ...(life.closed_at !== undefined && { closed_at: life.closed_at }),
    state: life.state,
    ...(life.version !== undefined && { version: life.version }),
    total_money: money(amounts.total),
    total_tax_money: money(amounts.tax),
    total_discount_money: money(amounts.discount),
    total_tip_money: money(amounts.tip),
    total_service_charge_money: money(amounts.serviceCharge),
    net_amount_due_money: money(due),
    ...(sale.register !== null && { ticket_name: `${sale.register} ${sale.number.slice(-4)}`.slice(0, 30) }),
  }
}

/** Whether the service charge of that sale is handed down to its lines; settled by its id, so it never changes. */
function isApportioned(seller: Seller, sale: TradeSale): boolean {
  return sale.serviceCharge > 0n && luckOf('apportioned', sale.externalId) < seller.habits.apportioned
}

const NO_SPREAD: Spread = { own: 0, ofOrder: [], service: 0 }

/**
 * Which part of each line's discount is its own and which belongs to each discount of the order. The generator marks
 * down one line at most by itself: what the order's discounts do not explain is that line's.
 */
function spreadsOf(sale: TradeSale, apportioned: boolean): Spread[] {
  const ofOrders = sale.orderDiscounts.map(({ amount }) => Number(amount))
  const ownTotal = Number(sale.discount) - ofOrders.reduce((sum, amount) => sum + amount, 0)
  const marked = markedLineOf(sale, ownTotal)
  const lefts = sale.lines.map((line, at) => Number(line.discount) - (at === marked ? ownTotal : 0))
  const left = lefts.slice()
  const parts = ofOrders.map((amount, nth) => {
    const share = nth === ofOrders.length - 1 ? left.slice() : shared(amount, lefts)
    share.forEach((part, at) => {
      left[at] = (left[at] ?? 0) - part
    })
    return share
  })
  const nets = sale.lines.map((line) => (line.giftCard ? 0 : Number(line.gross - line.discount)))
  const services = apportioned ? shared(Number(sale.serviceCharge), nets) : nets.map(() => 0)
  return sale.lines.map((_, at) => ({
    own: at === marked ? ownTotal : 0,
    ofOrder: parts.map((share) => share[at] ?? 0),
    service: services[at] ?? 0,
  }))
}

function markedLineOf(sale: TradeSale, ownTotal: number): number {
  let marked = -1
  let most = 0
  if (ownTotal === 0) return marked
  sale.lines.forEach((line, at) => {
    if (Number(line.discount) < ownTotal || line.gross === 0n) return
    const rate = Number(line.discount) / Number(line.gross)
    if (rate > most) [marked, most] = [at, rate]
  })
  if (marked < 0) throw new RangeError(`No line of ${sale.externalId} carries its discount of ${ownTotal}.`)
  return marked
}

function lineOf(context: Context, sale: TradeSale, line: TradeLine, spread: Spread): LineItem {
  const { seller, money } = context
  const uid = lineUidOf(line.externalId)
  let added = 0
  let included = 0
  for (const tax of line.taxes) {
    if (tax.included) included += Number(tax.amount)
    else added += Number(tax.amount)
  }
  const gross = Number(line.gross) - (seller.taxLeftOut ? included : 0)
  const discount = Number(line.discount)
  const modifiers = line.modifiers.map((_, at) => modifierOf(context, line, at))
  const ofModifiers = modifiers.reduce((sum, modifier) => sum + modifier.total_price_money.amount, 0)
  const weighed = line.quantity.includes('.')
  return {
    uid,
    name: line.name,
    quantity: line.quantity,
    ...(weighed && { quantity_unit: KILOGRAM }),
    ...(!line.giftCard && { catalog_object_id: catalogIdOf(seller.merchantId, line.itemKey, line.variant) }),
    ...(!line.giftCard && { variation_name: line.variant ?? 'Regular' }),
    item_type: line.giftCard ? 'GIFT_CARD' : 'ITEM',
    ...some('modifiers', modifiers),
    ...some('applied_taxes', appliedTaxesOf(context, line, uid)),
    ...some('applied_discounts', appliedDiscountsOf(context, sale, spread, uid)),
    ...some('applied_service_charges', appliedServiceOf(context, sale, spread, uid)),
    base_price_money: money(line.unitPrice),
    variation_total_price_money: money(Number(line.gross) - ofModifiers),
    gross_sales_money: money(gross),
    total_discount_money: money(discount),
    total_tax_money: money(added + included),
    total_service_charge_money: money(spread.service),
    total_money: money(Number(line.gross) - discount + added + spread.service),
  }
}

const KILOGRAM: NonNullable<LineItem['quantity_unit']> = {
  measurement_unit: { weight_unit: 'METRIC_KILOGRAM', type: 'TYPE_WEIGHT' },
  precision: 3,
}

function modifierOf({ seller, money }: Context, line: TradeLine, at: number): LineModifier {
  const modifier = line.modifiers[at]
  if (modifier === undefined) throw new RangeError(`${line.name} has no modifier ${at}.`)
  const { units, divisor } = quantityOf(line.quantity)
  const total = Math.floor((Number(modifier.price) * modifier.quantity * units) / divisor)
  return {
    uid: mixedId(22, 'modifier', line.externalId, String(at)),
    catalog_object_id: modifierIdOf(seller.merchantId, modifier.name),
    name: modifier.name,
    quantity: String(modifier.quantity),
    base_price_money: money(modifier.price),
    total_price_money: money(total),
  }
}

function appliedTaxesOf({ money }: Context, line: TradeLine, uid: string): AppliedTax[] {
  return line.taxes.map((tax, at) => ({
    uid: `${uid}t${at}`,
    tax_uid: taxUidOf(tax.name, tax.ratePercent),
    applied_money: money(tax.amount),
  }))
}

function taxUidOf(name: string, ratePercent: string): string {
  return mixedId(22, 'tax', name, ratePercent)
}

function taxesOf({ seller, money }: Context, sale: TradeSale): OrderTax[] {
  const taxes = new Map<string, OrderTax>()
  for (const line of sale.lines) {
    for (const { name, ratePercent, amount, included } of line.taxes) {
      const uid = taxUidOf(name, ratePercent)
      const before = taxes.get(uid)?.applied_money.amount ?? 0
      taxes.set(uid, {
        uid,
        catalog_object_id: taxIdOf(seller.merchantId, name, ratePercent),
        name,
        type: included ? 'INCLUSIVE' : 'ADDITIVE',
        percentage: ratePercent,
        scope: 'LINE_ITEM',
        applied_money: money(before + Number(amount)),
      })
    }
  }
  return [...taxes.values()]
}

const OWN_DISCOUNT_UID = mixedId(22, 'own discount')

function orderDiscountUidOf(nth: number): string {
  return mixedId(22, 'order discount', String(nth))
}

function appliedDiscountsOf({ money }: Context, sale: TradeSale, spread: Spread, uid: string): AppliedDiscount[] {
  const ofOrder = sale.orderDiscounts.map((_, nth) => ({
    uid: `${uid}d${nth}`,
    discount_uid: orderDiscountUidOf(nth),
    applied_money: money(spread.ofOrder[nth] ?? 0),
  }))
  const own = { uid: `${uid}d`, discount_uid: OWN_DISCOUNT_UID, applied_money: money(spread.own) }
  return [own, ...ofOrder].filter(({ applied_money }) => applied_money.amount > 0)
}

function discountsOf({ seller, money }: Context, sale: TradeSale, spreads: readonly Spread[]): OrderDiscount[] {
  const own = spreads.reduce((sum, spread) => sum + spread.own, 0)
  const discounts: OrderDiscount[] = sale.orderDiscounts.map(({ name, amount }, nth) => ({
    uid: orderDiscountUidOf(nth),
    catalog_object_id: discountIdOf(seller.merchantId, name),
    name,
    type: 'FIXED_AMOUNT',
    amount_money: money(amount),
    applied_money: money(amount),
    scope: 'ORDER',
  }))
  if (own === 0) return discounts
  const name = 'Item discount'
  const amount = money(own)
  const uid = OWN_DISCOUNT_UID
  return [
    { uid, name, type: 'VARIABLE_AMOUNT', amount_money: amount, applied_money: amount, scope: 'LINE_ITEM' },
    ...discounts,
  ]
}

const SERVICE_UID = mixedId(22, 'service charge')

function appliedServiceOf({ money }: Context, _: TradeSale, spread: Spread, uid: string): AppliedServiceCharge[] {
  if (spread.service === 0) return []
  return [{ uid: `${uid}s`, service_charge_uid: SERVICE_UID, applied_money: money(spread.service) }]
}

function serviceChargesOf({ seller, money }: Context, sale: TradeSale, apportioned: boolean): ServiceCharge[] {
  if (sale.serviceCharge === 0n) return []
  const percent = seller.shop.serviceCharge?.percent
  const gratuity = !apportioned && luckOf('gratuity', sale.externalId) < 0.5
  return [
    {
      uid: SERVICE_UID,
      // Square leaves the name out of a gratuity that the till adds by itself.
      ...(!gratuity && { name: 'Service' }),
      ...(percent === undefined ? { amount_money: money(sale.serviceCharge) } : { percentage: String(percent) }),
      applied_money: money(sale.serviceCharge),
      total_money: money(sale.serviceCharge),
      total_tax_money: money(0),
      calculation_phase: apportioned ? 'APPORTIONED_PERCENTAGE_PHASE' : 'SUBTOTAL_PHASE',
      taxable: false,
      type: gratuity ? 'AUTO_GRATUITY' : 'CUSTOM',
      treatment_type: apportioned ? 'APPORTIONED_TREATMENT' : 'LINE_ITEM_TREATMENT',
      scope: 'ORDER',
    },
  ]
}

/** Square leaves empty lists out. */
export function some<K extends string, T>(name: K, list: readonly T[]): { readonly [key in K]?: readonly T[] } {
  return list.length === 0 ? {} : ({ [name]: list } as { readonly [key in K]: readonly T[] })
}
