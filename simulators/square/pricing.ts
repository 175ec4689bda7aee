import { mixedId } from './ids.ts'
import { type Amounts, dividedHalfEven, includedIn, percentOf, quantityOf, shared, sumOf } from './money.ts'
import { some } from './sale-order.ts'
import type { LineItem, Money, Order, OrderDiscount, OrderTax, QuantityUnit, ServiceCharge } from './wire.ts'

// What an order comes to when Square prices it itself: orders pushed in, and the new goods of an exchange. Discounts
// come first, then service charges, then taxes; halves go to the even neighbour.

export type PricedModifier = {
  readonly uid: string
  readonly catalogObjectId?: string
  readonly name: string
  readonly quantity: string
  readonly price: number
}

export type LineDraft = {
  readonly uid: string
  readonly name?: string
  readonly variationName?: string
  readonly catalogObjectId?: string
  readonly quantity: string
  readonly quantityUnit?: QuantityUnit
  readonly itemType: LineItem['item_type']
  readonly note?: string
  /** Of one, in minor units, with inclusive tax. */
  readonly price: number
  readonly modifiers: readonly PricedModifier[]
  /** Of the order's taxes and discounts, those of scope LINE_ITEM that fall on this line. */
  readonly taxUids: readonly string[]
  readonly discountUids: readonly string[]
}

export type TaxDraft = Omit<OrderTax, 'applied_money'>
export type DiscountDraft = Omit<OrderDiscount, 'applied_money'>
export type ServiceDraft = {
  readonly uid: string
  readonly name?: string
  readonly percentage?: string
  readonly amount?: number
}

export type OrderDraft = {
  readonly currency: string
  /** Whether `gross_sales_money` leaves inclusive tax out. */
  readonly taxLeftOut: boolean
  readonly lines: readonly LineDraft[]
  readonly taxes: readonly TaxDraft[]
  readonly discounts: readonly DiscountDraft[]
  readonly services: readonly ServiceDraft[]
}

export type Priced = Pick<Order, 'line_items' | 'taxes' | 'discounts' | 'service_charges'> & {
  readonly amounts: Amounts
}

type Worked = {
  readonly draft: LineDraft
  readonly variation: number
  readonly gross: number
  readonly discounts: Map<string, number>
  readonly taxes: Map<string, number>
}

export function priceOrder(order: OrderDraft): Priced {
  const money = (amount: number): Money => ({ amount, currency: order.currency })
  const worked = order.lines.map(workLine)
  for (const discount of order.discounts) applyDiscount(discount, worked)
  const services = order.services.map((service) => serviceOf(service, worked, money))
  for (const tax of order.taxes) applyTax(order, tax, worked)
  const lines = worked.map((line) => lineItemOf(order, line, money))
  const discount = sumOf(lines.map((line) => line.total_discount_money))
  const tax = sumOf(lines.map((line) => line.total_tax_money))
  const serviceCharge = sumOf(services.map(({ total_money }) => total_money))
  const total = sumOf(lines.map((line) => line.total_money)) + serviceCharge
  return {
    line_items: lines,
    ...some(
      'taxes',
      order.taxes.map((each) => ({ ...each, applied_money: money(appliedSum(worked, 'taxes', each.uid)) })),
    ),
    ...some(
      'discounts',
      order.discounts.map((each) => ({ ...each, applied_money: money(appliedSum(worked, 'discounts', each.uid)) })),
    ),
    ...some('service_charges', services),
    amounts: { total, tax, discount, tip: 0, serviceCharge },
  }
}

function workLine(draft: LineDraft): Worked {
  const { units, divisor } = quantityOf(draft.quantity)
  const variation = dividedHalfEven(draft.price * units, divisor)
  const ofModifiers = draft.modifiers.reduce((sum, modifier) => sum + modifierTotal(draft, modifier), 0)
  return { draft, variation, gross: variation + ofModifiers, discounts: new Map(), taxes: new Map() }
}

function modifierTotal(line: LineDraft, modifier: PricedModifier): number {
  const { units, divisor } = quantityOf(line.quantity)
  return dividedHalfEven(modifier.price * Number(modifier.quantity) * units, divisor)
}

function netOf(line: Worked): number {
  let net = line.gross
  for (const amount of line.discounts.values()) net -= amount
  return net
}

function applyDiscount(discount: DiscountDraft, lines: readonly Worked[]): void {
  const meant = lines.filter(({ draft }) => discount.scope === 'ORDER' || draft.discountUids.includes(discount.uid))
  const nets = meant.map(netOf)
  const net = nets.reduce((sum, each) => sum + each, 0)
  const wanted =
    discount.percentage === undefined ? (discount.amount_money?.amount ?? 0) : percentOf(net, discount.percentage)
  const parts = shared(Math.min(wanted, net), nets)
  meant.forEach((line, at) => {
    line.discounts.set(discount.uid, parts[at] ?? 0)
  })
}

function serviceOf(service: ServiceDraft, lines: readonly Worked[], money: (amount: number) => Money): ServiceCharge {
  const net = lines.reduce((sum, line) => sum + netOf(line), 0)
  const amount = service.percentage === undefined ? (service.amount ?? 0) : percentOf(net, service.percentage)
  return {
    uid: service.uid,
    ...(service.name !== undefined && { name: service.name }),
    ...(service.percentage === undefined ? { amount_money: money(amount) } : { percentage: service.percentage }),
    applied_money: money(amount),
    total_money: money(amount),
    total_tax_money: money(0),
    calculation_phase: 'SUBTOTAL_PHASE',
    taxable: false,
    type: 'CUSTOM',
    treatment_type: 'LINE_ITEM_TREATMENT',
    scope: 'ORDER',
  }
}

/** A tax is worked out on the sum of its lines and handed down to them. */
function applyTax(order: OrderDraft, tax: TaxDraft, lines: readonly Worked[]): void {
  const meant = lines.filter(({ draft }) => tax.scope === 'ORDER' || draft.taxUids.includes(tax.uid))
  const nets = meant.map(netOf)
  const net = nets.reduce((sum, each) => sum + each, 0)
  const amount = tax.type === 'INCLUSIVE' ? includedIn(net, tax.percentage) : percentOf(net, tax.percentage)
  const parts = shared(amount, nets)
  meant.forEach((line, at) => {
    line.taxes.set(tax.uid, parts[at] ?? 0)
  })
  if (order.taxes.filter(({ type }) => type === 'INCLUSIVE').length > 1 && tax.type === 'INCLUSIVE') {
    const both = meant.some((line) => [...line.taxes.keys()].filter((uid) => isInclusive(order, uid)).length > 1)
    if (both) throw new RangeError('Two inclusive taxes on one line are more than this simulator prices.')
  }
}

function isInclusive(order: OrderDraft, uid: string): boolean {
  return order.taxes.some((tax) => tax.uid === uid && tax.type === 'INCLUSIVE')
}

function lineItemOf(order: OrderDraft, line: Worked, money: (amount: number) => Money): LineItem {
  const { draft } = line
  let [added, included] = [0, 0]
  for (const [uid, amount] of line.taxes) {
    if (isInclusive(order, uid)) included += amount
    else added += amount
  }
  const net = netOf(line)
  return {
    uid: draft.uid,
    ...(draft.name !== undefined && { name: draft.name }),
    quantity: draft.quantity,
    ...(draft.quantityUnit !== undefined && { quantity_unit: draft.quantityUnit }),
    ...(draft.note !== undefined && { note: draft.note }),
    ...(draft.catalogObjectId !== undefined && { catalog_object_id: draft.catalogObjectId }),
    ...(draft.variationName !== undefined && { variation_name: draft.variationName }),
    item_type: draft.itemType,
    ...some(
      'modifiers',
      draft.modifiers.map((modifier) => ({
        uid: modifier.uid,
        ...(modifier.catalogObjectId !== undefined && { catalog_object_id: modifier.catalogObjectId }),
        name: modifier.name,
        quantity: modifier.quantity,
        base_price_money: money(modifier.price),
        total_price_money: money(modifierTotal(draft, modifier)),
      })),
    ),
    ...some(
      'applied_taxes',
      [...line.taxes].map(([tax_uid, amount]) => ({
        uid: mixedId(22, 'applied', draft.uid, tax_uid),
        tax_uid,
        applied_money: money(amount),
      })),
    ),
    ...some(
      'applied_discounts',
      [...line.discounts].map(([discount_uid, amount]) => ({
        uid: mixedId(22, 'applied', draft.uid, discount_uid),
        discount_uid,
        applied_money: money(amount),
      })),
    ),
    base_price_money: money(draft.price),
    variation_total_price_money: money(line.variation),
    gross_sales_money: money(line.gross - (order.taxLeftOut ? included : 0)),
    total_discount_money: money(line.gross - net),
    total_tax_money: money(added + included),
    total_service_charge_money: money(0),
    total_money: money(net + added),
  }
}

function appliedSum(lines: readonly Worked[], kind: 'taxes' | 'discounts', uid: string): number {
  return lines.reduce((sum, line) => sum + (line[kind].get(uid) ?? 0), 0)
}
