// Finds the cells of a table in its bytes, as far as card numbers need it: where a cell begins and ends, which column it
// is in, and whether it holds enough digits to be looked at. Nothing is decoded, so it is as fast as bytes can be
// passed over. What a cell is depends on the bytes alone, never on how the stream was cut.
//
// A quote opens a cell only at its beginning, as records.ts has it. One that does not close within `PART_BYTES` was none:
// otherwise a single stray quote would make one cell of the rest of the file.

/** A cell, or one part of a cell longer than `PART_BYTES`. Places count from the start of the bytes that were given. */
export type CellPart = {
  readonly column: number
  readonly record: number
  /** Where the cell begins in the whole stream. */
  readonly offset: number
  /** Where this part begins and ends; between `from` and `start` stands what came before it in a long cell. */
  readonly from: number
  readonly start: number
  readonly end: number
  readonly whole: boolean
}

export const PART_BYTES = 4096
/** How much of a long cell is seen again with its next part, and how much beyond a part's end. */
const CONTEXT_BYTES = 64
const AHEAD_BYTES = 24

/** The shortest card number. */
const BYTES_MIN = 14

const QUOTE = 34
const SPACE = 32
const LF = 10
const CR = 13

const OTHER = 0
const DELIMITER = 1
const LINE_END = 2

export class Cells {
  private readonly kinds = new Uint8Array(256)
  private column = 0
  private record = 0
  private quoted = false
  /** Whether the cell has had anything but blanks. */
  private begun = false
  private readonly report: (part: CellPart) => void
  /** Only cells of these first records are reported whatever they hold. */
  private readonly recordsShown: number

  constructor(delimiter: string, recordsShown: number, report: (part: CellPart) => void) {
    this.kinds[delimiter.charCodeAt(0)] = DELIMITER
    this.kinds[LF] = LINE_END
    this.kinds[CR] = LINE_END
    this.recordsShown = recordsShown
    this.report = report
  }

  /**
   * Passes over `bytes`, whose first byte lies at `base` in the stream, from `place` on. Answers how far it came; what
   * stands before `keep` is needed no more.
   */
  pass(bytes: Uint8Array, base: number, place: Place, last: boolean): Place {
    const { kinds } = this
    const length = bytes.length
    let { at, cell, part } = place
    for (;;) {
      // A part is cut when what stands behind it is there to be seen, so that cutting does not depend on chunks.
      const stop = Math.min(length, part + PART_BYTES + AHEAD_BYTES)
      if (!this.begun && !this.quoted) {
        let first = at
        while (first < stop && bytes[first] === SPACE) first++
        if (first < stop) {
          this.begun = true
          if (bytes[first] === QUOTE) {
            this.quoted = true
            at = first + 1
          }
        } else if (stop === length) return { at, cell, part }
        else this.begun = true
      }
      if (this.quoted) {
        while (at < stop && bytes[at] !== QUOTE) at++
        if (at < stop) {
          if (at + 1 >= length && !last) return { at, cell, part }
          if (bytes[at + 1] === QUOTE) at += 2
          else {
            at++
            this.quoted = false
          }
          continue
        }
      } else {
        while (at < stop && kinds[bytes[at] as number] === OTHER) at++
        if (at < stop) {
          const kind = kinds[bytes[at] as number]
          // Most cells are too short to hold anything, and there are very many of them.
          if (at - part >= BYTES_MIN || this.record < this.recordsShown) this.end(bytes, base, { cell, part, at })
          this.begun = false
          if (kind === DELIMITER) this.column++
          else {
            this.column = 0
            this.record++
          }
          at++
          cell = part = at
          continue
        }
      }
      if (stop === length && !(part + PART_BYTES + AHEAD_BYTES <= length)) {
        if (last) this.end(bytes, base, { cell, part, at: length })
        return { at, cell, part }
      }
      if (this.quoted) {
        this.quoted = false
        at = cell
        this.begun = true
        continue
      }
      const cut = cutOf(bytes, part)
      this.show(bytes, base, { cell, part, end: cut, whole: false })
      part = cut
    }
  }

  private end(bytes: Uint8Array, base: number, { cell, part, at }: Place): void {
    if (at > part) this.show(bytes, base, { cell, part, end: at, whole: part === cell })
  }

  private show(
    bytes: Uint8Array,
    base: number,
    { cell, part, end, whole }: { cell: number; part: number; end: number; whole: boolean },
  ): void {
    if (this.record >= this.recordsShown && !mayHold(bytes, part, end)) return
    this.report({
      column: this.column,
      record: this.record,
      offset: base + cell,
      from: Math.max(cell, part - CONTEXT_BYTES),
      start: part,
      end,
      whole,
    })
  }
}

/** Where the reading stands within the bytes at hand: the next byte, and where its cell and the part of it began. */
export type Place = { readonly at: number; readonly cell: number; readonly part: number }

/** What of the bytes at hand is needed on. */
export function keepFrom({ cell, part }: Place): number {
  return Math.max(Math.min(cell, part), part - CONTEXT_BYTES)
}

/** The end of a part of a long cell: behind the last sign that stands in no number. */
function cutOf(bytes: Uint8Array, part: number): number {
  for (let at = part + PART_BYTES; at > part; at--) if (!inNumber(bytes[at - 1] ?? 0)) return at
  return part + PART_BYTES
}

/** Digits, what may stand between them, and any byte beyond ASCII. */
function inNumber(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || byte === SPACE || byte === 45 || byte === 46 || byte >= 128
}

/**
 * Whether fourteen digits stand there, in one run or in groups that begin as a card's do: four or six, and then four or
 * more. Dates and numbered receipts have as many digits and no such groups.
 */
function mayHold(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < BYTES_MIN) return false
  let [run, before, gap, digits] = [0, 0, 0, 0]
  let grouped = false
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte < 48 || byte > 57) {
      if (run > 0) {
        before = run
        gap = 0
      }
      run = 0
      gap++
      continue
    }
    // One sign parts the groups; in UTF-8 it has up to three bytes.
    if (run === 0 && gap > 3) {
      before = digits = 0
      grouped = false
    }
    run++
    digits++
    if (run === 4 && (before === 4 || before === 6)) grouped = true
    if (run >= 14 || (grouped && digits >= 14)) return true
  }
  return false
}
