import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { readWhole, sourceOf } from '../conformance/files.ts'
import type { FileSlice, Files } from '../contract-files.ts'
import { spreadsheet } from './connector.ts'

// Rows of one sale that lie far apart: further than the rows that are kept open, in a few sales or in all of them.

const files = spreadsheet.files as Files
const home = { zone: zoneName('Europe/Berlin'), currency: currencyCode('EUR') }
const HEADER = 'Order,Date,Item,Qty,Price,Payment'

function lineOf(sale: number, nth: number): string {
  const day = String(1 + (sale % 28)).padStart(2, '0')
  const minute = String(sale % 60).padStart(2, '0')
  return `${sale},2025-03-${day} 12:${minute},Article ${(sale * 7 + nth) % 90},${1 + (nth % 3)},${1 + (sale % 9)}.25,Card`
}

/** Sorted by article position: all first lines, then all second ones. */
function sortedByPosition(sales: number, lines: number): Buffer {
  const rows: string[] = [HEADER]
  for (let nth = 0; nth < lines; nth++) for (let sale = 1; sale <= sales; sale++) rows.push(lineOf(sale, nth))
  return Buffer.from(`${rows.join('\n')}\n`)
}

function sortedBySale(sales: number, lines: number): Buffer {
  const rows: string[] = [HEADER]
  for (let sale = 1; sale <= sales; sale++) for (let nth = 0; nth < lines; nth++) rows.push(lineOf(sale, nth))
  return Buffer.from(`${rows.join('\n')}\n`)
}

type Told = readonly [id: string, total: bigint | null, articles: string]

function byId(a: Told, b: Told): number {
  return a[0] < b[0] ? -1 : 1
}

async function told(bytes: Buffer): Promise<readonly Told[]> {
  const { sales } = await readWhole(files, sourceOf(bytes), home, 2000)
  return sales
    .map(
      ({ sale }): Told => [
        sale.externalId,
        sale.total,
        sale.items
          .map((item) => `${item.quantity} ${item.article.name}`)
          .sort()
          .join(', '),
      ],
    )
    .sort(byId)
}

function expected(sales: number, lines: number): readonly Told[] {
  return Array.from({ length: sales }, (_, before): Told => {
    const sale = before + 1
    const cells = Array.from({ length: lines }, (__, nth) => lineOf(sale, nth).split(','))
    const total = cells.reduce(
      (sum, cell) => sum + BigInt(cell[3] ?? '') * BigInt((cell[4] ?? '').replace('.', '')),
      0n,
    )
    return [
      `${sale}@${cells[0]?.[1]?.slice(0, 10)}`,
      total,
      cells
        .map((cell) => `${cell[3]} ${cell[2]}`)
        .sort()
        .join(', '),
    ]
  }).sort(byId)
}

test('a few thousand sales that come back late are held and whole', async () => {
  expect(await told(sortedByPosition(13_000, 2))).toEqual(expected(13_000, 2))
})

test('when all sales come back late the rows are dealt out to scratch files first', async () => {
  expect(await told(sortedByPosition(26_000, 2))).toEqual(expected(26_000, 2))
})

test('a reading that stops in the middle leaves no scratch file behind', async () => {
  const scratchDir = await mkdtemp(join(tmpdir(), 'far-apart-'))
  const source = sourceOf(sortedByPosition(24_000, 2))
  for await (const slice of files.read(source, await files.detect(source, home, {}), home, {
    rowsPerSlice: 1000,
    scratchDir,
  })) {
    expect((await readdir(scratchDir)).length).toBe(1)
    if (slice.index === 2) break
  }
  expect(await readdir(scratchDir)).toEqual([])
  await rm(scratchDir, { recursive: true })
})

test('a row that cannot be read holds back its sale however far away the others are, held or dealt out', async () => {
  for (const sales of [13_000, 26_000]) {
    const lines = sortedByPosition(sales, 2).toString().split('\n')
    // The second row of sale 5 has no amount that can be read, the second row of sale 9 a letter that is none.
    lines[sales + 5] = (lines[sales + 5] ?? '').replace(/\d+\.25/, 'two')
    lines[sales + 9] = (lines[sales + 9] ?? '').replace('Article', 'Art?cle')
    const bytes = Buffer.from(lines.join('\n').replace('Article 0', 'Ärticle 0'))
    bytes[bytes.indexOf('Art?cle') + 3] = 0xff
    const { sales: read, slices } = await readWhole(files, sourceOf(bytes), home, 2000)
    const refused = slices.flatMap((slice) => slice.rejected).map(({ row, code }) => [row, code])
    expect(refused.sort((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
      [6, 'row.sale_incomplete'],
      [10, 'row.sale_incomplete'],
      [sales + 6, 'row.amount_unreadable'],
      [sales + 10, 'row.encoding'],
    ])
    expect(read.length).toBe(sales - 2)
  }
})

test('equal rows without an id are told apart, however far apart they lie', async () => {
  const row = '2025-03-01,Tea,1.50,Cash'
  const others = Array.from(
    { length: 14_000 },
    (_, nth) => `2025-03-${String(2 + (nth % 27)).padStart(2, '0')},Article ${nth},2.50,Cash`,
  )
  const far = Buffer.from(['Date,Item,Amount,Payment', row, ...others, row, row, ''].join('\n'))
  const near = Buffer.from(['Date,Item,Amount,Payment', row, row, row, ...others, ''].join('\n'))
  const [one, other] = [await readWhole(files, sourceOf(far), home), await readWhole(files, sourceOf(near), home)]
  expect(new Set(one.ids).size).toBe(14_003)
  expect([...one.ids].sort()).toEqual([...other.ids].sort())
})

let scratchDir = ''
beforeAll(async () => {
  scratchDir = await mkdtemp(join(tmpdir(), 'far-apart-'))
})
afterAll(() => rm(scratchDir, { recursive: true, force: true }))

test('the same slices come again, dealt out or not', async () => {
  for (const bytes of [sortedByPosition(24_000, 2), sortedBySale(5000, 3)]) {
    const source = sourceOf(bytes)
    const detection = await files.detect(source, home, {})
    const runs: string[][] = []
    for (let run = 0; run < 2; run++) {
      const slices: string[] = []
      for await (const slice of files.read(source, detection, home, { rowsPerSlice: 777, scratchDir }))
        slices.push(shown(slice))
      runs.push(slices)
    }
    expect(runs[1]).toEqual(runs[0])
  }
})

function shown({ progress: _, ...slice }: FileSlice): string {
  return JSON.stringify(slice, (__, value) => (typeof value === 'bigint' ? `${value}n` : value))
}
