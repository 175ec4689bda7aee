import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CatalogArticle } from '#canon/catalog.ts'
import { type Candidates, findCandidates, listedWords } from './candidates.ts'
import type { ChannelItem } from './channel-item.ts'
import { likeness, nameKey, type WeightOf, type Words, wordsOf } from './likeness.ts'

// Which article of a POS an item of a channel may be, with how sure and why. Nothing of it is ever applied by itself: a
// person confirms. A code that both sides hold says most, then what people confirmed for the same name elsewhere, then
// the name; prices and categories only raise or lower what a name says.

export type Suggestion = { readonly itemId: string; readonly candidates: readonly Candidate[] }

export type Candidate = {
  readonly posItemId: string
  /** 0 to 1. */
  readonly confidence: number
  readonly reasons: readonly Reason[]
}

export type Reason = {
  readonly code:
    | 'same-barcode'
    | 'same-sku'
    | 'confirmed-elsewhere'
    | 'same-name'
    | 'like-name'
    | 'same-price'
    | 'near-price'
    | 'other-price'
    | 'same-category'
    | 'several-alike'
    | 'shared'
  readonly say: string
}

/** What people confirmed for items of other channels, by `nameKey`: articles of this connection. */
export type History = ReadonlyMap<string, ReadonlySet<string>>

export const CONFIDENCE_MIN = 0.45
const CANDIDATES_SHOWN = 3
/** What is scored at one turn of the event loop: a few milliseconds' work. */
const ITEMS_A_TURN = 25

type Article = { readonly of: CatalogArticle; readonly words: Words; readonly sku: string; readonly barcode: string }

/** Suggestions for those items that have one, in the order of the items. Answers requests between its turns. */
export async function suggest(
  items: readonly ChannelItem[],
  catalog: readonly CatalogArticle[],
  history: History,
): Promise<Suggestion[]> {
  const articles = await prepared(catalog.filter(({ deleted }) => !deleted))
  const index = listedWords(articles.map(({ words }) => words))
  const byCode = codesOf(articles)
  const hasModifiers = articles.some(({ of }) => of.kind === 'modifier')
  const suggestions: Suggestion[] = []
  for (const [at, item] of items.entries()) {
    if (at % ITEMS_A_TURN === 0) await nextTurn()
    const candidates = candidatesOf(item, { articles, index, byCode, history, hasModifiers })
    if (candidates.length > 0) suggestions.push({ itemId: item.id, candidates })
  }
  return flagShared(suggestions)
}

async function prepared(catalog: readonly CatalogArticle[]): Promise<Article[]> {
  const articles: Article[] = []
  for (const [at, article] of catalog.entries()) {
    if (at % (ITEMS_A_TURN * 8) === 0) await nextTurn()
    articles.push({
      of: article,
      words: wordsOf(article.name, article.variant),
      sku: skuOf(article.sku),
      barcode: barcodeOf(article.barcode),
    })
  }
  return articles
}

type Codes = {
  readonly sku: ReadonlyMap<string, number[]>
  readonly barcode: ReadonlyMap<string, number[]>
  readonly id: ReadonlyMap<string, number>
}

function codesOf(articles: readonly Article[]): Codes {
  const sku = new Map<string, number[]>()
  const barcode = new Map<string, number[]>()
  for (const [at, article] of articles.entries()) {
    if (article.sku !== '') pushAt(sku, article.sku, at)
    if (article.barcode !== '') pushAt(barcode, article.barcode, at)
  }
  return { sku, barcode, id: new Map(articles.map(({ of }, at) => [of.externalId, at])) }
}

function pushAt(lists: Map<string, number[]>, key: string, at: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [at])
  else list.push(at)
}

function skuOf(sku: string | null): string {
  return (sku ?? '').trim().toLowerCase()
}

/** Digits alone, without zeros in front: an EAN-13 with a zero is the UPC. Shorter ones are a till's own keys. */
function barcodeOf(barcode: string | null): string {
  const digits = (barcode ?? '').replace(/\D/g, '').replace(/^0+/, '')
  return digits.length < 6 ? '' : digits
}

type Known = {
  readonly articles: readonly Article[]
  readonly index: Candidates
  readonly byCode: Codes
  readonly history: History
  /** The catalogue tells modifiers from articles. Where it does not, either may be either. */
  readonly hasModifiers: boolean
}

function fits({ kind }: ChannelItem, article: CatalogArticle, hasModifiers: boolean): boolean {
  return !hasModifiers || (kind === 'modifier') === (article.kind === 'modifier')
}

function candidatesOf(item: ChannelItem, { articles, index, byCode, history, hasModifiers }: Known): Candidate[] {
  const words = wordsOf(item.name, item.variant)
  const sku = byCode.sku.get(skuOf(item.sku)) ?? []
  const barcode = byCode.barcode.get(barcodeOf(item.barcode)) ?? []
  const confirmed = history.get(nameKey(words)) ?? new Set()
  const elsewhere = [...confirmed].flatMap((posItemId) => byCode.id.get(posItemId) ?? [])
  const places = new Set([...barcode, ...sku, ...elsewhere, ...findCandidates(index, words)])
  const fitting = [...places].filter((at) => fits(item, (articles[at] as Article).of, hasModifiers))
  const scored = fitting.map((at) =>
    scoreOf(item, words, articles[at] as Article, index.weightOf, {
      barcode: barcode.includes(at) ? barcode.length : 0,
      sku: sku.includes(at) ? sku.length : 0,
      confirmed: confirmed.has((articles[at] as Article).of.externalId) ? confirmed.size : 0,
    }),
  )
  return doubted(scored.filter(({ confidence }) => confidence >= CONFIDENCE_MIN).sort(surestFirst))
}

function surestFirst(a: Candidate, b: Candidate): number {
  return b.confidence - a.confidence || (a.posItemId < b.posItemId ? -1 : 1)
}

/** How many articles share what speaks for this one; 0: it does not speak for it. */
type Signs = { readonly barcode: number; readonly sku: number; readonly confirmed: number }

function scoreOf(item: ChannelItem, words: Words, article: Article, weightOf: WeightOf, signs: Signs): Candidate {
  const reasons: Reason[] = []
  const alike = likeness(words, article.words, weightOf)
  let confidence = 0
  if (signs.barcode > 0) {
    reasons.push({ code: 'same-barcode', say: `Both have the barcode ${article.of.barcode}.` })
    confidence = signs.barcode === 1 ? 0.98 : 0.85
  }
  if (signs.sku > 0) {
    reasons.push({ code: 'same-sku', say: `Both have the SKU ${article.of.sku}.` })
    // A number that means something else in each system is no rarity; a name that has nothing in common shows it.
    const sure = alike < 0.2 ? 0.7 : signs.sku === 1 ? 0.96 : 0.85
    confidence = Math.max(confidence, sure)
  }
  if (signs.confirmed > 0) {
    reasons.push({ code: 'confirmed-elsewhere', say: 'People confirmed it for the same name in another channel.' })
    confidence = Math.max(confidence, signs.confirmed === 1 ? 0.93 : 0.8)
  }
  const byName = nameScore(item, article.of, alike, reasons)
  // What has both a code and the name speaks for itself; a second sign closes half of what is left to doubt.
  const together = confidence > 0 && byName > 0.6 ? confidence + (1 - confidence) / 2 : Math.max(confidence, byName)
  return { posItemId: article.of.externalId, confidence: Math.round(together * 1_000) / 1_000, reasons }
}

function nameScore(item: ChannelItem, article: CatalogArticle, alike: number, reasons: Reason[]): number {
  if (alike === 1) reasons.push({ code: 'same-name', say: 'The names say the same.' })
  else if (alike >= 0.3) {
    reasons.push({ code: 'like-name', say: `The names are alike by ${Math.round(alike * 100)} percent.` })
  }
  let score = 0.8 * alike
  const price = priceReason(item, article)
  if (price !== null) {
    reasons.push(price)
    if (price.code === 'same-price') score += 0.1
    if (price.code === 'near-price') score += 0.05
    if (price.code === 'other-price') score -= 0.1
  }
  if (isSameCategory(item.category, article.category)) {
    reasons.push({ code: 'same-category', say: `Both are in the category ${article.category}.` })
    score += 0.03
  }
  // A price alone makes no article.
  return alike === 0 ? 0 : Math.min(Math.max(score, 0), 0.94)
}

function priceReason(item: ChannelItem, article: CatalogArticle): Reason | null {
  if (item.price === null || article.price === null || item.currency !== article.currency) return null
  if (item.price === article.price) return { code: 'same-price', say: 'The prices are the same.' }
  const [less, more] = item.price < article.price ? [item.price, article.price] : [article.price, item.price]
  if (less * 10n >= more * 9n) return { code: 'near-price', say: 'The prices differ by less than a tenth.' }
  if (less * 2n < more) return { code: 'other-price', say: 'One price is more than twice the other.' }
  return null
}

function isSameCategory(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && likeness(wordsOf(a, null), wordsOf(b, null)) >= 0.6
}

/** Where the second is as likely as the first, neither is sure: a person has to look. */
function doubted(candidates: readonly Candidate[]): Candidate[] {
  const [first, second, ...rest] = candidates
  if (first === undefined) return []
  if (second === undefined || first.confidence - second.confidence > 0.03) return candidates.slice(0, CANDIDATES_SHOWN)
  const reason: Reason = { code: 'several-alike', say: 'Another article fits as well.' }
  const lessSure = [first, second].map((one) => ({
    ...one,
    confidence: Math.round(one.confidence * 850) / 1_000,
    reasons: [...one.reasons, reason],
  }))
  return [...lessSure, ...rest].sort(surestFirst).slice(0, CANDIDATES_SHOWN)
}

/** One article may be several items (a lunch menu's coffee and the coffee), but a person should know that it is. */
function flagShared(suggestions: readonly Suggestion[]): Suggestion[] {
  const times = new Map<string, number>()
  for (const { candidates } of suggestions) {
    const first = candidates[0]?.posItemId
    if (first !== undefined) times.set(first, (times.get(first) ?? 0) + 1)
  }
  return suggestions.map((suggestion) => {
    const [first, ...rest] = suggestion.candidates
    const others = first === undefined ? 0 : (times.get(first.posItemId) ?? 1) - 1
    if (first === undefined || others === 0) return suggestion
    const say = `It is also the best match of ${others} other ${others === 1 ? 'item' : 'items'}.`
    return { ...suggestion, candidates: [{ ...first, reasons: [...first.reasons, { code: 'shared', say }] }, ...rest] }
  })
}
