import { pathToFileURL } from 'node:url'
import { equalWithin, type Judgement, judge, type Patience } from './outages/judge.ts'
import { SCENARIOS, type Scenario, type Sizes, type Struck } from './outages/scenarios.ts'
import { openWorld } from './outages/world.ts'

// Everything is killed, cut, delayed and raced under a provider's load, at moments that a seed chooses, and in the end the
// hub's books must equal the provider's to the cent, with nothing twice and nothing left behind. Each scenario is a world
// of its own: real processes, a real PostgreSQL. `node bench/outages.ts kills my-seed 20` plays one of them.

export type ScenarioName = keyof typeof SCENARIOS

export type OutageOptions = Sizes & {
  readonly seed: string
  readonly days: number
  readonly patience: Patience
}

export type ScenarioResult = Judgement & {
  readonly scenario: ScenarioName
  readonly seed: string
  readonly struck: Struck
  readonly seconds: number
}

export type OutageResult = {
  readonly bench: 'outages'
  readonly seed: string
  readonly scenarios: readonly ScenarioResult[]
  readonly equal: boolean
}

export const FULL: OutageOptions = {
  seed: 'tillwire',
  kills: 100,
  deliveries: 10_000,
  outageHours: 26,
  hubKills: 20,
  signIns: 10,
  jumps: 20,
  days: 2,
  patience: { seconds: 240, quietHours: 26 },
}

export const SMOKE: OutageOptions = {
  ...FULL,
  kills: 5,
  deliveries: 300,
  hubKills: 2,
  signIns: 2,
  jumps: 3,
  days: 1,
  patience: { seconds: 120, quietHours: 26 },
}

export async function run(options: OutageOptions): Promise<OutageResult> {
  const scenarios: ScenarioResult[] = []
  for (const name of Object.keys(SCENARIOS) as ScenarioName[]) scenarios.push(await play(name, options))
  const equal = scenarios.every((one) => one.differences.length + one.broken.length === 0)
  return { bench: 'outages', seed: options.seed, scenarios, equal }
}

/** One scenario from the first sync to the judgement; `tell` hears what it is at. */
export async function play(
  name: ScenarioName,
  options: OutageOptions,
  tell: (progress: string) => void = console.error,
): Promise<ScenarioResult> {
  const begunAt = performance.now()
  const seed = `${options.seed}/${name}`
  const say = (text: string) => tell(`[${name} ${Math.round((performance.now() - begunAt) / 1_000)} s] ${text}`)
  const { world: traits, play: trouble }: Scenario = SCENARIOS[name]
  const world = await openWorld({ ...traits, seed, days: options.days, locations: 2 })
  try {
    // The trouble is to meet a hub that has read the past and is at work.
    const apart = await equalWithin(world, options.patience.seconds)
    if (apart.length > 0) throw new Error(`the first sync ends with other books: ${apart.slice(0, 5)}`)
    say('the past is read')
    const struck = await trouble(world, options, seed, say)
    say('the trouble is over')
    const judgement = await judge(world, options.patience)
    say(judgement.differences.length + judgement.broken.length === 0 ? 'equal' : JSON.stringify(judgement, null, 2))
    const seconds = Math.round((performance.now() - begunAt) / 1_000)
    return { scenario: name, seed, struck, ...judgement, seconds }
  } finally {
    await world.end()
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [name = '', seed = FULL.seed, size] = process.argv.slice(2)
  if (!(name in SCENARIOS))
    throw new Error(`there is no scenario "${name}"; there are ${Object.keys(SCENARIOS).join(', ')}`)
  const count = Number(size)
  const sizes = { kills: count, deliveries: count, outageHours: count, hubKills: count, signIns: count, jumps: count }
  const result = await play(name as ScenarioName, { ...FULL, seed, ...(size === undefined ? {} : sizes) })
  console.log(JSON.stringify(result, null, 2))
}
