import { simulatorLine, startSquare } from './square/simulate.ts'
import type { Shop } from './trade/shop.ts'

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

export type Simulator = { readonly name: string; start(wish: SimulatorWish): Promise<RunningSimulator> }

export const SIMULATORS: Readonly<Record<string, Simulator>> = {
  square: { name: 'Square', start: runSquare },
}

async function runSquare(wish: SimulatorWish): Promise<RunningSimulator> {
  const { shop, country, seed, port, liveScale, callsPerSecond } = wish
  const running = await startSquare({
    seed,
    port,
    sellers: [{ shop, country }],
    ...(liveScale === null ? {} : { live: { scale: liveScale } }),
    ...(callsPerSecond === null ? {} : { rateLimit: { perSecond: callsPerSecond, burst: callsPerSecond * 2 } }),
  })
  return {
    line: simulatorLine(running),
    now: () => running.clock.now(),
    sell: (span) => void running.sell(span),
    close: () => running.close(),
  }
}
