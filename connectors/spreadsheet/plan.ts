import type { Minor } from '#kernel/money.ts'
import type { ZoneName } from '#kernel/zone.ts'
import type { AmountLevel, AmountRole, ColumnRole, FileDetection } from '../contract-files.ts'
import { cellWords } from './header.ts'
import type { Line, RowGrain } from './line.ts'
import { presetOf } from './presets/registry.ts'
import type { RowRules } from './row-cells.ts'
import { GRAIN_WORDS, KIND_WORDS } from './synonyms.ts'

// How the rows of a file are read. A detection says all of it, so that what a person was shown is what happens; nothing
// of a detection is worked out again here.

export type Plan = RowRules & {
  readonly zone: ZoneName
  readonly levels: Readonly<Record<AmountRole, AmountLevel>>
  readonly tax: FileDetection['tax']
  readonly tipInTotal: boolean
  readonly netTrusted: boolean
  /** Whether this till gives an id once for all time or begins anew each day; `look`: judged by the look of the ids. */
  readonly ids: 'forever' | 'day' | 'look'
}

/** Keys are words as `cellWords` makes them. */
export type WordMap<T> = ReadonlyMap<string, T>

/** What a detection settles about how rows are read. */
export type Settled = Pick<
  FileDetection,
  | 'columns'
  | 'dateOrder'
  | 'marks'
  | 'currency'
  | 'zone'
  | 'grain'
  | 'levels'
  | 'tax'
  | 'tipInTotal'
  | 'netTrusted'
  | 'preset'
>

export function planOf(detection: Settled): Plan {
  const preset = detection.preset === null ? null : presetOf(detection.preset.id)
  const has = (role: ColumnRole): boolean => detection.columns.some((column) => column.role === role)
  return {
    columns: detection.columns,
    dateOrder: detection.dateOrder ?? 'ymd',
    marks: detection.marks,
    currency: detection.currency,
    zone: detection.zone,
    grain: detection.grain,
    levels: detection.levels,
    tax: detection.tax,
    tipInTotal: detection.tipInTotal,
    netTrusted: detection.netTrusted,
    ids: preset?.ids ?? 'look',
    types: wordMap(preset?.types),
    grains: has('row_grain') ? (wordMap(preset?.grains) ?? GENERAL_GRAINS) : null,
    kinds: has('item_kind') ? (wordMap(preset?.kinds) ?? GENERAL_KINDS) : null,
  }
}

function wordMap<T>(words: Readonly<Record<string, T>> | undefined): WordMap<T> | null {
  return words === undefined ? null : new Map(Object.entries(words).map(([word, means]) => [cellWords(word), means]))
}

function meaningsOf<T extends string>(
  meanings: readonly T[],
  lists: Readonly<Record<T, readonly string[]>>,
): WordMap<T> {
  return new Map(meanings.flatMap((means) => lists[means].map((word) => [cellWords(word), means] as const)))
}

const GENERAL_GRAINS = meaningsOf<RowGrain>(['item', 'sale', 'payment'], GRAIN_WORDS)
const GENERAL_KINDS = meaningsOf<'article' | 'gift_card'>(['article', 'gift_card'], KIND_WORDS)

export function amountOf(line: Line, role: AmountRole): Minor | null {
  switch (role) {
    case 'gross':
      return line.gross
    case 'discount':
      return line.discount
    case 'net':
      return line.net
    case 'total':
      return line.total
    case 'tip':
      return line.tip
    case 'service_charge':
      return line.service
    case 'tax':
      return line.taxes.length === 0
        ? null
        : line.taxes.reduce((sum, tax) => (tax === null ? sum : (sum ?? 0n) + tax), null as Minor | null)
  }
}

/** A role's amount for a whole sale: stated once, or added up from its lines. Null when no line says anything. */
export function combined(lines: readonly Line[], role: AmountRole, level: AmountLevel): Minor | null {
  let sum: Minor | null = null
  for (const line of lines) {
    const amount = amountOf(line, role)
    if (amount === null) continue
    if (level === 'sale') return amount
    sum = (sum ?? 0n) + amount
  }
  return sum
}
