import type { Order } from '#canon/order.ts'
import { findCardNumbers } from '#kernel/card-numbers.ts'
import type { Remarks } from './remark.ts'

// What is told of a person, and what must never stand in a text.

const PHONE = /^\+\d{5,20}$/
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

export function checkPerson({ customer, fulfilment }: Order, remarks: Remarks): void {
  if (customer?.phone != null && !PHONE.test(customer.phone)) {
    remarks.add('orders.phone', '/customer/phone', 'is not written with its country’s prefix, such as +4930123456')
  }
  if (customer?.email != null && !EMAIL.test(customer.email)) {
    remarks.add('orders.email', '/customer/email', 'is not an e-mail address')
  }
  if (fulfilment.kind === 'delivery' && fulfilment.address === null) {
    remarks.add('orders.address-missing', '/fulfilment/address', 'is missing: a delivery needs one')
  }
}

/** A card number is refused and not masked: whoever sends one must hear of it, and it is stored nowhere. */
export function checkTexts(order: Order, remarks: Remarks): void {
  for (const [pointer, text] of freeTexts(order)) {
    if (text === null || findCardNumbers(text).length === 0) continue
    remarks.add('orders.card-number', pointer, 'holds the number of a payment card; send it without')
  }
}

function* freeTexts({
  note,
  customer,
  fulfilment,
  payment,
  items,
}: Order): Generator<readonly [string, string | null]> {
  yield ['/note', note]
  yield ['/customer/name', customer?.name ?? null]
  yield ['/payment/reference', payment.reference]
  yield ['/fulfilment/note', fulfilment.note]
  yield ['/fulfilment/table', fulfilment.table]
  for (const [at, line] of (fulfilment.address?.lines ?? []).entries()) yield [`/fulfilment/address/lines/${at}`, line]
  for (const [at, item] of items.entries()) {
    yield [`/items/${at}/name`, item.name]
    yield [`/items/${at}/note`, item.note]
    for (const [place, modifier] of item.modifiers.entries()) {
      yield [`/items/${at}/modifiers/${place}/name`, modifier.name]
    }
  }
}
