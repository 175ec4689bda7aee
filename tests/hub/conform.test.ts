import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHECKS, type CheckResult } from '#connectors/conformance/conformance.ts'

// `npx tillwire conform`, as somebody who writes a connector calls it: over the example, and over a copy of it that lies
// far from this tree and knows Tillwire as a package.

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PROGRAM = path.join(ROOT, 'bin/tillwire.js')
const EXAMPLE = path.join(ROOT, 'examples/acme-connector')

let scratch: string

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'tillwire conform '))
})

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true })
})

test('the example keeps every promise, and the command says so line by line', async () => {
  const { code, stdout } = await conform([EXAMPLE])
  expect(code, stdout).toBe(0)
  const lines = stdout.trim().split('\n')
  expect(lines[0]).toBe('Acme Tills (acme)')
  expect(lines.filter((line) => line.startsWith('✓ '))).toHaveLength(CHECKS.length)
  expect(lines.at(-1)).toBe(`${CHECKS.length} kept, 0 broken, 0 skipped, 0 of parts that it does not have.`)
})

describe('a connector outside the tree', () => {
  let copy: string

  beforeAll(async () => {
    copy = await copied('acme')
  })

  test('passes from wherever it lies', async () => {
    const { code, said } = await conform([copy, '--only', 'money/', '--json'])
    expect(code).toBe(0)
    expect(said).toMatchObject({ connector: 'acme', broken: 0, skipped: 0, absent: 0, seed: 1 })
    expect(said.checks.every(({ outcome }) => outcome === 'kept')).toBe(true)
  })

  test('that breaks a promise is told which, and the command fails', async () => {
    await changed(copy, 'read.ts', "tip: form.amount(json, at, 'tip'),\n    rounding", 'tip: 0n,\n    rounding')
    const { code, said } = await conform([copy, '--only', 'money/tips', '--json'])
    expect(code).toBe(1)
    expect(said.checks).toMatchObject([
      { check: 'money/tips', outcome: 'broken', why: expect.stringContaining('EUR tip') },
    ])
    const told = await conform([copy, '--only', 'money/tips'])
    expect(told.stdout).toContain('✗ money/tips')
    expect(told.stdout).toContain('0 kept, 1 broken, 0 skipped')
  })

  test('skips it with a sentence that stands in its stage', async () => {
    const file = path.join(copy, 'stage.ts')
    await writeFile(
      file,
      `${await readFile(file, 'utf8')}\nexport const skip = [{ check: 'money/tips', why: 'Tips come a day later.' }]\n`,
    )
    const { code, said } = await conform([copy, '--only', 'money/tips', '--json'])
    expect(code).toBe(0)
    expect(said.checks).toMatchObject([{ outcome: 'skipped', why: 'Tips come a day later.' }])
  })

  test('a skip without a sentence is refused', async () => {
    await changed(copy, 'stage.ts', "why: 'Tips come a day later.'", "why: 'later'")
    expect(await conform([copy, '--json'])).toMatchObject({ code: 1, error: { code: 'conform.skip' } })
  })
})

describe('a folder that cannot be checked', () => {
  test.each([
    ['without a connector', {}, 'conform.folder'],
    ['without a stage', { 'connector.js': 'export default {}' }, 'conform.folder'],
    ['that is no program', { 'connector.js': 'export default {', 'stage.js': '' }, 'conform.unloadable'],
    ['that exports none', { 'connector.js': 'export const a = 1', 'stage.js': '' }, 'conform.not-exported'],
  ])('%s is told so', async (name, files, code) => {
    const folder = path.join(scratch, name)
    await mkdir(folder)
    for (const [file, text] of Object.entries(files)) await writeFile(path.join(folder, file), text)
    expect(await conform([folder, '--json'])).toMatchObject({ code: 1, error: { code } })
  })

  test('checks that there are not, and seeds that are none, are told so', async () => {
    const unheard = await conform([EXAMPLE, '--only', 'tulips/', '--json'])
    expect(unheard).toMatchObject({ code: 1, error: { code: 'conform.no-check' } })
    const seedless = await conform([EXAMPLE, '--seed', 'x', '--json'])
    expect(seedless).toMatchObject({ code: 1, error: { code: 'command.bad' } })
  })
})

type Said = { readonly checks: readonly CheckResult[] } & Readonly<Record<string, unknown>>
type Ended = { readonly code: number; readonly stdout: string; readonly said: Said; readonly error: unknown }

function conform(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, 'conform', ...args], (_, stdout, stderr) => {
      const said = stdout.startsWith('{') ? (JSON.parse(stdout) as Said) : { checks: [] }
      const error = stderr.startsWith('{') ? (JSON.parse(stderr) as { error: unknown }).error : null
      resolve({ code: child.exitCode ?? -1, stdout, said, error })
    })
  })
}

/** The example as a project of its own, with Tillwire among its packages. */
async function copied(name: string): Promise<string> {
  const project = path.join(scratch, name)
  await cp(EXAMPLE, path.join(project, 'connector'), { recursive: true })
  await mkdir(path.join(project, 'node_modules'))
  await symlink(ROOT, path.join(project, 'node_modules/tillwire'))
  await writeFile(path.join(project, 'package.json'), '{ "type": "module" }')
  const folder = path.join(project, 'connector')
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.ts')) continue
    const text = await readFile(path.join(folder, file), 'utf8')
    await writeFile(path.join(folder, file), text.replaceAll(/'(?:\.\.\/){2,3}(connectors|src)\//g, "'tillwire/$1/"))
  }
  return folder
}

async function changed(folder: string, file: string, from: string, to: string): Promise<void> {
  const at = path.join(folder, file)
  const text = await readFile(at, 'utf8')
  expect(text).toContain(from)
  await writeFile(at, text.replace(from, to))
}
