import type { ArticleMention, Modifier, SaleItem, Tax } from '#canon/sale.ts'
import { type Decimal, findDecimal, ONE } from '#kernel/decimal.ts'
import type { Minor } from '#kernel/money.ts'
import type { Lookup } from '../../contract.ts'
import type { WireLine, WireOrder, WireReturnLine, WireTax } from '../wire.ts'
import { minorOf, minorOrZero } from './money.ts'
import { type AppliedTax, appliedTaxes, type Placement, placementsOf } from './taxes.ts'

// The lines of a sale. Their amounts are taken as Square states them; nothing is worked out that was left out, save for
// the gross amount of an older order, which is then made of the prices of variation and modifiers.

export type ReadItems = {
  readonly items: readonly SaleItem[]
  /** Tax that is inside the stated gross of articles, and of all lines, gift cards too. */
  readonly insideArticles: Minor
  readonly insideAll: Minor
}

const NONE: ReadItems = { items: [], insideArticles: 0n, insideAll: 0n }

export function readItems(order: WireOrder, lookup: Lookup): ReadItems {
  const lines = order.line_items ?? []
  if (lines.length === 0) return NONE
  const taxes = taxesByUid(order.taxes ?? [])
  const applied = lines.map((line) => appliedTaxes(line, taxes))
  const placements = placementsOf(order, lines, applied, lookup)
  let [insideArticles, insideAll] = [0n, 0n]
  const items = lines.map((line, at): SaleItem => {
    const told = itemTaxes(applied[at] ?? [], placements[at] ?? 'inside')
    const kind = line.item_type === 'GIFT_CARD' ? 'gift_card' : 'article'
    insideAll += told.inside
    if (kind === 'article') insideArticles += told.inside
    return {
      externalId: line.uid ?? null,
      article: mentionOf(line, lookup),
      quantity: quantityOf(line.quantity),
      unitPrice: minorOf(line.base_price_money),
      gross: grossOf(line),
      discount: minorOrZero(line.total_discount_money),
      taxes: told.taxes,
      modifiers: modifiersOf(line),
      kind,
    }
  })
  return { items, insideArticles, insideAll }
}

export function grossOf(line: WireLine): Minor | null {
  const stated = minorOf(line.gross_sales_money)
  if (stated !== null) return stated
  const variation = minorOf(line.variation_total_price_money)
  if (variation === null) return null
  return (line.modifiers ?? []).reduce((sum, modifier) => sum + minorOrZero(modifier.total_price_money), variation)
}

/** Neither a SKU nor a category stands on a line: both come from the catalogue, as far as it is known. */
export function mentionOf(line: WireLine | WireReturnLine, lookup: Lookup): ArticleMention {
  const externalId = line.catalog_object_id ?? null
  const article = externalId === null ? null : lookup.article(externalId)
  return {
    externalId,
    sku: article?.sku ?? null,
    name: wordOrNull(line.name) ?? article?.name ?? null,
    variant: variantName(line.variation_name),
    category: article?.category ?? null,
  }
}

/** `Regular` is what Square calls the only variation of an article that has none. */
export function variantName(name: string | null | undefined): string | null {
  const word = wordOrNull(name)
  return word === null || word.toLowerCase() === 'regular' ? null : word
}

export function quantityOf(text: string | null | undefined): Decimal {
  return (text === null || text === undefined ? null : findDecimal(text)) ?? ONE
}

function modifiersOf({ modifiers }: WireLine): readonly Modifier[] {
  return (modifiers ?? []).map((modifier) => ({
    name: wordOrNull(modifier.name) ?? '',
    quantity: quantityOf(modifier.quantity),
    price: minorOrZero(modifier.base_price_money),
  }))
}

function itemTaxes(applied: readonly AppliedTax[], placement: Placement): { taxes: readonly Tax[]; inside: Minor } {
  let inside = 0n
  const taxes = applied.map(({ tax, amount, inclusive }): Tax => {
    const included = inclusive && placement === 'inside'
    if (included) inside += amount
    const rate = tax?.percentage ?? null
    return { name: wordOrNull(tax?.name), rate: rate === null ? null : findDecimal(rate), amount, included }
  })
  return { taxes, inside }
}

function taxesByUid(taxes: readonly WireTax[]): ReadonlyMap<string, WireTax> {
  return new Map(taxes.map((tax) => [tax.uid ?? '', tax]))
}

function wordOrNull(text: string | null | undefined): string | null {
  const word = text?.trim() ?? ''
  return word === '' ? null : word
}
