import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { bytesOf, type Claim, claimFile, claimsIn, filesIn, importIdIn, isTemporary, putAway } from './drop-files.ts'

let dir: string
const never = new AbortController().signal

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'tillwire-drop-files-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** A folder of its own with one claimed file in it. */
async function claimed(name: string, text: string): Promise<Claim> {
  const place = path.join(dir, newId())
  await mkdir(place)
  await writeFile(path.join(place, name), text)
  for (const file of await filesIn(place)) await claimFile(place, file)
  const [claim] = await claimsIn(place)
  if (claim === undefined) throw new Error('the file was just claimed')
  return claim
}

async function read(claim: Claim, signal = never): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of bytesOf(claim, signal)) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}

describe('a claimed file', () => {
  test('is read whole', async () => {
    const text = 'Date,Total\n'.repeat(50_000)
    expect(await read(await claimed('a.csv', text))).toBe(text)
  })

  test('that somebody still writes to is not taken for whole', async () => {
    const claim = await claimed('a.csv', 'Date,Total\n')
    await appendFile(claim.file, '2026-03-02,4.20\n')
    await expect(read(claim)).rejects.toMatchObject({ code: 'drop.changed', kind: 'conflict' })
  })

  test('that was exchanged for a link is not followed', async () => {
    const claim = await claimed('a.csv', 'Date,Total\n')
    const elsewhere = path.join(dir, 'elsewhere')
    await writeFile(elsewhere, 'not for the hub')
    await rm(claim.file)
    await symlink(elsewhere, claim.file)
    await expect(read(claim)).rejects.toMatchObject({ code: 'drop.unreadable' })
  })

  test('is let go when the hub stops', async () => {
    const stopping = new AbortController()
    stopping.abort()
    await expect(read(await claimed('a.csv', 'Date,Total\n'), stopping.signal)).rejects.toThrow()
  })

  test('never takes the place of another that was put away', async () => {
    const to = path.join(dir, 'done')
    const id = newId()
    for (const text of ['one', 'two', 'three'])
      await putAway(await claimed('sales.csv.gz', text), to, id, `about ${text}`)
    const names = (await readdir(to)).sort()
    expect(names).toHaveLength(6)
    expect(await readFile(path.join(to, `sales.${id}.csv.gz`), 'utf8')).toBe('one')
    expect(await readFile(path.join(to, `sales.${id}-3.csv.gz`), 'utf8')).toBe('three')
    expect(await readFile(path.join(to, `sales.${id}-2.csv.gz.txt`), 'utf8')).toBe('about two')
  })
})

test('every name keeps its import’s id and can be told from it', async () => {
  const names = fc
    .string({ unit: fc.constantFrom(...'abc äß漢 .-_0123'), minLength: 1, maxLength: 220 })
    .map((name) => `${name}x`)
    .filter((name) => !isTemporary(name) && Buffer.byteLength(name) <= 255)
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      const id = newId()
      const to = path.join(dir, id)
      await putAway(await claimed(name, 'x'), to, id, null)
      const [kept] = await readdir(to)
      expect(importIdIn(kept ?? '')).toBe(id)
    }),
    { numRuns: 40 },
  )
})

test.each([
  ['sales.csv', false],
  ['Z-Bericht 2026-05-04.xlsx', false],
  ['part.csv', false],
  ['sales.csv.part', true],
  ['sales.csv.TMP', true],
  ['sales.csv.filepart', true],
  ['sales.csv~', true],
  ['~$sales.xlsx', true],
  ['.sales.csv', true],
  ['Thumbs.db', true],
])('%s is temporary: %s', (name, wanted) => {
  expect(isTemporary(name)).toBe(wanted)
})
