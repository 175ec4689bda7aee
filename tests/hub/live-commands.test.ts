import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Machine, newMachine } from '#tests/harness/process.ts'

// The commands by which a person looks at a provider's words and runs a stand-in of it, as processes of their own.

const FIXTURES = fileURLToPath(new URL('../../connectors/square/fixtures/', import.meta.url))
const PROGRAM = fileURLToPath(new URL('../../bin/tillwire.js', import.meta.url))

let machine: Machine
let folder: string
beforeAll(async () => {
  machine = await newMachine()
  folder = await mkdtemp(path.join(tmpdir(), 'tillwire-explain-'))
})
afterAll(async () => {
  await machine.scrap()
  await rm(folder, { recursive: true, force: true })
})

describe('explain, for what a provider wrote', () => {
  test('shows the sale in canon, with its money identity, and makes no database', async () => {
    const exit = await machine.call(['explain', 'square', 'order', path.join(FIXTURES, 'breakfast.json'), '--json'])
    expect(exit, exit.stderr).toMatchObject({ code: 0 })
    const subjects = exit.said?.subjects as { sales: Record<string, unknown>[] }[] | undefined
    expect(subjects?.[0]?.sales[0]).toMatchObject({
      external_id: 'ORDBREAKFAST',
      closed_at: '2026-10-01T11:59:02.000Z',
      gross: { amount: 1350, currency: 'USD' },
      identity: 'holds',
      difference: { amount: 0, currency: 'USD' },
    })
    expect(await machine.postmasterPid()).toBeNull()
  })

  test('says in words what a webhook speaks of and what would be fetched', async () => {
    const exit = await machine.call(['explain', 'square', 'webhook', path.join(FIXTURES, 'webhook-refund.json')])
    expect(exit.code, exit.stderr).toBe(0)
    expect(exit.stdout).toContain('Event refund.updated')
    expect(exit.stdout).toContain('To be fetched: order ORDRETURN')
  })

  test.for([
    ['explain.system', ['lego', 'order', 'x.json'], 'square'],
    ['command.file', ['square', 'order', 'no-such-file.json'], 'no-such-file.json'],
  ] as const)('refuses with %s and a sentence', async ([code, words, named]) => {
    const exit = await machine.call(['explain', ...words, '--json'])
    expect(exit).toMatchObject({ code: 1, error: { code } })
    expect(exit.error?.detail).toContain(named)
  })

  test('refuses a kind that is not read, and what is no such record, without quoting it', async () => {
    const file = path.join(folder, 'somebody.json')
    await writeFile(file, 'Ada Lovelace, 12 Example Street')
    expect(await machine.call(['explain', 'square', 'drawer', file, '--json'])).toMatchObject({
      error: { code: 'explain.kind' },
    })
    const garbled = await machine.call(['explain', 'square', 'payment', file, '--json'])
    expect(garbled).toMatchObject({ code: 1, error: { code: 'explain.garbled' } })
    expect(garbled.stderr).not.toContain('Ada')
  })
})

describe('simulate', () => {
  test('prints one line, answers, and ends with its standard input when it is attached', async () => {
    const words = ['simulate', 'square', '--json', '--attached', '--days', '1', '--scale', '0.1', '--country', 'JP']
    const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['pipe', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    const said = JSON.parse(line) as {
      provider: string
      control_url: string
      credentials: { access_token: string }
      locations: { currency: string }[]
    }
    expect(said.provider).toBe('square')
    expect(said.locations[0]?.currency).toBe('JPY')
    const books = (await (await fetch(`${said.control_url}/books`)).json()) as { books: { currency: string }[] }
    expect(books.books.map(({ currency }) => currency)).toEqual(['JPY'])
    child.stdin.end()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('refuses a provider that nobody plays, and options that make no sense', async () => {
    expect(await machine.call(['simulate', 'lego', '--json'])).toMatchObject({ error: { code: 'simulate.provider' } })
    expect(await machine.call(['simulate', 'square', '--days', 'many', '--json'])).toMatchObject({
      error: { code: 'command.bad' },
    })
  })
})
