import type { StageClock } from '../stage/clock.ts'
import { Switchboard } from '../stage/faults.ts'
import { type RateLimit, RateLimiter } from '../stage/rate-limit.ts'
import { RequestLedger } from '../stage/requests.ts'
import { Storm } from '../stage/storm.ts'
import type { JsonObject } from './answer.ts'
import { type Application, applicationOf, type Environment } from './application.ts'
import { Courier } from './courier.ts'
import { EventLog, eventOf, type Happening, scopeOf } from './events.ts'
import { SQUARE_FAULTS } from './faults.ts'
import { Seller, type SellerOptions } from './seller.ts'
import { Subscriptions } from './subscriptions.ts'
import { Tokens } from './tokens.ts'

// The whole state of the simulated Square: one developer's application, the sellers it may meet, their tokens, the
// subscriptions and what has been told to them.

export type SquareOptions = {
  readonly clock: StageClock
  readonly seed: string
  readonly environment: Environment
  readonly sellers: readonly SellerOptions[]
  readonly application?: { readonly name?: string; readonly redirectUri?: string | null }
  /** Per seller; null: without limit. */
  readonly rateLimit: RateLimit | null
  /** Webhooks in flight at once. */
  readonly webhookConcurrency: number
  /** Whether the consent page asks, or answers by itself. */
  readonly consent: 'ask' | 'allow' | 'deny'
  /** How long an idempotency key is remembered; null: for ever. */
  readonly idempotencyLifeMs: number | null
}

/** What is older when it is made is history: nobody is told of it. */
const HISTORY_MS = 60_000

export class Square {
  readonly clock: StageClock
  readonly seed: string
  readonly environment: Environment
  readonly application: Application
  readonly sellers: readonly Seller[]
  /** What a caller gets that names no `Square-Version`. */
  readonly version = '2026-09-16'
  readonly tokens: Tokens
  readonly faults = new Switchboard(SQUARE_FAULTS)
  readonly requests: RequestLedger
  readonly subscriptions: Subscriptions
  readonly events = new EventLog()
  readonly courier: Courier
  readonly limiter: RateLimiter | null
  readonly storm: Storm
  readonly idempotencyLifeMs: number | null
  readonly consent: SquareOptions['consent']
  /** What answered under which idempotency key, by call and merchant. */
  readonly answered = new Map<string, { readonly request: string; readonly body: JsonObject; readonly at: number }>()
  /** What the simulator itself did wrong; `close` throws it, so that no test passes over it. */
  readonly bugs: unknown[] = []
  readonly #paidListeners: ((seller: Seller, orderId: string) => void)[] = []
  #serial = 0

  constructor(options: SquareOptions) {
    const { clock, seed, environment } = options
    this.clock = clock
    this.seed = seed
    this.environment = environment
    this.consent = options.consent
    this.application = applicationOf(environment, seed, options.application)
    this.sellers = options.sellers.map((seller) => new Seller(seller, clock.now()))
    this.tokens = new Tokens(this.application, seed, this.mainSeller.merchantId)
    this.requests = new RequestLedger(clock.now())
    this.subscriptions = new Subscriptions(seed)
    this.limiter = options.rateLimit === null ? null : new RateLimiter(options.rateLimit, clock)
    this.idempotencyLifeMs = options.idempotencyLifeMs
    this.storm = new Storm(this.faults, clock, 'rate-limit-storm')
    const { faults, requests } = this
    this.courier = new Courier({ clock, faults, requests, environment, concurrency: options.webhookConcurrency })
    faults.onSwitch(({ name, on }) => {
      if (name === 'subscription-removed' && on) this.subscriptions.removeAll()
    })
  }

  /** The developer's own account, which the personal access token opens. */
  get mainSeller(): Seller {
    const [main] = this.sellers
    if (main === undefined) throw new RangeError('The simulator needs at least one seller.')
    return main
  }

  seller(merchantId: string): Seller {
    const found = this.sellers.find((seller) => seller.merchantId === merchantId)
    if (found === undefined) throw new RangeError(`No seller has the id ${merchantId}.`)
    return found
  }

  /** Told of every order that was pushed in and is paid now. */
  onPaid(listener: (seller: Seller, orderId: string) => void): void {
    this.#paidListeners.push(listener)
  }

  paid(seller: Seller, orderId: string): void {
    for (const listener of this.#paidListeners) listener(seller, orderId)
  }

  /** What Square's own clock shows. */
  now(): number {
    return this.clock.now() + 1000 * (this.faults.valueWhileOn('clock-skew') ?? 0)
  }

  /** Tells every subscriber that may know. What happened long ago is history and is told to nobody. */
  raise(seller: Seller, happening: Happening): void {
    const at = happening.at ?? this.now()
    if (at < this.clock.now() - HISTORY_MS) return
    if (!this.events.enabled && this.subscriptions.list().length === 0) return
    const event = eventOf(seller.merchantId, happening, at, ++this.#serial)
    this.events.add(event)
    if (!this.#maySend(seller, happening.type)) return
    for (const subscription of this.subscriptions.list()) {
      if (subscription.enabled && subscription.eventTypes.includes(event.type))
        this.courier.deliver(event, subscription)
    }
  }

  /** All tokens of that seller end: he took the access back in his dashboard, or the application gave it up. */
  revoke(seller: Seller, revoker: 'MERCHANT' | 'APPLICATION'): void {
    const revoked = this.now()
    this.raise(seller, {
      type: 'oauth.authorization.revoked',
      dataType: 'revocation',
      id: seller.merchantId,
      object: { revocation: { revoked_at: new Date(revoked).toISOString(), revoker_type: revoker } },
    })
    this.tokens.revoke(seller.merchantId)
  }

  #maySend(seller: Seller, type: string): boolean {
    if (seller === this.mainSeller) return true
    const scope = scopeOf(type)
    const granted = this.tokens.authorised(seller.merchantId, this.clock.now())
    return granted !== null && (scope === null || granted.has(scope))
  }
}
