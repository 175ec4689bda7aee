import { randomBytes } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { instant } from '#kernel/instant.ts'
import { StageClock } from '#simulators/stage/clock.ts'
import { diceOf } from './outages/dice.ts'
import { startDinePosProvider } from './pushes/dine-pos.ts'
import { type Judgement, judge } from './pushes/judge.ts'
import { type Played, type PlayOptions, playOrders } from './pushes/play.ts'
import type { Provider, ProviderOptions } from './pushes/provider.ts'
import { startSquareProvider } from './pushes/square.ts'
import { withBenchStorage } from './storage.ts'

// Orders are pushed into simulated systems under the standard mix of trouble, while whoever pushes them ends between any
// two steps. In the end each order is in the POS once, or a person was asked; and all that was tried stands in the history.
// `node bench/push-faults.ts square my-seed 2000` plays one of them.

const PROVIDERS: Readonly<Record<string, (options: ProviderOptions) => Promise<Provider>>> = {
  square: startSquareProvider,
  'dine-pos': (options) => startDinePosProvider(options, 'default'),
  'dine-pos-petpooja': (options) => startDinePosProvider(options, 'petpooja'),
}

/** Neither a key nor a look-up: what is not known there is asked of a person, and no share is promised. */
const BLIND = new Set(['dine-pos-petpooja'])

export type PushFaultOptions = PlayOptions & { readonly merchants: number }

export type PushFaultResult = Played &
  Judgement & {
    readonly bench: `push-faults-${string}`
    readonly seed: string
    readonly mix: readonly string[]
    /** How often each fault has struck. */
    readonly struck: Readonly<Record<string, number>>
    readonly seconds: number
    /** Nothing twice, nothing lost, nothing missing in the history, and the shares where they are promised. */
    readonly holds: boolean
  }

export const FULL: PushFaultOptions = {
  seed: 'tillwire',
  pushes: 20_000,
  perHour: 4_000,
  merchants: 8,
  times: 1,
  abandoned: 350,
  killed: 42,
}

export const SMOKE: PushFaultOptions = {
  ...FULL,
  pushes: 40,
  perHour: 800,
  merchants: 3,
  times: 3,
  abandoned: 10,
  killed: 1,
}

/** One of `PROVIDERS`; `tell` hears how far it is. */
export async function run(
  name: string,
  options: PushFaultOptions,
  tell: (progress: string) => void = console.error,
): Promise<PushFaultResult> {
  const start = PROVIDERS[name]
  if (start === undefined) throw new Error(`nothing is pushed to "${name}"; there are ${Object.keys(PROVIDERS)}`)
  const begunAt = performance.now()
  const seed = `${options.seed}/${name}`
  const say = (text: string) => tell(`[${name} ${Math.round((performance.now() - begunAt) / 1_000)} s] ${text}`)
  return withBenchStorage(async (storage) => {
    const stage = new StageClock({ at: Date.UTC(2026, 5, 5, 9), frozen: true })
    const provider = await start({ clock: stage, seed, merchants: options.merchants })
    try {
      const dice = diceOf(seed)
      const world = {
        storage,
        stage,
        provider,
        dice,
        rootKey: randomBytes(32),
        clock: { now: () => instant(stage.now()) },
      }
      const { accepted, ...played } = await playOrders(world, { ...options, seed }, say)
      const judgement = await judge(storage.superuser, provider, accepted)
      const seconds = Math.round((performance.now() - begunAt) / 1_000)
      const struck = provider.struck()
      return {
        bench: `push-faults-${name}`,
        ...{ seed, ...played, ...judgement, mix: provider.mix, struck, seconds },
        holds: doesHold(name, judgement),
      }
    } finally {
      await provider.close()
      stage.close()
    }
  }, NOBODY_KILLS_POSTGRES)
}

/** Processes of the hub end here and the server never does, so that a commit need not wait for the disk. */
const NOBODY_KILLS_POSTGRES = { synchronous_commit: 'off' }

const NONE = [
  'twice',
  'lost',
  'wrongly_successful',
  'wrongly_failed',
  'not_at_rest',
  'undecided_without_task',
  'calls_missing',
  'history_broken',
] as const

function doesHold(name: string, judgement: Judgement): boolean {
  const isClean = judgement.states_add_up && NONE.every((what) => judgement[what] === 0)
  const { without_a_person_percent, recovered_percent } = judgement
  return isClean && (BLIND.has(name) || (without_a_person_percent >= 99.9 && recovered_percent >= 99))
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [name = '', seed = FULL.seed, count] = process.argv.slice(2)
  const pushes = count === undefined ? FULL.pushes : Number(count)
  const share = pushes / FULL.pushes
  const kills = { abandoned: Math.ceil(FULL.abandoned * share), killed: Math.ceil(FULL.killed * share) }
  console.log(JSON.stringify(await run(name, { ...FULL, ...kills, seed, pushes }), null, 2))
}
