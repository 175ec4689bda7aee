import { isCurrencyCode } from '#kernel/currency.ts'
import type { ColumnRole } from '../contract-files.ts'
import { readTime } from './dates.ts'
import type { ColumnEvidence } from './evidence.ts'
import { cellWords } from './header.ts'
import { GRAIN_WORDS, KIND_WORDS } from './synonyms.ts'
import { saysVoid } from './words.ts'

// Whether the cells of a column can be what its heading, a preset or a person says they are.

/** Amounts, and what is counted: their cells are numbers and have decimal marks. */
export const NUMERIC_ROLES: ReadonlySet<ColumnRole> = new Set([
  'quantity',
  'unit_price',
  'gross',
  'discount',
  'tax',
  'net',
  'total',
  'tip',
  'service_charge',
  'gift_card_sales',
  'rounding',
  'fee',
  'tender_amount',
  'refunded',
  'refunded_tip',
])
export const DATE_ROLES: ReadonlySet<ColumnRole> = new Set(['date', 'date_time', 'cancelled_at', 'refunded_at'])
const WORDED: ReadonlySet<ColumnRole> = new Set([
  'item',
  'tender',
  'card_brand',
  'type',
  'zone',
  'channel',
  'modifiers',
  'staff',
])
const WORDS: Readonly<Partial<Record<ColumnRole, readonly (readonly string[])[]>>> = {
  row_grain: [GRAIN_WORDS.sale, GRAIN_WORDS.item, GRAIN_WORDS.payment],
  item_kind: [KIND_WORDS.gift_card, KIND_WORDS.article],
}

/** Whether cells plainly are something else: what a known export or a person says is doubted for nothing less. */
export function cannotBe(role: ColumnRole, evidence: ColumnEvidence): boolean {
  if (evidence.filled === 0) return false
  if (DATE_ROLES.has(role)) return evidence.share('date', 'date_time') < 0.5
  if (role === 'time') return evidence.share('time', 'date_time') < 0.5 && !looksLikeDottedTimes(evidence)
  if (role === 'tax_rate') return !looksLikeRates(evidence)
  if (NUMERIC_ROLES.has(role) || role === 'line_count') return evidence.share('number') < 0.5
  if (role === 'currency') return codeShare(evidence) < 0.5
  return role === 'sale_id' && evidence.share('date', 'date_time') > 0.5
}

/** A column called date that holds times too is both. */
export function fittedRole(role: ColumnRole, evidence: ColumnEvidence): ColumnRole {
  if (role === 'date' && evidence.share('date_time') > 0.5) return 'date_time'
  if (role === 'date_time' && evidence.share('date') > 0.8) return 'date'
  if (role === 'time' && evidence.share('date_time') > 0.5) return 'date_time'
  return role
}

/** 0 when the cells cannot be this, 1 when nothing speaks against it. */
export function shapeFit(role: ColumnRole, evidence: ColumnEvidence): number {
  if (role === 'ignore') return 0.9
  // An empty column proves nothing; it may fill in another export of the same shape.
  if (evidence.filled === 0) return role === 'date' || role === 'date_time' || role === 'time' ? 0 : 0.7
  if (role === 'date' || role === 'date_time') return evidence.share('date', 'date_time') >= 0.5 ? 1 : 0
  if (role === 'time') return evidence.share('time', 'date_time') >= 0.5 || looksLikeDottedTimes(evidence) ? 1 : 0
  if (role === 'cancelled_at' || role === 'refunded_at') return evidence.share('date', 'date_time') >= 0.5 ? 1 : 0
  if (role === 'tax_rate') return looksLikeRates(evidence) ? 1 : 0
  if (NUMERIC_ROLES.has(role) || role === 'line_count') {
    return evidence.share('number') >= 0.5 && evidence.percents <= evidence.filled * 0.5 ? 1 : 0
  }
  if (role === 'currency') return codeShare(evidence) >= 0.5 ? 1 : 0
  if (role === 'voided') return [...evidence.values.keys()].every((value) => saysVoid(value) !== 'unknown') ? 1 : 0
  const lists = WORDS[role]
  if (lists) return saysOnly(lists, role, evidence) ? 1 : 0
  if (WORDED.has(role)) return evidence.share('text') >= 0.5 ? 1 : 0
  if (role === 'sale_id' || role === 'sale_number') return looksLikeIds(evidence) ? 1 : 0
  // The rest are names of some kind: neither days nor amounts.
  return evidence.share('date', 'date_time') > 0.5 || (evidence.share('number') > 0.5 && evidence.hasDecimals) ? 0 : 1
}

/** Ids have digits; words such as `Refund` under the heading `Transaction` would make one sale of all that share them. */
function looksLikeIds(evidence: ColumnEvidence): boolean {
  if (evidence.share('date', 'date_time', 'time') > 0.5) return false
  const values = [...evidence.values.keys()]
  if (values.filter((value) => /\d/.test(value)).length < values.length * 0.5) return false
  // 150040.0 is a till's number that went through a data frame; 12.50 is none.
  const odd = values.filter((value) => /[.,]\d*[1-9]\d*\s*\D*$/.test(value) && /^[\d.,\s]+\D?$/.test(value))
  return !(evidence.share('number') > 0.5 && odd.length > values.length * 0.3)
}

/** `22.14` and `22.14.20`, as Danish and Finnish tills write a quarter past ten. */
function looksLikeDottedTimes(evidence: ColumnEvidence): boolean {
  const values = [...evidence.values.keys()]
  const dotted = /^\d{1,2}\.\d{2}(?:\.\d{2})?$/
  return values.length > 0 && values.every((value) => dotted.test(value.trim()) && readTime(value) !== null)
}

/** `25`, `25,0 %`, `0.07`: few of them, and none beyond a hundred. */
function looksLikeRates(evidence: ColumnEvidence): boolean {
  const values = [...evidence.values.keys()].filter((value) => value.trim() !== '')
  return values.length <= 40 && values.every((value) => /^\s*\d{1,2}(?:[.,]\d{1,4})?\s*%?\s*$/.test(value))
}

function codeShare(evidence: ColumnEvidence): number {
  let [codes, all] = [0, 0]
  for (const [value, times] of evidence.values) {
    all += times
    if (isCurrencyCode(value.trim().toUpperCase())) codes += times
  }
  return all === 0 ? 0 : codes / all
}

/**
 * Whether nearly all cells are words of the lists. Rows of mixed grain name an item and something else; an article's
 * kind is worth a column only where a gift card is among them.
 */
function saysOnly(lists: readonly (readonly string[])[], role: ColumnRole, evidence: ColumnEvidence): boolean {
  const sets = lists.map((words) => new Set(words.map(cellWords)))
  const met = new Set<number>()
  let [known, all] = [0, 0]
  for (const [value, times] of evidence.values) {
    all += times
    const list = sets.findIndex((words) => words.has(cellWords(value)))
    if (list < 0) continue
    known += times
    met.add(list)
  }
  if (known < all * 0.98) return false
  if (role === 'row_grain') return met.has(1) && met.size > 1
  return role !== 'item_kind' || met.has(0)
}
