import type { Order, OrderItem } from '#canon/order.ts'
import { type Decimal, decimal, multiply, multiplyToMinor } from '#kernel/decimal.ts'
import { type Minor, wireMoney } from '#kernel/money.ts'
import type { OrderRemark, OutgoingOrder } from '../../contract.ts'
import type { Json } from '../answers.ts'
import { fulfilmentOf } from './fulfilment.ts'
import { fitting } from './text.ts'

// An order as CreateOrder takes it, so that Square counts the very total that the channel promised. Prices are the
// channel's, on catalogue lines too; discounts and charges are fixed amounts. Taxes that are added Square only knows as
// percentages, and it rounds them its own way: where that leads to another total they go as charges of a fixed amount.

/** `rates`: as percentages. `charges`: as fixed amounts. */
export type TaxWay = 'rates' | 'charges'

export type OrderBody = { readonly body: Json; readonly remarks: readonly OrderRemark[] }

const NAME_MAX = 512
const NOTE_MAX = 2_000
const CHANNEL_MAX = 255
const TICKET_MAX = 30

export function orderBody(outgoing: OutgoingOrder, taxWay: TaxWay): OrderBody {
  const { order, location, reference } = outgoing
  const remarks: OrderRemark[] = []
  const lines = order.items.map((item, nth) => lineOf(outgoing, item, nth, taxWay, remarks))
  const fulfilment = fulfilmentOf(order)
  const charges = chargesOf(order, taxWay, remarks)
  const discounts = discountsOf(order)
  const taxes = taxesOf(order, taxWay, remarks)
  const body = {
    location_id: location,
    reference_id: reference,
    source: { name: order.channel.slice(0, CHANNEL_MAX) },
    ticket_name: order.number.slice(0, TICKET_MAX),
    line_items: lines,
    fulfillments: [fulfilment.body],
    // The merchant's own rules would change what the customer was promised.
    pricing_options: { auto_apply_taxes: false, auto_apply_discounts: false },
    ...(discounts.length === 0 ? {} : { discounts }),
    ...(taxes.length === 0 ? {} : { taxes }),
    ...(charges.length === 0 ? {} : { service_charges: charges }),
  }
  return { body, remarks: [...remarks, ...fulfilment.remarks] }
}

function lineOf(
  { order, articles }: OutgoingOrder,
  item: OrderItem,
  nth: number,
  taxWay: TaxWay,
  remarks: OrderRemark[],
): Json {
  const pointer = `/items/${nth}`
  const article = item.itemId === null ? undefined : articles.get(item.itemId)
  const whole = isRoundedAlike(item)
  const name = fitting(
    whole ? item.name : `${item.quantity} × ${item.name}`,
    NAME_MAX,
    `${pointer}/name`,
    'item’s name',
  )
  const note = fitting(item.note ?? '', NOTE_MAX, `${pointer}/note`, 'item’s note')
  remarks.push(...name.remarks, ...note.remarks)
  if (article === undefined) remarks.push(byName(`${pointer}/item_id`, item.name))
  if (!whole) {
    const say =
      'Square would round this line another way: it goes as one piece of the same price, with its quantity in the name.'
    remarks.push({ code: 'orders.as-one-piece', pointer: `${pointer}/quantity`, say })
  }
  const gross = grossOf(item)
  const taxUids = taxWay === 'rates' ? taxesOnLine(order, item.lineId) : []
  return {
    uid: `line-${nth}`,
    // Of a catalogue line Square takes the name itself.
    ...(article === undefined ? { name: name.text } : { catalog_object_id: article.externalId }),
    quantity: whole ? item.quantity : '1',
    base_price_money: wireMoney(whole ? item.unitPrice : gross, order.currency),
    ...(whole && item.modifiers.length > 0 ? { modifiers: modifiersOf(order, item, articles, pointer, remarks) } : {}),
    ...(note.text === '' ? {} : { note: note.text }),
    ...(item.discount === 0n ? {} : { applied_discounts: [{ discount_uid: `line-discount-${nth}` }] }),
    ...(taxUids.length === 0 ? {} : { applied_taxes: taxUids.map((tax_uid) => ({ tax_uid })) }),
  }
}

function modifiersOf(
  { currency }: Order,
  { modifiers }: OrderItem,
  articles: OutgoingOrder['articles'],
  pointer: string,
  remarks: OrderRemark[],
): Json[] {
  return modifiers.map(({ itemId, name, quantity, unitPrice }, nth) => {
    const article = itemId === null ? undefined : articles.get(itemId)
    const fits = fitting(name, CHANNEL_MAX, `${pointer}/modifiers/${nth}/name`, 'modifier’s name')
    remarks.push(...fits.remarks)
    if (article === undefined) remarks.push(byName(`${pointer}/modifiers/${nth}/item_id`, name))
    return {
      ...(article === undefined ? { name: fits.text } : { catalog_object_id: article.externalId }),
      quantity,
      base_price_money: wireMoney(unitPrice, currency),
    }
  })
}

function byName(pointer: string, name: string): OrderRemark {
  const say = `“${name.slice(0, 60)}” stands for none of Square’s articles: it goes by its name and moves no stock.`
  return { code: 'orders.unmapped-item', pointer, say }
}

/** (price + modifiers of one) × quantity, rounded once. */
function grossOf({ unitPrice, modifiers, quantity }: OrderItem): Minor {
  return multiplyToMinor(scaled(unitPrice, modifiers).times, multiply(scaled(unitPrice, modifiers).by, quantity))
}

/** A price with parts of a modifier in it may be no whole number: it is kept as a product. */
function scaled(unitPrice: Minor, modifiers: OrderItem['modifiers']): { times: Minor; by: Decimal } {
  if (modifiers.every(({ quantity }) => !quantity.includes('.'))) {
    const each = modifiers.reduce((sum, one) => sum + one.unitPrice * BigInt(one.quantity), unitPrice)
    return { times: each, by: decimal(1) }
  }
  const SCALE = 1_000_000n
  const parts = modifiers.reduce(
    (sum, one) => sum + multiplyToMinor(one.unitPrice * SCALE, one.quantity),
    unitPrice * SCALE,
  )
  return { times: parts, by: decimal('0.000001') }
}

/** Square rounds price and modifiers of a line each for itself. Where none of them has anything to round, both agree. */
function isRoundedAlike({ unitPrice, quantity, modifiers }: OrderItem): boolean {
  const isWhole = (price: Minor, of: Decimal) => !multiply(decimal(price), of).includes('.')
  return (
    isWhole(unitPrice, quantity) &&
    modifiers.every((one) => isWhole(one.unitPrice, multiply(one.quantity, quantity)) && !one.quantity.includes('.'))
  )
}

function discountsOf(order: Order): Json[] {
  const fixed = (uid: string, name: string, amount: Minor, scope: 'LINE_ITEM' | 'ORDER') => ({
    uid,
    name: name.slice(0, CHANNEL_MAX) || 'Discount',
    type: 'FIXED_AMOUNT',
    amount_money: wireMoney(amount, order.currency),
    scope,
  })
  return [
    ...order.items.flatMap(({ discount }, nth) =>
      discount === 0n ? [] : [fixed(`line-discount-${nth}`, 'Discount', discount, 'LINE_ITEM')],
    ),
    ...order.discounts.flatMap(({ name, code, amount }, nth) =>
      amount === 0n ? [] : [fixed(`discount-${nth}`, code === null ? name : `${name} (${code})`, amount, 'ORDER')],
    ),
  ]
}

/** Those that have a rate and lines to be on. */
function taxesOf({ taxes }: Order, taxWay: TaxWay, remarks: OrderRemark[]): Json[] {
  return taxes.flatMap(({ name, rate, included }, nth) => {
    if (rate === null) {
      if (included) {
        const say = 'Square is told no tax without its rate: it stays part of the price.'
        remarks.push({ code: 'orders.tax-untold', pointer: `/taxes/${nth}/rate`, say })
      }
      return []
    }
    if (taxWay === 'charges') return []
    const type = included ? 'INCLUSIVE' : 'ADDITIVE'
    return [{ uid: taxUid(nth), name: name.slice(0, CHANNEL_MAX), type, percentage: rate, scope: 'LINE_ITEM' }]
  })
}

function taxesOnLine({ taxes }: Order, lineId: string): string[] {
  return taxes.flatMap(({ rate, lineIds }, nth) =>
    rate === null || (lineIds !== null && !lineIds.includes(lineId)) ? [] : [taxUid(nth)],
  )
}

function chargesOf(order: Order, taxWay: TaxWay, remarks: OrderRemark[]): Json[] {
  const fixed = (name: string, amount: Minor) => ({
    name: name.slice(0, NAME_MAX),
    amount_money: wireMoney(amount, order.currency),
    calculation_phase: 'TOTAL_PHASE',
    taxable: false,
  })
  if (order.tip !== 0n) {
    const say = 'Square takes a tip only with a payment of its own: this one goes as a charge.'
    remarks.push({ code: 'orders.tip-as-charge', pointer: '/tip', say })
  }
  const asCharges = order.taxes.flatMap(({ name, rate, amount, included }, nth) => {
    if (included || amount === 0n || (rate !== null && taxWay === 'rates')) return []
    const say = 'Square would come to another amount by the rate alone: the tax goes as a charge of its exact amount.'
    remarks.push({ code: 'orders.tax-as-charge', pointer: `/taxes/${nth}`, say })
    return [fixed(name, amount)]
  })
  return [
    ...order.charges.flatMap(({ name, amount }) => (amount === 0n ? [] : [fixed(name, amount)])),
    ...(order.tip === 0n ? [] : [fixed('Tip', order.tip)]),
    ...asCharges,
  ]
}

/** Whether Square works out amounts of its own, which may then differ from ours. */
export function isReckoned({ taxes }: Order): boolean {
  return taxes.some(({ rate, included }) => rate !== null && !included)
}

function taxUid(nth: number): string {
  return `tax-${nth}`
}
