import { BROKEN } from './decode.ts'
import { fileFault, type RowRejectionCode } from './faults.ts'

// From text to records, per RFC 4180 and as lenient as real exports need: LF, CRLF and CR end a record, a quote inside
// an unquoted cell is a letter, text behind a closing quote belongs to the cell. Nothing is dropped: what cannot be
// read is a record with a flaw. Where a record ends depends on the text alone, never on how the stream was cut.

export type Row = {
  /** From 1, as a spreadsheet counts: blank rows and the header too. */
  readonly row: number
  /** As it stands in the file, without its line end. */
  readonly raw: string
  /** Unquoted; empty strings for columns that nobody wanted. */
  readonly cells: readonly string[]
  readonly flaw: RowRejectionCode | null
  /** Whether a line end followed: the last row of a file may lack it. */
  readonly ended: boolean
}

export const RECORD_CHARS_MAX = 1024 * 1024
export const COLUMNS_MAX = 2000

const QUOTE = 34
const LF = 10
const CR = 13
const SPACE = 32
const NONE: readonly string[] = []

export class Records {
  private rest = ''
  private row = 0
  private skipping = false
  private broken = false
  private nul = false
  private pendingBroken = false
  /** Of the record before. */
  private width = 0
  private readonly delimiter: number
  private readonly wanted: Uint8Array | null

  /** `wanted` has a 1 for each column whose text is needed; the others are passed over. */
  constructor(delimiter: string, wanted: Uint8Array | null = null, rowsBefore = 0) {
    this.delimiter = delimiter.charCodeAt(0)
    this.wanted = wanted
    this.row = rowsBefore
  }

  /** The records that are complete with this piece. `broken`: it holds marks for bytes that are no text. */
  push(piece: string, broken = false): Row[] {
    const text = this.rest === '' ? piece : this.rest + piece
    this.broken = broken || this.pendingBroken
    this.nul = text.includes('\0')
    const rows: Row[] = []
    const at = this.take(text, rows, false)
    this.rest = at === 0 ? text : text.slice(at)
    this.pendingBroken = this.broken && this.rest.includes(BROKEN)
    return rows
  }

  /** What is left at the end of the file. */
  finish(): Row[] {
    const text = this.rest
    this.rest = ''
    this.broken = this.pendingBroken
    this.nul = text.includes('\0')
    const rows: Row[] = []
    this.take(text, rows, true)
    return rows
  }

  private take(text: string, rows: Row[], last: boolean): number {
    let at = 0
    while (at < text.length) {
      if (this.skipping) {
        const end = lineEnd(text, at)
        if (end < 0) return last ? text.length : text.length
        at = end
        this.skipping = false
        continue
      }
      const next = this.record(text, at, rows, last)
      if (next < 0) return at
      at = next
    }
    return at
  }

  /** Reads the record at `start`; answers where the next begins, or -1 when this one is not all there yet. */
  private record(text: string, start: number, rows: Row[], last: boolean): number {
    const { delimiter, wanted } = this
    const length = text.length
    // Rows of a table are of one width, so a list that need not grow is made for each.
    const cells = new Array<string>(this.width)
    let width = 0
    let at = start
    for (;;) {
      let from = at
      let code = text.charCodeAt(at)
      if (code === SPACE) {
        while (code === SPACE) code = text.charCodeAt(++at)
        if (code !== QUOTE) at = from
      }
      let quoted: string | null = null
      if (code === QUOTE) {
        const close = closingQuote(text, at + 1, last)
        if (close < 0) return this.unclosed(text, start, rows, last)
        quoted = text.slice(at + 1, close)
        if (quoted.includes('"')) quoted = quoted.replaceAll('""', '"')
        from = at = close + 1
      }
      while (at < length) {
        code = text.charCodeAt(at)
        if (code === delimiter || code === LF || code === CR) break
        at++
      }
      if (at >= length && !last) return this.tooLong(text, start, length, rows) ? length : -1
      if (wanted !== null && wanted[width] !== 1) cells[width] = ''
      else if (quoted === null) cells[width] = text.slice(from, at)
      else cells[width] = at === from ? quoted : quoted + text.slice(from, at).trimEnd()
      width++
      if (at < length && code === delimiter) {
        at++
        if (width > COLUMNS_MAX) throw fileFault('file.too_many_columns')
        continue
      }
      // A CR at the very end may be the first half of a CRLF.
      if (code === CR && at + 1 >= length && !last) return -1
      const end = at
      if (at < length) at += code === CR && text.charCodeAt(at + 1) === LF ? 2 : 1
      if (end - start > RECORD_CHARS_MAX) return this.overlong(text, start, rows)
      if (cells.length > width) cells.length = width
      this.width = width
      this.add(rows, text.slice(start, end), cells, at > end)
      return at
    }
  }

  private add(rows: Row[], raw: string, cells: readonly string[], ended: boolean): void {
    let flaw: RowRejectionCode | null = null
    if (this.nul && raw.includes('\0')) flaw = 'row.nul_bytes'
    else if (this.broken && raw.includes(BROKEN)) flaw = 'row.encoding'
    rows.push({ row: ++this.row, raw, cells, flaw, ended })
  }

  private flawed(rows: Row[], raw: string, flaw: RowRejectionCode): void {
    rows.push({ row: ++this.row, raw: raw.slice(0, 2000), cells: NONE, flaw, ended: true })
  }

  /**
   * A quote that is not closed within the greatest length of a record, or not at all, would swallow every row behind
   * it. So its first line alone is refused, and reading goes on with the next.
   */
  private unclosed(text: string, start: number, rows: Row[], last: boolean): number {
    if (!last && text.length - start <= RECORD_CHARS_MAX) return -1
    const end = lineEnd(text, start)
    if (end < 0 && !last) return this.tooLong(text, start, text.length, rows) ? text.length : -1
    const raw = text.slice(start, end < 0 ? text.length : end).trimEnd()
    this.flawed(rows, raw, end < 0 || end >= text.length ? 'row.cut_off' : 'row.quote_open')
    return end < 0 ? text.length : end
  }

  /** A complete record that is too long: a quote that closed too late, or one endless line. */
  private overlong(text: string, start: number, rows: Row[]): number {
    const end = lineEnd(text, start)
    const stop = end < 0 ? text.length : end
    const raw = text.slice(start, stop).trimEnd()
    this.flawed(rows, raw, raw.length > RECORD_CHARS_MAX ? 'row.too_long' : 'row.quote_open')
    return stop
  }

  private tooLong(text: string, start: number, length: number, rows: Row[]): boolean {
    if (length - start <= RECORD_CHARS_MAX + 2) return false
    const end = lineEnd(text, start)
    if (end >= 0) return false
    this.flawed(rows, text.slice(start, start + 2000), 'row.too_long')
    this.skipping = true
    return true
  }
}

/** Where the line behind `at` begins, or -1. */
function lineEnd(text: string, at: number): number {
  const lf = text.indexOf('\n', at)
  const cr = text.indexOf('\r', at)
  if (cr < 0 || (lf >= 0 && lf < cr)) return lf < 0 ? -1 : lf + 1
  return lf === cr + 1 ? lf + 1 : cr + 1
}

/** The place of the quote that closes a cell, or -1 while it has not come. */
function closingQuote(text: string, from: number, last: boolean): number {
  let at = from
  for (;;) {
    at = text.indexOf('"', at)
    if (at < 0) return -1
    // The last letter of a piece may be the first half of a doubled quote.
    if (at + 1 >= text.length) return last ? at : -1
    if (text.charCodeAt(at + 1) !== QUOTE) return at
    at += 2
  }
}

export function isBlank(row: Row): boolean {
  if (row.flaw !== null) return false
  for (let at = 0; at < row.raw.length; at++) {
    const code = row.raw.charCodeAt(at)
    // Blanks and the delimiters themselves: a row of nothing but commas is blank in every spreadsheet.
    if (code !== 32 && code !== 9 && code !== 44 && code !== 59 && code !== 124 && code !== 34 && code !== 0xa0)
      return false
  }
  return true
}
