import type { ColumnRole } from '../contract-files.ts'
import { fittedRole, NUMERIC_ROLES, shapeFit } from './column-fit.ts'
import type { ColumnEvidence } from './evidence.ts'
import { type Heading, heading, plainWords } from './header.ts'
import { SYNONYMS, TENDER_WORDS } from './synonyms.ts'

// Which column plays which part, where nobody has said it: the heading proposes, the cells dispose. A heading that fits a
// role whose cells do not fit is no match; a role is given to the column that fits it best, and every guess says why.

export type Guess = {
  readonly role: ColumnRole
  /** 0 to 1. */
  readonly score: number
  readonly from: 'heading' | 'cells'
  readonly because: string
}
type Candidate = Guess & { readonly index: number }

export type ColumnLook = { readonly header: string; readonly evidence: ColumnEvidence }

const SCORE_MIN = 0.5
/** Among equals the sale's own id comes before a second number for people. */
const SECOND_SHARE = 0.8
/** A heading of two words that shares one with a known heading is something else as often as not. */
const AMOUNT_OVERLAP_MIN = 0.6
/** Roles that several columns may hold. */
export const SHARED_ROLES: ReadonlySet<ColumnRole> = new Set(['tax', 'tender_amount', 'ignore'])
/** A near miss would change what a sale comes to or whether it stands, so their headings must be known exactly. */
const EXACT_ONLY: ReadonlySet<ColumnRole> = new Set([
  'tax_rate',
  'gift_card_sales',
  'rounding',
  'payment_id',
  'voided',
  'cancelled_at',
  'refunded',
  'refunded_tip',
  'refunded_at',
  'refund_reason',
  'row_grain',
  'item_kind',
])

const WORDS_BY_ROLE: readonly (readonly [ColumnRole, readonly string[]])[] = Object.entries(SYNONYMS).map(
  ([role, words]) => [role as ColumnRole, words.map(plainWords)] as const,
)
const TENDERS: ReadonlySet<string> = new Set(Object.values(TENDER_WORDS).flat().map(plainWords))

/** `Moms kr`, `Total EUR`: the currency says nothing of the part that the column plays. */
const MONEY_WORDS: ReadonlySet<string> = new Set(['kr', 'eur', 'usd', 'gbp', 'chf', 'dkk', 'sek', 'nok', 'aud', 'cad'])

/** Guesses for the columns that are not in `fixed`; a role that one of those holds is not given twice. */
export function guessRoles(
  columns: readonly ColumnLook[],
  fixed: ReadonlyMap<number, ColumnRole>,
): ReadonlyMap<number, Guess> {
  const headings = columns.map((column) => heading(column.header))
  const free = (index: number): boolean => !fixed.has(index)
  const candidates = columns
    .flatMap((column, index) =>
      free(index) ? guessesFor(heading(column.header), column.evidence).map((guess) => ({ ...guess, index })) : [],
    )
    .sort((a, b) => b.score - a.score || a.index - b.index)
  const chosen = new Map<number, Guess>()
  const held = new Set<ColumnRole>(fixed.values())
  for (const candidate of candidates) take(candidate, chosen, held, headings)
  byShape(columns, free, chosen, held)
  tenderAmounts(columns, free, chosen, held)
  return chosen
}

function take(
  candidate: Candidate,
  chosen: Map<number, Guess>,
  held: Set<ColumnRole>,
  headings: readonly Heading[],
): void {
  const { index, role } = candidate
  if (chosen.has(index)) return
  if (held.has(role) && !SHARED_ROLES.has(role)) return
  if (role === 'tax' && held.has('tax')) {
    // A second tax column is another tax (of another rate) and not the same one twice only when its heading says so.
    // Where one column states the whole tax, those of single rates are parts of it.
    const own = headings[index]
    const whole = [...chosen].some(([at, guess]) => guess.role === 'tax' && rateOf(headings[at]) === null)
    if (!own || !/\d/.test(`${own.words} ${own.hints.join(' ')}`) || (whole && rateOf(own) !== null)) return
  }
  chosen.set(index, candidate)
  held.add(role)
}

/** The rate that a heading names, in percent: `Moms (25.0%)` is 25. Null without a percent sign. */
export function rateOf(head: Heading | undefined): string | null {
  const text = head ? `${head.text} ` : ''
  const digits = /(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?)\s*%/.exec(text)?.[1]
  if (digits === undefined) return null
  const [whole = '0', fraction = ''] = digits.replace(',', '.').split('.')
  const decimals = fraction.replace(/0+$/, '')
  return `${Number(whole)}${decimals === '' ? '' : `.${decimals}`}`
}

function guessesFor(head: Heading, evidence: ColumnEvidence): readonly Guess[] {
  const guesses: Guess[] = []
  for (const [role, words] of WORDS_BY_ROLE) {
    const named = nameScore(head.words, words, NUMERIC_ROLES.has(role) ? AMOUNT_OVERLAP_MIN : 0.5)
    if (named.score < SCORE_MIN || (!named.exact && EXACT_ONLY.has(role))) continue
    // One order of many lines has one number; where only the heading resembles one, it may be a number of the shop.
    if (role === 'sale_id' && !named.exact && evidence.values.size === 1 && evidence.filled > 1) continue
    const fit = shapeFit(role, evidence) * (role === 'sale_number' ? SECOND_SHARE : 1)
    if (fit === 0) continue
    const because = named.exact
      ? `The heading means "${role.replaceAll('_', ' ')}".`
      : `The heading resembles "${named.word}".`
    guesses.push({ role: fittedRole(role, evidence), score: named.score * fit, from: 'heading', because })
  }
  return guesses
}

type NameScore = { readonly score: number; readonly exact: boolean; readonly word: string }

function nameScore(words: string, synonyms: readonly string[], overlapMin: number): NameScore {
  const at = synonyms.indexOf(words)
  if (at >= 0) return { score: 0.97 - 0.12 * (at / synonyms.length), exact: true, word: words }
  const tokens = new Set(words.split(' ').filter((token) => !/^\d*%?$/.test(token) && !MONEY_WORDS.has(token)))
  let best = { score: 0, exact: false, word: '' }
  if (tokens.size === 0) return best
  for (const synonym of synonyms) {
    const other = synonym.split(' ')
    const shared = other.filter((token) => tokens.has(token)).length
    const overlap = shared / (tokens.size + other.length - shared)
    const score = overlap < overlapMin ? 0 : 0.35 + 0.45 * overlap
    if (score > best.score) best = { score, exact: false, word: synonym }
  }
  return best
}

/** Roles that no heading named, from the look of the cells alone. */
function byShape(
  columns: readonly ColumnLook[],
  free: (index: number) => boolean,
  chosen: Map<number, Guess>,
  held: Set<ColumnRole>,
): void {
  const give = (role: ColumnRole, score: number, because: string, fits: (look: ColumnEvidence) => boolean): void => {
    const index = columns.findIndex((column, at) => free(at) && !chosen.has(at) && fits(column.evidence))
    if (index < 0) return
    chosen.set(index, { role, score, from: 'cells', because })
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

/**
 * `Cash` and `Card` as headings of amounts, in a table of one row per sale. At least two of them, because one alone may
 * be anything; whether they add up to the total is looked at before they are believed.
 */
function tenderAmounts(
  columns: readonly ColumnLook[],
  free: (index: number) => boolean,
  chosen: Map<number, Guess>,
  held: Set<ColumnRole>,
): void {
  if (held.has('item') || held.has('tender') || !held.has('total')) return
  const found = columns.flatMap(({ header, evidence }, index) => {
    const known = free(index) && !chosen.has(index) && TENDERS.has(heading(header).words)
    return known && evidence.share('number') > 0.9 ? [index] : []
  })
  if (found.length < 2) return
  for (const index of found) {
    const because = 'The heading names a way to pay, and the cells are amounts.'
    chosen.set(index, { role: 'tender_amount', score: 0.8, from: 'heading', because })
  }
}
