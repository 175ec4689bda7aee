import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '#tests/harness/hub.ts'
import { type Machine, newMachine } from '#tests/harness/process.ts'

// A real hub over a drop folder, killed without a word wherever it happens to be, again and again.

let machine: Machine
let drop: string

beforeAll(async () => {
  machine = await newMachine()
  drop = await mkdtemp(path.join(tmpdir(), 'tillwire-drop-'))
})
afterAll(async () => {
  await machine.scrap()
  await rm(drop, { recursive: true, force: true })
})

const FILES = 4
const SALES_EACH = 2_000

function csv(no: number): string {
  const rows = Array.from({ length: SALES_EACH }, (_, n) => {
    const time = `${String(8 + (n % 12)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`
    return `2026-03-${13 + no} ${time},R-2026-${no * 1_000_000 + n},Bun,1,0.95\n`
  })
  return `Date,Receipt number,Item,Quantity,Price\n${rows.join('')}`
}

test('every sale of every file stands once, wherever the hub was killed', async () => {
  const folder = path.join(drop, 'bakery')
  await mkdir(folder)
  const env = { TILLWIRE_DROP_DIR: drop, TILLWIRE_DROP_SECONDS: '1' }
  const made = await machine.call(['tenant', 'create', 'bakery', '--json'])
  expect(made.code, made.stderr).toBe(0)
  for (let no = 0; no < FILES; no++) await writeFile(path.join(folder, `day-${no}.csv`), csv(no))

  const done = async () =>
    (await readdir(path.join(folder, 'done')).catch(() => [])).filter((name) => !name.endsWith('.txt'))
  // Each time a little later in what it does with them.
  for (let round = 0; round < 3; round++) {
    const hub = await machine.start(env)
    await new Promise((resolve) => setTimeout(resolve, 1_000 + round * 517))
    hub.kill('SIGKILL')
    await hub.exited
  }
  const hub = await machine.start(env)
  await until('every file in done', done, (names) => names.length === FILES, 90_000)
  const [counted] = await machine.query<{ sales: string; amount: string; runs: string }>(
    `select (select count(*) from pos.transactions) as sales,
       (select sum(gross) from pos.transactions) as amount,
       (select count(*) from pos.imports where state = 'done') as runs`,
  )
  expect(counted).toEqual({
    sales: String(FILES * SALES_EACH),
    amount: String(FILES * SALES_EACH * 95),
    runs: String(FILES),
  })
  expect((await readdir(folder)).filter((name) => name.endsWith('.csv'))).toEqual([])
  hub.kill('SIGTERM')
  expect((await hub.exited).code).toBe(0)
}, 180_000)
