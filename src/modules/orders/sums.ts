import type { Order, OrderItem } from '#canon/order.ts'
import { add, type Decimal, decimal, multiply, multiplyToMinor } from '#kernel/decimal.ts'
import { type Minor, sum } from '#kernel/money.ts'

// What an order comes to. Everything is exact until a line's end, where it is rounded once, half away from zero.

/** (unit price + modifiers of one) × quantity, before the line's discount. */
export function lineGross(item: Pick<OrderItem, 'quantity' | 'unitPrice' | 'modifiers'>): Minor {
  const ofOne = item.modifiers.reduce<Decimal>(
    (price, modifier) => add(price, multiply(decimal(modifier.unitPrice), modifier.quantity)),
    decimal(item.unitPrice),
  )
  return multiplyToMinor(1n, multiply(ofOne, item.quantity))
}

/** Items − discounts + added taxes + charges + tip. */
export function orderTotal(order: Pick<Order, 'items' | 'discounts' | 'taxes' | 'charges' | 'tip'>): Minor {
  const added = order.taxes.filter((tax) => !tax.included)
  return (
    sum(order.items.map((item) => item.total)) -
    sum(order.discounts.map((discount) => discount.amount)) +
    sum(added.map((tax) => tax.amount)) +
    sum(order.charges.map((charge) => charge.amount)) +
    order.tip
  )
}
