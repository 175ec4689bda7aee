import type { Order } from '#canon/order.ts'
import { instantText } from '#kernel/instant.ts'
import { type Minor, wireMoney } from '#kernel/money.ts'
import { timeText } from './store.ts'
import type { NewOrder, OrderAmendment } from './wire-in.ts'

// An order as its channel would hand it in today. What amends it is laid over this, and the whole is read and checked
// like a new one: there are no second rules for changes.

export function givenAgain(order: Order): NewOrder {
  const money = (amount: Minor) => wireMoney(amount, order.currency)
  const { address } = order.fulfilment
  return {
    channel: order.channel,
    external_id: order.externalId,
    number: order.number,
    placed_at: instantText(order.placedAt),
    currency: order.currency,
    fulfilment: {
      kind: order.fulfilment.kind,
      at: timeText(order.fulfilment.at),
      table: order.fulfilment.table,
      guests: order.fulfilment.guests,
      note: order.fulfilment.note,
      address: address && {
        lines: [...address.lines],
        city: address.city,
        region: address.region,
        postal_code: address.postalCode,
        country: address.country,
      },
    },
    customer: order.customer && { ...order.customer },
    items: order.items.map((item) => ({
      line_id: item.lineId,
      item_id: item.itemId,
      name: item.name,
      sku: item.sku,
      quantity: item.quantity,
      unit_price: money(item.unitPrice),
      modifiers: item.modifiers.map((one) => ({
        item_id: one.itemId,
        name: one.name,
        quantity: one.quantity,
        unit_price: money(one.unitPrice),
      })),
      discount: money(item.discount),
      note: item.note,
    })),
    discounts: order.discounts.map((one) => ({ ...one, amount: money(one.amount) })),
    taxes: order.taxes.map((tax) => ({
      name: tax.name,
      rate: tax.rate,
      amount: money(tax.amount),
      included: tax.included,
      line_ids: tax.lineIds && [...tax.lineIds],
    })),
    charges: order.charges.map((one) => ({ ...one, amount: money(one.amount) })),
    tip: money(order.tip),
    total: money(order.total),
    payment: { ...order.payment },
    note: order.note,
    test: order.test,
  }
}

/**
 * Lists are replaced whole; in fulfilment, customer and payment only what is named. Null empties. Still to be read as an
 * order: a customer may lack a name.
 */
export function amended(given: NewOrder, amendment: OrderAmendment): unknown {
  const { version: _version, fulfilment, customer, payment, ...replaced } = amendment
  return {
    ...given,
    ...definedOf(replaced),
    fulfilment: { ...given.fulfilment, ...definedOf(fulfilment ?? {}) },
    customer:
      customer == null ? (customer === null ? null : given.customer) : { ...given.customer, ...definedOf(customer) },
    payment: { ...given.payment, ...definedOf(payment ?? {}) },
  }
}

/** Without the fields that are there and undefined: they would cover what stands. */
function definedOf<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>
  }
}
