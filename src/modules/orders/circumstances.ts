import type { Order } from '#canon/order.ts'
import { Fault } from '#kernel/fault.ts'
import type { TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { getSite, listSites, type Site } from '#modules/sites/sites.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Remarks } from './remark.ts'
import type { OrderHooks } from './stored-order.ts'

// What depends on the hour, the tenant and the catalogue: asked of an order that is new, and of what an amendment changes.

/** How far the clocks of a channel and of the hub may be apart. */
const CLOCK_TOLERANCE_MS = 5 * 60_000
const DAY_MS = 86_400_000
const PROMISED_DAYS_MAX = 60
const PLACED_DAYS_MAX = 366

/** Null with a remark: there is no such site here. Somebody else's is answered like one that is nowhere. */
export async function findSite(
  tx: Tx,
  tenantId: TenantId,
  named: string | null,
  remarks: Remarks,
): Promise<Site | null> {
  if (named === null) {
    const [first, ...others] = await listSites(tx, tenantId)
    if (first !== undefined && others.length === 0) return first
    const detail =
      first === undefined ? 'there is no site yet; make one' : 'is missing, and there is more than one site'
    remarks.add('orders.location-needed', '/location', detail)
    return null
  }
  try {
    return await getSite(tx, tenantId, named)
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'site.missing') throw error
    remarks.add('orders.location-unknown', '/location', 'is no site of yours; the list of sites says what there is')
    return null
  }
}

export function checkCurrency(order: Order, site: Site, remarks: Remarks): void {
  if (order.currency === site.currency) return
  remarks.add('orders.currency-of-site', '/currency', `is not ${site.currency}, in which this site trades`)
}

export function checkPlacedAt({ placedAt }: Order, now: Instant, remarks: Remarks): void {
  if (placedAt > now + CLOCK_TOLERANCE_MS) {
    remarks.add('orders.placed-ahead', '/placed_at', `lies in the future; it is ${instantText(now)} here`)
  } else if (placedAt < now - PLACED_DAYS_MAX * DAY_MS) {
    remarks.add('orders.placed-long-ago', '/placed_at', `lies more than ${PLACED_DAYS_MAX} days back`)
  }
}

export function checkPromisedAt({ fulfilment: { at } }: Order, now: Instant, remarks: Remarks): void {
  if (at === null) return
  if (at < now - CLOCK_TOLERANCE_MS) {
    remarks.add('orders.promised-past', '/fulfilment/at', `lies in the past; it is ${instantText(now)} here`)
  } else if (at > now + PROMISED_DAYS_MAX * DAY_MS) {
    remarks.add('orders.promised-far', '/fulfilment/at', `lies more than ${PROMISED_DAYS_MAX} days ahead`)
  }
}

export async function checkItems(
  tx: Tx,
  tenantId: TenantId,
  order: Order,
  knownItems: OrderHooks['knownItems'],
  remarks: Remarks,
): Promise<void> {
  const named = [...namedItems(order)]
  const ids = [...new Set(named.map(({ id }) => id))]
  const known = ids.length === 0 ? null : ((await knownItems?.(tx, tenantId, order.channel, ids)) ?? null)
  if (known === null) return
  for (const { id, code, pointer } of named) {
    if (!known.has(id)) remarks.add(code, pointer, 'is not in the channel’s catalogue; hand that in first')
  }
}

function* namedItems(
  order: Order,
): Generator<{ readonly id: string; readonly code: string; readonly pointer: string }> {
  for (const [at, item] of order.items.entries()) {
    const pointer = `/items/${at}`
    if (item.itemId !== null) yield { id: item.itemId, code: 'orders.item-unknown', pointer: `${pointer}/item_id` }
    for (const [place, { itemId: id }] of item.modifiers.entries()) {
      const where = `${pointer}/modifiers/${place}/item_id`
      if (id !== null) yield { id, code: 'orders.modifier-unknown', pointer: where }
    }
  }
}
