import { CSV_START, csvRecord } from '#kernel/csv.ts'
import { currencyCode } from '#kernel/currency.ts'
import { majorText } from '#kernel/money.ts'
import type { Pair } from './check-mappings.ts'
import { comparePrices } from './prices.ts'
import type { MappingRow } from './store-mapping-rows.ts'

// Mappings as a table for a spreadsheet, and the same table read back. Two columns count, by which the ids of both sides
// are known; the others are there to be looked at, and may be left out or stand in any order.

const COLUMNS = [
  'item_id',
  'pos_item_id',
  'state',
  'item',
  'item_variant',
  'item_kind',
  'item_category',
  'item_price',
  'pos_item',
  'pos_item_variant',
  'pos_item_price',
  'currency',
  'prices',
  'confidence',
  'suggested_pos_item_id',
] as const

export function mappingHeader(): string {
  return CSV_START + csvRecord(COLUMNS)
}

export function mappingLine({ item, state, match, candidates, none }: MappingRow): string {
  const article = match?.article ?? null
  const best = candidates[0]
  return csvRecord([
    guardedId(item.id),
    guardedId(match?.posItemId ?? (none ? NONE : '')),
    state,
    item.name,
    item.variant,
    item.kind,
    item.category,
    priceText(item.price, item.currency),
    article?.name ?? null,
    article?.variant ?? null,
    priceText(article?.price ?? null, article?.currency ?? null),
    item.currency ?? article?.currency ?? null,
    article === null ? null : comparePrices(item, article, match?.pricesAccepted ?? null),
    match?.confidence ?? best?.confidence ?? null,
    best === undefined ? null : guardedId(best.pos_item_id),
  ])
}

/** What a person writes in place of an article's id where an item stands for none. */
export const NONE = '(none)'

function priceText(price: bigint | null, currency: string | null): string | null {
  return price === null || currency === null ? null : majorText(price, currencyCode(currency))
}

export type TableRow = Pair & { readonly line: number; readonly none: boolean }

export type ReadTable =
  | { readonly kind: 'rows'; readonly rows: readonly TableRow[] }
  | { readonly kind: 'unreadable'; readonly say: string }

/** Reads comma, semicolon or tab, as spreadsheets write them. An empty article's id: the item stands for nothing. */
export function readMappingTable(text: string): ReadTable {
  const unmarked = text.startsWith(CSV_START) ? text.slice(CSV_START.length) : text
  if (unmarked.includes('\0')) return { kind: 'unreadable', say: 'The table holds NUL characters.' }
  const records = recordsOf(unmarked, delimiterOf(unmarked))
  if (records === null) return { kind: 'unreadable', say: 'A quoted cell of the table has no end.' }
  const [header, ...lines] = records
  const names = header?.cells.map((cell) => cell.trim().toLowerCase()) ?? []
  const [itemAt, posAt] = [names.indexOf('item_id'), names.indexOf('pos_item_id')]
  if (itemAt < 0 || posAt < 0) {
    return { kind: 'unreadable', say: 'The first line of the table must name the columns item_id and pos_item_id.' }
  }
  const rows = lines.flatMap(({ line, cells }): TableRow[] => {
    if (cells.every((cell) => cell === '')) return []
    const posItemId = idOf(cells[posAt] ?? '')
    const none = posItemId === NONE
    return [{ line, itemId: idOf(cells[itemAt] ?? ''), posItemId: none || posItemId === '' ? null : posItemId, none }]
  })
  return { kind: 'rows', rows }
}

const FORMULA_START = /^[=+\-@\t\r\n]/
const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/

/** `csvRecord` puts an apostrophe before what would run as a formula; one of the id's own is doubled, to be told apart. */
function guardedId(id: string): string {
  return id.startsWith("'") ? `'${id}` : id
}

function idOf(cell: string): string {
  if (!cell.startsWith("'")) return cell
  const rest = cell.slice(1)
  const isGuarded = rest.startsWith("'") || (FORMULA_START.test(rest) && !PLAIN_NUMBER.test(rest))
  return isGuarded ? rest : cell
}

/** What stands most often in the first line. */
function delimiterOf(text: string): string {
  const first = /^[^\r\n]*/.exec(text)?.[0] ?? ''
  const times = (mark: string) => first.split(mark).length - 1
  return [',', ';', '\t'].reduce((best, mark) => (times(mark) > times(best) ? mark : best))
}

type CsvRecord = { readonly line: number; readonly cells: readonly string[] }

/** Null where a quote is never closed. */
function recordsOf(text: string, delimiter: string): CsvRecord[] | null {
  const records: CsvRecord[] = []
  let cells: string[] = []
  let line = 1
  let startedAt = 1
  let at = 0
  while (at < text.length) {
    let cell = ''
    if (text[at] === '"') {
      const quoted = quotedFrom(text, at)
      if (quoted === null) return null
      cell = quoted.cell
      line += quoted.lines
      at = quoted.end
    }
    const from = at
    while (at < text.length && text[at] !== delimiter && text[at] !== '\r' && text[at] !== '\n') at++
    cells.push(cell + text.slice(from, at))
    if (text[at] === delimiter) {
      at++
      // A delimiter at the very end has one more, empty cell behind it.
      if (at < text.length) continue
      cells.push('')
    } else at += text.startsWith('\r\n', at) ? 2 : 1
    records.push({ line: startedAt, cells })
    cells = []
    line++
    startedAt = line
  }
  return records
}

/** The cell that a quote at `start` begins, and where it ends. */
function quotedFrom(text: string, start: number): { cell: string; end: number; lines: number } | null {
  let end = start + 1
  for (;;) {
    const quote = text.indexOf('"', end)
    if (quote < 0) return null
    if (text[quote + 1] !== '"') {
      const raw = text.slice(start + 1, quote)
      return { cell: raw.replaceAll('""', '"'), end: quote + 1, lines: raw.split('\n').length - 1 }
    }
    end = quote + 2
  }
}
