import { dateParts, orderEvidence, sharedZoneLetters, splitMoment } from './dates.ts'
import { type CellKind, cellKind } from './header.ts'
import { type DecimalMark, isNullText, markEvidence, numberShape } from './numbers.ts'

// What the cells of one column prove about it, collected over as many rows as it takes.

const MEMORY_MAX = 4000
/** One more than is shown: a heading that is repeated further down is none. */
const EXAMPLES_MAX = 4
const EXAMPLE_CHARS_MAX = 120

/** What quantities are counted in: `0,250 kg`, `2 x`. */
const UNIT = /(?<=^-?[\d.,\s]+)\s*(?:x|×|kg|g|l|ml|stk|st|pcs|pc|ea|each)\.?\s*$/i

/** No quantity is longer; what is would take long to take apart. */
const UNIT_CHARS_MAX = 40

type CellFacts = {
  readonly kind: CellKind | 'empty'
  readonly mark: 'point' | 'comma' | 'either' | 'none'
  readonly openMark: DecimalMark | null
  readonly order: 'dmy' | 'mdy' | 'ymd' | 'either' | 'none'
  readonly isoLate: boolean
  readonly zoneLetters: string | null
  readonly sign: string | null
  readonly integer: boolean
  readonly percent: boolean
}

export class ColumnEvidence {
  filled = 0
  empty = 0
  readonly kinds = { number: 0, date: 0, date_time: 0, time: 0, text: 0 }
  readonly marks = { point: 0, comma: 0, either: 0, none: 0 }
  /** The marks of the numbers that leave open what their mark is. */
  readonly openMarks = new Set<DecimalMark>()
  readonly orders = { dmy: 0, mdy: 0, ymd: 0, either: 0, none: 0 }
  readonly signs = new Map<string, number>()
  integers = 0
  percents = 0
  /** Dates with the year first whose day is beyond the twelfth: such a day was never swapped with its month. */
  isoLate = 0
  /** Letters behind a time that several zones share, such as `CST`. */
  readonly zoneLetters = new Set<string>()
  /** The first distinct filled cells. */
  readonly examples: string[] = []
  /** Values seen and how often, up to a limit: whether a column repeats itself shows early. */
  readonly values = new Map<string, number>()
  private readonly facts = new Map<string, CellFacts>()

  observe(cell: string): void {
    let facts = isCount(cell) ? COUNT : this.facts.get(cell)
    if (!facts) {
      facts = factsOf(cell)
      if (this.facts.size >= MEMORY_MAX) this.facts.clear()
      this.facts.set(cell, facts)
    }
    if (facts.kind === 'empty') {
      this.empty++
      return
    }
    this.filled++
    this.kinds[facts.kind]++
    this.marks[facts.mark]++
    this.orders[facts.order]++
    if (facts.openMark !== null) this.openMarks.add(facts.openMark)
    if (facts.integer) this.integers++
    if (facts.percent) this.percents++
    if (facts.isoLate) this.isoLate++
    if (facts.zoneLetters !== null) this.zoneLetters.add(facts.zoneLetters)
    if (facts.sign !== null) this.signs.set(facts.sign, (this.signs.get(facts.sign) ?? 0) + 1)
    const times = this.values.get(cell)
    if (times !== undefined || this.values.size < MEMORY_MAX) this.values.set(cell, (times ?? 0) + 1)
    if (times === undefined && this.examples.length < EXAMPLES_MAX) this.examples.push(cell.slice(0, EXAMPLE_CHARS_MAX))
  }

  /** Share of the filled cells that look like this. */
  share(...kinds: readonly CellKind[]): number {
    return this.filled === 0 ? 0 : kinds.reduce((sum, kind) => sum + this.kinds[kind], 0) / this.filled
  }

  /** Distinct values per filled cell, 0 to 1; beyond the memory every value counts as new. */
  get distinctShare(): number {
    return this.filled === 0 ? 0 : this.values.size / Math.min(this.filled, MEMORY_MAX)
  }

  get hasDecimals(): boolean {
    return this.integers < this.kinds.number
  }
}

const NOTHING = {
  mark: 'none',
  openMark: null,
  order: 'none',
  isoLate: false,
  zoneLetters: null,
  sign: null,
  integer: false,
  percent: false,
} as const
const COUNT: CellFacts = { ...NOTHING, kind: 'number', integer: true }

/** Digits alone, and not the eight of a compact date: ids and counts, of which no two need be equal. */
function isCount(cell: string): boolean {
  if (cell.length === 8 || cell.length === 0) return false
  for (let at = 0; at < cell.length; at++) {
    const code = cell.charCodeAt(at)
    if (code < 48 || code > 57) return false
  }
  return true
}

function factsOf(cell: string): CellFacts {
  if (isNullText(cell.trim()) && !/[a-z]/i.test(cell)) return { ...NOTHING, kind: 'empty' }
  const kind = cellKind(cell)
  if (kind === 'date' || kind === 'date_time') return dateFacts(cell, kind)
  if (kind === 'time') return { ...NOTHING, kind, zoneLetters: sharedZoneLetters(cell) }
  const bare = kind === 'number' || cell.length > UNIT_CHARS_MAX ? cell : cell.replace(UNIT, '')
  const shape = kind === 'number' || bare !== cell ? numberShape(bare) : null
  if (!shape) return { ...NOTHING, kind: 'text' }
  const mark = markEvidence(shape.body)
  return {
    ...NOTHING,
    kind: 'number',
    mark,
    openMark: mark === 'either' ? (shape.body.includes('.') ? '.' : ',') : null,
    sign: shape.sign,
    integer: /^\d+$/.test(shape.body),
    percent: shape.percent,
  }
}

function dateFacts(cell: string, kind: 'date' | 'date_time'): CellFacts {
  const [date, time] = splitMoment(cell)
  const parts = dateParts(date)
  if (!parts) return { ...NOTHING, kind }
  return {
    ...NOTHING,
    kind,
    order: orderEvidence(parts),
    isoLate: parts.year === 'first' && parts.month === 'number' && parts.c > 12,
    zoneLetters: time === '' ? null : sharedZoneLetters(time),
  }
}
