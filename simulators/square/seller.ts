import { DAY_MS } from '../trade/calendar.ts'
import type { Shop } from '../trade/shop.ts'
import { upperId } from './ids.ts'
import { type Reads, readsOf } from './reads/reads.ts'
import { Shelf, type SortKey } from './shelf.ts'
import type { Order, Payment, Refund, SquareLocation } from './wire.ts'

// A merchant and everything Square keeps of its trade. What it sells comes from a shop of `trade`; what stands here is
// only what Square would know.

export type SellerOptions = {
  /** Worked out from the name if not given. */
  readonly merchantId?: string
  readonly shop: Shop
  /** Two letters; it decides whether `gross_sales_money` leaves inclusive tax out. */
  readonly country: string
  /** Whether he pays for Square's loyalty plan; he does if it is not said. */
  readonly loyalty?: boolean
  /** How much of its trade goes in ways that the generator does not know; each between 0 and 1. */
  readonly habits?: Partial<Habits>
  /** Locations that no longer trade, by the external id of their site. */
  readonly inactive?: readonly string[]
}

export type Habits = {
  /** Of refunds with goods: they become exchanges. */
  readonly exchanges: number
  /** Of sales paid by card: rung up offline, uploaded one to seventy-two hours later. */
  readonly offline: number
  /** Of partial refunds: by amount, without their items. */
  readonly refundsByAmount: number
  /** Of refunds: they fail in the end. */
  readonly failedRefunds: number
  /** Of service charges: handed down to the lines. */
  readonly apportioned: number
}

const HABITS: Habits = {
  exchanges: 0.12,
  offline: 0.004,
  refundsByAmount: 0.15,
  failedRefunds: 0.03,
  apportioned: 0.34,
}

/** In these countries inclusive tax is taken out of `gross_sales_money`. */
const TAX_LEFT_OUT = new Set(['US', 'CA', 'JP'])

export class Seller {
  readonly merchantId: string
  readonly name: string
  readonly country: string
  readonly currency: string
  readonly shop: Shop
  readonly habits: Habits
  readonly createdAt: string
  readonly locations: SquareLocation[]
  readonly refunds = new Shelf<Refund>(REFUND_KEYS)
  /** Catalogue, stock, customers, loyalty and gift cards. */
  readonly reads: Reads
  readonly #orders = new Map<string, Shelf<Order>>()
  readonly #payments = new Map<string, Shelf<Payment>>()
  readonly #locationOfOrder = new Map<string, string>()
  readonly #locationOfPayment = new Map<string, string>()
  /** Which sales of the generator stand here already, by their external id. */
  readonly soldIds = new Set<string>()
  /** How many orders were pushed in. */
  pushedCount = 0
  /** Orders of which not everything can be read yet, until when by the clock. */
  readonly settling = new Map<string, { readonly until: number; readonly shows: 'nothing' | 'no lines' }>()

  constructor(options: SellerOptions, now: number) {
    const { shop, country } = options
    this.shop = shop
    this.name = shop.name
    this.country = country
    this.currency = shop.currency.code
    this.habits = { ...HABITS, ...options.habits }
    this.merchantId = options.merchantId ?? `M${upperId(12, 'merchant', shop.name, country)}`
    this.createdAt = new Date(now - 900 * DAY_MS).toISOString()
    this.locations = shop.sites.map((site) => ({
      id: this.locationIdOf(site.externalId),
      name: site.name,
      business_name: shop.name,
      address: { country },
      timezone: site.timeZone ?? shop.timeZone,
      capabilities: ['CREDIT_CARD_PROCESSING', 'AUTOMATIC_TRANSFERS'],
      status: options.inactive?.includes(site.externalId) ? 'INACTIVE' : 'ACTIVE',
      created_at: this.createdAt,
      merchant_id: this.merchantId,
      country,
      language_code: 'en-US',
      currency: this.currency,
      type: 'PHYSICAL',
    }))
    const locationIds = this.locations.map(({ id }) => id)
    this.reads = readsOf({ shop, merchantId: this.merchantId, locationIds }, { loyalty: options.loyalty ?? true })
  }

  /** The first; `GET /v2/payments` answers for it alone unless told otherwise. */
  get mainLocation(): SquareLocation {
    const [main] = this.locations
    if (main === undefined) throw new RangeError(`${this.name} has no location.`)
    return main
  }

  /** Whether `gross_sales_money` leaves inclusive tax out. */
  get taxLeftOut(): boolean {
    return TAX_LEFT_OUT.has(this.country)
  }

  locationIdOf(siteExternalId: string): string {
    return `L${upperId(12, 'location', this.merchantId, siteExternalId)}`
  }

  findLocation(id: string): SquareLocation | null {
    return this.locations.find((location) => location.id === id) ?? null
  }

  ordersAt(locationId: string): Shelf<Order> {
    return shelfAt(this.#orders, locationId, ORDER_KEYS)
  }

  paymentsAt(locationId: string): Shelf<Payment> {
    return shelfAt(this.#payments, locationId, PAYMENT_KEYS)
  }

  findOrder(id: string): Order | null {
    const locationId = this.#locationOfOrder.get(id)
    return locationId === undefined ? null : (this.ordersAt(locationId).get(id)?.value ?? null)
  }

  /** The order as a read shows it at that time: orders that are still settling lack their lines, or are not there. */
  readOrder(id: string, now: number): Order | null {
    const order = this.findOrder(id)
    const settling = order === null ? undefined : this.settling.get(id)
    if (order === null || settling === undefined) return order
    if (now >= settling.until) {
      this.settling.delete(id)
      return order
    }
    return settling.shows === 'nothing' ? null : withoutLines(order)
  }

  findPayment(id: string): Payment | null {
    const locationId = this.#locationOfPayment.get(id)
    return locationId === undefined ? null : (this.paymentsAt(locationId).get(id)?.value ?? null)
  }

  /** Puts it in its place, or in place of what it was before. */
  putOrder(order: Order, now: number): void {
    this.#locationOfOrder.set(order.id, order.location_id)
    this.ordersAt(order.location_id).put(order, now)
  }

  putPayment(payment: Payment, now: number): void {
    this.#locationOfPayment.set(payment.id, payment.location_id)
    this.paymentsAt(payment.location_id).put(payment, now)
  }

  *allOrders(): Generator<Order> {
    for (const shelf of this.#orders.values()) for (const { value } of shelf.values()) yield value
  }

  *allPayments(): Generator<Payment> {
    for (const shelf of this.#payments.values()) for (const { value } of shelf.values()) yield value
  }
}

/** Its totals stand, what explains them is missing. */
export function withoutLines(order: Order): Order {
  const { line_items: _lines, taxes: _taxes, discounts: _discounts, service_charges: _charges, ...rest } = order
  return rest
}

function shelfAt<T extends { readonly id: string }>(
  shelves: Map<string, Shelf<T>>,
  locationId: string,
  keys: readonly SortKey<T>[],
): Shelf<T> {
  const known = shelves.get(locationId)
  if (known !== undefined) return known
  const made = new Shelf<T>(keys)
  shelves.set(locationId, made)
  return made
}

const ORDER_KEYS: readonly SortKey<Order>[] = [
  { field: 'CREATED_AT', at: (order) => Date.parse(order.created_at) },
  { field: 'UPDATED_AT', at: (order) => Date.parse(order.updated_at) },
  { field: 'CLOSED_AT', at: (order) => (order.closed_at === undefined ? null : Date.parse(order.closed_at)) },
]

const PAYMENT_KEYS: readonly SortKey<Payment>[] = [
  { field: 'CREATED_AT', at: (payment) => Date.parse(payment.created_at) },
  { field: 'UPDATED_AT', at: (payment) => Date.parse(payment.updated_at) },
  {
    field: 'OFFLINE_CREATED_AT',
    at: ({ offline_payment_details: offline }) =>
      offline === undefined ? null : Date.parse(offline.client_created_at),
  },
]

const REFUND_KEYS: readonly SortKey<Refund>[] = [
  { field: 'CREATED_AT', at: (refund) => Date.parse(refund.created_at) },
  { field: 'UPDATED_AT', at: (refund) => Date.parse(refund.updated_at) },
]
