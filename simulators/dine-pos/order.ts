import type { JsonObject } from './answer.ts'

// An order as the POS keeps it, and the ways it goes:
//
//   received ─▶ accepted ─▶ preparing ─▶ ready ─▶ dispatched ─▶ delivered      (dispatched: deliveries only)
//       └─▶ rejected └────────────┴──────▶ cancelled

export type OrderKind = 'delivery' | 'pickup' | 'dine_in'

export const STATUSES = [
  'received',
  'accepted',
  'preparing',
  'ready',
  'dispatched',
  'delivered',
  'cancelled',
  'rejected',
] as const
export type OrderStatus = (typeof STATUSES)[number]

/** Minor units. total = gross − discount + tax + service + delivery + packing + tip. */
export type OrderSums = {
  readonly gross: number
  readonly discount: number
  readonly tax: number
  readonly service: number
  readonly delivery: number
  readonly packing: number
  readonly tip: number
  readonly total: number
}

/** A line as it was ordered, with what a profile's papers call its ids. */
export type OrderLine = {
  readonly id: string
  readonly variationId: string
  readonly name: string
  readonly quantity: string
  readonly note: string
  readonly addons: readonly { readonly id: string; readonly name: string; readonly quantity: string }[]
}

/** An order as it was read from a request, before anything is kept. */
export type OrderDraft = {
  readonly clientId: string
  readonly restaurantId: string
  readonly kind: OrderKind
  /** Epoch milliseconds; null: as soon as possible. */
  readonly scheduledFor: number | null
  readonly lines: readonly OrderLine[]
  readonly sums: OrderSums
  readonly payment: { readonly prepaid: boolean; readonly method: string; readonly amount: number }
  readonly callbackUrl: string | null
}

export type KeptOrder = OrderDraft & {
  /** The number that the POS gives it. */
  readonly posId: string
  readonly key: string | null
  /** The request as it came, by its digest. */
  readonly digest: string
  readonly receivedAt: number
  status: OrderStatus
  statusAt: number
  acceptedAt: number | null
  reason: string | null
}

export const ENDED: ReadonlySet<OrderStatus> = new Set(['delivered', 'cancelled', 'rejected'])

const WAY: readonly OrderStatus[] = ['received', 'accepted', 'preparing', 'ready', 'dispatched', 'delivered']

/** What comes next on the ordinary way; null: nothing. */
export function nextOf(status: OrderStatus, kind: OrderKind): OrderStatus | null {
  const at = WAY.indexOf(status)
  const next = at < 0 ? undefined : WAY[at + 1]
  if (next === undefined) return null
  return next === 'dispatched' && kind !== 'delivery' ? 'delivered' : next
}

/** The customer may still call it off: it has not left the house. */
export function cancellable(status: OrderStatus): boolean {
  return ['received', 'accepted', 'preparing', 'ready'].includes(status)
}

/** What goes to the hub, whatever the wire looks like. */
export type Telling =
  | { readonly event: 'order.status'; readonly order: KeptOrder; readonly status: OrderStatus }
  | {
      readonly event: 'stock'
      readonly type: 'item' | 'addon'
      readonly ids: readonly string[]
      readonly inStock: boolean
      readonly until: number | null
    }
  | { readonly event: 'store'; readonly open: boolean; readonly until: number | null; readonly reason: string }

export type Told = { readonly telling: Telling; readonly body: JsonObject }
