import { dateParts, orderEvidence, splitMoment } from './dates.ts'
import { type CellKind, cellKind } from './header.ts'
import { isNullText, markEvidence, numberShape } from './numbers.ts'

// What the cells of one column prove about it, collected over as many rows as it takes.

const MEMORY_MAX = 4000

type CellFacts = {
  readonly kind: CellKind | 'empty'
  readonly mark: 'point' | 'comma' | 'either' | 'none'
  readonly order: 'dmy' | 'mdy' | 'ymd' | 'either' | 'none'
  readonly sign: string | null
  readonly integer: boolean
  readonly negative: boolean
}

export class ColumnEvidence {
  filled = 0
  empty = 0
  readonly kinds = { number: 0, date: 0, date_time: 0, time: 0, text: 0 }
  readonly marks = { point: 0, comma: 0, either: 0, none: 0 }
  readonly orders = { dmy: 0, mdy: 0, ymd: 0, either: 0, none: 0 }
  readonly signs = new Map<string, number>()
  integers = 0
  negatives = 0
  letters = 0
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
    if (facts.integer) this.integers++
    if (facts.negative) this.negatives++
    if (facts.sign !== null) this.signs.set(facts.sign, (this.signs.get(facts.sign) ?? 0) + 1)
    const times = this.values.get(cell)
    if (times !== undefined || this.values.size < MEMORY_MAX) this.values.set(cell, (times ?? 0) + 1)
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
    return this.filled > 0 && this.integers < this.filled
  }
}

const COUNT: CellFacts = { kind: 'number', mark: 'none', order: 'none', sign: null, integer: true, negative: false }

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
  const none = { mark: 'none', order: 'none', sign: null, integer: false, negative: false } as const
  if (isNullText(cell.trim()) && !/[a-z]/i.test(cell)) return { ...none, kind: 'empty' }
  const kind = cellKind(cell)
  if (kind === 'date' || kind === 'date_time') {
    const parts = dateParts(splitMoment(cell)[0])
    return { ...none, kind, order: parts ? orderEvidence(parts) : 'none' }
  }
  if (kind !== 'number') return { ...none, kind }
  const shape = numberShape(cell)
  if (!shape) return { ...none, kind: 'text' }
  return {
    ...none,
    kind,
    mark: markEvidence(shape.body),
    sign: shape.sign,
    integer: /^\d+$/.test(shape.body),
    negative: shape.negative,
  }
}
