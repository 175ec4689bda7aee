import { hash } from 'node:crypto'
import { type Answer, PosRefusal } from './answer.ts'
import { addonOf, orderableOf } from './menu.ts'
import type { KeptOrder, OrderDraft } from './order.ts'
import type { Call } from './profile.ts'
import { invalid } from './reading.ts'

// What becomes of an order that is pushed in. Whether it is there already is asked before anything else, so that a repeat
// is answered as a repeat even after the restaurant has closed or the menu has changed.

/** What the answers look like in a profile. */
export type PushWords = {
  saved(order: KeptOrder): unknown
  /** It was there already. */
  duplicate(order: KeptOrder): unknown
}

/**
 * Keeps the order, or says that it is there. `key`: what makes a repeat the same call, where the profile has such a
 * thing; then the same key with the same body answers what it answered, and with another body it is refused.
 */
export function pushOrder(call: Call, draft: OrderDraft, key: string | null, words: PushWords): Answer {
  const { pos } = call
  const digest = hash('sha256', JSON.stringify(call.body), 'base64url')
  if (draft.restaurantId !== pos.restaurantId) {
    throw new PosRefusal('restaurant-unknown', `There is no restaurant ${draft.restaurantId}.`)
  }
  if (key !== null && keyTaken(call, draft, key, digest)) {
    throw new PosRefusal('key-reused', 'The idempotency key was used before with a different request.')
  }
  const known = pos.ordersOf(draft.clientId).at(-1)
  if (known !== undefined && !pos.faults.strikes('repeats-make-twins', 'orders.push')) {
    pos.notePushed(known)
    const same = key !== null && known.key === key && known.digest === digest
    const says = same && !pos.faults.strikes('duplicate-answer', 'orders.push') ? words.saved : words.duplicate
    return answered(call, known, says)
  }
  checkOpen(call, draft)
  checkLines(call, draft)
  if (pos.faults.strikes('success-zero', 'orders.push')) {
    throw new PosRefusal('not-saved', 'Your order could not be saved.')
  }
  const order = pos.take(draft, key, digest)
  return answered(call, order, pos.faults.strikes('duplicate-answer', 'orders.push') ? words.duplicate : words.saved)
}

function answered({ pos }: Call, order: KeptOrder, says: (order: KeptOrder) => unknown): Answer {
  const body = says(order)
  if (!pos.faults.strikes('no-order-number', 'orders.push')) return { status: 200, body }
  const { orderID: _, ...rest } = body as Readonly<Record<string, unknown>>
  return { status: 200, body: rest }
}

/** Whether that key stands for another order or another body. */
function keyTaken({ pos }: Call, draft: OrderDraft, key: string, digest: string): boolean {
  const holder = pos.orderOfKey(key)
  return holder !== null && (holder.clientId !== draft.clientId || holder.digest !== digest)
}

/** A closed restaurant takes what is for later. */
function checkOpen({ pos, now }: Call, { scheduledFor }: OrderDraft): void {
  if (pos.open || (scheduledFor !== null && scheduledFor > now)) return
  throw new PosRefusal('restaurant-closed', 'The restaurant is closed and takes no orders now.')
}

function checkLines({ pos, now }: Call, { lines }: OrderDraft): void {
  if (lines.length === 0) throw invalid('items', 'must not be empty')
  const card = pos.menu.cardAt(now)
  lines.forEach((line, at) => {
    const found = orderableOf(card, line.id, line.variationId)
    if (found === null && !(pos.openItems && line.id === '')) throw unknown(`items.${at}.id`, line.id, line.name)
    if (found?.inStock === false) throw soldOut(`items.${at}.id`, found.name)
    line.addons.forEach((addon, nth) => {
      const known = addonOf(card, addon.id)
      const path = `items.${at}.addons.${nth}.id`
      if (known === null && !(pos.openItems && addon.id === '')) throw unknown(path, addon.id, addon.name)
      if (known?.inStock === false) throw soldOut(path, known.name)
    })
  })
}

function unknown(path: string, id: string, name: string): PosRefusal {
  return new PosRefusal('item-unknown', `There is no "${name || id}" on the menu.`, { [path]: `${id} is unknown.` })
}

function soldOut(path: string, name: string): PosRefusal {
  return new PosRefusal('item-out-of-stock', `${name} is sold out.`, { [path]: 'is sold out.' })
}
