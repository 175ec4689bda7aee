import fc from 'fast-check'

// Orders as Square would write them, made of a wish: what was sold, how it is taxed there, how it was paid and what came
// back. The arithmetic is done here once more, from the shelf price, and never with the readers' help.

export type Market = {
  readonly country: string
  readonly currency: string
  /** Whether the stated gross leaves a tax out that is inside the shelf price. */
  readonly grossWithoutTax: boolean
}

export const MARKETS: readonly Market[] = [
  { country: 'US', currency: 'USD', grossWithoutTax: true },
  { country: 'CA', currency: 'CAD', grossWithoutTax: true },
  { country: 'JP', currency: 'JPY', grossWithoutTax: true },
  { country: 'IE', currency: 'EUR', grossWithoutTax: false },
  { country: 'GB', currency: 'GBP', grossWithoutTax: false },
  { country: 'AU', currency: 'AUD', grossWithoutTax: false },
  { country: 'KW', currency: 'KWD', grossWithoutTax: false },
]

export type LineWish = {
  readonly quantity: number
  readonly price: number
  readonly modifier: number
  readonly discountPercent: number
  readonly isGiftCard: boolean
  /** Of an apportioned service charge, minor units. */
  readonly service: number
}

export type OrderWish = {
  readonly market: Market
  readonly lines: readonly LineWish[]
  readonly taxPercent: number
  readonly taxType: 'ADDITIVE' | 'INCLUSIVE'
  /** A service charge of the whole order, taxed like the lines. */
  readonly service: number
  readonly tip: number
  readonly rounding: number
  readonly tenders: number
}

export const lineWishes: fc.Arbitrary<LineWish> = fc.record({
  quantity: fc.integer({ min: 1, max: 4 }),
  price: fc.integer({ min: 1, max: 5_000 }),
  modifier: fc.constantFrom(0, 0, 50),
  discountPercent: fc.constantFrom(0, 0, 10, 33, 100),
  isGiftCard: fc.constantFrom(false, false, false, true),
  service: fc.constantFrom(0, 0, 0, 7),
})

export const orderWishes: fc.Arbitrary<OrderWish> = fc.record({
  market: fc.constantFrom(...MARKETS),
  lines: fc.array(lineWishes, { minLength: 1, maxLength: 4 }),
  taxPercent: fc.constantFrom(0, 5, 8, 19),
  taxType: fc.constantFrom('ADDITIVE', 'INCLUSIVE'),
  service: fc.constantFrom(0, 0, 125),
  tip: fc.constantFrom(0, 0, 150),
  rounding: fc.constantFrom(0, 0, -2, 2),
  tenders: fc.integer({ min: 1, max: 3 }),
})

export type Json = Record<string, unknown>
export type MadeLine = { readonly wire: Json; readonly total: number; readonly tax: number }
export type MadeOrder = {
  readonly wire: Json & { readonly id: string }
  readonly lines: readonly MadeLine[]
  readonly total: number
  readonly tax: number
  readonly payments: readonly (Json & { readonly id: string })[]
}

export function money(amount: number, currency: string): Json {
  return { amount, currency }
}

export function at(minute: number): string {
  return new Date(Date.UTC(2026, 9, 1, 12, 0) + minute * 60_000).toISOString()
}

export function makeOrder(id: string, wish: OrderWish, minute = 0): MadeOrder {
  const { currency } = wish.market
  const m = (amount: number) => money(amount, currency)
  const lines = wish.lines.map((line, no) => makeLine(`${id}-L${no}`, line, wish))
  const service = serviceOf(wish)
  const sum = (of: (line: MadeLine) => number) => lines.reduce((total, line) => total + of(line), 0)
  const apportioned = wish.lines.reduce((total, line) => total + line.service, 0)
  const discount = sum(({ wire }) => Number((wire.total_discount_money as Json).amount))
  const tax = sum((line) => line.tax) + service.tax
  const total = Math.max(0, sum((line) => line.total) + service.total + wish.tip + wish.rounding)
  const rounding = total - sum((line) => line.total) - service.total - wish.tip
  const payments = makePayments(id, total, wish, minute)
  const charges = [
    ...(wish.service === 0 ? [] : [service.wire]),
    ...(apportioned === 0
      ? []
      : [
          {
            uid: 'SCA',
            applied_money: m(apportioned),
            total_money: m(apportioned),
            treatment_type: 'APPORTIONED_TREATMENT',
          },
        ]),
  ]
  const wire = {
    id,
    location_id: 'LTEST1',
    state: 'COMPLETED',
    source: { name: 'Square Point of Sale' },
    created_at: at(minute),
    updated_at: at(minute + 3),
    closed_at: at(minute + 3),
    ...(wish.taxPercent === 0
      ? {}
      : {
          taxes: [
            { uid: 'T1', name: 'Sales tax', type: wish.taxType, percentage: String(wish.taxPercent), scope: 'ORDER' },
          ],
        }),
    line_items: lines.map((line) => line.wire),
    ...(charges.length === 0 ? {} : { service_charges: charges }),
    ...(rounding === 0 ? {} : { rounding_adjustment: { uid: 'R', amount_money: m(rounding) } }),
    total_money: m(total),
    total_tax_money: m(tax),
    total_discount_money: m(discount),
    total_tip_money: m(wish.tip),
    total_service_charge_money: m(wish.service + apportioned),
    net_amount_due_money: m(0),
    tenders: payments.map(tenderFor),
  }
  return { wire, lines, total, tax, payments }
}

function makeLine(uid: string, line: LineWish, { market, taxPercent, taxType }: OrderWish): MadeLine {
  const m = (amount: number) => money(amount, market.currency)
  const shelf = line.quantity * (line.price + line.modifier)
  const discount = Math.floor((shelf * line.discountPercent) / 100)
  const taxed = shelf - discount
  const isInside = taxType === 'INCLUSIVE'
  const percent = line.isGiftCard ? 0 : taxPercent
  const tax = isInside ? taxed - Math.round(taxed / (1 + percent / 100)) : Math.round((taxed * percent) / 100)
  const gross = isInside && market.grossWithoutTax ? shelf - tax : shelf
  const total = taxed + (isInside ? 0 : tax) + line.service
  const wire = {
    uid,
    quantity: String(line.quantity),
    name: line.isGiftCard ? 'Gift card' : 'Flat white',
    variation_name: 'Large',
    item_type: line.isGiftCard ? 'GIFT_CARD' : 'ITEM',
    catalog_object_id: 'VARLARGE1',
    base_price_money: m(line.price),
    ...(line.modifier === 0
      ? {}
      : {
          modifiers: [
            {
              uid: 'M1',
              name: 'Oat milk',
              quantity: '1',
              base_price_money: m(line.modifier),
              total_price_money: m(line.modifier * line.quantity),
            },
          ],
        }),
    ...(percent === 0 ? {} : { applied_taxes: [{ uid: 'A1', tax_uid: 'T1', applied_money: m(tax) }] }),
    variation_total_price_money: m(line.price * line.quantity),
    gross_sales_money: m(gross),
    total_discount_money: m(discount),
    total_tax_money: m(tax),
    total_service_charge_money: m(line.service),
    total_money: m(total),
  }
  return { wire, total, tax }
}

function serviceOf({ service, taxPercent, taxType, market }: OrderWish) {
  const m = (amount: number) => money(amount, market.currency)
  const isInside = taxType === 'INCLUSIVE'
  const tax = isInside
    ? service - Math.round(service / (1 + taxPercent / 100))
    : Math.round((service * taxPercent) / 100)
  const total = service + (isInside ? 0 : tax)
  const wire = {
    uid: 'SC1',
    name: 'Service',
    applied_money: m(service),
    total_money: m(total),
    total_tax_money: m(tax),
    treatment_type: 'LINE_ITEM_TREATMENT',
    ...(tax === 0 ? {} : { applied_taxes: [{ uid: 'AS', tax_uid: 'T1', applied_money: m(tax) }] }),
  }
  return { wire, tax, total }
}

/** The tip is paid with the last of them. */
function makePayments(orderId: string, total: number, wish: OrderWish, minute: number) {
  const count = Math.min(wish.tenders, Math.max(0, total))
  const tip = total < wish.tip ? 0 : wish.tip
  const goods = total - tip
  return Array.from({ length: count }, (_, no) => {
    const isLast = no === count - 1
    const part = isLast ? goods - Math.floor(goods / count) * (count - 1) : Math.floor(goods / count)
    return makePayment(`${orderId}-P${no}`, orderId, part, isLast ? tip : 0, wish.market.currency, minute + 1 + no)
  })
}

export function makePayment(
  id: string,
  orderId: string,
  amount: number,
  tip: number,
  currency: string,
  minute: number,
): Json & { readonly id: string } {
  return {
    id,
    created_at: at(minute),
    updated_at: at(minute + 1),
    location_id: 'LTEST1',
    order_id: orderId,
    status: 'COMPLETED',
    source_type: 'CARD',
    amount_money: money(amount, currency),
    tip_money: money(tip, currency),
    total_money: money(amount + tip, currency),
    card_details: { status: 'CAPTURED', entry_method: 'EMV', card: { card_brand: 'VISA', last_4: '1111' } },
    receipt_number: `R-${id}`,
  }
}

export function tenderFor(payment: Json): Json {
  return {
    id: payment.id,
    payment_id: payment.id,
    type: 'CARD',
    created_at: payment.created_at,
    amount_money: payment.total_money,
    tip_money: payment.tip_money,
    card_details: payment.card_details,
  }
}

/** An entry of `returns` that brings whole lines back, and what it gives back. */
export function makeReturn(order: MadeOrder, lineNumbers: readonly number[], currency: string) {
  const m = (amount: number) => money(amount, currency)
  const lines = lineNumbers.flatMap((no) => order.lines[no] ?? [])
  const total = lines.reduce((sum, line) => sum + line.total, 0)
  const tax = lines.reduce((sum, line) => sum + line.tax, 0)
  const amounts = { total_money: m(total), tax_money: m(tax), tip_money: m(0), discount_money: m(0) }
  const wire = {
    uid: 'RET1',
    source_order_id: order.wire.id,
    return_line_items: lines.map(({ wire: line, total: back, tax: taxBack }) => ({
      uid: `back-${String(line.uid)}`,
      source_line_item_uid: line.uid,
      name: line.name,
      variation_name: line.variation_name,
      quantity: line.quantity,
      item_type: line.item_type,
      catalog_object_id: line.catalog_object_id,
      gross_return_money: line.gross_sales_money,
      total_discount_money: line.total_discount_money,
      total_tax_money: m(taxBack),
      total_money: m(back),
    })),
    return_amounts: amounts,
  }
  return { wire, amounts, total, tax }
}
