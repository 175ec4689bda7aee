import type { Tender } from '#canon/sale.ts'
import { copied } from './dates.ts'
import { cellWords } from './header.ts'
import { PLACEHOLDER_WORDS, type RowType, TENDER_WORDS, TOTAL_WORDS, TYPE_WORDS } from './synonyms.ts'

// Words inside cells: what kind of row it is, and how it was paid. Few distinct words fill millions of cells, so each
// is understood once.

const CACHE_MAX = 5000
const CACHED_CHARS_MAX = 1000

const TYPE_BY_WORD = new Map(
  Object.entries(TYPE_WORDS).flatMap(([type, words]) =>
    words.map((word) => [cellWords(word), type as RowType] as const),
  ),
)
const TENDER_PHRASES = Object.entries(TENDER_WORDS).map(
  ([tender, words]) => [tender as Tender, words.map(cellWords)] as const,
)
const TOTALS = new Set(TOTAL_WORDS.map(cellWords))
const PLACEHOLDERS = new Set(PLACEHOLDER_WORDS)

function remembered<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const made = work(text)
    if (known.size >= CACHE_MAX) known.clear()
    if (text.length <= CACHED_CHARS_MAX) known.set(copied(text), made)
    return made
  }
}

/** What kind of row a word of the type column means; `unknown` for words that no till we know writes. */
export const rowTypeOf: (text: string) => RowType | 'unknown' = remembered((text) => {
  const words = cellWords(text)
  if (words === '') return 'sale'
  const exact = TYPE_BY_WORD.get(words)
  if (exact) return exact
  // `Refund - partial` and the like: the first word that means something.
  for (const word of words.split(' ')) {
    const type = word.length > 3 ? TYPE_BY_WORD.get(word) : undefined
    if (type) return type
  }
  return 'unknown'
})

const YES = new Set(['x', 'ja', 'oui', 'si', 'sim', 'sand', 'wahr', 'vrai', 'verdadero', 'vero'])
const NO = new Set(['nein', 'nej', 'non', 'falsk', 'falsch', 'faux', 'falso', 'never', 'none'])

/** Whether a yes-or-no cell says that the row is void; `unknown` for a word that says neither. */
export const saysVoid: (text: string) => boolean | 'unknown' = remembered((text) => {
  const words = cellWords(text)
  if (words === '' || NO.has(words)) return false
  if (YES.has(words)) return true
  const type = TYPE_BY_WORD.get(words)
  return type === undefined ? 'unknown' : type === 'void'
})

/** `cellWords`, remembered. */
export const cellWordsOf: (text: string) => string = remembered(cellWords)

export const tenderOf: (text: string) => Tender = remembered((text) => {
  const parts = text.split(/[,;+&|\n]/).filter((part) => part.trim() !== '')
  // Several tenders in one cell: how much was paid with which it does not say.
  const tenders = new Set(parts.map(loneTender))
  return tenders.size > 1 ? 'other' : loneTender(text)
})

function loneTender(text: string): Tender {
  const words = cellWords(text)
  if (words === '') return 'unknown'
  for (const [tender, phrases] of TENDER_PHRASES) if (phrases.includes(words)) return tender
  const padded = ` ${words} `
  for (const [tender, phrases] of TENDER_PHRASES) {
    if (phrases.some((phrase) => phrase.length > 1 && padded.includes(` ${phrase} `))) return tender
  }
  return 'other'
}

/** Schemes and wallets are brands; `Card` and `Karte` are none. */
export const brandOf: (text: string) => string | null = remembered((text) => {
  const tender = tenderOf(text)
  const general =
    /^(?:credit|debit|card|karte|kort|carte|tarjeta|carta|contactless|chip|swipe|pin|ec|wallet|kartenzahlung|kortbetaling)\b/i
  return (tender === 'card' || tender === 'wallet') && !general.test(text.trim()) ? copied(text.trim()) : null
})

// Asked of every row, so all but a few cells are told by their first letters.
const TOTAL_STARTS = new Set([...TOTALS].map((word) => word.slice(0, 3)))

export function isTotalWord(cell: string): boolean {
  const code = cell.charCodeAt(0)
  if (!(code > 57) || !TOTAL_STARTS.has(cell.slice(0, 3).toLowerCase())) return false
  return cell.length < 40 && TOTALS.has(cellWords(cell.replace(/[:\d].*$/, '')))
}

const PLACEHOLDER_STARTS = new Set(PLACEHOLDER_WORDS.flatMap((word) => [word[0], word[0]?.toUpperCase()]))

export function isPlaceholder(cell: string): boolean {
  return cell.length <= 12 && PLACEHOLDER_STARTS.has(cell[0]) && PLACEHOLDERS.has(cell.toLowerCase())
}
