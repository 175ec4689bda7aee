import { StageClock } from '../stage/clock.ts'
import { type Act, type BooksQuery, controlRoutes, type SellAnswer, type SellOrder } from '../stage/control.ts'
import type { FaultOrder, FaultState } from '../stage/faults.ts'
import type { RateLimit } from '../stage/rate-limit.ts'
import { CURRENCIES } from '../trade/currencies.ts'
import { type Shop, shopOf } from '../trade/shop.ts'
import { actsOf } from './acts.ts'
import { booksOf, type DinePosBooks } from './books.ts'
import { Counter } from './counter.ts'
import { defaultProfile } from './default-profile.ts'
import { type CallbackSettings, DinePos, restaurantIdOf } from './dine-pos.ts'
import { Kitchen, type KitchenHabits, STANDARD_HABITS } from './kitchen.ts'
import { petpoojaProfile } from './petpooja-profile.ts'
import type { Profile, ProfileName } from './profile.ts'
import { dinePosServer } from './server.ts'
import { urbanpiperProfile } from './urbanpiper-profile.ts'

// The simulator as a whole: started in a test, in the demo, or alone.

export type StartOptions = {
  /** 0, the standard, takes any free port. */
  readonly port?: number
  readonly host?: string
  /** One clock for all simulators of a process; its own, with real time, if not given. */
  readonly clock?: StageClock
  readonly seed?: string
  readonly profile?: ProfileName
  /** A restaurant in Mumbai if not given. */
  readonly shop?: Shop
  readonly restaurantId?: string
  /** Of the default profile: where its caller shows his credentials. */
  readonly credentialPlacement?: 'header' | 'body'
  /** Whether an order may name what is not on the menu; it may not if it is not said. */
  readonly openItems?: boolean
  /** None if not given: the papers name no limit. */
  readonly rateLimit?: RateLimit | null
  /** How the kitchen works; null: orders stay as they came until somebody moves them. */
  readonly kitchen?: Partial<KitchenHabits> | null
  readonly callbacks?: Partial<CallbackSettings>
  /** 32 if not given. */
  readonly callbackConcurrency?: number
  /** The counter sells from now on, so many times as busily as usual. */
  readonly live?: { readonly scale: number }
}

export type RunningDinePos = {
  readonly provider: 'dine-pos'
  readonly baseUrl: string
  readonly controlUrl: string
  /** As a configuration of the hub wants them. */
  readonly credentials: ConfiguredCredentials
  readonly locations: readonly LocationLine[]
  readonly clock: StageClock
  /** The whole state, for tests that look behind the curtain. */
  readonly pos: DinePos
  sell(order: SellOrder): SellAnswer
  books(query?: BooksQuery): readonly DinePosBooks[]
  fault(order: FaultOrder): FaultState
  act(name: string, order?: Readonly<Record<string, unknown>>): unknown
  /** Resolves when no callback is ready or on its way. */
  idle(): Promise<void>
  close(): Promise<void>
}

export type ConfiguredCredentials = {
  readonly base_url: string
  readonly profile: ProfileName
  readonly app_key: string
  readonly app_secret: string
  readonly access_token: string
  readonly restaurant_id: string
  readonly time_zone: string
  readonly currency: string
}

export type LocationLine = {
  readonly id: string
  readonly name: string
  readonly timezone: string
  readonly currency: string
  readonly status: string
}

export const CONTROL_PREFIX = '/__control'

export async function startDinePos(options: StartOptions = {}): Promise<RunningDinePos> {
  const clock = options.clock ?? new StageClock()
  const seed = options.seed ?? 'dine-pos'
  const shop = options.shop ?? standardShop()
  const profile = profileOf(options)
  const pos = new DinePos({
    clock,
    seed,
    shop,
    teller: profile,
    restaurantId: options.restaurantId ?? restaurantIdOf(seed, shop),
    openItems: options.openItems ?? false,
    rateLimit: options.rateLimit ?? null,
    callbackConcurrency: options.callbackConcurrency ?? 32,
    callbacks: options.callbacks ?? {},
  })
  const kitchen = new Kitchen(pos, { ...STANDARD_HABITS, ...options.kitchen })
  // With UrbanPiper the kitchen is the caller's.
  if (options.kitchen === null || options.profile === 'urbanpiper') kitchen.rest(true)
  const counter = new Counter(shop, seed, clock)
  const { server, wire } = dinePosServer(pos, profile)
  const acts = actsOf(pos, kitchen)
  const sell = (order: SellOrder) => counter.sell(order)
  const books = (query: BooksQuery = {}) => booksOf(pos, counter, query)
  const { faults, requests } = pos
  controlRoutes(server, CONTROL_PREFIX, { clock, faults, requests, acts, sell, books })
  const baseUrl = await server.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' })
  if (options.live !== undefined) counter.live(options.live.scale)
  const close = async () => {
    // A clock of its own dies with it; one that others share goes on.
    if (options.clock === undefined) clock.close()
    wire.close()
    await pos.courier.close()
    await server.close()
    if (pos.bugs.length > 0) throw new AggregateError(pos.bugs, 'The Dine POS simulator failed while it served.')
  }
  return {
    provider: 'dine-pos',
    baseUrl,
    controlUrl: `${baseUrl}${CONTROL_PREFIX}`,
    credentials: credentialsOf(pos, profile.name, baseUrl),
    locations: [locationLine(pos)],
    clock,
    pos,
    sell,
    books,
    fault: (order) => faults.set(order),
    act: (name, order = {}) => performed(acts, name, order),
    idle: () => pos.courier.idle(),
    close,
  }
}

function profileOf({ profile, credentialPlacement }: StartOptions): Profile {
  if (profile === 'petpooja') return petpoojaProfile
  return profile === 'urbanpiper' ? urbanpiperProfile : defaultProfile(credentialPlacement ?? 'header')
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
export function dinePosLine(running: RunningDinePos) {
  return {
    provider: running.provider,
    base_url: running.baseUrl,
    credentials: running.credentials,
    locations: running.locations,
    control_url: running.controlUrl,
  }
}

function standardShop(): Shop {
  return indianShop(
    shopOf('restaurant', {
      name: 'Kettle & Clove',
      currency: CURRENCIES.INR,
      timeZone: 'Asia/Kolkata',
      sites: [{ externalId: 'fort', name: 'Fort', size: 1 }],
    }),
  )
}

/** The same shop under Indian tax: everything carries half of its GST for the union and half for the state, on top. */
export function indianShop(shop: Shop): Shop {
  const gst = ['CGST', 'SGST'].map((name) => ({ name, ratePercent: '2.5', included: false }))
  return { ...shop, taxGroups: Object.fromEntries(Object.keys(shop.taxGroups).map((group) => [group, gst])) }
}

function credentialsOf(
  { credentials, restaurantId, shop }: DinePos,
  profile: ProfileName,
  baseUrl: string,
): ConfiguredCredentials {
  return {
    base_url: baseUrl,
    profile,
    app_key: credentials.appKey,
    app_secret: credentials.appSecret,
    access_token: credentials.accessToken,
    restaurant_id: restaurantId,
    time_zone: shop.timeZone,
    currency: shop.currency.code,
  }
}

function locationLine({ restaurantId: id, shop }: DinePos): LocationLine {
  const name = shop.sites[0]?.name ?? shop.name
  return { id, name, timezone: shop.timeZone, currency: shop.currency.code, status: 'ACTIVE' }
}
