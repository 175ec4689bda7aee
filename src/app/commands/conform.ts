import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { CHECKS, type CheckResult, runConformance, type Skip, skipsOf } from '#connectors/conformance/conformance.ts'
import type { Candidate, Stage } from '#connectors/conformance/stage.ts'
import { Fault } from '#kernel/fault.ts'

// `tillwire conform FOLDER`: the conformance kit over a connector that lies anywhere. The folder holds `connector.ts` (or
// `.js`), `stage.ts`, and in the stage, where a promise cannot be kept, `skip`.

export type ConformOptions = {
  /** Names of checks, or their beginnings: `money/`. */
  readonly only?: string
  readonly seed?: string
  readonly json: boolean
}

const SIGNS = { kept: '✓', broken: '✗', skipped: '–', absent: ' ' } as const

/** Throws `conform.folder`, `conform.unloadable`, `conform.not-exported`, `conform.skip`, `conform.no-check`. */
export async function conform(folder: string, options: ConformOptions): Promise<void> {
  const connectorModule = await load(folder, 'connector')
  const stageModule = await load(folder, 'stage')
  const connector = exported(folder, 'connector', connectorModule, isCandidate)
  const stage = exported(folder, 'stage', stageModule, isStage)
  const skip = Array.isArray(stageModule.skip) ? (stageModule.skip as readonly Skip[]) : []
  const only = options.only === undefined ? {} : { only: namedBy(options.only) }
  const conformance = { stage, skip, seed: seedOf(options.seed), ...only }
  refuseBadSkips(connector, conformance)
  const results: CheckResult[] = []
  if (!options.json) console.log(`${connector.name} (${connector.id})`)
  for await (const result of runConformance(connector, conformance)) {
    results.push(result)
    if (!options.json) sayResult(result)
  }
  const count = (outcome: CheckResult['outcome']) => results.filter((one) => one.outcome === outcome).length
  const counts = { kept: count('kept'), broken: count('broken'), skipped: count('skipped'), absent: count('absent') }
  if (options.json) {
    const checks = results.map(({ cause: _, ...result }) => result)
    console.log(JSON.stringify({ connector: connector.id, seed: conformance.seed, ...counts, checks }))
  } else {
    const { kept, broken, skipped, absent } = counts
    console.log(`\n${kept} kept, ${broken} broken, ${skipped} skipped, ${absent} of parts that it does not have.`)
  }
  if (counts.broken > 0) process.exitCode = 1
}

function sayResult({ check, says, outcome, why }: CheckResult): void {
  console.log(`${SIGNS[outcome]} ${check.padEnd(30)} ${says}`)
  if (why !== null && outcome !== 'absent') console.log(`  ${' '.repeat(30)} ${why}`)
}

async function load(folder: string, name: 'connector' | 'stage'): Promise<Readonly<Record<string, unknown>>> {
  const file = ['ts', 'js', 'mjs'].map((end) => path.resolve(folder, `${name}.${end}`)).find((one) => existsSync(one))
  if (file === undefined) {
    throw new Fault('missing', 'conform.folder', {
      say: `${folder} has no ${name}.ts and no ${name}.js. Name the folder of a connector; docs/guides/writing-a-connector.md shows what lies in it.`,
    })
  }
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new Fault('invalid', 'conform.unloadable', { say: `${file} cannot be loaded: ${reason}`, cause })
  }
}

/** The default export, or the first one that has the form. */
function exported<T>(
  folder: string,
  name: 'connector' | 'stage',
  module: Readonly<Record<string, unknown>>,
  has: (value: unknown) => value is T,
): T {
  const found = [module.default, ...Object.values(module)].find(has)
  if (found !== undefined) return found
  const form = name === 'connector' ? 'a Connector (id, name, live)' : 'a Stage (home, situations, open)'
  throw new Fault('invalid', 'conform.not-exported', {
    say: `The ${name} file in ${folder} exports nothing that is ${form}. Export it, by name or as default.`,
  })
}

function isCandidate(value: unknown): value is Candidate {
  return isObject(value) && typeof value.id === 'string' && typeof value.name === 'string' && isObject(value.live)
}

function isStage(value: unknown): value is Stage {
  return isObject(value) && typeof value.open === 'function' && Array.isArray(value.situations) && isObject(value.home)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function namedBy(beginning: string): readonly string[] {
  const names = CHECKS.map(({ name }) => name).filter((name) => name.startsWith(beginning))
  if (names.length > 0) return names
  throw new Fault('missing', 'conform.no-check', {
    say: `No check begins with "${beginning.slice(0, 60)}". docs/reference/conformance.md lists them.`,
  })
}

function seedOf(text: string | undefined): number {
  const seed = Number(text ?? '1')
  if (Number.isSafeInteger(seed) && seed > 0) return seed
  throw new Fault('invalid', 'command.bad', { say: 'A seed is a whole number above 0.' })
}

function refuseBadSkips(...[connector, conformance]: Parameters<typeof skipsOf>): void {
  try {
    skipsOf(connector, conformance)
  } catch (cause) {
    throw new Fault('invalid', 'conform.skip', { say: (cause as Error).message, cause })
  }
}
