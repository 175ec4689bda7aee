import { DAY_MS } from '../trade/calendar.ts'
import type { JsonObject } from './answer.ts'
import { uuidOf } from './ids.ts'

// What Square tells the world, in the envelope of a webhook. The log is what `POST /v2/events` searches: 28 days, and
// only from the moment at which it was switched on.

export const LOG_KEPT_MS = 28 * DAY_MS

/** What happened, before it is put into its envelope. */
export type Happening = {
  readonly type: string
  /** Of `data`; readers should go by the envelope's own `type`. */
  readonly dataType: string
  readonly id: string
  /** Missing when the thing was deleted. */
  readonly object?: JsonObject
  readonly locationId?: string
  readonly deleted?: boolean
  /** When it happened, by the business; the present if it is not said. */
  readonly at?: number
}

export type SquareEvent = {
  readonly eventId: string
  readonly merchantId: string
  readonly type: string
  readonly at: number
  readonly body: JsonObject
  /** The very text that is signed and sent. */
  readonly text: string
}

/** Which scope a seller must have granted for an event to be sent; null: none. */
export function scopeOf(type: string): string | null {
  const group = type.slice(0, type.indexOf('.'))
  return SCOPE_OF_GROUP[group] ?? null
}

const SCOPE_OF_GROUP: Readonly<Record<string, string>> = {
  payment: 'PAYMENTS_READ',
  refund: 'PAYMENTS_READ',
  order: 'ORDERS_READ',
  inventory: 'INVENTORY_READ',
  catalog: 'ITEMS_READ',
  customer: 'CUSTOMERS_READ',
  loyalty: 'LOYALTY_READ',
  gift_card: 'GIFTCARDS_READ',
  location: 'MERCHANT_PROFILE_READ',
}

export const EVENT_TYPES: readonly string[] = [
  'payment.created',
  'payment.updated',
  'refund.created',
  'refund.updated',
  'order.created',
  'order.updated',
  'order.fulfillment.updated',
  'inventory.count.updated',
  'catalog.version.updated',
  'customer.created',
  'customer.updated',
  'customer.deleted',
  'loyalty.account.created',
  'loyalty.account.updated',
  'loyalty.account.deleted',
  'loyalty.event.created',
  'loyalty.program.created',
  'loyalty.program.updated',
  'loyalty.promotion.created',
  'loyalty.promotion.updated',
  'gift_card.created',
  'gift_card.updated',
  'gift_card.customer_linked',
  'gift_card.customer_unlinked',
  'gift_card.activity.created',
  'gift_card.activity.updated',
  'location.created',
  'location.updated',
  'oauth.authorization.revoked',
]

export function eventOf(merchantId: string, happening: Happening, at: number, serial: number): SquareEvent {
  const eventId = uuidOf('event', merchantId, happening.type, happening.id, String(serial))
  const { type, dataType, id, object, locationId, deleted } = happening
  const body = {
    merchant_id: merchantId,
    ...(locationId !== undefined && { location_id: locationId }),
    type,
    event_id: eventId,
    created_at: stampOf(at, serial),
    data: { type: dataType, id, ...(deleted && { deleted }), ...(object !== undefined && { object }) },
  }
  return { eventId, merchantId, type, at, body, text: JSON.stringify(body) }
}

/** The stamps of events have anything between no and nine digits behind the second. */
function stampOf(at: number, serial: number): string {
  const iso = new Date(at).toISOString()
  const digits = serial % 10
  if (digits === 0) return `${iso.slice(0, 19)}Z`
  const nanoseconds = `${iso.slice(20, 23)}${String((serial * 7919) % 1_000_000).padStart(6, '0')}`
  return `${iso.slice(0, 19)}.${nanoseconds.slice(0, digits)}Z`
}

export class EventLog {
  #enabled = false
  #events: SquareEvent[] = []

  get enabled(): boolean {
    return this.#enabled
  }

  enable(enabled: boolean): void {
    this.#enabled = enabled
  }

  add(event: SquareEvent): void {
    if (this.#enabled) this.#events.push(event)
  }

  /** What is still kept at that time, oldest first. */
  kept(now: number): readonly SquareEvent[] {
    const first = this.#events.findIndex((event) => event.at >= now - LOG_KEPT_MS)
    if (first > 0) this.#events = this.#events.slice(first)
    return first < 0 ? [] : this.#events
  }
}
