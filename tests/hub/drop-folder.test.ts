import { mkdtempSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDropFolder, type DropFolder } from '#app/drop-folder.ts'
import { createSite } from '#modules/sites/sites.ts'
import type { Log } from '#platform/telemetry/log.ts'
import { rowsOf, type Shop, systemClock, until, useHub } from '#tests/harness/hub.ts'

// Files left in a folder, taken by a real hub. The hub itself is told to look once an hour; the tests look themselves, so
// that nothing here waits for time to pass.

const drop = mkdtempSync(path.join(tmpdir(), 'tillwire-drop-'))
const hub = useHub({ dropDir: drop, dropSeconds: 3_600, importBytesMax: 300_000 })
afterAll(() => rm(drop, { recursive: true, force: true }))

const csv = (receipt: number, price = '4.20') =>
  `Date,Receipt number,Item,Quantity,Price\n2026-03-02 08:01,R-2026-${100_000 + receipt},Rye loaf,1,${price}\n2026-03-14 08:05,R-2026-${200_000 + receipt},Bun,3,0.95\n`
/** No day is above twelve, so nobody can tell which number is the month. */
const DOUBTFUL = 'Date,Receipt number,Item,Quantity,Price\n03/04/2026 08:01,R-2026-300001,Rye loaf,1,4.20\n'

let bakery: Shop
let folder: string

beforeAll(async () => {
  bakery = await hub.openShop('bakery')
  folder = path.join(drop, 'bakery')
  await mkdir(folder)
})

const dropFolder = (): DropFolder => {
  const { dropFolder: made } = hub.running.hub
  if (made === null) throw new Error('the hub was started with a drop folder')
  return made
}
const look = () => dropFolder().look(systemClock.now())
const listOf = async (name: string) => (await readdir(path.join(folder, name)).catch(() => [])).sort()
const wordsIn = async (outcome: string, start: string) => {
  const name = (await listOf(outcome)).find((one) => one.startsWith(start) && one.endsWith('.txt'))
  return name === undefined ? null : readFile(path.join(folder, outcome, name), 'utf8')
}
/** Looks until the file has gone where it belongs. */
const goesTo = (outcome: string, start: string) =>
  until(
    `${start} in ${outcome}`,
    async () => {
      await look()
      return listOf(outcome)
    },
    (names) => names.some((name) => name.startsWith(start)),
  )
type Wire = { readonly id: string; readonly state: string; readonly actor: string; readonly site_id: string }
const imports = async () => rowsOf<Wire>(await hub.ask('/api/v1/tenants/bakery/imports?limit=100', { key: bakery.key }))
const sales = async () =>
  rowsOf<{ external_id: string }>(await hub.ask('/api/v1/tenants/bakery/pos/transactions', { key: bakery.key })).length

test('a file is imported when two looks found it the same, and put away under the import’s id', async () => {
  await writeFile(path.join(folder, 'monday.csv'), csv(1))
  await look()
  expect(await imports()).toHaveLength(0)
  await goesTo('done', 'monday.')
  const [only, ...others] = await imports()
  expect(others).toEqual([])
  expect(only).toMatchObject({ state: 'done', actor: 'job:drop-folder' })
  expect(await listOf('done')).toEqual([`monday.${only?.id}.csv`])
  expect(await readFile(path.join(folder, 'done', `monday.${only?.id}.csv`), 'utf8')).toBe(csv(1))
  expect(await sales()).toBe(2)
})

test('the same bytes under another name are put away with a note, and imported no second time', async () => {
  const before = await imports()
  await writeFile(path.join(folder, 'monday again.csv'), csv(1))
  await goesTo('done', 'monday again.')
  expect(await wordsIn('done', 'monday again.')).toContain('Nothing was imported twice')
  expect(await imports()).toEqual(before)
})

test('a file that is still being written is left until it lies still', async () => {
  const file = path.join(folder, 'growing.csv')
  await writeFile(file, csv(2).slice(0, 60))
  await look()
  await writeFile(file, csv(2).slice(0, 80))
  await look()
  await writeFile(file, csv(2))
  await look()
  expect(await listOf('')).toContain('growing.csv')
  await goesTo('done', 'growing.')
})

test('unfinished names, hidden files, links and folders of nobody are left alone', async () => {
  const before = await imports()
  const names = ['sales.csv.part', 'sales.csv.tmp', '~$sales.xlsx', '.sales.csv', 'sales.csv.filepart']
  for (const name of names) await writeFile(path.join(folder, name), csv(3))
  await symlink(path.join(folder, 'sales.csv.part'), path.join(folder, 'link.csv'))
  await mkdir(path.join(drop, 'nobody'))
  await writeFile(path.join(drop, 'nobody', 'sales.csv'), csv(3))
  await mkdir(path.join(folder, 'nowhere'))
  await writeFile(path.join(folder, 'nowhere', 'sales.csv'), csv(3))
  for (let count = 0; count < 3; count++) await look()
  expect(await imports()).toEqual(before)
  expect(await listOf('')).toEqual(expect.arrayContaining([...names, 'link.csv']))
  expect(await readdir(path.join(drop, 'nobody'))).toEqual(['sales.csv'])
  expect(await listOf('nowhere')).toEqual(['sales.csv'])
  // A transfer that has ended gives the file its name.
  await rename(path.join(folder, 'sales.csv.part'), path.join(folder, 'sales.csv'))
  await goesTo('done', 'sales.')
  for (const name of [...names, 'link.csv']) await rm(path.join(folder, name), { force: true })
})

test('a file in a site’s folder belongs to that site', async () => {
  const { tenant } = bakery
  const site = await hub.running.storage.database.tenant(tenant.id, (tx) =>
    createSite(
      tx,
      tenant.id,
      { name: 'Harbour', slug: 'harbour', timeZone: tenant.timeZone, currency: tenant.currency, closeOutMinutes: 0 },
      systemClock.now(),
    ),
  )
  await mkdir(path.join(folder, 'harbour'))
  // The same bytes as at the first site: another place, so another import.
  await writeFile(path.join(folder, 'harbour', 'from the harbour.csv'), csv(1))
  await goesTo('done', 'from the harbour.')
  const [newest] = await imports()
  expect(newest).toMatchObject({ state: 'done', site_id: site.id })
  expect(await wordsIn('done', 'from the harbour.')).toBeNull()
})

test('what is in doubt waits with the question beside it, and goes on once it is confirmed', async () => {
  await writeFile(path.join(folder, 'doubt.csv'), DOUBTFUL)
  await goesTo('waiting', 'doubt.')
  const row = (await imports()).find(({ state }) => state === 'detected')
  const words = await wordsIn('waiting', 'doubt.')
  expect(words).toContain(`/imports/${row?.id}`)
  // Given again while it waits, it joins the one that waits.
  await writeFile(path.join(folder, 'doubt twice.csv'), DOUBTFUL)
  await goesTo('waiting', 'doubt twice.')
  expect((await imports()).filter(({ state }) => state === 'detected')).toHaveLength(1)

  const path_ = `/api/v1/tenants/bakery/imports/${row?.id}/confirm`
  const confirmed = await hub.ask(path_, { method: 'POST', key: bakery.key })
  expect(confirmed.status, confirmed.text).toBe(200)
  await goesTo('done', 'doubt.')
  await goesTo('done', 'doubt twice.')
  expect(await listOf('waiting')).toEqual([])
})

test('what is no table of sales fails with its code, a sentence and what to do', async () => {
  await writeFile(path.join(folder, 'letter.csv'), '%PDF-1.7 not a table at all')
  await goesTo('failed', 'letter.')
  expect(await wordsIn('failed', 'letter.')).toMatch(
    /was not imported\.\n.+ \[file\.[a-z_]+\]\n[\s\S]*Put it into the folder again/,
  )
})

test('what may not be imported at all fails, too', async () => {
  await writeFile(path.join(folder, 'large.csv'), csv(4).padEnd(300_001, '\n'))
  await goesTo('failed', 'large.')
  expect(await wordsIn('failed', 'large.')).toContain('[import.too-large]')
})

test('a name that is no longer than a disk allows stays one', async () => {
  await writeFile(path.join(folder, `${'ü'.repeat(120)}.csv`), csv(5))
  await goesTo('done', 'üüü')
})

describe('a process that was killed', () => {
  test('after it claimed a file: the next one takes it', async () => {
    const claim = path.join(folder, '.taken', '0197f0a0-0000-7000-8000-000000000001')
    await mkdir(claim, { recursive: true })
    await writeFile(path.join(claim, 'claimed.csv'), csv(6))
    await goesTo('done', 'claimed.')
  })

  test('after the import and before the file was put away: nothing is imported twice', async () => {
    const before = await imports()
    const soldBefore = await sales()
    const claim = path.join(folder, '.taken', '0197f0a0-0000-7000-8000-000000000002')
    await mkdir(claim, { recursive: true })
    await writeFile(path.join(claim, 'recorded.csv'), csv(6))
    await goesTo('done', 'recorded.')
    expect(await imports()).toEqual(before)
    expect(await sales()).toBe(soldBefore)
  })

  test('before it removed the folder of a claim: the folder goes', async () => {
    await mkdir(path.join(folder, '.taken', '0197f0a0-0000-7000-8000-000000000003'), { recursive: true })
    await look()
    expect(await listOf('.taken')).toEqual([])
  })
})

test('a folder of nobody is warned of once an hour', async () => {
  const warned: object[] = []
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (facts) => void warned.push(facts),
    error: () => undefined,
    child: () => log,
  }
  const { intake } = hub.running.hub
  const other = mkdtempSync(path.join(tmpdir(), 'tillwire-drop-'))
  await mkdir(path.join(other, 'stranger'))
  const second = createDropFolder({ dir: other, intake, log, publicBase: hub.url })
  const at = systemClock.now()
  const later = (ms: number) => (at + ms) as typeof at
  for (const ms of [0, 5_000, 3_599_000]) await second.look(later(ms))
  expect(warned).toEqual([{ folder: 'stranger' }])
  await second.look(later(3_600_000))
  expect(warned).toHaveLength(2)
  await second.stop()
  await rm(other, { recursive: true })
})
