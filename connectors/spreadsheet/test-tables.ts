import { checkIdentity } from '#canon/money-identity.ts'
import type { Sale } from '#canon/sale.ts'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { readAs, sourceOf } from '../conformance/files.ts'
import type { FileChoices, FileDetection, FileRefund, FileSale, Files, RejectedRow } from '../contract-files.ts'
import { spreadsheet } from './connector.ts'

// Small tables, read as the hub reads them: detected first, then turned into sales.

export const files = spreadsheet.files as Files

export type Table = {
  readonly detection: FileDetection
  readonly sales: readonly Sale[]
  readonly fileSales: readonly FileSale[]
  readonly refunds: readonly FileRefund[]
  readonly rejected: readonly RejectedRow[]
  readonly noticed: Readonly<Record<string, number>>
  readonly verdicts: readonly string[]
  readonly notes: readonly string[]
}

export type TableSite = { readonly currency?: string; readonly zone?: string; readonly name?: string }

export async function readTable(
  lines: readonly string[] | Buffer,
  { currency = 'EUR', zone = 'Europe/Berlin', name = 'export.csv' }: TableSite = {},
  choices: FileChoices = {},
): Promise<Table> {
  const site = { zone: zoneName(zone), currency: currencyCode(currency) }
  const source = sourceOf(Buffer.isBuffer(lines) ? lines : Buffer.from(`${lines.join('\n')}\n`), name)
  const detection = await files.detect(source, site, choices)
  const { sales, slices } = await readAs(files, source, detection, site)
  const noticed: Record<string, number> = {}
  for (const slice of slices)
    for (const [code, times] of Object.entries(slice.noticed)) noticed[code] = (noticed[code] ?? 0) + times
  return {
    detection,
    sales: sales.map((one) => one.sale),
    fileSales: sales,
    refunds: slices.flatMap((slice) => slice.refunds),
    rejected: slices.flatMap((slice) => slice.rejected),
    noticed,
    verdicts: sales.map((one) => checkIdentity(one.sale).verdict),
    notes: detection.notes.map((note) => `${note.code}:${note.severity}`),
  }
}

/** The rows that were refused, with their reasons, in the order of the file. */
export function refusals({ rejected }: Table): readonly (readonly [row: number, code: string])[] {
  return rejected.map(({ row, code }) => [row, code] as const).sort(([a], [b]) => a - b)
}
