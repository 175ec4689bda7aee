import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '#kernel/instant.ts'
import { instant } from '#kernel/instant.ts'
import type { StageClock } from '#simulators/stage/clock.ts'
import { diceOf } from '../outages/dice.ts'
import type { BenchStorage } from '../storage.ts'
import { type Crew, openCrew } from './crew.ts'
import { openPushHub } from './hub.ts'
import { planKills } from './kills.ts'
import { type Dice, OUTAGE } from './mix.ts'
import { openProcessCrew } from './process-crew.ts'
import type { Provider } from './provider.ts'
import { openShops, type Shop, signInAgain, webOrder } from './shops.ts'

// The course of a run: orders come, the clock goes from one moment at which something is due to the next, and three crews
// work at it side by side, of which each ends now and then and is replaced: two of this process and one of its own.

export type World = {
  readonly storage: BenchStorage
  readonly stage: StageClock
  readonly clock: Clock
  readonly provider: Provider
  readonly dice: Dice
  readonly rootKey: Buffer
}

export type PlayOptions = {
  readonly seed: string
  readonly pushes: number
  /** Orders in an hour of the simulators' clock. */
  readonly perHour: number
  /** How many times as often as the standard mix says something goes wrong. */
  readonly times: number
  /** How often a crew of this process ends in the middle, about. */
  readonly abandoned: number
  /** How often a process is killed in the middle, about. */
  readonly killed: number
}

export type Played = {
  readonly hours: number
  readonly outages: number
  readonly signed_in_again: number
  readonly abandoned_at: Readonly<Record<string, number>>
  readonly killed_at: Readonly<Record<string, number>>
}

const BATCH_MS = 20_000
/** What is due within so long is due together. */
const STEP_MIN_MS = 1_000
/** Work that takes longer than that, in real time, sees the clock go on. */
const PATIENCE_MS = 1_000
const GOES_ON_MS = 2_000
const MINUTE_MS = 60_000
/** The first outage of each hour begins then. */
const OUTAGE_AT_MS = MINUTE_MS
/** When everything has had its twelve retries and its looks. */
const QUIET_MS = 3 * 60 * MINUTE_MS
/** A sign-in ends at one shop after another, and it takes a person so long to notice. */
const SIGN_IN_EVERY_MS = 30 * MINUTE_MS
const SIGN_IN_TAKES_MS = 2 * MINUTE_MS
const AT_ONCE = 8
/** A push passes about so many of each point: one try in most cases, of one or two calls. */
const PASSES_OF_POINT = 1.3

export async function playOrders(
  world: World,
  options: PlayOptions,
  say: (text: string) => void,
): Promise<Played & { readonly accepted: ReadonlyMap<string, number> }> {
  const { storage, clock, provider, dice, rootKey, stage } = world
  const { database } = storage
  const front = openPushHub({ database, clock, rootKey, access: provider.access, random: dice })
  const crews = openCrews(world, options)
  const accepted = new Map<string, number>()
  let [outages, signedIn, isOut] = [0, 0, false]
  try {
    const shops = await openShops({ database, clock, hub: front }, provider)
    provider.trouble({ seed: options.seed, times: options.times })
    const begin = stage.now()
    const span = (options.pushes / options.perHour) * 60 * MINUTE_MS
    let nextBatch = begin
    let nextEnd = begin + SIGN_IN_EVERY_MS / 2
    let noticed: number | null = null
    for (let told = 0; ; ) {
      const now = stage.now()
      const shouldBeOut = isOutage(now - begin)
      if (shouldBeOut !== isOut) {
        provider.outage(shouldBeOut)
        isOut = shouldBeOut
        if (isOut) outages++
      }
      if (now >= nextBatch && accepted.size < options.pushes) {
        const due = Math.round((options.pushes * (now + BATCH_MS - begin)) / span)
        await takeOrders(front, shops, dice, accepted, Math.min(due, options.pushes), now)
        nextBatch = now + BATCH_MS
      }
      if (now >= nextEnd && accepted.size < options.pushes) {
        shops[Math.floor(dice() * shops.length)]?.merchant.endSignIn?.()
        nextEnd = now + SIGN_IN_EVERY_MS
      }
      const needing = await needingSignIn(storage)
      noticed = needing.size === 0 ? null : (noticed ?? now)
      if (noticed !== null && now >= noticed + SIGN_IN_TAKES_MS) {
        signedIn += await signInAgain({ database, clock, hub: front }, shops, needing)
      }
      await workWhileTimeGoes(crews, stage)
      const next = await nextDue(storage)
      const isTaking = accepted.size < options.pushes
      const end = begin + span + QUIET_MS
      if (!isTaking && (next === null || next > end)) break
      const wanted = Math.min(
        isTaking ? nextBatch : end,
        next ?? end,
        noticed === null ? end : noticed + SIGN_IN_TAKES_MS,
      )
      await stage.moveTo(Math.max(wanted, now + STEP_MIN_MS))
      if (accepted.size >= told + options.pushes / 10) {
        told = accepted.size
        say(`${accepted.size} orders, ${Math.round((now - begin) / MINUTE_MS)} min, ${JSON.stringify(crews.ended)}`)
      }
    }
    return {
      accepted,
      hours: Math.round((stage.now() - begin) / 36_000) / 100,
      outages,
      signed_in_again: signedIn,
      abandoned_at: crews.ended.abandoned,
      killed_at: crews.ended.killed,
    }
  } finally {
    await crews.close()
    await front.close()
  }
}

/** What waits for a moment by the clock must not wait for ever, as for the end of a claim that a dead process has left. */
async function workWhileTimeGoes(crews: ReturnType<typeof openCrews>, stage: StageClock): Promise<void> {
  const working = crews.work(stage.now()).then(() => true)
  while (!(await Promise.race([working, sleep(PATIENCE_MS, false)]))) {
    await stage.moveTo(stage.now() + GOES_ON_MS)
    crews.tell(stage.now())
  }
}

function isOutage(sinceBegin: number): boolean {
  const inHour = sinceBegin % OUTAGE.everyMs
  return inHour >= OUTAGE_AT_MS && inHour < OUTAGE_AT_MS + OUTAGE.forMs
}

async function takeOrders(
  front: ReturnType<typeof openPushHub>,
  shops: readonly Shop[],
  dice: Dice,
  accepted: Map<string, number>,
  until: number,
  now: number,
): Promise<void> {
  const drafts = Array.from({ length: until - accepted.size }, (_, nth) => {
    const shop = shops[Math.floor(dice() * shops.length)]
    if (shop === undefined) throw new Error('somebody sells')
    return { shop, given: webOrder(shop, dice, accepted.size + nth + 1, now) }
  })
  for (let from = 0; from < drafts.length; from += AT_ONCE) {
    await Promise.all(
      drafts.slice(from, from + AT_ONCE).map(async ({ shop, given }) => {
        const by = { actor: 'key:bench', requestId: null, now: instant(now) }
        accepted.set(await front.orders.take(shop.tenantId, given, by), given.total.amount)
      }),
    )
  }
}

type Ended = { readonly abandoned: Record<string, number>; readonly killed: Record<string, number> }

function openCrews({ storage, clock, provider, rootKey, stage }: World, options: PlayOptions) {
  const { pushes, seed } = options
  const ended: Ended = { abandoned: {}, killed: {} }
  const passes = pushes * PASSES_OF_POINT
  let opened = 0
  const inProcess = () => {
    const own = `${seed}/crew ${++opened}`
    const every = (passes * 2) / 3 / Math.max(1, options.abandoned)
    const kills = options.abandoned === 0 ? null : planKills(diceOf(own), every)
    const { database } = storage
    return openCrew({ database, clock, rootKey, access: provider.access, random: diceOf(own) }, kills)
  }
  const ownProcess = async () => {
    const every = passes / 3 / Math.max(1, options.killed)
    return openProcessCrew({
      ...{ url: storage.url, rootKey: rootKey.toString('base64'), access: provider.access, now: stage.now() },
      ...{ seed: `${seed}/process ${++opened}`, every },
    })
  }
  const places = [
    { open: inProcess, ended: ended.abandoned },
    { open: inProcess, ended: ended.abandoned },
    ...(options.killed > 0 ? [{ open: ownProcess, ended: ended.killed }] : []),
  ]
  const crews: (Crew | null)[] = places.map(() => null)
  const leaving = new Set<Promise<void>>()

  async function work(now: number): Promise<void> {
    await Promise.all(
      places.map(async (place, nth) => {
        const crew = crews[nth] ?? (await place.open())
        crews[nth] = crew
        const point = await crew.work(instant(now))
        if (point === null) return
        place.ended[point] = (place.ended[point] ?? 0) + 1
        crews[nth] = null
        const left = crew.close().finally(() => leaving.delete(left))
        leaving.add(left)
      }),
    )
  }
  return {
    ended,
    work,
    /** Whoever is at work hears what time it is meanwhile. */
    tell(now: number) {
      for (const crew of crews) crew?.tell(now)
    },
    async close() {
      for (const crew of crews) await crew?.close()
      await Promise.all(leaving)
    },
  }
}

async function nextDue({ superuser }: BenchStorage): Promise<number | null> {
  const { rows } = await superuser.query<{ at: Date | null }>('select min(due_at) as at from pos.pushes')
  return rows[0]?.at?.getTime() ?? null
}

async function needingSignIn({ superuser }: BenchStorage): Promise<ReadonlySet<string>> {
  const { rows } = await superuser.query<{ id: string }>(
    `select id from pos.configurations where state = 'needs_sign_in'`,
  )
  return new Set(rows.map(({ id }) => id))
}
