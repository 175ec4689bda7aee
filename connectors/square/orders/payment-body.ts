import type { Order } from '#canon/order.ts'
import { type Minor, wireMoney } from '#kernel/money.ts'
import type { OrderRemark } from '../../contract.ts'
import type { Json } from '../answers.ts'

// Square POS shows an order once it is paid in full, so the payment that the channel took is told as one from outside.
// What is still to be paid at the counter has no form of its own: it is told as the payment that is expected, since an
// order that nobody sees is an order that nobody makes.

const EXTERNAL_TYPES: Readonly<Record<Order['payment']['method'], string>> = {
  card: 'CARD',
  cash: 'OTHER',
  wallet: 'STORED_BALANCE',
  transfer: 'BANK_TRANSFER',
  gift_card: 'OTHER_GIFT_CARD',
  other: 'OTHER',
}
const WORD_MAX = 255

/** Payments take keys of 45 characters at most, and an order's has 36. */
export function paymentKey(key: string): string {
  return `pay-${key}`
}

export function paymentBody(order: Order, key: string, orderId: string, location: string, amount: Minor): Json {
  const { payment, channel, number } = order
  const money = wireMoney(amount, order.currency)
  const common = { idempotency_key: paymentKey(key), location_id: location, order_id: orderId, amount_money: money }
  if (payment.state === 'due' && payment.method === 'cash') {
    return { ...common, source_id: 'CASH', cash_details: { buyer_supplied_money: money } }
  }
  const source = payment.state === 'due' ? `To be paid at the counter (${channel})` : channel
  return {
    ...common,
    source_id: 'EXTERNAL',
    external_details: {
      type: payment.state === 'due' ? 'OTHER' : EXTERNAL_TYPES[payment.method],
      source: source.slice(0, WORD_MAX),
      source_id: (payment.reference ?? number).slice(0, WORD_MAX),
    },
  }
}

export function paymentRemarks({ payment, test, total }: Order): OrderRemark[] {
  if (test) {
    const say =
      'A test is put in without a payment: it stays hidden from the counter, costs nothing and can be cancelled.'
    return [{ code: 'orders.test-unpaid', pointer: '/test', say }]
  }
  if (payment.state === 'paid' || total === 0n) return []
  const say =
    'Square POS shows no order that is not paid: the payment at the counter is told in advance, and the note says that it is due.'
  return [{ code: 'orders.due-told-as-paid', pointer: '/payment/state', say }]
}
