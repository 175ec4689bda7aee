import type { Minor } from '#kernel/money.ts'
import type { WireOrder, WireReturn } from '../wire.ts'
import { minorOf, minorOrZero } from './money.ts'

// What an order asks for, and what becomes of a return inside a sale.
//
// An exchange is one order with lines that are bought and lines that are brought back; only the difference changes hands.
// We tell it as what it is: a whole sale, and a refund of its own. The part of the one that paid for the other is the
// netted amount: a payment of the sale without money, and a refund without money, under the id `<order id>#exchange`.

export function isSale({ line_items }: WireOrder): boolean {
  return (line_items?.length ?? 0) > 0
}

export function givesBack({ returns }: WireOrder): boolean {
  return (returns?.length ?? 0) > 0
}

/** All that an order gives back, taxes and tips inside. */
export function returnTotal(order: WireOrder): Minor {
  const stated = minorOf(order.return_amounts?.total_money)
  if (stated !== null) return stated
  return (order.returns ?? []).reduce((sum, one) => sum + totalOfReturn(one), 0n)
}

function totalOfReturn({ return_amounts, return_line_items, return_tips, rounding_adjustment }: WireReturn): Minor {
  const stated = minorOf(return_amounts?.total_money)
  if (stated !== null) return stated
  const lines = (return_line_items ?? []).reduce((sum, line) => sum + minorOrZero(line.total_money), 0n)
  const tips = (return_tips ?? []).reduce((sum, tip) => sum + minorOrZero(tip.applied_money), 0n)
  return lines + tips + minorOrZero(rounding_adjustment?.amount_money)
}

/** What was to be paid with money: less than the total where something was brought back. Null when nothing says it. */
export function dueOf(order: WireOrder): Minor | null {
  const total = minorOf(order.total_money)
  if (total === null || !givesBack(order)) return total
  const net = minorOf(order.net_amounts?.total_money) ?? total - returnTotal(order)
  return net > 0n ? net : 0n
}

/**
 * Whether the till is done with it: what was due is paid, also where the order stays open until it is picked up. An order
 * that asks for nothing is done when Square says so, since a ticket that is still rung up looks the same.
 */
export function isPaid(order: WireOrder, paid: Minor): boolean {
  const due = dueOf(order)
  return due === null || due <= 0n ? order.state === 'COMPLETED' : paid >= due
}

/** Of a paid exchange: what was brought back in place of money. Nothing for any other order. */
export function nettedOf(order: WireOrder, paid: Minor): Minor {
  if (!isSale(order) || !givesBack(order)) return 0n
  const [total, back] = [minorOrZero(order.total_money), returnTotal(order)]
  const [open, most] = [total - paid, total < back ? total : back]
  return open <= 0n ? 0n : open < most ? open : most
}

export function exchangeId(order: WireOrder): string {
  return `${order.id ?? ''}#exchange`
}
