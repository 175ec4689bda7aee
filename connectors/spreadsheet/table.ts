import { isAscii } from 'node:buffer'
import type { FileDetection, FileSource } from '../contract.ts'
import { type OpenedBytes, openBytes } from './container.ts'
import { Decoder, type EncodingGuess, guessEightBit, guessEncoding } from './decode.ts'
import { guessDialect, sampleRows } from './dialect.ts'
import { fileFault } from './faults.ts'
import { findHeader, type Header } from './header.ts'
import { Records, type Row } from './records.ts'

// A file as a table: what its layout is, and its rows as a stream.

export type Layout = Pick<FileDetection, 'container' | 'encoding' | 'byteOrderMark' | 'delimiter'> & {
  readonly header: Header
  readonly encodingSettled: boolean
}

const HEAD_BYTES = 256 * 1024

/** Judges the first part of the file. Throws a Fault when it is no table. */
export async function readLayout(file: FileSource): Promise<Layout> {
  const opened = await openBytes(file)
  const { head, whole } = await headOf(opened)
  const encoding = guessEncoding(head)
  const decoder = new Decoder(encoding.encoding)
  const text = decoder.write(head) + (whole ? decoder.end() : '')
  refuseMarkup(text)
  const dialect = guessDialect(text, whole)
  const sample = sampleRows(text, dialect.delimiter, whole)
  const rows = dialect.hinted ? sample.slice(1) : sample
  return {
    container: opened.container,
    encoding: encoding.encoding,
    byteOrderMark: encoding.byteOrderMark,
    delimiter: dialect.delimiter,
    header: findHeader(rows),
    encodingSettled: encoding.settled,
  }
}

async function headOf(opened: OpenedBytes): Promise<{ head: Buffer; whole: boolean }> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of opened.bytes) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes >= HEAD_BYTES) return { head: Buffer.concat(pieces), whole: false }
  }
  return { head: Buffer.concat(pieces), whole: true }
}

function refuseMarkup(text: string): void {
  const start = text.slice(0, 2000).trimStart().toLowerCase()
  if (start.startsWith('<')) {
    const what = start.includes('<svg')
      ? 'a picture (SVG)'
      : start.includes('<html') || start.includes('<!doctype html')
        ? 'a web page'
        : 'XML'
    throw fileFault('file.not_a_table', `This is ${what}, not a table. Export the sales as CSV.`)
  }
  if (/^(?:\{\s*["}]|\[\s*[[{\]])/.test(start)) {
    throw fileFault('file.not_a_table', 'This is JSON, not a table. Export the sales as CSV.')
  }
  if (start.startsWith('{\\rtf')) throw fileFault('file.not_a_table', 'This is a text document (RTF), not a table.')
}

/**
 * What is ASCII in its first part may turn out to be Windows-1252 later. Looks on for the first byte that tells;
 * checking that bytes are ASCII costs next to nothing.
 */
export async function settleEncoding(file: FileSource, layout: Layout): Promise<EncodingGuess> {
  const guess = { encoding: layout.encoding, byteOrderMark: layout.byteOrderMark, settled: true }
  if (layout.encodingSettled) return guess
  const opened = await openBytes(file)
  let before: Buffer = Buffer.alloc(0)
  for await (const piece of opened.bytes) {
    if (!isAscii(piece)) {
      return { ...guess, encoding: guessEightBit(Buffer.concat([before, piece])) }
    }
    before = piece.subarray(-4)
  }
  return guess
}

export type RowBatch = { readonly rows: readonly Row[]; readonly progress: number }

export type RowSource = {
  readonly delimiter: string
  readonly headerRow: number
  readonly encoding: FileDetection['encoding']
}

/**
 * The rows behind the header, batch by batch, blank ones too. A file that breaks off ends with a row `row.cut_off`,
 * even if that row has no text: nothing is lost in silence.
 */
export async function* rowsOf(
  file: FileSource,
  source: RowSource,
  wanted: Uint8Array | null = null,
): AsyncGenerator<RowBatch, void> {
  const opened = await openBytes(file)
  const decoder = new Decoder(source.encoding)
  const records = new Records(source.delimiter, wanted)
  let seen = 0
  const behindHeader = (rows: Row[]): Row[] => {
    const before = seen
    seen += rows.length
    return before >= source.headerRow ? rows : rows.slice(Math.max(0, source.headerRow - before))
  }
  for await (const piece of opened.bytes) {
    const rows = behindHeader(records.push(decoder.write(piece), decoder.broken))
    if (rows.length > 0) yield { rows, progress: opened.progress() }
  }
  const half = decoder.end()
  const tail = [...(half === '' ? [] : records.push(half, true)), ...records.finish()]
  const truncated = opened.truncated()
  const rows = behindHeader(truncated ? cutOff(tail, seen) : tail)
  if (rows.length > 0) yield { rows, progress: 1 }
}

function cutOff(tail: readonly Row[], before: number): Row[] {
  const last = tail.at(-1)
  const whole = last && !last.ended ? tail.slice(0, -1) : [...tail]
  const raw = last && !last.ended ? last.raw : ''
  return [...whole, { row: before + whole.length + 1, raw, cells: [], flaw: 'row.cut_off', ended: false }]
}
