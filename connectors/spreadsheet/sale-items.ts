import type { ArticleMention, Modifier, RefundItem, SaleItem, Tax } from '#canon/sale.ts'
import { type Decimal, findDecimal, isNegative, negate } from '#kernel/decimal.ts'
import type { Minor } from '#kernel/money.ts'
import { ONE_PIECE } from './amounts.ts'
import type { Line } from './line.ts'
import { modifiersOf } from './modifiers.ts'
import type { Plan } from './plan.ts'
import type { RowReader } from './row-reader.ts'
import { absolute, type SaleAmounts } from './sale-amounts.ts'
import { isPlaceholder } from './words.ts'

// A line as an item, sold or given back.

// Sales are made by the million, so what most of them lack is one list for all of them.
const NO_TAXES: readonly Tax[] = []
const NO_MODIFIERS: readonly Modifier[] = []
const ARTICLES_MAX = 20_000

type TaxColumn = { readonly name: string | null; readonly rate: Decimal | null }

export class SaleItems {
  private readonly plan: Plan
  private readonly reader: RowReader
  private readonly amounts: SaleAmounts
  private readonly articles = new Map<string, ArticleMention>()
  private readonly taxColumns: readonly TaxColumn[]

  constructor(plan: Plan, reader: RowReader, amounts: SaleAmounts) {
    this.plan = plan
    this.reader = reader
    this.amounts = amounts
    this.taxColumns = reader.shared.taxes.map((at) => taxColumn(plan.columns[at]?.detail ?? null))
  }

  /** `voided`: the amounts are shown as they would have been sold, whatever sign the file gives them. */
  item(line: Line, voided: boolean): SaleItem {
    const { amounts, reader } = this
    const quantity = line.quantity?.value ?? ONE_PIECE.value
    const gross = amounts.lineGross(line)
    return {
      externalId: reader.text(line, 'line_id'),
      article: this.article(line),
      quantity: voided && isNegative(quantity) ? negate(quantity) : quantity,
      unitPrice: line.price?.minor ?? null,
      gross: voided && gross !== null ? absolute(gross) : gross,
      discount: amounts.level('discount') === 'line' ? absolute(line.discount) : 0n,
      taxes: amounts.level('tax') === 'line' && line.taxes.length > 0 ? this.taxes(line) : NO_TAXES,
      modifiers: reader.place.modifiers < 0 ? NO_MODIFIERS : modifiersOf(reader.text(line, 'modifiers')),
      kind: line.extras?.itemKind === 'gift_card' ? 'gift_card' : 'article',
    }
  }

  /** Few articles make up millions of lines, so the lines of one share its mention. */
  private article(line: Line): ArticleMention {
    const { reader } = this
    const name = reader.text(line, 'item')
    const sku = reader.text(line, 'sku')
    const variant = reader.text(line, 'variant')
    const category = reader.text(line, 'category')
    const key = name ?? sku
    const known = key === null ? undefined : this.articles.get(key)
    if (known && known.name === name && known.sku === sku && known.variant === variant && known.category === category)
      return known
    const plain = name !== null && isPlaceholder(name) ? null : name
    const article = { externalId: null, sku, name: plain, variant, category }
    if (key !== null && plain === name) {
      if (this.articles.size >= ARTICLES_MAX) this.articles.clear()
      this.articles.set(key, article)
    }
    return article
  }

  refundItem(line: Line, amount: Minor, tax: Minor): RefundItem {
    const { article, quantity } = this.item(line, true)
    return { saleItemExternalId: this.reader.text(line, 'line_id'), article, quantity, amount, tax }
  }

  private taxes(line: Line): readonly Tax[] {
    const included = this.plan.tax === 'included'
    let taxes: Tax[] | null = null
    for (let nth = 0; nth < line.taxes.length; nth++) {
      const amount = line.taxes[nth] ?? null
      if (amount === null || amount === 0n) continue
      const column = this.taxColumns[nth]
      // A rate beside several taxes is the rate of none of them in particular.
      const own = line.taxes.length === 1 ? (line.extras?.taxRate ?? null) : null
      taxes ??= []
      taxes.push({ name: column?.name ?? null, rate: column?.rate ?? own, amount, included })
    }
    return taxes ?? NO_TAXES
  }
}

/** A column's detail is its rate, or else its name. */
function taxColumn(detail: string | null): TaxColumn {
  const rate = detail === null ? null : findDecimal(detail)
  return { name: rate === null ? detail : null, rate }
}
