import type { Order } from '#canon/order.ts'
import { localText } from '../times.ts'
import type { BillLine, BillTax } from './bill.ts'
import { addressText, orderNote, shortened } from './notes.ts'
import { GUEST, lineName, moneyText, type Slip } from './slip.ts'

// The public contract of Petpooja’s online orders, version 2.1.0. Everything is a text, and times stand on the
// restaurant’s own clock.

const ORDER_TYPES = { delivery: 'H', pickup: 'P', dine_in: 'D' } as const satisfies Record<
  Order['fulfilment']['kind'],
  string
>

export function petpoojaBody(slip: Slip): object {
  return {
    orderinfo: {
      OrderInfo: {
        Restaurant: { details: { restID: slip.settings.restaurantId } },
        Customer: { details: customerOf(slip.order) },
        Order: { details: orderOf(slip) },
        OrderItem: { details: slip.bill.lines.map((line, nth) => itemOf(slip, line, nth)) },
        Tax: { details: slip.bill.taxes.map((tax, nth) => taxOf(slip, tax, nth)) },
        Discount: { details: discountsOf(slip) },
      },
    },
    udid: '',
    device_type: 'Web',
  }
}

function customerOf({ customer, fulfilment }: Order): object {
  return {
    name: customer?.name ?? GUEST,
    ...(customer?.phone == null ? {} : { phone: customer.phone }),
    ...(customer?.email == null ? {} : { email: customer.email }),
    ...(fulfilment.address === null ? {} : { address: addressText(fulfilment.address), latitude: '', longitude: '' }),
  }
}

function orderOf(slip: Slip): object {
  const { settings, outgoing, order, bill } = slip
  const { zone, currency, map } = settings
  const { kind, at, table, guests } = order.fulfilment
  const money = (amount: bigint) => moneyText(amount, currency)
  const [day = '', time = ''] = localText(at ?? order.placedAt, zone).split(' ')
  const isDue = order.payment.state === 'due'
  return {
    orderID: outgoing.reference,
    preorder_date: day,
    preorder_time: time,
    service_charge: money(bill.service + bill.tip),
    sc_tax_amount: money(0n),
    delivery_charges: money(bill.delivery),
    dc_tax_amount: money(0n),
    dc_gst_details: [{ gst_liable: 'restaurant', amount: money(0n) }],
    packing_charges: money(bill.packing),
    pc_tax_amount: money(0n),
    pc_gst_details: [{ gst_liable: 'restaurant', amount: money(0n) }],
    order_type: ORDER_TYPES[kind],
    ondc_bap: '',
    advanced_order: at === null ? 'N' : 'Y',
    urgent_order: false,
    urgent_time: 0,
    payment_type: isDue ? 'COD' : order.payment.method === 'card' ? 'CARD' : 'ONLINE',
    table_no: table ?? '',
    no_of_persons: String(guests ?? 0),
    discount_total: money(bill.discount),
    tax_total: money(bill.taxTotal),
    discount_type: 'F',
    total: money(bill.total),
    description: shortened(orderNote(order, outgoing.reference), map.limits.note).text,
    created_on: localText(order.placedAt, zone),
    enable_delivery: kind === 'delivery' ? 1 : 0,
    min_prep_time: 0,
    callback_url: outgoing.callbackUrl ?? '',
    collect_cash: isDue ? money(bill.total) : '',
    otp: '',
  }
}

function itemOf({ settings, targets }: Slip, line: BillLine, nth: number): object {
  const { map, currency } = settings
  const { item, addons = [] } = targets[nth] ?? {}
  return {
    id: item?.id ?? '',
    name: lineName(line),
    gst_liability: 'restaurant',
    item_tax: line.taxes.map(({ name, amount }) => ({
      id: map.tax_ids[name] ?? '',
      name,
      amount: moneyText(amount, currency),
    })),
    item_discount: moneyText(line.item.discount, currency),
    price: moneyText(line.unitPrice, currency),
    final_price: moneyText(finalPrice(line), currency),
    quantity: line.quantity,
    description: shortened(line.item.note, map.limits.note).text,
    variation_name: '',
    variation_id: item?.variationId ?? '',
    AddonItem: {
      details: line.addons.map((addon) => ({
        id: addons[addon.nth]?.id ?? '',
        name: addon.name,
        group_name: '',
        price: moneyText(addon.price, currency),
        group_id: addons[addon.nth]?.groupId ?? '',
        quantity: map.addon_quantity === 'line' ? addon.quantity : addon.each,
      })),
    },
  }
}

/** Of the line, less its discount, add-ons outside. The public text shows it for quantities of one alone. */
function finalPrice({ gross, item, addons, quantity, isWeighed, unitPrice }: BillLine): bigint {
  if (isWeighed || addons.length === 0) return gross - item.discount
  const pieces = BigInt(quantity.includes('.') ? 0 : quantity)
  return pieces === 0n ? gross - item.discount : unitPrice * pieces - item.discount
}

function taxOf({ settings: { map, currency } }: Slip, { name, rate, amount }: BillTax, nth: number): object {
  const money = moneyText(amount, currency)
  return {
    id: map.tax_ids[name] ?? String(nth + 1),
    title: name,
    type: rate === null ? 'F' : 'P',
    price: rate ?? money,
    tax: money,
    restaurant_liable_amt: money,
  }
}

function discountsOf({ order, bill, settings: { currency } }: Slip): readonly object[] {
  const named = order.discounts.map(({ name, amount }) => ({ title: name, amount }))
  const all = bill.lineDiscount === 0n ? named : [{ title: 'Discount', amount: bill.lineDiscount }, ...named]
  return all.map(({ title, amount }, nth) => ({
    id: String(nth + 1),
    title,
    type: 'F',
    price: moneyText(amount, currency),
  }))
}
