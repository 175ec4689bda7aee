import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { useHub } from '../harness/hub.ts'

// The programs of examples/ do what their README says, against a real hub and from outside it.

const hub = useHub()
const run = promisify(execFile)

test('upload-csv prints what each day of the file brought', async () => {
  const { tenant, keyWith } = await hub.openShop('bakery')
  const { secret } = await keyWith('imports:write', 'figures:read')
  const folder = await mkdtemp(path.join(tmpdir(), 'tillwire example '))
  const file = path.join(folder, 'march.csv')
  await writeFile(
    file,
    'Date,Receipt,Item,Quantity,Price\n2026-03-14 08:01,1,Rye loaf,1,4.20\n2026-03-14 08:05,2,Bun,3,0.90\n2026-03-15 09:00,3,Bun,1,0.90\n',
  )
  const program = fileURLToPath(new URL('../../examples/upload-csv.ts', import.meta.url))
  const { stdout } = await run(process.execPath, [decodeURIComponent(program), file], {
    env: { ...process.env, TILLWIRE_URL: hub.url.href, TILLWIRE_API_KEY: secret, TILLWIRE_TENANT: tenant.slug },
  })
  const lines = stdout.trim().split('\n')
  expect(lines.slice(0, 4)).toEqual([
    '3 rows read, 0 of them rejected.',
    '2026-03-14  6.90 EUR  2 sales',
    '2026-03-15  0.90 EUR  1 sales',
    'Together 7.80 EUR in 3 sales.',
  ])
  expect(lines[4]).toMatch(/^(?:Complete|Partial): /)
  await rm(folder, { recursive: true })
})

test('every example is run here', async () => {
  const programs = (await readdir(new URL('../../examples/', import.meta.url))).filter((name) => name.endsWith('.ts'))
  expect(programs).toEqual(['upload-csv.ts'])
})
