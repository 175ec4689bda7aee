import type { ColumnMapping, ColumnRole } from '../contract.ts'
import { readTime } from './dates.ts'
import type { ColumnEvidence } from './evidence.ts'
import { type Heading, heading, plainWords } from './header.ts'
import { SYNONYMS } from './synonyms.ts'

// Which column plays which part: the heading proposes, the cells dispose. A heading that fits a role whose cells do not
// fit is no match; a role is given to the column that fits it best, and every guess says why.

type Guess = { readonly role: ColumnRole; readonly score: number; readonly because: string }
type Candidate = Guess & { readonly index: number }

const SCORE_MIN = 0.5
const NUMERIC: ReadonlySet<ColumnRole> = new Set([
  'quantity',
  'unit_price',
  'gross',
  'discount',
  'tax',
  'net',
  'total',
  'tip',
  'service_charge',
  'fee',
  'line_count',
])
const WORDED: ReadonlySet<ColumnRole> = new Set([
  'item',
  'tender',
  'card_brand',
  'type',
  'currency',
  'zone',
  'channel',
  'modifiers',
  'staff',
])
/** Roles that several columns may hold. */
const SHARED: ReadonlySet<ColumnRole> = new Set(['tax', 'ignore'])

const WORDS_BY_ROLE: readonly (readonly [ColumnRole, readonly string[]])[] = Object.entries(SYNONYMS).map(
  ([role, words]) => [role as ColumnRole, words.map(plainWords)] as const,
)

export type ColumnLook = { readonly header: string; readonly evidence: ColumnEvidence }

export function guessColumns(columns: readonly ColumnLook[]): readonly ColumnMapping[] {
  const headings = columns.map((column) => heading(column.header))
  const candidates = columns
    .flatMap((column, index) =>
      guessesFor(headings[index] ?? { words: '', hints: [] }, column.evidence).map((guess) => ({ ...guess, index })),
    )
    .sort((a, b) => b.score - a.score || a.index - b.index)
  const chosen = new Map<number, Guess>()
  const held = new Set<ColumnRole>()
  for (const candidate of candidates) take(candidate, chosen, held, headings)
  byShape(columns, chosen, held)
  settleConflicts(columns, chosen)
  return columns.map(({ header }, index) => {
    const guess = chosen.get(index) ?? { role: 'ignore', score: 0.3, because: 'Nothing about it is known.' }
    return { index, header, role: guess.role, confidence: Math.round(guess.score * 100) / 100, because: guess.because }
  })
}

function take(
  candidate: Candidate,
  chosen: Map<number, Guess>,
  held: Set<ColumnRole>,
  headings: readonly Heading[],
): void {
  const { index, role } = candidate
  if (chosen.has(index)) return
  if (held.has(role) && !SHARED.has(role)) return
  // A second tax column is another tax (of another rate) and not the same one twice only when its heading says so.
  if (role === 'tax' && held.has('tax') && !/\d/.test(`${headings[index]?.words} ${headings[index]?.hints.join(' ')}`))
    return
  chosen.set(index, candidate)
  held.add(role)
}

function guessesFor(head: Heading, evidence: ColumnEvidence): readonly Guess[] {
  const guesses: Guess[] = []
  for (const [role, words] of WORDS_BY_ROLE) {
    const named = nameScore(head.words, words)
    if (named.score < SCORE_MIN) continue
    const fit = shapeFit(role, evidence)
    if (fit === 0) continue
    const because = named.exact
      ? `The heading means "${role.replaceAll('_', ' ')}".`
      : `The heading resembles "${named.word}".`
    guesses.push({ role: fittedRole(role, evidence), score: named.score * fit, because })
  }
  return guesses
}

function nameScore(words: string, synonyms: readonly string[]): { score: number; exact: boolean; word: string } {
  const at = synonyms.indexOf(words)
  if (at >= 0) return { score: 0.97 - 0.12 * (at / synonyms.length), exact: true, word: words }
  const tokens = new Set(words.split(' ').filter((token) => !/^\d*%?$/.test(token)))
  let best = { score: 0, exact: false, word: '' }
  if (tokens.size === 0) return best
  for (const synonym of synonyms) {
    const other = synonym.split(' ')
    const shared = other.filter((token) => tokens.has(token)).length
    const overlap = shared / (tokens.size + other.length - shared)
    const score = overlap < 0.5 ? 0 : 0.35 + 0.45 * overlap
    if (score > best.score) best = { score, exact: false, word: synonym }
  }
  return best
}

/** A column called date that holds times too is both. */
function fittedRole(role: ColumnRole, evidence: ColumnEvidence): ColumnRole {
  if (role === 'date' && evidence.share('date_time') > 0.5) return 'date_time'
  if (role === 'date_time' && evidence.share('date') > 0.8) return 'date'
  if (role === 'time' && evidence.share('date_time') > 0.5) return 'date_time'
  return role
}

/** 0 when the cells cannot be this, 1 when nothing speaks against it. */
function shapeFit(role: ColumnRole, evidence: ColumnEvidence): number {
  if (role === 'ignore') return 0.9
  // An empty column proves nothing; it may fill in another export of the same shape.
  if (evidence.filled === 0) return role === 'date' || role === 'date_time' || role === 'time' ? 0 : 0.7
  if (role === 'date' || role === 'date_time') return evidence.share('date', 'date_time') >= 0.5 ? 1 : 0
  if (role === 'time') return evidence.share('time', 'date_time') >= 0.5 || looksLikeDottedTimes(evidence) ? 1 : 0
  if (NUMERIC.has(role)) return evidence.share('number') >= 0.5 ? 1 : 0
  if (WORDED.has(role)) return evidence.share('text') >= 0.5 ? 1 : 0
  if (role === 'sale_id' || role === 'sale_number') {
    if (evidence.share('date', 'date_time', 'time') > 0.5) return 0
    // 150040.0 is a till's number that went through a data frame; 12.50 is none.
    const odd = [...evidence.values.keys()].filter(
      (value) => /[.,]\d*[1-9]\d*\s*\D*$/.test(value) && /^[\d.,\s]+\D?$/.test(value),
    )
    return evidence.share('number') > 0.5 && odd.length > evidence.values.size * 0.3 ? 0 : 1
  }
  return evidence.share('date', 'date_time') > 0.5 ? 0 : 1
}

/** `22.14`, as Danish and Finnish tills write a quarter past ten. */
function looksLikeDottedTimes(evidence: ColumnEvidence): boolean {
  const values = [...evidence.values.keys()]
  return values.length > 0 && values.every((value) => /^\d{1,2}\.\d{2}$/.test(value.trim()) && readTime(value) !== null)
}

/** Roles that no heading named, from the look of the cells alone. */
function byShape(columns: readonly ColumnLook[], chosen: Map<number, Guess>, held: Set<ColumnRole>): void {
  const give = (role: ColumnRole, score: number, because: string, fits: (look: ColumnEvidence) => boolean): void => {
    const index = columns.findIndex((column, at) => !chosen.has(at) && fits(column.evidence))
    if (index < 0) return
    chosen.set(index, { role, score, because })
    held.add(role)
  }
  if (!held.has('date') && !held.has('date_time')) {
    give('date_time', 0.6, 'The only cells that hold dates with times.', (look) => look.share('date_time') > 0.8)
  }
  if (!held.has('date') && !held.has('date_time')) {
    give('date', 0.6, 'The only cells that hold dates.', (look) => look.share('date') > 0.8)
  }
  if (!held.has('date_time') && !held.has('time')) {
    give('time', 0.6, 'The only cells that hold times of day.', (look) => look.share('time') > 0.8)
  }
  const amounts = ['unit_price', 'gross', 'net', 'total'] as const
  if (!amounts.some((role) => held.has(role))) {
    give(
      'total',
      0.4,
      'The only cells that look like amounts.',
      (look) => look.share('number') > 0.9 && look.hasDecimals,
    )
  }
  if (!held.has('item') && !held.has('sku')) {
    give('item', 0.45, 'Words that repeat, as the names of articles do.', looksLikeItems)
  }
}

function looksLikeItems(look: ColumnEvidence): boolean {
  const total = look.filled + look.empty
  return look.share('text') > 0.8 && look.filled > total * 0.8 && look.values.size >= 3 && look.distinctShare <= 0.7
}

function settleConflicts(columns: readonly ColumnLook[], chosen: Map<number, Guess>): void {
  const holder = (role: ColumnRole): number => [...chosen].find(([, guess]) => guess.role === role)?.[0] ?? -1
  const ignore = (role: ColumnRole, because: string): void => {
    const index = holder(role)
    if (index >= 0) chosen.set(index, { role: 'ignore', score: 0.9, because })
  }
  if (holder('date_time') >= 0) {
    const time = holder('time')
    const dateTime = holder('date_time')
    const times = columns[dateTime]?.evidence.share('date_time') ?? 0
    if (times < 0.5 && time >= 0) {
      const guess = chosen.get(dateTime)
      if (guess) chosen.set(dateTime, { ...guess, role: 'date' })
    } else {
      ignore('date', 'Another column holds the same day with its time.')
      ignore('time', 'Another column holds the time with its day.')
    }
  }
  if (holder('sale_number') >= 0 && holder('sale_id') < 0) {
    const index = holder('sale_number')
    const guess = chosen.get(index)
    if (guess) chosen.set(index, { ...guess, role: 'sale_id' })
  }
  dropTextOfWholeSales(columns, chosen, holder)
}

/** "2 x Tea, 1 x Cake" beside a total and a way of paying describes a sale; it is no article. */
function dropTextOfWholeSales(
  columns: readonly ColumnLook[],
  chosen: Map<number, Guess>,
  holder: (role: ColumnRole) => number,
): void {
  const item = holder('item')
  const id = holder('sale_id')
  if (item < 0 || id < 0 || holder('quantity') >= 0 || holder('unit_price') >= 0) return
  const vague = (chosen.get(item)?.score ?? 0) < 0.9
  const oneRowPerSale = (columns[id]?.evidence.distinctShare ?? 0) > 0.99
  if (vague && oneRowPerSale && (holder('tender') >= 0 || (chosen.get(item)?.score ?? 0) < 0.5)) {
    chosen.set(item, { role: 'ignore', score: 0.6, because: 'It describes the whole sale, one row each.' })
  }
}
