import type { Order, OrderPayment } from '#canon/order.ts'
import { zonedText } from '../times.ts'
import type { BillLine } from './bill.ts'
import { addressText, orderNote, shortened } from './notes.ts'
import { GUEST, lineName, moneyText, type Slip } from './slip.ts'

// Our own contract, written down in docs/guides/connecting-dine-pos.md. All amounts and quantities are texts. `discounts`
// holds all that is taken off, that of single lines too: items and add-ons, less `discounts`, plus `tax_total` and
// `charges`, is `total`.

export function defaultBody(slip: Slip): object {
  const { settings, outgoing, order, bill } = slip
  const { map, zone, currency, restaurantId } = settings
  const { at, guests, table } = order.fulfilment
  return {
    restaurant_id: restaurantId,
    order_id: outgoing.reference,
    order_type: order.fulfilment.kind,
    table_no: table ?? '',
    persons: String(guests ?? 0),
    created_at: zonedText(order.placedAt, zone),
    scheduled_for: at === null ? null : zonedText(at, zone),
    customer: customerOf(order),
    items: bill.lines.map((line, nth) => itemOf(slip, line, nth)),
    charges: chargesOf(slip),
    discounts: discountsOf(slip),
    tax_total: moneyText(bill.taxTotal, currency),
    total: moneyText(bill.total, currency),
    payment: {
      mode: order.payment.state === 'due' ? 'cod' : 'prepaid',
      method: METHODS[order.payment.method],
      amount: moneyText(bill.total, currency),
      reference: order.payment.reference ?? '',
    },
    callback_url: outgoing.callbackUrl ?? '',
    note: shortened(orderNote(order, outgoing.reference), map.limits.note).text,
  }
}

const METHODS: Readonly<Record<OrderPayment['method'], 'upi' | 'card' | 'cash' | 'wallet'>> = {
  card: 'card',
  cash: 'cash',
  wallet: 'wallet',
  transfer: 'upi',
  gift_card: 'wallet',
  other: 'wallet',
}

/** What was not given is left out: an empty phone number is a wrong one to many a till. */
export function customerOf({ customer, fulfilment }: Order): object {
  return {
    name: customer?.name ?? GUEST,
    ...(customer?.phone == null ? {} : { phone: customer.phone }),
    ...(customer?.email == null ? {} : { email: customer.email }),
    ...(fulfilment.address === null ? {} : { address: addressText(fulfilment.address), lat: '', lng: '' }),
  }
}

function itemOf({ settings, targets }: Slip, line: BillLine, nth: number): object {
  const { map, currency } = settings
  const { item, addons = [] } = targets[nth] ?? {}
  return {
    id: item?.id ?? '',
    sku: line.item.sku ?? '',
    name: lineName(line),
    variation_id: item?.variationId ?? '',
    quantity: line.quantity,
    unit_price: moneyText(line.unitPrice, currency),
    discount: moneyText(line.item.discount, currency),
    tax: line.taxes.map(({ name, rate, amount }) => ({
      id: map.tax_ids[name] ?? '',
      name,
      rate: rate ?? '',
      amount: moneyText(amount, currency),
    })),
    addons: line.addons.map((addon) => ({
      id: addons[addon.nth]?.id ?? '',
      group_id: addons[addon.nth]?.groupId ?? '',
      name: addon.name,
      quantity: map.addon_quantity === 'line' ? addon.quantity : addon.each,
      price: moneyText(addon.price, currency),
    })),
    note: shortened(line.item.note, map.limits.note).text,
  }
}

function chargesOf({ settings: { currency }, bill, order }: Slip): readonly object[] {
  const charges = [...order.charges.map(({ kind, amount }) => ({ type: kind as string, amount }))]
  if (bill.tip !== 0n) charges.push({ type: 'tip', amount: bill.tip })
  return charges.map(({ type, amount }) => ({
    type,
    amount: moneyText(amount, currency),
    // Shops tell taxes of the order as a whole; they stand with the items.
    tax: moneyText(0n, currency),
  }))
}

function discountsOf({ settings: { currency }, bill, order }: Slip): readonly object[] {
  const entry = (code: string, text: string) => ({ code, type: 'flat', value: text, amount: text })
  const ofOrder = order.discounts.map(({ code, amount }) => entry(code ?? '', moneyText(amount, currency)))
  return bill.lineDiscount === 0n ? ofOrder : [entry('', moneyText(bill.lineDiscount, currency)), ...ofOrder]
}
