import type { Answer, JsonObject } from './answer.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { checkLengths, settled } from './fulfilments.ts'
import { withKey } from './idempotency.ts'
import { mixedId } from './ids.ts'
import { changeable } from './order-writes.ts'
import { integerOf, neededText, objectOf, textOf } from './reads/request.ts'
import { invalid } from './refusal.ts'
import { rfc3339, tenderOf, versionTokenOf } from './sale-payments.ts'
import { Scribe } from './scribe.ts'
import type { Money, Order, Payment } from './wire.ts'

// Paying an order that was pushed in: with money that went elsewhere (EXTERNAL) or in cash. Cards are not played.

const KEY_MAX = 45
const EXTERNAL_TYPES = [
  'CHECK',
  'BANK_TRANSFER',
  'OTHER_GIFT_CARD',
  'CRYPTO',
  'SQUARE_CASH',
  'SOCIAL',
  'EXTERNAL',
  'EMONEY',
  'CARD',
  'STORED_BALANCE',
  'FOOD_VOUCHER',
  'OTHER',
]

export const paymentWriteEndpoints: readonly Endpoint[] = [
  {
    method: 'POST',
    path: '/v2/payments',
    name: 'payments.create',
    scopes: ['PAYMENTS_WRITE'],
    answer: createPayment,
  },
]

function createPayment(call: Call): Answer {
  const { square, seller, body, now } = call
  neededText(body, 'idempotency_key')
  return withKey(call, 'payments.create', KEY_MAX, (key) => {
    const source = sourceOf(body)
    const order = changeable(call, neededText(body, 'order_id'))
    const amount = moneyOf(body, 'amount_money')
    const tip = body.tip_money === undefined ? null : moneyOf(body, 'tip_money')
    checkFits(body, order, amount)
    const id = `${mixedId(28, 'pushed payment', seller.merchantId, order.id, key ?? '')}ZY`
    const stamp = rfc3339(now)
    const payment: Payment = {
      id,
      created_at: stamp,
      updated_at: stamp,
      amount_money: amount,
      ...(tip !== null && { tip_money: tip }),
      total_money: { ...amount, amount: amount.amount + (tip?.amount ?? 0) },
      status: 'COMPLETED',
      ...source,
      location_id: order.location_id,
      order_id: order.id,
      ...(textOf(body, 'reference_id') !== undefined && { reference_id: textOf(body, 'reference_id') ?? '' }),
      receipt_number: id.slice(0, 4),
      receipt_url: `https://squareup.com/receipt/preview/${id}`,
      application_details: { square_product: 'ECOMMERCE_API', application_id: square.application.id },
      version_token: versionTokenOf(id, stamp),
    }
    const scribe = new Scribe(square, seller)
    scribe.putPayment(payment)
    const paid = settled(paidBy(order, payment, now), now)
    scribe.putOrder(paid)
    scribe.tellPayment('payment.created', payment, now)
    scribe.tellOrder('order.updated', paid, now)
    scribe.follow(paid, null, now)
    square.paid(seller, paid.id)
    return { payment }
  })
}

function paidBy(order: Order, payment: Payment, now: number): Order {
  const tip = payment.tip_money?.amount ?? 0
  const plus = (money: Money): Money => ({ ...money, amount: money.amount + tip })
  return {
    ...order,
    tenders: [...(order.tenders ?? []), tenderOf(payment)],
    total_money: plus(order.total_money),
    total_tip_money: plus(order.total_tip_money),
    net_amounts: {
      ...order.net_amounts,
      total_money: plus(order.net_amounts.total_money),
      tip_money: plus(order.net_amounts.tip_money),
    },
    net_amount_due_money: { ...order.net_amount_due_money, amount: 0 },
    version: (order.version ?? 0) + 1,
    updated_at: rfc3339(now),
  }
}

function sourceOf(body: JsonObject): Pick<Payment, 'source_type' | 'cash_details' | 'external_details'> {
  const source = neededText(body, 'source_id')
  if (source === 'EXTERNAL') {
    const details = objectOf(body, 'external_details') ?? {}
    const type = neededText(details, 'type')
    if (!EXTERNAL_TYPES.includes(type)) {
      throw invalid('INVALID_ENUM_VALUE', `\`${type}\` is not a type of external payment.`, 'external_details.type')
    }
    const sourceId = textOf(details, 'source_id')
    return {
      source_type: 'EXTERNAL',
      external_details: {
        type,
        source: neededText(details, 'source'),
        ...(sourceId !== undefined && { source_id: sourceId }),
      },
    }
  }
  if (source !== 'CASH') throw invalid('BAD_REQUEST', 'The simulator takes EXTERNAL and CASH.', 'source_id')
  const supplied = moneyOf(objectOf(body, 'cash_details') ?? {}, 'buyer_supplied_money')
  const given = moneyOf(body, 'amount_money')
  const change = supplied.amount - given.amount
  if (change < 0) throw invalid('INVALID_VALUE', 'The buyer supplied less than the amount.', 'cash_details')
  return {
    source_type: 'CASH',
    cash_details: { buyer_supplied_money: supplied, change_back_money: { ...supplied, amount: change } },
  }
}

/** The amount is the order's due to the last cent, the place is the order's place. */
function checkFits(body: JsonObject, order: Order, amount: Money): void {
  checkLengths(body, { reference_id: 40, note: 500 }, 'payment')
  const location = textOf(body, 'location_id')
  if (location !== undefined && location !== order.location_id) {
    throw invalid('LOCATION_MISMATCH', 'The order belongs to another location.', 'location_id')
  }
  const due = order.net_amount_due_money
  if (amount.amount !== due.amount || amount.currency !== due.currency) {
    throw invalid(
      'PAYMENT_AMOUNT_MISMATCH',
      `The order's net amount due is ${due.amount} ${due.currency}.`,
      'amount_money',
    )
  }
}

function moneyOf(from: JsonObject, field: string): Money {
  const money = objectOf(from, field)
  if (money === undefined) throw invalid('MISSING_REQUIRED_PARAMETER', `Missing required parameter ${field}.`, field)
  return { amount: integerOf(money, 'amount') ?? 0, currency: neededText(money, 'currency') }
}
