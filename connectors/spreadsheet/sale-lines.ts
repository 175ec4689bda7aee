import type { ColumnRole } from '../contract-files.ts'
import type { Line } from './line.ts'
import type { RowReader } from './row-reader.ts'

// The lines of one sale by what they speak of.

export type SaleLines = {
  /** Rows of items. */
  readonly items: readonly Line[]
  /** Rows that state what the sale as a whole comes to. */
  readonly heads: readonly Line[]
  /** Rows of payments. */
  readonly payments: readonly Line[]
}

const NONE: readonly Line[] = []

/** In a table of one grain all rows are alike; each of them also says what its sale comes to, or its share of it. */
export function saleLines(lines: readonly Line[], grain: 'item' | 'sale' | 'payment' | 'mixed'): SaleLines {
  if (grain === 'item') return { items: lines, heads: lines, payments: NONE }
  if (grain === 'sale') return { items: NONE, heads: lines, payments: NONE }
  if (grain === 'payment') return { items: NONE, heads: lines, payments: lines }
  return {
    items: lines.filter((line) => line.grain === 'item'),
    heads: lines.filter((line) => line.grain === 'sale'),
    payments: lines.filter((line) => line.grain === 'payment'),
  }
}

/** The first text of a role that any of the lines has. */
export function firstText(lines: readonly Line[], role: ColumnRole, reader: RowReader): string | null {
  if (reader.place[role] < 0) return null
  for (const line of lines) {
    const text = reader.text(line, role)
    if (text !== null) return text
  }
  return null
}
