import { setTimeout as sleep } from 'node:timers/promises'
import { diceOf, pick } from './dice.ts'
import { equalWithin } from './judge.ts'
import { type Hub, merchantOf, type World, type WorldOptions } from './world.ts'

// The troubles, each in a world of its own, at moments and in an order that a seed decides.

export type Sizes = {
  /** Kills of the hub, of PostgreSQL, cuts of the provider and jumps of its clock, all together. */
  readonly kills: number
  /** Deliveries that are doubled, delayed, put out of order and dropped. */
  readonly deliveries: number
  /** Hours without a hub, past every retry of the provider. */
  readonly outageHours: number
  /** Kills of one of two hubs. */
  readonly hubKills: number
  /** Times that a sign-in ends under load. */
  readonly signIns: number
  /** Jumps of the hub's own clock. */
  readonly jumps: number
}

/** How often what struck. */
export type Struck = Readonly<Record<string, number>>

export type Scenario = {
  readonly world: Pick<WorldOptions, 'hubs' | 'signIn'>
  play(world: World, sizes: Sizes, seed: string, say: (progress: string) => void): Promise<Struck>
}

export const SCENARIOS = {
  kills: { world: { hubs: 1, signIn: 'token' }, play: playKills },
  deliveries: { world: { hubs: 1, signIn: 'token' }, play: playDeliveries },
  'long-outage': { world: { hubs: 1, signIn: 'token' }, play: playLongOutage },
  'two-hubs': { world: { hubs: 2, signIn: 'token' }, play: playTwoHubs },
  'sign-in': { world: { hubs: 2, signIn: 'oauth' }, play: playSignIn },
  clocks: { world: { hubs: 1, signIn: 'token' }, play: playClocks },
} satisfies Readonly<Record<string, Scenario>>

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const PER_ROUND = 12
/** For what is under way to end, and for hubs, which look four times a second, to agree on a clock that was moved. */
const AT_REST_MS = 2_000

async function playKills(world: World, { kills }: Sizes, seed: string, say: (text: string) => void): Promise<Struck> {
  const dice = diceOf(seed)
  const struck = { hub: 0, postgres: 0, provider: 0, clock: 0 }
  for (let round = 0; round < kills; round++) {
    const act = pick(dice, ['hub', 'hub', 'postgres', 'provider', 'clock'])
    say(`${round + 1}/${kills} ${act}`)
    sell(world, PER_ROUND, `${seed}/${round}`)
    await sleep(dice() * 600)
    struck[act]++
    if (act === 'hub') await killed(only(world))
    else if (act === 'postgres') await world.killPostgres()
    else if (act === 'provider') await cutProvider(world, 200 + dice() * 800)
    else await world.provider.clock.advance(Math.ceil(dice() * 180) * MINUTE_MS)
  }
  return struck
}

async function killed(hub: Hub): Promise<void> {
  await hub.kill()
  await hub.restart()
}

async function cutProvider({ provider }: World, ms: number): Promise<void> {
  provider.fault({ name: 'outage', on: true })
  await sleep(ms)
  provider.fault({ name: 'outage', on: false })
}

const TRAVEL = {
  'duplicate-delivery': { rate: 0.3, value: 30 },
  'reordered-delivery': { rate: 0.3, value: 90 },
  'late-delivery': { rate: 0.1, value: 1_800 },
  'dropped-delivery': { rate: 0.1 },
  'early-event': { rate: 0.1 },
  'thin-event': { rate: 0.1 },
} as const

async function playDeliveries(
  world: World,
  { deliveries }: Sizes,
  seed: string,
  say: (text: string) => void,
): Promise<Struck> {
  const { provider } = world
  const sent = () => provider.square.requests.counts().deliveries.attempted
  const before = sent()
  for (const [name, how] of Object.entries(TRAVEL)) provider.fault({ name, on: true, seed, ...how })
  for (let nth = 0; sent() - before < deliveries; nth++) {
    say(`${sent() - before}/${deliveries} deliveries`)
    sell(world, Math.min(100, deliveries), `${seed}/${nth}`)
    await provider.clock.advance(2 * MINUTE_MS)
  }
  const struck = provider.square.faults.list().filter(({ name }) => name in TRAVEL)
  for (const name of Object.keys(TRAVEL)) provider.fault({ name, on: false })
  return {
    deliveries: sent() - before,
    ...Object.fromEntries(struck.map(({ name, struck }) => [name, struck])),
  }
}

async function playLongOutage(
  world: World,
  { outageHours }: Sizes,
  seed: string,
  say: (text: string) => void,
): Promise<Struck> {
  const hub = only(world)
  await hub.kill()
  for (let hour = 0; hour < outageHours; hour++) {
    say(`hour ${hour + 1}/${outageHours}`)
    sell(world, 20, `${seed}/${hour}`)
    await world.provider.clock.advance(HOUR_MS)
  }
  await hub.restart()
  return { hours: outageHours }
}

/** Deliveries go to both in turn, and now and then one of them is gone for a while. */
async function playTwoHubs(
  world: World,
  { hubKills }: Sizes,
  seed: string,
  say: (text: string) => void,
): Promise<Struck> {
  const dice = diceOf(seed)
  for (let round = 0; round < hubKills; round++) {
    say(`${round + 1}/${hubKills}`)
    sell(world, PER_ROUND, `${seed}/${round}`)
    await sleep(dice() * 600)
    const hub = world.hubs[Math.floor(dice() * world.hubs.length)] ?? only(world)
    await hub.kill()
    sell(world, PER_ROUND, `${seed}/${round} alone`)
    await world.provider.clock.advance(Math.ceil(dice() * 5) * MINUTE_MS)
    await hub.restart()
  }
  return { hubs: hubKills }
}

/**
 * All that two hubs ask of the provider is refused at once, again and again, while sales go on; each refresh ends the
 * tokens before it. In the end a sign-in runs out by the calendar.
 */
async function playSignIn(
  world: World,
  { signIns }: Sizes,
  seed: string,
  say: (text: string) => void,
): Promise<Struck> {
  const { provider } = world
  const merchant = merchantOf(provider)
  provider.fault({ name: 'token-rotated', on: true, rate: 1 })
  for (let round = 0; round < signIns; round++) {
    say(`${round + 1}/${signIns}`)
    provider.act('expire-tokens', { merchant })
    sell(world, 4 * PER_ROUND, `${seed}/${round}`)
    await provider.clock.advance(MINUTE_MS)
    const left = await equalWithin(world, 60)
    if (left.length > 0) throw new Error(`after sign-in ${round + 1} the books stay apart: ${left.slice(0, 3)}`)
    // No provider ends a sign-in in the moment in which it gave it: what was under way comes to its end first.
    await sleep(AT_REST_MS)
  }
  const refreshes = (provider.square.requests.counts().calls['oauth.token'] ?? 0) - 1
  const [till] = await world.query<{ state: string; version: number }>(
    'select state, credentials_version as version from pos.configurations where account_id = $1',
    [merchant],
  )
  // One call brought the first tokens; each other must have brought newer ones, or a token was used twice or lost.
  if (till?.state !== 'active' || till.version !== refreshes + 1 || refreshes < signIns) {
    throw new Error(`after ${refreshes} refreshes the sign-in is ${JSON.stringify(till)}`)
  }
  // While nothing is asked: the clocks of two hubs never are a month apart but for the moment of such a leap.
  await sleep(AT_REST_MS)
  await provider.clock.advance(31 * 24 * HOUR_MS)
  await sleep(AT_REST_MS)
  sell(world, 4 * PER_ROUND, `${seed}/calendar`)
  return { expired: signIns, refreshes }
}

/** The hub's own clock goes wrong by up to hours, ahead and behind, and is set right again. */
async function playClocks(world: World, { jumps }: Sizes, seed: string, say: (text: string) => void): Promise<Struck> {
  const { provider, hubClock } = world
  const dice = diceOf(seed)
  const struck = { ahead: 0, behind: 0 }
  for (let round = 0; round < jumps; round++) {
    const way = pick(dice, ['ahead', 'behind'])
    struck[way]++
    hubClock.wrongByMs = Math.ceil(dice() * 180) * MINUTE_MS * (way === 'ahead' ? 1 : -1)
    say(`${round + 1}/${jumps} ${hubClock.wrongByMs / MINUTE_MS} min`)
    sell(world, PER_ROUND, `${seed}/${round}`)
    await sleep(500 + dice() * 1_500)
    // What it is told in between it hears of no more: only asking brings it.
    provider.fault({ name: 'dropped-delivery', on: true, rate: 1 })
    sell(world, PER_ROUND, `${seed}/${round} untold`)
    await provider.clock.advance(Math.ceil(dice() * 10) * MINUTE_MS)
    provider.fault({ name: 'dropped-delivery', on: false })
    if (dice() < 0.5) hubClock.wrongByMs = 0
    await sleep(dice() * 1_000)
  }
  hubClock.wrongByMs = 0
  return struck
}

function sell({ provider }: World, count: number, seed: string): void {
  provider.sell({ count, seed, merchant: merchantOf(provider) })
}

function only(world: World): Hub {
  const [hub] = world.hubs
  if (hub === undefined) throw new Error('a world has a hub')
  return hub
}
