import { majorText } from '#kernel/money.ts'
import type { BillLine } from './bill.ts'
import { addressText, orderNote, shortened } from './notes.ts'
import { GUEST, lineName, type Slip } from './slip.ts'

// The order as UrbanPiper hands orders to a till. UrbanPiper itself takes none at an address that is public, so this is
// sent only where the field map names one: a partner’s, or that of a till which speaks UrbanPiper’s words.
// Amounts are numbers here. They are written from exact texts, and two decimals survive the way there.

const ORDER_TYPES = { delivery: 'delivery', pickup: 'pickup', dine_in: 'dinein' } as const

export function urbanpiperBody(slip: Slip): object {
  const { settings, outgoing, order, bill } = slip
  const { restaurantId, map, currency } = settings
  const number = (amount: bigint) => Number(majorText(amount, currency))
  const isDue = order.payment.state === 'due'
  return {
    customer: {
      name: order.customer?.name ?? GUEST,
      ...(order.customer?.phone == null ? {} : { phone: order.customer.phone }),
      ...(order.customer?.email == null ? {} : { email: order.customer.email }),
      address: { line_1: addressText(order.fulfilment.address) },
    },
    order: {
      details: {
        id: outgoing.reference,
        channel: order.channel,
        created: order.placedAt,
        delivery_datetime: order.fulfilment.at,
        order_type: ORDER_TYPES[order.fulfilment.kind],
        instructions: shortened(orderNote(order, outgoing.reference), map.limits.note).text,
        charges: chargesOf(slip, number),
        discount: number(bill.discount),
        taxes: bill.taxes.map(({ name, rate, amount }) => ({
          title: name,
          rate: Number(rate ?? 0),
          value: number(amount),
        })),
        total_taxes: number(bill.taxTotal),
        total_charges: number(bill.delivery + bill.packing + bill.service + bill.tip),
        order_subtotal: number(bill.lines.reduce((all, { gross }) => all + gross, 0n)),
        order_total: number(bill.total),
        state: 'Placed',
        callback_url: outgoing.callbackUrl ?? '',
      },
      items: bill.lines.map((line, nth) => itemOf(slip, line, nth, number)),
      payment: [{ option: isDue ? 'cash' : 'prepaid', amount: number(bill.total) }],
      store: { merchant_ref_id: restaurantId },
    },
  }
}

function itemOf({ targets, settings }: Slip, line: BillLine, nth: number, number: (amount: bigint) => number): object {
  const { item, addons = [] } = targets[nth] ?? {}
  return {
    merchant_id: item?.variationId || item?.id || '',
    title: lineName(line),
    quantity: Number(line.quantity),
    price: number(line.unitPrice),
    discount: number(line.item.discount),
    total: number(line.gross - line.item.discount),
    instructions: shortened(line.item.note, settings.map.limits.note).text,
    taxes: line.taxes.map(({ name, rate, amount }) => ({
      title: name,
      rate: Number(rate ?? 0),
      value: number(amount),
    })),
    options_to_add: line.addons.map((addon) => ({
      merchant_id: addons[addon.nth]?.id ?? '',
      title: addon.name,
      quantity: Number(addon.each),
      price: number(addon.price),
    })),
  }
}

function chargesOf({ bill }: Slip, number: (amount: bigint) => number): readonly object[] {
  const charges = [
    ['Delivery', bill.delivery],
    ['Packing', bill.packing],
    ['Service', bill.service],
    ['Tip', bill.tip],
  ] as const
  return charges.filter(([, amount]) => amount !== 0n).map(([title, amount]) => ({ title, value: number(amount) }))
}
