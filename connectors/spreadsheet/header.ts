import { createHash } from 'node:crypto'
import { choiceFault } from './choice-fault.ts'
import { dateParts, isMonthName, readTime, splitMoment } from './dates.ts'
import { fileFault } from './faults.ts'
import { isNullText, numberShape } from './numbers.ts'
import { isBlank, type Row } from './records.ts'

// Which row names the columns. What stands above it is kept as preamble: a period, a shop's name, a currency.

const HEADER_ROWS_MAX = 40
const LOOK_BEHIND_ROWS = 20
const SCORE_MIN = 0.3

export type Header = {
  /** As in the file, from 1. */
  readonly row: number
  readonly cells: readonly string[]
  readonly preamble: readonly string[]
}

/** Finds the header among the first rows. Throws `file.no_header`, `file.no_rows` or `file.not_a_table`. */
export function findHeader(rows: readonly Row[]): Header {
  const filled = rows.filter((row) => !isBlank(row) && row.flaw === null)
  if (filled.length === 0) throw fileFault('file.empty', 'The file holds nothing but blank lines. Export it again.')
  if (!filled.some((row) => row.cells.length >= 2)) {
    throw fileFault('file.not_a_table', 'The lines of this file have no columns. Export the sales as CSV.')
  }
  let best: { row: Row; score: number } | null = null
  for (const row of rows.slice(0, HEADER_ROWS_MAX)) {
    const score = headerScore(row, filled)
    if (score > (best?.score ?? SCORE_MIN)) best = { row, score }
  }
  if (!best) throw missingHeader(filled)
  // A header that is repeated further down may score better there; what stands between the two are sales all the same.
  const words = trimmedCells(best.row.cells).join('\n')
  const first = rows.find((row) => row.flaw === null && trimmedCells(row.cells).join('\n') === words)
  return headerOf(first ?? best.row, rows)
}

/** The row that a person says names the columns, whatever it looks like. Rows count from 1. */
export function headerAt(rows: readonly Row[], number: number): Header {
  const row = rows.find((other) => other.row === number)
  if (!row || row.flaw !== null || row.cells.filter((cell) => cell.trim() !== '').length < 2) {
    throw choiceFault(
      `Row ${number} names no columns: it is not there, or fewer than two of its cells are filled. Choose the row that stands right above the first sale.`,
    )
  }
  return headerOf(row, rows)
}

function headerOf(row: Row, rows: readonly Row[]): Header {
  return {
    row: row.row,
    cells: row.cells.map((cell) => cell.trim()),
    preamble: rows.filter((other) => other.row < row.row).map((other) => other.raw),
  }
}

function missingHeader(filled: readonly Row[]): Error {
  const lone = filled.length === 1 && filled[0]?.cells.every((cell) => cellKind(cell) === 'text' || cell.trim() === '')
  if (lone)
    return fileFault(
      'file.no_rows',
      'The file names its columns, but no row follows. Choose a longer period and export again.',
    )
  return fileFault(
    'file.no_header',
    'No row of this file names its columns. Export it with headings, or put a heading row on top.',
  )
}

/** Empty cells at the end of a header name nothing. */
function trimmedCells(cells: readonly string[]): readonly string[] {
  let length = cells.length
  while (length > 0 && (cells[length - 1] ?? '').trim() === '') length--
  return cells.slice(0, length).map((cell) => cell.trim())
}

/** 0 for a row that cannot be a header, else more the surer it is. Earlier rows win over equal later ones. */
function headerScore(row: Row, filled: readonly Row[]): number {
  if (row.flaw !== null || isBlank(row)) return 0
  const cells = trimmedCells(row.cells)
  if (cells.length < 2) return 0
  const named = cells.filter((cell) => cell !== '')
  if (named.some((cell) => cellKind(cell) !== 'text') || named.length < cells.length * 0.6) return 0
  const distinct = new Set(named.map((cell) => cell.toLowerCase())).size / named.length
  if (distinct < 0.8) return 0
  const behind = filled.filter((other) => other.row > row.row).slice(0, LOOK_BEHIND_ROWS)
  if (behind.length === 0) return 0
  const same = behind.filter((other) => Math.abs(other.cells.length - row.cells.length) <= 1).length / behind.length
  const typed = behind.map((other) => typedShare(other.cells)).sort((a, b) => a - b)
  const middle = typed[Math.floor(typed.length / 2)] ?? 0
  if (middle === 0) return 0
  return (same * 2 + Math.min(1, middle * 2) + named.length / cells.length + distinct) / 5
}

function typedShare(cells: readonly string[]): number {
  const filled = cells.filter((cell) => cell.trim() !== '')
  if (filled.length === 0) return 0
  return filled.filter((cell) => cellKind(cell) !== 'text').length / filled.length
}

export type CellKind = 'number' | 'date' | 'date_time' | 'time' | 'text'

/** What a lone cell looks like; '' and stand-ins such as `-` are text. */
export function cellKind(cell: string): CellKind {
  const text = cell.trim()
  if (text === '' || isNullText(text)) return 'text'
  if (text.length > 60 || text.endsWith(':') || startsLikeAName(text)) return 'text'
  // 12.34 is an amount far more often than a time, and 12.05.26 a day; a column that is headed as times may hold both.
  if (!/^\d{1,2}\.\d{2}$/.test(text) && !isDottedDay(text) && readTime(text)) return 'time'
  const [date, time] = splitMoment(text)
  if (dateParts(date)) return time === '' ? 'date' : readTime(time) ? 'date_time' : 'text'
  return numberShape(text) ? 'number' : 'text'
}

/** `24.03.23`, and not `22.14.20`: no month is the fourteenth. */
function isDottedDay(text: string): boolean {
  const parts = /^(\d{1,2})\.(\d{2})\.\d{2}$/.exec(text)
  const [a, b] = [Number(parts?.[1]), Number(parts?.[2])]
  return parts !== null && a >= 1 && b >= 1 && Math.max(a, b) <= 31 && Math.min(a, b) <= 12
}

const LEADING_WORD = /^\p{L}{4,}(?![\p{L},.])/u

/** Most cells are words. Of those that begin with a long one, only a month's name can stand before digits. */
function startsLikeAName(text: string): boolean {
  const word = LEADING_WORD.exec(text)?.[0]
  return word !== undefined && !isMonthName(word)
}

/** No heading says more in more letters; what is longer would take long to take apart. */
const HEADING_CHARS_MAX = 300

export type Heading = {
  /** As it stands. */
  readonly text: string
  /** Lower-case words without accents, one blank between. */
  readonly words: string
  /** What stood in brackets: a currency, a rate. */
  readonly hints: readonly string[]
}

/** `Moms (25.0%)` → `moms` with a hint; `OrderNumber` → `order number`; `Order #` → `order number`. */
export function heading(header: string): Heading {
  const text = header.slice(0, HEADING_CHARS_MAX)
  const hints: string[] = []
  const bare = text.replace(/[([{]([^)\]}]*)[)\]}]/g, (_, inner: string) => {
    hints.push(inner.trim())
    return ' '
  })
  // A heading that is nothing but brackets is its content; one such as `Preis (netto)` needs the word in them.
  const worded = hints.filter((hint) => /^\p{L}{5,}$/u.test(hint)).join(' ')
  return { text, words: plainWords(`${bare} ${worded}`), hints }
}

// Abbreviations of one word that are written like two.
const LONE_WORDS = /\b(?:MwSt|USt)\b/g

/** A heading's words: `OrderNumber` is two, `MwSt` is one. */
export function plainWords(text: string): string {
  const lone = text.replace(LONE_WORDS, (word) => word.toLowerCase())
  const apart = lone.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
  return cellWords(apart.replaceAll('#', ' number '))
}

/** A cell's words: `PayPal` is one. */
export function cellWords(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'o')
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{N}%]+/gu, ' ')
    .trim()
}

/** Columns that we add to a download of refused rows. A mended file that still has them is of the shape it was. */
export function isOurs(header: string): boolean {
  return /^\s*tillwire/i.test(header)
}

/** The same for every export of one shape: a hash over the normalised headings in order. */
export function shapeOf(cells: readonly string[]): string {
  const words = trimmedCells(cells.filter((cell) => !isOurs(cell))).map(
    (cell) => plainWords(cell) || cell.toLowerCase(),
  )
  return createHash('sha256').update(JSON.stringify(words)).digest('hex')
}

/**
 * Names for columns that outlive a moved one: the heading; `Name#2` for the second of a name; `#4` for the column at
 * place 4, from 0, that has no heading.
 */
export function columnKeys(headers: readonly string[]): readonly string[] {
  const seen = new Map<string, number>()
  return headers.map((header, index) => {
    if (header === '') return `#${index}`
    const times = (seen.get(header) ?? 0) + 1
    seen.set(header, times)
    return times === 1 ? header : `${header}#${times}`
  })
}
