import type { RefundItem } from '#canon/sale.ts'
import { ZERO } from '#kernel/decimal.ts'
import type { Minor } from '#kernel/money.ts'

// One return may be paid back in several ways, and what came back is told once. Items are laid to the refunds in turn, as
// far as the money of each goes. One that two refunds share is told in both: the amounts in parts, the quantity in the
// first. The last refund takes what is left, so that a cent of rounding cuts nothing in two.

/** A refund's share of what came back. `tenderId` is the payment that it undoes. */
export type Sharer = { readonly id: string; readonly amount: Minor; readonly tenderId: string | null }
export type Share = { readonly items: readonly RefundItem[]; readonly tax: Minor; readonly tip: Minor }
export type TipBack = { readonly amount: Minor; readonly tenderId: string | null }

export const NO_SHARE: Share = { items: [], tax: 0n, tip: 0n }

type Filling = { readonly id: string; room: Minor; tip: Minor; tax: Minor; readonly items: RefundItem[] }

/** `tax` is all tax given back; what the items do not hold of it (that of service charges) follows the last of them. */
export function shareOut(
  sharers: readonly Sharer[],
  items: readonly RefundItem[],
  tips: readonly TipBack[],
  tax: Minor,
): ReadonlyMap<string, Share> {
  const fillings = sharers.map(({ id, amount }): Filling => ({ id, room: amount, tip: 0n, tax: 0n, items: [] }))
  const last = fillings.at(-1)
  if (last === undefined) return new Map()
  for (const { amount, tenderId } of tips) {
    const own = fillings[sharers.findIndex((sharer) => tenderId !== null && sharer.tenderId === tenderId)]
    const filling = own ?? fillings.find(({ room }) => room >= amount) ?? last
    filling.tip += amount
    filling.room -= amount
  }
  for (const item of items) layItem(item, fillings, last)
  last.tax += tax - items.reduce((sum, item) => sum + item.tax, 0n)
  return new Map(fillings.map((filling) => [filling.id, { items: filling.items, tax: filling.tax, tip: filling.tip }]))
}

function layItem(item: RefundItem, fillings: readonly Filling[], last: Filling): void {
  let rest: RefundItem | null = item
  for (const filling of fillings) {
    if (rest === null) return
    if (filling === last || filling.room >= rest.amount) {
      lay(rest, filling)
      rest = null
    } else if (filling.room > 0n) {
      const part = partOf(rest, filling.room)
      lay(part, filling)
      rest = { ...rest, quantity: ZERO, amount: rest.amount - part.amount, tax: rest.tax - part.tax }
    }
  }
}

function lay(item: RefundItem, filling: Filling): void {
  filling.items.push(item)
  filling.room -= item.amount
  filling.tax += item.tax
}

function partOf(item: RefundItem, amount: Minor): RefundItem {
  return { ...item, amount, tax: (item.tax * amount) / item.amount }
}
