import { type CsvCell, csvText } from '#kernel/csv.ts'
import { digitsOf } from './share.ts'
import type { FiguresBlock, WireFigures } from './wire.ts'

// Every list of figures as a file. All currencies stand in one table, each row with its own.

type ListName = 'daily_trend' | 'top_items' | 'slow_items' | 'categories' | 'hours' | 'payment_methods' | 'sites'

const ITEM_COLUMNS = ['item_name', 'variant', 'category', 'quantity_sold', 'revenue', 'share', 'last_sold_on'] as const

const COLUMNS = {
  daily_trend: ['date', 'revenue', 'transactions', 'items_sold', 'compare_date', 'compare_revenue'],
  top_items: ITEM_COLUMNS,
  slow_items: ITEM_COLUMNS,
  categories: ['category', 'quantity_sold', 'revenue', 'share'],
  hours: ['weekday', 'hour', 'revenue', 'transactions'],
  payment_methods: ['method', 'amount', 'payments', 'share', 'refunded'],
  sites: ['location_id', 'name', 'revenue', 'transactions', 'share'],
} as const satisfies { readonly [Name in ListName]: readonly (keyof FiguresBlock[Name][number])[] }

const MONEY = new Set(['revenue', 'compare_revenue', 'amount', 'refunded'])

export const TABLE_FILES = [
  'daily_trend.csv',
  'top_items.csv',
  'slow_items.csv',
  'categories.csv',
  'hours.csv',
  'payment_methods.csv',
  'sites.csv',
] as const

export type TableFile = (typeof TABLE_FILES)[number]

export function tableText(file: TableFile, figures: WireFigures): string {
  const list = file.slice(0, -'.csv'.length) as ListName
  const columns: readonly string[] = COLUMNS[list]
  const blocks: readonly FiguresBlock[] = [figures, ...figures.other_currencies]
  return csvText(
    ['currency', ...columns],
    blocks.flatMap((block) => {
      const digits = digitsOf(block.currency)
      const rows: readonly Readonly<Record<string, CsvCell>>[] = block[list]
      return rows.map((row) => [
        block.currency,
        ...columns.map((column) => cellOf(column, row[column] ?? null, digits)),
      ])
    }),
  )
}

/** Amounts keep the currency's own digits: twelve and a half euros stand as 12.50. */
function cellOf(column: string, value: CsvCell, digits: number): CsvCell {
  return MONEY.has(column) && typeof value === 'number' ? value.toFixed(digits) : value
}
