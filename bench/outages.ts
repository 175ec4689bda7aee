import { setTimeout as sleep } from 'node:timers/promises'
import { brokenInvariants, differences } from './outages/books.ts'
import { openWorld, type World } from './outages/world.ts'

// Everything is killed under a provider's load, at moments that a seed chooses, and in the end the hub's books must equal
// the provider's to the cent, with nothing twice. Each scenario is a world of its own: real processes, a real PostgreSQL.

export type OutageOptions = {
  readonly seed: string
  /** Kills of the hub, of PostgreSQL, cuts of the provider and jumps of the clock, all together. */
  readonly kills: number
  /** Sales that ring while deliveries are doubled, delayed, put out of order and dropped. */
  readonly sales: number
  /** Hours of the long outage, past every retry of the provider. */
  readonly outageHours: number
}

export type ScenarioResult = {
  readonly scenario: string
  readonly seed: string
  readonly struck: Readonly<Record<string, number>>
  readonly sales: number
  readonly differences: readonly string[]
  readonly broken: readonly string[]
  /** From the end of the trouble to books that are equal. */
  readonly seconds_to_equal: number | null
}

export type OutageResult = {
  readonly bench: 'outages'
  readonly seed: string
  readonly scenarios: readonly ScenarioResult[]
  readonly equal: boolean
}

export async function run(options: OutageOptions): Promise<OutageResult> {
  const scenarios: ScenarioResult[] = []
  for (const [name, play] of Object.entries(SCENARIOS)) {
    const world = await openWorld({ seed: `${options.seed}/${name}`, days: 3, locations: 2 })
    try {
      await settled(world)
      const struck = await play(world, { ...options, seed: `${options.seed}/${name}` })
      scenarios.push(await judged(world, name, options.seed, struck))
    } finally {
      await world.end()
    }
  }
  const equal = scenarios.every((one) => one.differences.length + one.broken.length === 0)
  return { bench: 'outages', seed: options.seed, scenarios, equal }
}

type Play = (world: World, options: OutageOptions) => Promise<Record<string, number>>

const SCENARIOS: Readonly<Record<string, Play>> = {
  kills: playKills,
  deliveries: playDeliveries,
  'long-outage': playLongOutage,
}

const PER_ROUND = 12

async function playKills(world: World, { seed, kills }: OutageOptions): Promise<Record<string, number>> {
  const dice = diceOf(seed)
  const struck = { hub: 0, postgres: 0, provider: 0, clock: 0 }
  const acts = ['hub', 'hub', 'postgres', 'provider', 'clock'] as const
  for (let round = 0; round < kills; round++) {
    const act = acts[Math.floor(dice() * acts.length)] ?? 'hub'
    const ringing = world.provider.control('/sell', { count: PER_ROUND, seed: `${seed}/${round}` })
    await sleep(dice() * 600)
    struck[act]++
    if (act === 'hub') {
      world.hub.kill('SIGKILL')
      await world.hub.exited
      await world.restart()
    } else if (act === 'postgres') {
      await world.killPostgres()
    } else if (act === 'provider') {
      await world.provider.control('/faults', { name: 'outage', on: true })
      await sleep(200 + dice() * 800)
      await world.provider.control('/faults', { name: 'outage', on: false })
    } else {
      await world.provider.control('/clock', { advance: `${1 + Math.floor(dice() * 180)}m` })
    }
    await ringing
  }
  return struck
}

async function playDeliveries(world: World, { seed, sales }: OutageOptions): Promise<Record<string, number>> {
  const faults = { 'duplicate-delivery': 0.3, 'reordered-delivery': 0.3, 'late-delivery': 0.1, 'dropped-delivery': 0.1 }
  for (const [name, rate] of Object.entries(faults)) {
    await world.provider.control('/faults', { name, on: true, rate, seed })
  }
  for (let sold = 0, nth = 0; sold < sales; sold += 100, nth++) {
    await world.provider.control('/sell', { count: Math.min(100, sales - sold), seed: `${seed}/${nth}` })
    await world.provider.control('/clock', { advance: '2m' })
  }
  const { faults: states } = (await world.provider.control('/faults')) as { faults: { name: string; struck: number }[] }
  for (const name of Object.keys(faults)) await world.provider.control('/faults', { name, on: false })
  return Object.fromEntries(states.filter(({ name }) => name in faults).map(({ name, struck }) => [name, struck]))
}

async function playLongOutage(world: World, { seed, outageHours }: OutageOptions): Promise<Record<string, number>> {
  world.hub.kill('SIGKILL')
  await world.hub.exited
  for (let hour = 0; hour < outageHours; hour++) {
    await world.provider.control('/sell', { count: 20, seed: `${seed}/${hour}` })
    await world.provider.control('/clock', { advance: '1h' })
  }
  await world.restart()
  return { hours: outageHours }
}

/** Waits for the first sync, so that the trouble meets a hub at work. */
async function settled(world: World): Promise<void> {
  await equalWithin(world, 180)
}

async function judged(
  world: World,
  scenario: string,
  seed: string,
  struck: Record<string, number>,
): Promise<ScenarioResult> {
  const begunAt = performance.now()
  const left = await equalWithin(world, 240)
  const [books] = await world.provider.books()
  return {
    scenario,
    seed,
    struck,
    sales: books?.count ?? 0,
    differences: left,
    broken: await brokenInvariants(world.machine),
    seconds_to_equal: left.length > 0 ? null : Math.round((performance.now() - begunAt) / 100) / 10,
  }
}

/** What still differs after so long; nothing as soon as the books are equal. The clock goes on, so that what is due comes. */
async function equalWithin(world: World, seconds: number): Promise<string[]> {
  const giveUpAt = performance.now() + seconds * 1_000
  for (;;) {
    const left = await compare(world)
    if (left.length === 0 || performance.now() > giveUpAt) return left
    await sleep(1_000)
    await world.provider.control('/clock', { advance: '1m' })
  }
}

async function compare(world: World): Promise<string[]> {
  try {
    return differences(await world.provider.books(), await world.books())
  } catch (error) {
    // PostgreSQL may just be coming back.
    return [error instanceof Error ? error.message : String(error)]
  }
}

/** A stream of numbers from 0 to 1 that the seed alone decides (mulberry32 over an FNV-1a hash). */
function diceOf(seed: string): () => number {
  let state = 2_166_136_261
  for (const sign of seed) state = Math.imul(state ^ (sign.codePointAt(0) ?? 0), 16_777_619)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
