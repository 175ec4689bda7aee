import { PROFILES } from './dine-pos/profile.ts'
import { dinePosLine, indianShop, startDinePos } from './dine-pos/simulate.ts'
import { simulatorLine, startSquare } from './square/simulate.ts'
import type { Shop } from './trade/shop.ts'
import { startWhatsApp, whatsAppLine } from './whatsapp/simulate.ts'

// Every simulator there is, started by one word: one import and one line each.

export type SimulatorWish = {
  readonly shop: Shop
  /** ISO 3166-1 alpha-2 of where the shop stands. */
  readonly country: string
  readonly seed: string
  /** 0 takes any free one. */
  readonly port: number
  /** Rings sales as the clock goes on, so many times as busily as usual; null: only when it is told to. */
  readonly liveScale: number | null
  /** Calls a second that it grants each seller; null: its own standard. */
  readonly callsPerSecond: number | null
  /** One of `Simulator.profiles`; its standard if not given. */
  readonly profile?: string
}

/** What a simulator says of itself, as its one line has it. */
export type SimulatorLine = {
  readonly provider: string
  readonly base_url: string
  readonly credentials: Readonly<Record<string, unknown>>
  readonly locations: readonly Readonly<Record<string, unknown>>[]
  readonly control_url: string
}

export type RunningSimulator = {
  readonly line: SimulatorLine
  /** The simulator's own time, epoch milliseconds. */
  now(): number
  /** Trades a span of the past; dates or RFC 3339 instants, [from, to). */
  sell(span: { readonly from: string; readonly to: string }): void
  close(): Promise<void>
}

export type Simulator = {
  readonly name: string
  /** ISO 3166-1 alpha-2 of where its shops stand, unless another country is named. */
  readonly home: string
  /** The families of systems that it can play, its standard first; none where there is but one. */
  readonly profiles: readonly string[]
  start(wish: SimulatorWish): Promise<RunningSimulator>
}

export const SIMULATORS: Readonly<Record<string, Simulator>> = {
  square: { name: 'Square', home: 'US', profiles: [], start: runSquare },
  'dine-pos': { name: 'Dine POS', home: 'IN', profiles: PROFILES, start: runDinePos },
  whatsapp: { name: 'WhatsApp', home: 'US', profiles: [], start: runWhatsApp },
}

async function runSquare(wish: SimulatorWish): Promise<RunningSimulator> {
  const { shop, country, seed, port, liveScale, callsPerSecond } = wish
  const running = await startSquare({
    seed,
    port,
    sellers: [{ shop, country }],
    // Whoever watches it trade also wants to see an order come back as ready, and not in ten minutes.
    ...(liveScale === null ? {} : { live: { scale: liveScale }, staff: { pace: 0.1 } }),
    ...(callsPerSecond === null ? {} : { rateLimit: { perSecond: callsPerSecond, burst: callsPerSecond * 2 } }),
  })
  return {
    line: simulatorLine(running),
    now: () => running.clock.now(),
    sell: (span) => void running.sell(span),
    close: () => running.close(),
  }
}

/** Refuses a profile that it does not know. */
async function runDinePos(wish: SimulatorWish): Promise<RunningSimulator> {
  const { shop, country, seed, port, liveScale, callsPerSecond } = wish
  const profile = PROFILES.find((each) => each === (wish.profile ?? 'default'))
  if (profile === undefined) throw new RangeError(`The profile is one of ${PROFILES.join(', ')}.`)
  const running = await startDinePos({
    seed,
    port,
    profile,
    shop: country === 'IN' ? indianShop(shop) : shop,
    ...(liveScale === null ? {} : { live: { scale: liveScale }, kitchen: { pace: 0.1 } }),
    ...(callsPerSecond === null ? {} : { rateLimit: { perSecond: callsPerSecond, burst: callsPerSecond * 2 } }),
  })
  return {
    line: dinePosLine(running),
    now: () => running.clock.now(),
    sell: (span) => void running.sell(span),
    close: () => running.close(),
  }
}

/** Takes messages and sells nothing. */
async function runWhatsApp({ seed, port }: SimulatorWish): Promise<RunningSimulator> {
  const running = await startWhatsApp({ seed, port })
  return {
    line: whatsAppLine(running),
    now: () => running.clock.now(),
    sell: () => undefined,
    close: () => running.close(),
  }
}
