import { deepStrictEqual } from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { checkIdentity } from '#canon/money-identity.ts'
import { type CurrencyCode, currencyCode } from '#kernel/currency.ts'
import { decimal } from '#kernel/decimal.ts'
import { findMinor } from '#kernel/money.ts'
import type { Connector, FileDetection, FileSale, FileSite, FileSlice, FileSource, Files } from '../contract.ts'

// What any connector that reads files promises, as checks. A connector brings files that it reads; the kit reads them
// whole, twice, in other slices, in half and cut off, and compares.

export type StagedFile = {
  readonly name: string
  readonly bytes: Buffer
  readonly site: FileSite
  /** The same export over a shorter time: some of its sales, each whole. */
  readonly half: Buffer
}

export type FilesStage = {
  readonly files: readonly StagedFile[]
  /** A file whose sales have these totals, in this order, in major units: `12.50`. */
  readonly withTotals: (currency: CurrencyCode, totals: readonly string[]) => Buffer
}

export type FilesCheck =
  | 'files/same-twice'
  | 'files/slices-gapless'
  | 'files/slices-change-nothing'
  | 'files/no-row-lost'
  | 'files/identity-or-incomplete'
  | 'files/overlap-is-a-subset'
  | 'files/money-survives'
  | 'files/cut-loses-nothing-before'
  | 'files/raw-is-kept'

/** A promise that a connector cannot keep, and why. */
export type Skip = { readonly check: FilesCheck; readonly why: string }

export type WholeRead = {
  readonly slices: readonly FileSlice[]
  readonly sales: readonly FileSale[]
  readonly ids: readonly string[]
  readonly rowsRead: number
}

export function sourceOf(bytes: Buffer, name = 'export.csv'): FileSource {
  return { name, sizeBytes: bytes.length, open: () => Readable.from(piecesOf(bytes), { objectMode: false }) }
}

/** Streams cut where they please; pieces of odd sizes find what depends on it. */
function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_521) yield bytes.subarray(at, at + 65_521)
}

export async function readWhole(
  files: Files,
  file: FileSource,
  site: FileSite,
  rowsPerSlice = 500,
): Promise<WholeRead> {
  return readAs(files, file, await files.detect(file, site), site, rowsPerSlice)
}

export async function readAs(
  files: Files,
  file: FileSource,
  detection: FileDetection,
  site: FileSite,
  rowsPerSlice = 500,
): Promise<WholeRead> {
  const scratchDir = await mkdtemp(join(tmpdir(), 'conformance-'))
  try {
    const slices: FileSlice[] = []
    for await (const slice of files.read(file, detection, site, { rowsPerSlice, scratchDir })) slices.push(slice)
    const sales = slices.flatMap((slice) => slice.sales)
    const refunds = slices.flatMap((slice) => slice.refunds)
    const ids = [...sales.map(({ sale }) => sale.externalId), ...refunds.map(({ refund }) => refund.externalId)]
    return { slices, sales, ids, rowsRead: slices.at(-1)?.rowsRead ?? 0 }
  } finally {
    await rm(scratchDir, { recursive: true, force: true })
  }
}

/** Registers the checks of the `files` part as tests. */
export function conforms(
  connector: Connector,
  stage: FilesStage,
  options: { readonly skip?: readonly Skip[] } = {},
): void {
  const { files } = connector
  if (!files) throw new Error(`${connector.name} has no files part to check`)
  const skips = new Map(options.skip?.map(({ check, why }) => [check, why]))
  const check = (name: FilesCheck, says: string, run: () => Promise<void>): void => {
    const why = skips.get(name)
    if (why === undefined) test(`${name}: ${says}`, run)
    else test.skip(`${name}: ${says} (skipped: ${why})`, run)
  }
  describe(`${connector.name} keeps the promises of reading files`, () => {
    for (const staged of stage.files) describe(staged.name, () => checkFile(files, staged, check))
    check('files/money-survives', 'amounts arrive to the last digit in yen, euros and dinars', () =>
      moneySurvives(files, stage),
    )
  })
}

type Check = (name: FilesCheck, says: string, run: () => Promise<void>) => void

function checkFile(files: Files, staged: StagedFile, check: Check): void {
  const source = sourceOf(staged.bytes, staged.name)
  const read = (rowsPerSlice?: number): Promise<WholeRead> => readWhole(files, source, staged.site, rowsPerSlice)
  const checks: readonly (readonly [FilesCheck, string, () => Promise<void>])[] = [
    [
      'files/same-twice',
      'the same bytes give the same slices again',
      async () => sameTwice(await read(), await read()),
    ],
    [
      'files/slices-gapless',
      'slices count from 0 without a gap and rows only rise',
      async () => slicesGapless(await read(7)),
    ],
    [
      'files/slices-change-nothing',
      'how rows are cut into slices changes no sale',
      async () => sameSales(await read(3), await read(100_000)),
    ],
    ['files/no-row-lost', 'every row is in a sale, refused, or counted', async () => noRowLost(await read())],
    ['files/raw-is-kept', 'each sale carries the text of its rows', async () => rawIsKept(await read())],
    [
      'files/identity-or-incomplete',
      'the money of each sale adds up or is marked',
      async () => identityHolds(await read()),
    ],
    [
      'files/overlap-is-a-subset',
      'an export of a shorter time names its sales alike',
      () => overlapIsSubset(files, staged),
    ],
    [
      'files/cut-loses-nothing-before',
      'a file that breaks off is read up to there',
      () => cutLosesNothing(files, staged),
    ],
  ]
  for (const [name, says, run] of checks) check(name, says, run)
}

function sameTwice(first: WholeRead, second: WholeRead): void {
  expect(new Set(first.ids).size).toBe(first.ids.length)
  deepStrictEqual(withoutProgress(second.slices), withoutProgress(first.slices))
}

function withoutProgress(slices: readonly FileSlice[]): readonly Omit<FileSlice, 'progress'>[] {
  return slices.map(({ progress: _, ...slice }) => slice)
}

function slicesGapless({ slices }: WholeRead): void {
  expect(slices.map((slice) => slice.index)).toEqual(slices.map((_, nth) => nth))
  const rows = slices.map((slice) => slice.rowsRead)
  expect(rows).toEqual([...rows].sort((a, b) => a - b))
  expect(slices.at(-1)?.progress).toBe(1)
}

function sameSales(narrow: WholeRead, wide: WholeRead): void {
  deepStrictEqual(narrow.sales, wide.sales)
  deepStrictEqual(narrow.ids, wide.ids)
}

function noRowLost({ slices, rowsRead }: WholeRead): void {
  const rows = new Set<number>()
  let told = 0
  for (const slice of slices) {
    for (const origin of [...slice.sales, ...slice.refunds]) for (const row of origin.rows) rows.add(row)
    for (const { row } of slice.rejected) rows.add(row)
    told += (slice.noticed.total_row ?? 0) + (slice.noticed.header_repeated ?? 0)
  }
  expect(rows.size + told).toBe(rowsRead)
}

function rawIsKept({ sales }: WholeRead): void {
  for (const { raw, rows } of sales) {
    expect(rows.length).toBeGreaterThan(0)
    expect(raw).not.toBe('')
  }
}

function identityHolds({ sales }: WholeRead): void {
  const verdicts = sales.map(({ sale }) => ({ id: sale.externalId, ...checkIdentity(sale) }))
  expect(verdicts.filter(({ verdict, reasons }) => verdict !== 'holds' && reasons.length === 0)).toEqual([])
}

async function overlapIsSubset(files: Files, staged: StagedFile): Promise<void> {
  const whole = await readWhole(files, sourceOf(staged.bytes, staged.name), staged.site)
  const half = await readWhole(files, sourceOf(staged.half, staged.name), staged.site)
  const known = new Set(whole.ids)
  expect(half.ids.length).toBeGreaterThan(0)
  expect(half.ids.length).toBeLessThan(whole.ids.length)
  expect(half.ids.filter((id) => !known.has(id))).toEqual([])
}

async function moneySurvives(files: Files, stage: FilesStage): Promise<void> {
  const totals = {
    JPY: ['1200', '1', '98765'],
    EUR: ['12.50', '0.01', '98765.43'],
    KWD: ['1.250', '0.001', '98765.432'],
  }
  for (const [code, majors] of Object.entries(totals)) {
    const currency = currencyCode(code)
    const zone = stage.files[0]?.site.zone
    if (zone === undefined) throw new Error('a stage needs at least one file')
    const { sales } = await readWhole(files, sourceOf(stage.withTotals(currency, majors)), { zone, currency })
    expect(sales.map(({ sale }) => sale.total)).toEqual(majors.map((major) => findMinor(decimal(major), currency)))
    expect(new Set(sales.map(({ sale }) => sale.currency))).toEqual(new Set([currency]))
  }
}

/** The sales whose rows all lie well before the cut are the same; the piece of a row at the cut is no sale. */
async function cutLosesNothing(files: Files, staged: StagedFile): Promise<void> {
  const source = sourceOf(staged.bytes, staged.name)
  const detection = await files.detect(source, staged.site)
  const whole = await readAs(files, source, detection, staged.site)
  for (const share of [0.5, 0.731, 0.97]) {
    const bytes = staged.bytes.subarray(0, Math.floor(staged.bytes.length * share))
    const cut = await readAs(files, sourceOf(bytes, staged.name), detection, staged.site)
    noRowLost(cut)
    const lastRow = Math.max(
      0,
      ...cut.slices.flatMap((slice) => [...slice.sales, ...slice.refunds, ...slice.rejected].flatMap(lastRowOf)),
    )
    const before = whole.sales.filter(({ rows }) => rows.every((row) => row < lastRow))
    const known = new Map(cut.sales.map((one) => [one.sale.externalId, one]))
    for (const one of before) deepStrictEqual(known.get(one.sale.externalId), one)
  }
}

function lastRowOf(origin: { readonly rows: readonly number[] } | { readonly row: number }): readonly number[] {
  return 'rows' in origin ? origin.rows : [origin.row]
}
