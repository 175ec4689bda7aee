import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SIMULATORS, type SimulatorLine } from '#simulators/registry.ts'
import { SYSTEM_CLOCK } from '../clock.ts'
import { demoCountry, demoTenantDraft } from './demo-shops.ts'

// The till of the demonstration: a provider's simulator in a process of its own, with thirteen months behind it and sales
// that ring while somebody watches. The hub reads it as it would read the provider.

export type SimulatedTill = {
  readonly line: SimulatorLine
  /** The first token of `line.credentials`. */
  readonly accessToken: string
  stop(): Promise<void>
}

/** Whose till is simulated. */
export const DEMO_TILL = { provider: Object.keys(SIMULATORS)[0] ?? '' } as const

const PROGRAM = fileURLToPath(new URL('../../../bin/tillwire.js', import.meta.url))
const DAYS_BACK = 396
// A simulated sale takes some kilobytes there: a small café is a year of them, and a busy one is the newcomer's memory.
const SCALE = 0.1
/** Over that: so that a sale rings a few times a minute while somebody watches. */
const LIVE_SCALE = 150
const CALLS_PER_SECOND = 100
const PATIENCE_MS = 60_000

/** The same seed and zone trade the same past at every start. Rejects when the simulator does not come up. */
export async function startSimulatedTill(wish: {
  readonly provider: string
  readonly seed: string
  readonly timeZone: string
}): Promise<SimulatedTill> {
  const options = {
    seed: wish.seed,
    country: demoCountry(wish.timeZone),
    zone: wish.timeZone,
    days: DAYS_BACK,
    scale: SCALE,
    'live-scale': LIVE_SCALE,
    calls: CALLS_PER_SECOND,
  }
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn(
    process.execPath,
    [PROGRAM, 'simulate', wish.provider, '--json', '--live', '--attached', ...words],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  // It ends with its standard input, so a hub that is killed leaves no till behind.
  child.stdin.on('error', () => undefined)
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([
    once(lines, 'line', { signal: AbortSignal.timeout(PATIENCE_MS) }),
    once(child, 'exit').then(() => Promise.reject(new Error('the simulated till ended before it was there'))),
  ])
  const line = JSON.parse(String(first[0])) as SimulatorLine
  return {
    line,
    accessToken: String(line.credentials.access_token),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.stdin.end()
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** Where the demonstration's shop stands: chosen at the first start, since its past must be the same at the next. */
export async function demoTown(dataDir: string): Promise<{ readonly timeZone: string; readonly seed: string }> {
  const file = path.join(dataDir, 'till.json')
  const kept = await readFile(file, 'utf8').catch(() => null)
  if (kept !== null) return JSON.parse(kept) as { timeZone: string; seed: string }
  const { timeZone } = demoTenantDraft(SYSTEM_CLOCK.now())
  const town = { timeZone, seed: randomBytes(6).toString('hex') }
  await mkdir(dataDir, { recursive: true })
  await writeFile(file, JSON.stringify(town))
  return town
}
