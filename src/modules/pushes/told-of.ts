import type { Order } from '#canon/order.ts'
import { instantText } from '#kernel/instant.ts'
import { majorText } from '#kernel/money.ts'

/** An order as a person compares it with one of the POS: number, time, total and lines, and nobody's name. */
export function showsOf({ number, placedAt, total, currency, items }: Order): readonly string[] {
  return [
    `Number ${number}`,
    `Placed ${instantText(placedAt)}`,
    `Total ${majorText(total, currency)} ${currency}`,
    ...items.slice(0, 50).map(({ quantity, name }) => `${quantity} × ${name}`),
  ]
}
