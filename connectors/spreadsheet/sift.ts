import { cardShapedNumbers } from '#kernel/card-numbers.ts'
import { Fault } from '#kernel/fault.ts'
import type { SiftedBytes } from '../contract-files.ts'
import { guessDialect } from './dialect.ts'
import { type CellPart, Cells, keepFrom, type Place } from './sift-cells.ts'
import { Columns, type LoneNumber, type Look, maskDigits } from './sift-columns.ts'

// The gate that a table's bytes pass before anything of them is kept: card numbers lose all digits but the last four, and
// nothing else changes, not even a length.
//
// The first `FIRST_BYTES` are held back until all of them were seen, so that a column of ids is known before the first of
// them is judged. From there on each number is judged by what was counted up to it. What comes out depends on the bytes
// alone, never on how they were cut.

const FIRST_BYTES = 1024 * 1024
const BATCH_BYTES = 64 * 1024
const DIALECT_BYTES = 64 * 1024
/** The row that names the columns stands among these. */
const HEADER_RECORDS = 40
const HEADING_BYTES = 80
const AROUND_BYTES = 24
const AHEAD_BYTES = 24
const QUOTE = 34
const BYTE_ORDER_MARK = Buffer.from('\uFEFF')

// How far above one in ten the passing numbers of a column may lie: one question for the first bytes, many after them.
const SIGMAS_FIRST = 3
const SIGMAS_LATER = 4

export function sift(bytes: AsyncIterable<Uint8Array>): SiftedBytes {
  const sieve = new Sieve()
  return { bytes: sifted(bytes, sieve), found: () => sieve.found }
}

async function* sifted(bytes: AsyncIterable<Uint8Array>, sieve: Sieve): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let wantedBytes = FIRST_BYTES
  for await (const piece of bytes) {
    waiting.push(piece)
    waitingBytes += piece.length
    if (waitingBytes < wantedBytes) continue
    const out = sieve.take(waiting, false)
    if (out.length > 0) yield out
    waiting = []
    waitingBytes = 0
    wantedBytes = BATCH_BYTES
  }
  const out = sieve.take(waiting, true)
  if (out.length > 0) yield out
}

type Undecided = { readonly lone: LoneNumber; readonly look: Look | null; readonly start: number; readonly end: number }

class Sieve {
  found = 0
  /** Bytes at hand; ours, so that they may be written to. */
  private held = Buffer.alloc(0)
  /** Where the first of them lies in the stream, and how many of them were given on already. */
  private base = 0
  private given = 0
  private place: Place = { at: 0, cell: 0, part: 0 }
  private cells: Cells | null = null
  private readonly columns = new Columns()
  private undecided: Undecided[] | null = []

  /** Takes the next bytes and answers those that are settled by now. */
  take(pieces: readonly Uint8Array[], last: boolean): Uint8Array {
    this.held = Buffer.concat([this.held, ...pieces])
    this.cells ??= this.begin()
    this.place = this.cells.pass(this.held, this.base, this.place, last)
    if (last || this.base + this.place.part >= FIRST_BYTES) this.settle()
    if (this.undecided !== null) return this.held.subarray(0, 0)
    const settled = last ? this.held.length : this.place.part
    const out = this.held.subarray(this.given, settled)
    this.drop(keepFrom(this.place), settled)
    return out
  }

  private begin(): Cells {
    // A byte order mark belongs to no cell: the first one may begin with a quote behind it.
    const first = this.held.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0
    this.place = { at: first, cell: first, part: first }
    return new Cells(delimiterOf(this.held.subarray(first)), HEADER_RECORDS, (part) => this.look(part))
  }

  private drop(from: number, settled: number): void {
    this.held = this.held.subarray(from)
    this.base += from
    this.given = settled - from
    const { at, cell, part } = this.place
    this.place = { at: at - from, cell: cell - from, part: part - from }
  }

  private look({ column, record, offset, from: first, start, end, whole }: CellPart): void {
    if (offset >= FIRST_BYTES) this.settle()
    const quoted = whole && this.held[start] === QUOTE && this.held[end - 1] === QUOTE
    const from = quoted ? first + 1 : first
    const text = this.held.toString('latin1', from, quoted ? end - 1 : whole ? end : end + AHEAD_BYTES)
    const numbers = cardShapedNumbers(text, 'bytes')
    if (record < HEADER_RECORDS && whole && numbers.length === 0 && end - start <= HEADING_BYTES) {
      this.columns.hear(record, column, text)
    }
    for (const number of numbers) {
      const place = { start: from + number.start, end: from + number.end }
      if (place.start < start || place.start >= end) continue
      const around = whole && numbers.length === 1 ? aroundOf(text, number.start, number.end) : null
      if (around !== null) this.judge({ column, around, number }, place)
      else if (number.passes) this.mask(place.start, place.end)
    }
  }

  private judge(lone: LoneNumber, { start, end }: { readonly start: number; readonly end: number }): void {
    const look = this.columns.count(lone)
    if (this.undecided !== null) this.undecided.push({ lone, look, start: this.base + start, end: this.base + end })
    else if (this.columns.isCard(lone, look, SIGMAS_LATER)) this.mask(start, end)
  }

  private settle(): void {
    const undecided = this.undecided ?? []
    this.undecided = null
    for (const { lone, look, start, end } of undecided) {
      if (this.columns.isCard(lone, look, SIGMAS_FIRST)) this.mask(start - this.base, end - this.base)
    }
  }

  private mask(start: number, end: number): void {
    maskDigits(this.held, start, end)
    this.found++
  }
}

/** What stands around the number in its cell, digits made `0`; null where it is a text of its own. */
function aroundOf(text: string, start: number, end: number): string | null {
  const around = `${text.slice(0, start)}\u2026${text.slice(end)}`
    .replace(/\d/g, '0')
    .replace(/^[\s"'=]+|[\s"']+$/g, '')
  return around.length <= AROUND_BYTES ? around : null
}

/** What parts the cells. A sign that may stand within a number parts none, whatever a file says of itself. */
function delimiterOf(bytes: Buffer): string {
  try {
    const { delimiter } = guessDialect(bytes.toString('latin1', 0, DIALECT_BYTES), bytes.length <= DIALECT_BYTES)
    return /[\d .-]/.test(delimiter) ? ',' : delimiter
  } catch (error) {
    // A file that is no table at all is sifted like any other.
    if (error instanceof Fault) return ','
    throw error
  }
}
