import { isAscii } from 'node:buffer'
import type { FileChoices, FileDetection, FileEncoding, FileSource } from '../contract-files.ts'
import { choiceFault } from './choice-fault.ts'
import { Decoder, type Encoding, type EncodingGuess, guessEightBit, guessEncoding } from './decode.ts'
import { type Dialect, guessDialect, sampleRows } from './dialect.ts'
import { fileFault } from './faults.ts'
import { findHeader, type Header, headerAt } from './header.ts'
import { Records, type Row } from './records.ts'

// A table's text, from its bytes on: what its layout is, and its rows as a stream.

export type Layout = Pick<FileDetection, 'encoding' | 'byteOrderMark' | 'delimiter'> & {
  readonly header: Header
  /** The last row of the part that was looked at for a header. */
  readonly headEndsAt: number
  /** False while every byte was ASCII: a later part may still turn out to be Windows-1252. */
  readonly encodingSettled: boolean
  /** Another delimiter that makes a table of the file almost as well. */
  readonly rivalDelimiter: string | null
}

const HEAD_BYTES = 256 * 1024
/** Fewer rows than this in the first part, and as much as some of the longest take is looked at. */
const HEAD_ROWS_MIN = 12
const HEAD_BYTES_MAX = 3 * 1024 * 1024
const CHUNK_BYTES = 64 * 1024

export type LayoutChoices = Pick<FileChoices, 'encoding' | 'delimiter' | 'headerRow'> & {
  /** Of two delimiters that make a table almost equally well. */
  readonly take?: 'best' | 'rival'
}

/** Judges the first part of the table. Throws a Fault when it is none. */
export async function readLayout(file: FileSource, choices: LayoutChoices): Promise<Layout> {
  const first = headLook(file, choices, await headOf(file, HEAD_BYTES))
  const enough = first.whole || first.sample.length >= HEAD_ROWS_MIN
  const look = enough ? first : headLook(file, choices, await headOf(file, HEAD_BYTES_MAX))
  const { guess, dialect, sample } = look
  if (sample.every((row) => row.flaw !== null)) {
    throw fileFault('file.not_a_table', 'The lines of this file never end, or cannot be read. Export the sales as CSV.')
  }
  const rows = dialect.hinted ? sample.slice(1) : sample
  const { headerRow } = choices
  return {
    encoding: guess.encoding,
    byteOrderMark: guess.byteOrderMark,
    delimiter: dialect.delimiter,
    header: headerRow === undefined ? findHeader(rows) : headerAt(sample, headerRow),
    headEndsAt: sample.length,
    encodingSettled: guess.settled,
    rivalDelimiter: dialect.rival,
  }
}

type HeadEncoding = Pick<FileDetection, 'encoding' | 'byteOrderMark'> & Pick<EncodingGuess, 'settled'>
type Head = { readonly head: Buffer; readonly whole: boolean }
type HeadLook = Pick<Head, 'whole'> & {
  readonly guess: HeadEncoding
  readonly dialect: Dialect
  readonly sample: readonly Row[]
}

function headLook(file: FileSource, choices: LayoutChoices, { head, whole }: Head): HeadLook {
  if (head.length === 0) throw fileFault('file.empty', 'The file is empty. Export it again.')
  const guess = knownEncoding(file, choices.encoding, head) ?? guessEncoding(head)
  const decoder = new Decoder(bytesEncoding(guess.encoding))
  const text = decoder.write(head) + (whole ? decoder.end() : '')
  refuseMarkup(text)
  const dialect = guessDialect(text, whole, chosenDelimiter(choices.delimiter), choices.take)
  return { whole, guess, dialect, sample: sampleRows(text, dialect.delimiter, whole) }
}

/** What unpacking made of UTF-16 is UTF-8 by now. */
function bytesEncoding(encoding: FileEncoding): Encoding {
  return encoding === 'windows-1252' ? encoding : 'utf-8'
}

function knownEncoding(file: FileSource, chosen: FileEncoding | undefined, head: Buffer): HeadEncoding | null {
  const byteOrderMark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
  // Text that was made UTF-8 on its way in, a workbook's too, leaves nothing to choose.
  const made = file.container === 'xlsx' || file.encoding === 'utf-16le' || file.encoding === 'utf-16be'
  if (made) return { encoding: file.encoding ?? 'utf-8', byteOrderMark, settled: true }
  if (chosen === 'utf-16le' || chosen === 'utf-16be') {
    throw choiceFault(`The file is no text in ${chosen.toUpperCase()}. Choose UTF-8 or Windows-1252.`)
  }
  const encoding = chosen ?? file.encoding
  return encoding === null ? null : { encoding, byteOrderMark, settled: true }
}

function chosenDelimiter(chosen: string | undefined): string | null {
  if (chosen === undefined) return null
  if (chosen.length === 1 && !/["\r\n\p{L}\p{N}]/u.test(chosen)) return chosen
  throw choiceFault('A delimiter is one sign such as a comma, a semicolon, a tab or a bar. Choose one of them.')
}

async function headOf(file: FileSource, bytesMax: number): Promise<Head> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of piecesOf(file)) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes >= bytesMax) return { head: Buffer.concat(pieces), whole: false }
  }
  return { head: Buffer.concat(pieces), whole: file.extent === 'whole' }
}

/** The stream's pieces, joined to chunks worth working on. */
async function* piecesOf(file: Pick<FileSource, 'open'>): AsyncGenerator<Buffer, void> {
  let waiting: Buffer[] = []
  let bytes = 0
  for await (const piece of file.open() as AsyncIterable<Buffer | string>) {
    const buffer = typeof piece === 'string' ? Buffer.from(piece) : piece
    waiting.push(buffer)
    bytes += buffer.length
    if (bytes < CHUNK_BYTES) continue
    yield waiting.length === 1 ? buffer : Buffer.concat(waiting)
    waiting = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(waiting)
}

function refuseMarkup(text: string): void {
  const start = text.slice(0, 2000).trimStart().toLowerCase()
  if (start.startsWith('<')) throw fileFault('file.not_a_table', sayMarkup(start, text))
  if (/^(?:\{\s*["}]|\[\s*[[{\]])/.test(start)) {
    throw fileFault('file.not_a_table', 'This is JSON, not a table. Export the sales as CSV.')
  }
  if (start.startsWith('{\\rtf')) throw fileFault('file.not_a_table', 'This is a text document (RTF), not a table.')
}

function sayMarkup(start: string, text: string): string {
  if (start.includes('<svg')) return 'This is a picture (SVG), not a table. Export the sales as CSV.'
  if (start.includes('urn:schemas-microsoft-com:office:spreadsheet'))
    return 'This is an Excel table saved as XML. Open it in a spreadsheet program, save it as XLSX or CSV, and give that file.'
  // Many tills call a web page with a table in it an Excel file.
  if (/<table[\s>]/i.test(text))
    return 'This is a web page with a table in it, whatever its name says. Open it in a spreadsheet program, save it as XLSX or CSV, and give that file.'
  if (start.includes('<html') || start.includes('<!doctype html'))
    return 'This is a web page, not a table. Export the sales as CSV.'
  return 'This is XML, not a table. Export the sales as CSV.'
}

export type SettledEncoding = {
  readonly encoding: FileEncoding
  /** Whether a part of the table was not looked at that may yet turn out to be in another encoding. */
  readonly assumed: boolean
}

/**
 * What is ASCII in its first part may turn out to be Windows-1252 later. Looks on for the first byte that tells, as far
 * as `bytesMax`; checking that bytes are ASCII costs next to nothing.
 */
export async function settleEncoding(file: FileSource, layout: Layout, bytesMax: number): Promise<SettledEncoding> {
  const { encoding } = layout
  if (layout.encodingSettled) return { encoding, assumed: false }
  let before: Buffer = Buffer.alloc(0)
  let bytes = 0
  for await (const piece of piecesOf(file)) {
    if (!isAscii(piece)) return { encoding: guessEightBit(Buffer.concat([before, piece])), assumed: false }
    before = piece.subarray(-4)
    bytes += piece.length
    if (bytes >= bytesMax) return { encoding, assumed: bytes < file.sizeBytes }
  }
  return { encoding, assumed: file.extent === 'head' }
}

export type RowBatch = {
  readonly rows: readonly Row[]
  readonly progress: number
  /** Read so far, from the table's start. */
  readonly bytes: number
}

export type RowSource = {
  readonly delimiter: string
  readonly headerRow: number
  readonly encoding: FileEncoding
}

/**
 * The rows behind the header, batch by batch, blank ones too. A table that broke off ends with a row `row.cut_off`,
 * even if that row has no text: nothing is lost in silence. Of the head of a table the last row is left out when it is
 * not all there.
 */
export async function* rowsOf(
  file: FileSource,
  source: RowSource,
  wanted: Uint8Array | null = null,
): AsyncGenerator<RowBatch, void> {
  const decoder = new Decoder(bytesEncoding(source.encoding))
  const records = new Records(source.delimiter, wanted)
  let seen = 0
  let bytes = 0
  const behindHeader = (rows: Row[]): Row[] => {
    const before = seen
    seen += rows.length
    return before >= source.headerRow ? rows : rows.slice(Math.max(0, source.headerRow - before))
  }
  for await (const piece of piecesOf(file)) {
    bytes += piece.length
    const rows = behindHeader(records.push(decoder.write(piece), decoder.broken))
    const progress = file.sizeBytes > 0 ? Math.min(1, bytes / file.sizeBytes) : 1
    if (rows.length > 0) yield { rows, progress, bytes }
  }
  if (file.extent === 'head') return
  const half = decoder.end()
  const tail = [...(half === '' ? [] : records.push(half, true)), ...records.finish()]
  const rows = behindHeader(file.extent === 'broken_off' ? cutOff(tail, seen) : tail)
  if (rows.length > 0) yield { rows, progress: 1, bytes }
}

function cutOff(tail: readonly Row[], before: number): Row[] {
  const last = tail.at(-1)
  const whole = last && !last.ended ? tail.slice(0, -1) : [...tail]
  const raw = last && !last.ended ? last.raw : ''
  return [...whole, { row: before + whole.length + 1, raw, cells: [], flaw: 'row.cut_off', ended: false }]
}
