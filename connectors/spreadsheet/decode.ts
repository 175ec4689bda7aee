import { isAscii, isUtf8 } from 'node:buffer'
import type { FileEncoding } from '../contract-files.ts'
import { fileFault } from './faults.ts'

// From bytes to text. A byte that is no text becomes U+FFFD; the row that holds it is refused, the file is not.

/** UTF-16 was made UTF-8 when the file arrived. */
export type Encoding = Exclude<FileEncoding, 'utf-16le' | 'utf-16be'>

export type EncodingGuess = {
  readonly encoding: Encoding
  readonly byteOrderMark: boolean
  /** False while every byte is ASCII: a later part may still turn out to be Windows-1252. */
  readonly settled: boolean
}

/** What stands for a byte that is no text. */
export const BROKEN = '\ufffd'

// The 32 places in which Windows-1252 differs from Latin-1. The five that it leaves empty stay control characters.
const WINDOWS_1252 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178'

/** Judges the first part of a file. Throws `file.binary` when it is no text in any encoding that we read. */
export function guessEncoding(head: Buffer): EncodingGuess {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return known('utf-8', true)
  if (isAscii(head)) {
    refuseControls(head)
    return { encoding: 'utf-8', byteOrderMark: false, settled: false }
  }
  return known(guessEightBit(head), false)
}

/** UTF-8 or Windows-1252, for a part that has bytes beyond ASCII. A lone broken byte does not outvote real UTF-8. */
export function guessEightBit(part: Buffer): Encoding {
  refuseControls(part)
  let good = 0
  let bad = 0
  for (let at = 0; at < part.length; at++) {
    const byte = part[at] ?? 0
    if (byte < 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1
    // A sequence that the end of the part cuts off says nothing.
    if (length > 1 && at + length > part.length) break
    if (length > 1 && isUtf8(part.subarray(at, at + length))) {
      good++
      at += length - 1
    } else bad++
  }
  return bad === 0 || good > bad ? 'utf-8' : 'windows-1252'
}

function known(encoding: Encoding, byteOrderMark: boolean): EncodingGuess {
  return { encoding, byteOrderMark, settled: true }
}

/** Text has no control bytes but blanks and line ends; a few NUL bytes of a broken disk are a row's trouble. */
function refuseControls(part: Buffer): void {
  let controls = 0
  let nuls = 0
  for (const byte of part) {
    if (byte === 0) nuls++
    else if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1a)
      controls++
  }
  if (controls > part.length / 100 || nuls > part.length / 3) {
    throw fileFault('file.binary', 'This file holds binary data, not a table of text. Export the sales as CSV.')
  }
}

/** Decodes a stream chunk by chunk; a character that a chunk's end cuts in two is put together again. */
export class Decoder {
  /** Whether the text of the last chunk holds {@link BROKEN} in place of bytes that are no text. */
  broken = false
  private readonly encoding: Encoding
  private carried: Buffer = Buffer.alloc(0)
  private started = false

  constructor(encoding: Encoding) {
    this.encoding = encoding
  }

  write(chunk: Buffer): string {
    const bytes = this.carried.length > 0 ? Buffer.concat([this.carried, chunk]) : chunk
    const whole = wholeLength(bytes, this.encoding)
    this.carried = whole < bytes.length ? Buffer.from(bytes.subarray(whole)) : Buffer.alloc(0)
    return this.text(bytes.subarray(0, whole))
  }

  /** The rest, if the stream ends inside a character. */
  end(): string {
    const rest = this.carried
    this.carried = Buffer.alloc(0)
    if (rest.length === 0) return ''
    this.broken = true
    return BROKEN
  }

  private text(bytes: Buffer): string {
    this.broken = this.encoding === 'utf-8' && !isUtf8(bytes)
    const text = decode(bytes, this.encoding)
    if (this.started || text === '') return text
    this.started = true
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  }
}

function decode(bytes: Buffer, encoding: Encoding): string {
  if (encoding === 'utf-8') return bytes.toString('utf8')
  const latin = bytes.toString('latin1')
  return latin.replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] ?? char)
}

/** How many bytes make whole characters. */
function wholeLength(bytes: Buffer, encoding: Encoding): number {
  const length = bytes.length
  if (encoding === 'windows-1252') return length
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back] ?? 0
    if (byte < 0x80) return length
    if (byte >= 0xc0) {
      const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return wanted > back ? length - back : length
    }
  }
  return length
}
