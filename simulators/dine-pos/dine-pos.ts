import type { StageClock } from '../stage/clock.ts'
import { Switchboard } from '../stage/faults.ts'
import { type RateLimit, RateLimiter } from '../stage/rate-limit.ts'
import { RequestLedger } from '../stage/requests.ts'
import { Storm } from '../stage/storm.ts'
import type { Shop } from '../trade/shop.ts'
import type { JsonObject } from './answer.ts'
import { Courier } from './courier.ts'
import { DINE_POS_FAULTS } from './faults.ts'
import { numberId, tokenText } from './ids.ts'
import { MenuStore } from './menu.ts'
import { ENDED, type KeptOrder, type OrderDraft, type OrderStatus, type Telling } from './order.ts'

// The whole state of one restaurant's POS: its menu, the orders that were pushed in, and where it calls back.

/** How it calls back. */
export type Teller = {
  readonly name: string
  /** The body of a callback; null: this system does not tell of it. */
  callback(telling: Telling, pos: DinePos): JsonObject | null
  /** Whether it can sign what it sends. */
  readonly signs: boolean
  /** After each failed attempt of a callback it waits so long; after the last it gives up. */
  readonly callbackWaitsMs: readonly number[]
}

export type DinePosOptions = {
  readonly clock: StageClock
  readonly seed: string
  readonly teller: Teller
  readonly shop: Shop
  readonly restaurantId: string
  /** Whether an order may name what is not on the menu. */
  readonly openItems: boolean
  /** Null: without limit. */
  readonly rateLimit: RateLimit | null
  readonly callbackConcurrency: number
  readonly callbacks: Partial<CallbackSettings>
}

/** What the merchant typed in at the POS, as the hub showed it to him. */
export type CallbackSettings = {
  readonly secret: string | null
  /** For orders that come without an address of their own. */
  readonly orderUrl: string | null
  readonly stockUrl: string | null
  readonly storeUrl: string | null
}

export type Credentials = { readonly appKey: string; readonly appSecret: string; readonly accessToken: string }

export class DinePos {
  readonly clock: StageClock
  readonly seed: string
  readonly teller: Teller
  readonly shop: Shop
  readonly restaurantId: string
  readonly openItems: boolean
  readonly menu: MenuStore
  readonly faults = new Switchboard(DINE_POS_FAULTS)
  readonly requests: RequestLedger
  readonly storm: Storm
  readonly courier: Courier
  readonly limiter: RateLimiter | null
  /** What the simulator itself did wrong; `close` throws it, so that no test passes over it. */
  readonly bugs: unknown[] = []
  callbacks: CallbackSettings
  credentials: Credentials
  /** The merchant's own switch; the fault `closed-restaurant` closes it too. */
  opened = true
  #renewals = 0
  readonly #orders = new Map<string, KeptOrder>()
  readonly #byClientId = new Map<string, KeptOrder[]>()
  readonly #byKey = new Map<string, KeptOrder>()
  readonly #takers: ((order: KeptOrder) => void)[] = []

  constructor(options: DinePosOptions) {
    const { clock, seed, teller, shop, rateLimit, restaurantId } = options
    this.clock = clock
    this.seed = seed
    this.teller = teller
    this.shop = shop
    this.restaurantId = restaurantId
    this.openItems = options.openItems
    this.menu = new MenuStore(shop, `${seed} ${restaurantId}`)
    this.requests = new RequestLedger(clock.now())
    this.limiter = rateLimit === null ? null : new RateLimiter(rateLimit, clock)
    this.storm = new Storm(this.faults, clock, 'rate-limit-storm')
    this.callbacks = { secret: null, orderUrl: null, stockUrl: null, storeUrl: null, ...options.callbacks }
    this.credentials = this.#credentialsOf(0)
    this.courier = new Courier({
      clock,
      faults: this.faults,
      requests: this.requests,
      waitsMs: teller.callbackWaitsMs,
      concurrency: options.callbackConcurrency,
    })
    this.faults.onSwitch(({ name, on }) => {
      if (name === 'menu-changed' && on) this.menu.renumber()
    })
  }

  get exponent(): number {
    return this.shop.currency.exponent
  }

  get open(): boolean {
    return this.opened && !this.faults.isOn('closed-restaurant')
  }

  /** The old credentials end, new ones are given out. */
  renewCredentials(): Credentials {
    this.credentials = this.#credentialsOf(++this.#renewals)
    return this.credentials
  }

  *orders(): Generator<KeptOrder> {
    yield* this.#orders.values()
  }

  order(posId: string): KeptOrder | null {
    return this.#orders.get(posId) ?? null
  }

  /** The orders under that id of the caller's: more than one only where repeats make twins. */
  ordersOf(clientId: string): readonly KeptOrder[] {
    return this.#byClientId.get(clientId) ?? []
  }

  /** The order that was first pushed with that idempotency key. */
  orderOfKey(key: string): KeptOrder | null {
    return this.#byKey.get(key) ?? null
  }

  /** Told of every order that comes in. */
  onOrder(taker: (order: KeptOrder) => void): void {
    this.#takers.push(taker)
  }

  /** Keeps an order under the next number. */
  take(draft: OrderDraft, key: string | null, digest: string): KeptOrder {
    const now = this.clock.now()
    const posId = String(FIRST_NUMBER + this.#orders.size)
    const order: KeptOrder = {
      ...draft,
      posId,
      key,
      digest,
      receivedAt: now,
      status: 'received',
      statusAt: now,
      acceptedAt: null,
      reason: null,
    }
    this.#orders.set(posId, order)
    this.#byClientId.set(draft.clientId, [...this.ordersOf(draft.clientId), order])
    if (key !== null && !this.#byKey.has(key)) this.#byKey.set(key, order)
    this.notePushed(order)
    for (const taker of this.#takers) taker(order)
    return order
  }

  /** Counts one more push of that order. */
  notePushed({ key, posId, clientId }: KeptOrder): void {
    this.requests.pushed({ key, order_id: posId, merchant_id: this.restaurantId, reference_id: clientId })
  }

  /** A new state of an order, told to whoever pushed it. Nothing where it has ended. */
  move(order: KeptOrder, status: OrderStatus, reason: string | null = null): void {
    if (ENDED.has(order.status)) return
    order.status = status
    order.statusAt = this.clock.now()
    order.reason = reason
    if (status === 'accepted') order.acceptedAt = order.statusAt
    this.tell({ event: 'order.status', order, status })
  }

  /** Calls back where there is an address for it. */
  tell(telling: Telling): void {
    const body = this.teller.callback(telling, this)
    const url = this.#addressOf(telling)
    if (body === null || url === null) return
    const { event } = telling
    const secret = this.teller.signs ? this.callbacks.secret : null
    const strangers = this.teller.callback(forgedOf(telling), this) ?? body
    this.courier.deliver(
      { event, url, body: JSON.stringify(body), secret },
      { event, url: withoutQuery(url), body: JSON.stringify(strangers), secret: secret === null ? null : 'a guess' },
    )
  }

  #addressOf(telling: Telling): string | null {
    if (telling.event === 'order.status') return telling.order.callbackUrl ?? this.callbacks.orderUrl
    return telling.event === 'stock' ? this.callbacks.stockUrl : this.callbacks.storeUrl
  }

  #credentialsOf(renewal: number): Credentials {
    const word = (length: number, name: string) => tokenText(length, name, this.seed, String(renewal))
    return { appKey: word(32, 'app key'), appSecret: word(40, 'app secret'), accessToken: word(40, 'access token') }
  }
}

/** The number of the first order. */
const FIRST_NUMBER = 26

/** What a stranger would like to be believed. */
function forgedOf(telling: Telling): Telling {
  if (telling.event === 'order.status') return { ...telling, status: 'cancelled' }
  return telling.event === 'stock' ? { ...telling, inStock: !telling.inStock } : { ...telling, open: !telling.open }
}

/** What makes the address unguessable stands in its query. */
function withoutQuery(url: string): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

/** The number of a restaurant that was given none. */
export function restaurantIdOf(seed: string, shop: Shop): string {
  return `R-${numberId(5, 'restaurant', seed, shop.name)}`
}
