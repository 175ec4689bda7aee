import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { run as runAccept } from './accept.ts'
import { run as runArrival } from './arrival.ts'
import { run as runBackfill } from './backfill.ts'
import { run as runBudget } from './budget.ts'
import { run as runCardNumbers } from './card-numbers.ts'
import { run as runDialects } from './dialects.ts'
import { run as runFigures } from './figures.ts'
import { run as runFiles } from './files.ts'
import { run as runImport } from './import.ts'
import { FULL, run as runOutages, SMOKE } from './outages.ts'
import { run as runOutbox } from './outbox.ts'
import { FULL as PUSH_FULL, SMOKE as PUSH_SMOKE, run as runPushFaults } from './push-faults.ts'
import { run as runPushSpeed } from './push-speed.ts'
import { run as runReading } from './reading.ts'
import { run as runRest } from './rest.ts'
import { run as runWorkbook } from './workbook.ts'

// `npm run bench` runs every bench at its full size and prints one line each; `npm run bench -- import` runs one.
//   --smoke    small sizes: shows that they run, and says nothing about speed
//   --accept   keeps the line in bench/accepted/, to compare the next one with

const BENCHES = {
  rest: { full: () => runRest(), smoke: () => runRest(500) },
  outbox: { full: () => runOutbox(), smoke: () => runOutbox({ seconds: 2, quietTenants: 100 }) },
  import: { full: () => runImport(1_000_000), smoke: () => runImport(20_000) },
  'card-numbers': { full: () => runCardNumbers(), smoke: () => runCardNumbers(20, 1) },
  files: { full: () => runFiles(1_000_000, 21), smoke: () => runFiles(20_000) },
  workbook: { full: () => runWorkbook(), smoke: () => runWorkbook(5_000) },
  dialects: { full: () => runDialects(20_000), smoke: () => runDialects(40) },
  reading: { full: () => runReading(100_000), smoke: () => runReading(1_000) },
  figures: { full: () => runFigures({ rows: 10_000_000 }), smoke: () => runFigures({ rows: 20_000 }) },
  backfill: {
    full: () => runBackfill({ sales: 60_000, perSecond: 10, burst: 20 }),
    smoke: () => runBackfill({ sales: 500, perSecond: 20, burst: 40 }),
  },
  outages: { full: () => runOutages(FULL), smoke: () => runOutages(SMOKE) },
  'push-faults-square': pushFaults('square'),
  'push-faults-dine-pos': pushFaults('dine-pos'),
  'push-faults-dine-pos-petpooja': pushFaults('dine-pos-petpooja'),
  'push-speed': {
    full: () => runPushSpeed(),
    smoke: () => runPushSpeed({ seconds: 3, perSecond: 10, tenants: 3 }),
  },
  budget: { full: () => runBudget(), smoke: () => runBudget({ seconds: 3 }) },
  arrival: { full: () => runArrival(), smoke: () => runArrival({ seconds: 3, salesPerSecond: 10 }) },
  accept: {
    full: () => runAccept(),
    smoke: () => runAccept({ seconds: 2, rounds: 1, eventsPerRound: 2_000, loneCommits: 200 }),
  },
} as const

function pushFaults(provider: string) {
  return { full: () => runPushFaults(provider, PUSH_FULL), smoke: () => runPushFaults(provider, PUSH_SMOKE) }
}

type Name = keyof typeof BENCHES

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: 'boolean', default: false }, accept: { type: 'boolean', default: false } },
})
const names = (positionals.length === 0 ? Object.keys(BENCHES) : positionals) as Name[]
for (const name of names) {
  if (!(name in BENCHES)) throw new Error(`there is no bench "${name}"; there are ${Object.keys(BENCHES).join(', ')}`)
  const result = await BENCHES[name][values.smoke ? 'smoke' : 'full']()
  console.log(JSON.stringify(result))
  if (values.accept && !values.smoke) {
    const kept = { ...result, measured_on: { node: process.version, cores: cpus().length, cpu: cpus()[0]?.model } }
    await writeFile(new URL(`accepted/${name}.json`, import.meta.url), `${JSON.stringify(kept, null, 2)}\n`)
  }
}
