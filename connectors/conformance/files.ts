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
import type { Connector } from '../contract.ts'
import {
  type FileChoices,
  type FileDetection,
  type FileReadOptions,
  type FileSale,
  type FileSite,
  type FileSlice,
  type FileSource,
  type Files,
  RowsApart,
} from '../contract-files.ts'

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
  | 'files/one-pass-changes-nothing'
  | 'files/no-row-lost'
  | 'files/identity-or-incomplete'
  | 'files/overlap-is-a-subset'
  | 'files/money-survives'
  | 'files/cut-loses-nothing-before'
  | 'files/raw-is-kept'
  | 'files/sale-waits-whole'

/** A promise that a connector cannot keep, and why. */
export type Skip = { readonly check: FilesCheck; readonly why: string }

export type WholeRead = {
  readonly slices: readonly FileSlice[]
  readonly sales: readonly FileSale[]
  readonly ids: readonly string[]
  readonly rowsRead: number
}

/** A table as it is kept: plain text. What was packed or UTF-16 before goes through {@link tableOf}. */
export function sourceOf(bytes: Buffer, name = 'export.csv', told: Partial<FileSource> = {}): FileSource {
  return {
    name,
    sizeBytes: bytes.length,
    container: 'plain',
    encoding: null,
    extent: 'whole',
    open: () => Readable.from(piecesOf(bytes), { objectMode: false }),
    ...told,
  }
}

/** The first table of a file as it arrives, unpacked and sifted as the hub does it before anything is kept. */
export async function tableOf(files: Files, arriving: Buffer, name = 'export.csv'): Promise<FileSource> {
  const scratchDir = await mkdtemp(join(tmpdir(), 'conformance-'))
  try {
    const unpacked = await files.unpack({ name, bytes: Readable.from(piecesOf(arriving)), scratchDir })
    const table = unpacked.tables[0]
    if (table === undefined) throw new Error(`${name} holds no table`)
    const pieces: Uint8Array[] = []
    for await (const piece of files.sift(table.bytes()).bytes) pieces.push(piece)
    await unpacked.close()
    const extent = table.brokenOff() ? 'broken_off' : 'whole'
    const { container } = unpacked
    return sourceOf(Buffer.concat(pieces), table.name, { container, encoding: table.encoding, extent })
  } finally {
    await rm(scratchDir, { recursive: true, force: true })
  }
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
  choices: FileChoices = {},
): Promise<WholeRead> {
  return readAs(files, file, await files.detect(file, site, choices), site, rowsPerSlice)
}

export async function readAs(
  files: Files,
  file: FileSource,
  detection: FileDetection,
  site: FileSite,
  rowsPerSlice = 500,
  order: NonNullable<FileReadOptions['order']> = 'learn',
): Promise<WholeRead> {
  const scratchDir = await mkdtemp(join(tmpdir(), 'conformance-'))
  try {
    const slices: FileSlice[] = []
    for await (const slice of files.read(file, detection, site, { rowsPerSlice, scratchDir, order })) slices.push(slice)
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
    check('files/sale-waits-whole', 'a row that cannot be read holds back all of its sale and nothing else', () =>
      saleWaitsWhole(files, stage),
    )
    check('files/money-survives', 'amounts arrive to the last digit in yen, euros and dinars', () =>
      moneySurvives(files, stage),
    )
  })
}

type Check = (name: FilesCheck, says: string, run: () => Promise<void>) => void

function checkFile(files: Files, staged: StagedFile, check: Check): void {
  const read = async (rowsPerSlice?: number): Promise<WholeRead> =>
    readWhole(files, await tableOf(files, staged.bytes, staged.name), staged.site, rowsPerSlice)
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
    [
      'files/one-pass-changes-nothing',
      'a reading in one pass finds the same sales, or gives up',
      async () => onePassIsTheSame(files, staged),
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

async function onePassIsTheSame(files: Files, staged: StagedFile): Promise<void> {
  const table = await tableOf(files, staged.bytes, staged.name)
  const detection = await files.detect(table, staged.site, {})
  const learnt = await readAs(files, table, detection, staged.site, 100_000)
  const expected = await readAs(files, table, detection, staged.site, 100_000, 'expect').catch(unlessApart)
  if (expected !== null) deepStrictEqual(factsById(expected), factsById(learnt))
}

/** Null for a reading that gave up because the rows of some sale do not stand together. */
export function unlessApart(cause: unknown): null {
  if (cause instanceof RowsApart) return null
  throw cause
}

/** What was read, by what it is called, whatever the order in which it came. */
export function factsById({ slices }: WholeRead): ReadonlyMap<string, unknown> {
  const facts = new Map<string, unknown>()
  const noticed: Record<string, number> = {}
  for (const slice of slices) {
    for (const one of slice.sales) facts.set(`sale ${one.sale.externalId}`, one)
    for (const one of slice.refunds) facts.set(`refund ${one.refund.externalId}`, one)
    for (const one of slice.rejected) facts.set(`row ${String(one.row).padStart(9, '0')}`, one)
    for (const [code, times] of Object.entries(slice.noticed)) noticed[code] = (noticed[code] ?? 0) + times
  }
  facts.set('noticed', noticed)
  return new Map([...facts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function noRowLost({ slices, rowsRead }: WholeRead): void {
  const rows = new Set<number>()
  let told = 0
  for (const slice of slices) {
    for (const origin of [...slice.sales, ...slice.refunds]) for (const row of origin.rows) rows.add(row)
    for (const { row } of slice.rejected) rows.add(row)
    for (const code of ['total_row', 'header_repeated', 'row_passed_over']) told += slice.noticed[code] ?? 0
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
  const whole = await readWhole(files, await tableOf(files, staged.bytes, staged.name), staged.site)
  const half = await readWhole(files, await tableOf(files, staged.half, staged.name), staged.site)
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

/** A NUL byte makes a row unreadable in whatever columns it has. */
async function saleWaitsWhole(files: Files, stage: FilesStage): Promise<void> {
  for (const staged of stage.files) {
    const source = await tableOf(files, staged.bytes, staged.name)
    const detection = await files.detect(source, staged.site, {})
    const whole = await readAs(files, source, detection, staged.site)
    const sound = whole.sales.find(({ rows, raw }) => rows.length === 2 && raw.split('\n').length === 2)
    const second = sound?.raw.split('\n')[1]
    if (sound === undefined || second === undefined) continue
    const bytes = await bytesOf(source)
    const behind = bytes.indexOf(second) + Buffer.byteLength(second)
    const broken = Buffer.concat([bytes.subarray(0, behind), Buffer.from('\0'), bytes.subarray(behind)])
    const read = await readAs(
      files,
      sourceOf(broken, staged.name, { encoding: source.encoding }),
      detection,
      staged.site,
    )
    const refused = read.slices.flatMap((slice) => slice.rejected.map(({ row }) => row))
    const before = whole.slices.flatMap((slice) => slice.rejected.map(({ row }) => row))
    expect(refused.filter((row) => !before.includes(row)).sort((a, b) => a - b)).toEqual(sound.rows)
    deepStrictEqual(
      read.sales,
      whole.sales.filter((one) => one !== sound),
    )
    return
  }
  throw new Error('a stage needs a file with a sale of two rows')
}

async function bytesOf(source: FileSource): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of source.open()) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

/** The sales whose rows all lie well before the cut are the same; the piece of a row at the cut is no sale. */
async function cutLosesNothing(files: Files, staged: StagedFile): Promise<void> {
  const source = await tableOf(files, staged.bytes, staged.name)
  const detection = await files.detect(source, staged.site, {})
  const whole = await readAs(files, source, detection, staged.site)
  for (const share of [0.5, 0.731, 0.97]) {
    const bytes = staged.bytes.subarray(0, Math.floor(staged.bytes.length * share))
    const cut = await readAs(files, await tableOf(files, bytes, staged.name), detection, staged.site)
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
