import { StageClock } from '../stage/clock.ts'
import { type Act, type BooksQuery, controlRoutes, type SellAnswer, type SellOrder } from '../stage/control.ts'
import type { FaultOrder, FaultState } from '../stage/faults.ts'
import { shopOf } from '../trade/shop.ts'
import { actsOf } from './acts.ts'
import { SCOPES } from './application.ts'
import { booksOf, type CurrencyBooks } from './books.ts'
import { Market } from './market.ts'
import type { Seller, SellerOptions } from './seller.ts'
import { squareServer } from './server.ts'
import { Square, type SquareOptions } from './square.ts'
import { STANDARD_STAFF, Staff, type StaffHabits } from './staff.ts'
import type { Subscription, SubscriptionDraft } from './subscriptions.ts'

// The simulator as a whole: started in a test, in the demo, or alone.

export type StartOptions = {
  /** 0, the standard, takes any free port. */
  readonly port?: number
  readonly host?: string
  /** One clock for all simulators of a process; its own, with real time, if not given. */
  readonly clock?: StageClock
  readonly seed?: string
  /** The first is the developer's own account. A café in Dublin with three locations if none is given. */
  readonly sellers?: readonly SellerOptions[]
  readonly environment?: SquareOptions['environment']
  readonly application?: { readonly name?: string; readonly redirectUri?: string | null }
  /** Per seller. Twenty calls a second, forty at once, if not given; null: no limit. */
  readonly rateLimit?: SquareOptions['rateLimit']
  readonly consent?: SquareOptions['consent']
  /** 32 if not given. */
  readonly webhookConcurrency?: number
  /** Every seller trades from now on, so many times as busily as usual. */
  readonly live?: boolean | { readonly scale: number }
  /** People who work pushed orders through; nobody does if it is not said. */
  readonly staff?: boolean | Partial<StaffHabits>
  /** How long an idempotency key is remembered; for ever if not given. */
  readonly idempotencyLifeMs?: number
}

export type RunningSquare = {
  readonly provider: 'square'
  readonly baseUrl: string
  readonly controlUrl: string
  readonly credentials: Credentials
  readonly locations: readonly LocationLine[]
  readonly clock: StageClock
  /** The whole state, for tests that look behind the curtain. */
  readonly square: Square
  sell(order: SellOrder): SellAnswer
  books(query?: BooksQuery): readonly CurrencyBooks[]
  fault(order: FaultOrder): FaultState
  act(name: string, order?: Readonly<Record<string, unknown>>): unknown
  /** A subscription without going through the API. */
  subscribe(draft: Omit<SubscriptionDraft, 'name' | 'apiVersion'> & Partial<SubscriptionDraft>): Subscription
  /** Tokens of a seller as a consent would give them; every scope if none is named. */
  connect(
    merchantId: string,
    scopes?: readonly string[],
  ): { readonly accessToken: string; readonly refreshToken: string }
  /** Resolves when no webhook is ready or on its way. */
  idle(): Promise<void>
  close(): Promise<void>
}

export type Credentials = {
  readonly access_token: string
  readonly application: { readonly id: string; readonly secret: string; readonly access_token: string }
}

export type LocationLine = {
  readonly id: string
  readonly name: string
  readonly merchant_id: string
  readonly timezone: string
  readonly currency: string
  readonly country: string
  readonly status: string
}

export const CONTROL_PREFIX = '/__control'
const RATE_LIMIT = { perSecond: 20, burst: 40 }

export async function startSquare(options: StartOptions = {}): Promise<RunningSquare> {
  const clock = options.clock ?? new StageClock()
  const square = new Square({
    clock,
    seed: options.seed ?? 'square',
    environment: options.environment ?? 'Production',
    sellers: options.sellers ?? [standardSeller()],
    rateLimit: options.rateLimit === undefined ? RATE_LIMIT : options.rateLimit,
    consent: options.consent ?? 'ask',
    webhookConcurrency: options.webhookConcurrency ?? 32,
    idempotencyLifeMs: options.idempotencyLifeMs ?? null,
    ...(options.application && { application: options.application }),
  })
  const market = new Market(square)
  const { staff = false } = options
  if (staff !== false) new Staff(square, { ...STANDARD_STAFF, ...(staff === true ? {} : staff) })
  const { server, wire } = squareServer(square)
  const acts: Readonly<Record<string, Act>> = actsOf(square)
  const sell = (order: SellOrder) => market.sell(order)
  const books = (query: BooksQuery = {}) => booksOf(square, query)
  const { faults, requests } = square
  controlRoutes(server, CONTROL_PREFIX, { clock, faults, requests, acts, sell, books })
  const baseUrl = await server.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' })
  if (options.live) {
    const scale = options.live === true ? 1 : options.live.scale
    for (const seller of square.sellers) market.live(seller, `${square.seed} live`, scale)
  }
  const close = async () => {
    // A clock of its own dies with it; one that others share goes on.
    if (options.clock === undefined) clock.close()
    wire.close()
    await square.courier.close()
    await server.close()
    if (square.bugs.length > 0) throw new AggregateError(square.bugs, 'The Square simulator failed while it served.')
  }
  return {
    provider: 'square',
    baseUrl,
    controlUrl: `${baseUrl}${CONTROL_PREFIX}`,
    credentials: credentialsOf(square),
    locations: square.sellers.flatMap(locationLines),
    clock,
    square,
    sell,
    books,
    fault: (order) => faults.set(order),
    act: (name, order = {}) => performed(acts, name, order),
    subscribe: (draft) => square.subscriptions.add({ name: 'hub', apiVersion: square.version, ...draft }, clock.now()),
    connect: (merchantId, scopes = SCOPES) => {
      const { access, refresh } = square.tokens.issue(square.seller(merchantId).merchantId, scopes, clock.now())
      return { accessToken: access.text, refreshToken: refresh.text }
    },
    idle: () => square.courier.idle(),
    close,
  }
}

function performed(
  acts: Readonly<Record<string, Act>>,
  name: string,
  order: Readonly<Record<string, unknown>>,
): unknown {
  const act = acts[name]
  if (act === undefined) throw new RangeError(`There is no act "${name}". There are: ${Object.keys(acts).join(', ')}.`)
  return act.run(order)
}

/** What a simulator that runs alone prints as its one line. */
export function simulatorLine(running: RunningSquare) {
  return {
    provider: running.provider,
    base_url: running.baseUrl,
    credentials: running.credentials,
    locations: running.locations,
    control_url: running.controlUrl,
  }
}

function standardSeller(): SellerOptions {
  const sites = [
    { externalId: 'camden', name: 'Camden Street', size: 1 },
    { externalId: 'quay', name: 'Harbour Quay', size: 0.7 },
    { externalId: 'market', name: 'Market Hall', size: 0.5 },
  ]
  const shop = shopOf('cafe', { name: 'Lindenhof Coffee', timeZone: 'Europe/Dublin', sites })
  return { shop, country: 'IE' }
}

function credentialsOf({ application }: Square): Credentials {
  const { id, secret, accessToken } = application
  return { access_token: accessToken, application: { id, secret, access_token: accessToken } }
}

function locationLines(seller: Seller): LocationLine[] {
  return seller.locations.map(({ id, name, merchant_id, timezone, currency, country, status }) => ({
    id,
    name,
    merchant_id,
    timezone,
    currency,
    country,
    status,
  }))
}
