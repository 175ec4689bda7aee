import { readdirSync, readFileSync } from 'node:fs'
import type { SalePart } from '#canon/sale.ts'
import type { FileChoices } from '../../contract-files.ts'

// The samples and what they are known to hold. Nothing here uses the reader that is tested by them: a table is taken
// apart in the plainest way, and its columns are added up as a calculator would.

/** What a sample holds; amounts as text, such as `1013.00`. */
export type Told = {
  /** How the figures were got. */
  readonly how: string
  readonly preset: string
  readonly site: { readonly zone: string; readonly currency: string }
  /** Data rows, notes below the table not counted. */
  readonly rows: number
  /** Column sums over the data rows, by heading. */
  readonly footing: Readonly<Record<string, string>>
} & ({ readonly refused: true } | ToldSales)

export type ToldSales = {
  readonly refused?: never
  readonly family: string
  readonly part: SalePart
  /** Codes of what has to be asked. */
  readonly confirm: readonly string[]
  /** The answers, where they are needed. */
  readonly choices?: FileChoices
  /** Sales that stand, open ones among them; `voided` beside them. All figures below are of the ones that stand. */
  readonly sales: number
  readonly voided: number
  readonly open: number
  readonly items: number
  /** Pieces and weights, gift cards not counted. */
  readonly units: string
  /** Left out where an export says nothing of what was sold. */
  readonly gross?: string
  readonly discount?: string
  readonly tax?: string
  readonly tip: string
  readonly service?: string
  readonly deferred?: string
  readonly total: string
  /** By tender. */
  /** What the providers of the payments keep; left out where the export does not say. */
  readonly fees?: string
  readonly payments: Readonly<Record<string, string>>
  readonly refunds: number
  readonly refunded: string
  /** Refunds whose sale the export does not name. */
  readonly looseRefunds: number
  readonly looseRefunded?: string
}

export type Sample = { readonly name: string; readonly text: string; readonly told: Told }

export function allSamples(): readonly Sample[] {
  return readdirSync(new URL('samples/', import.meta.url))
    .filter((file) => file.endsWith('.csv'))
    .map((file) => sampleOf(file.slice(0, -4)))
}

export function sampleOf(name: string): Sample {
  const read = (ending: string): string => readFileSync(new URL(`samples/${name}${ending}`, import.meta.url), 'utf8')
  return { name, text: read('.csv'), told: JSON.parse(read('.expected.json')) as Told }
}

export type Table = {
  readonly delimiter: string
  /** Records above the headings. */
  readonly above: readonly (readonly string[])[]
  readonly headings: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** What stands below the table. */
  readonly below: readonly (readonly string[])[]
}

/** The sample as a table. Its headings are known by the columns that its sums speak of. */
export function tableOfSample({ text, told }: Sample): Table {
  const sums = Object.keys(told.footing)
  for (const delimiter of [',', ';', '\t']) {
    const records = recordsOf(text.replace(/^\ufeff/, ''), delimiter)
    const at = records.findIndex((cells) => sums.every((heading) => cells.includes(heading)))
    const headings = records[at]
    if (headings === undefined) continue
    const end = at + 1 + told.rows
    return {
      delimiter,
      above: records.slice(0, at),
      headings,
      rows: records.slice(at + 1, end),
      below: records.slice(end),
    }
  }
  throw new Error('none of the sample’s rows has the headings whose sums are told')
}

export function textOf({ delimiter, above, headings, rows, below }: Table): string {
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell) => (/["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell))
      .join(delimiter)
  return `${[...above, headings, ...rows, ...below].map(line).join('\n')}\n`
}

function recordsOf(text: string, delimiter: string): readonly (readonly string[])[] {
  const records: string[][] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? ''
    if (quoted) {
      if (sign !== '"') cell += sign
      else if (text[at + 1] === '"') cell += text[++at]
      else quoted = false
    } else if (sign === '"') quoted = true
    else if (sign === delimiter || sign === '\n') {
      cells.push(cell)
      cell = ''
      if (sign === '\n') {
        records.push(cells)
        cells = []
      }
    } else if (sign !== '\r') cell += sign
  }
  return records
}

/** The sum of a column of amounts with two decimals. Parentheses and a leading minus are below zero. */
export function columnSum({ headings, rows }: Table, heading: string): string {
  const at = headings.indexOf(heading)
  let sum = 0n
  for (const row of rows) {
    const cell = row[at] ?? ''
    const digits = cell.replace(/[^\d]/g, '')
    if (digits !== '') sum += /^[-(]/.test(cell) ? -BigInt(digits) : BigInt(digits)
  }
  return amountText(sum)
}

/** Cents as `1013.00`. */
export function amountText(cents: bigint): string {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0')
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
