import { businessMoment } from '#canon/business-day.ts'
import type { ArticleMention, Sale, Tax } from '#canon/sale.ts'
import { currencyCode } from '#kernel/currency.ts'
import { type Decimal, decimal } from '#kernel/decimal.ts'
import { instant } from '#kernel/instant.ts'
import type { RefundFiling, SaleFiling } from '#modules/mirror/filing.ts'
import { type Site, tradingClock } from '#modules/sites/sites.ts'
import type { TradeLine, TradeRefund, TradeSale } from '#simulators/trade/sale.ts'

// The generator's words in ours: what a connector does with a provider's words. The demonstration and the benches file
// made-up sales through the same door as real ones.

/** With the till's own words beside ours, as a webhook of it would have brought them. */
export function saleFiling(traded: TradeSale, site: Site, seenAt: number): SaleFiling {
  const words = { seen_at: seenAt, ...traded }
  const raw = JSON.stringify(words, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
  return { ...bareFiling(traded, site), raw: Buffer.from(raw) }
}

/** Without them, for figures that are never stored. */
export function bareFiling(traded: TradeSale, site: Site): SaleFiling {
  const sale = saleOf(traded)
  const moment = businessMoment(sale.closedAt ?? sale.openedAt, tradingClock(site))
  return {
    sale,
    part: 'whole',
    siteId: site.id,
    businessDate: moment.date,
    businessHour: moment.hour,
    sourceVersion: null,
    sourceUpdatedAt: instant(traded.voidedAt ?? traded.closedAt ?? traded.openedAt),
    rows: null,
    raw: null,
  }
}

export function refundFiling(refund: TradeRefund, sale: TradeSale | null, site: Site): RefundFiling {
  const moment = businessMoment(instant(refund.at), tradingClock(site))
  const lineOf = new Map(sale?.lines.map((line) => [line.externalId, line]))
  return {
    siteId: site.id,
    businessDate: moment.date,
    businessHour: moment.hour,
    saleExternalId: refund.saleExternalId,
    currency: refund.currency,
    raw: null,
    refund: {
      externalId: refund.externalId,
      refundedAt: instant(refund.at),
      amount: refund.amount,
      tax: refund.tax,
      tip: refund.tip,
      tender: refund.tender,
      reason: refund.reason,
      items: refund.lines.map((line) => {
        const sold = line.lineExternalId === null ? undefined : lineOf.get(line.lineExternalId)
        const { itemKey: externalId, name } = line
        const unsold: ArticleMention = { externalId, sku: null, name, variant: null, category: null }
        return {
          saleItemExternalId: line.lineExternalId,
          article: sold === undefined ? unsold : articleOf(sold),
          quantity: line.quantity as Decimal,
          amount: line.amount,
          tax: line.tax,
        }
      }),
    },
  }
}

function saleOf(traded: TradeSale): Sale {
  const voided = traded.status === 'voided'
  return {
    externalId: traded.externalId,
    number: traded.number,
    location: traded.site,
    register: traded.register,
    staff: traded.staff?.name ?? null,
    channel: traded.channel,
    customer: traded.customer,
    status: traded.status,
    currency: currencyCode(traded.currency),
    openedAt: instant(traded.openedAt),
    closedAt: traded.closedAt === null ? null : instant(traded.closedAt),
    timePrecision: 'instant',
    gross: traded.gross,
    discount: traded.discount,
    taxAdded: traded.taxAdded,
    taxIncluded: traded.taxIncluded,
    serviceCharge: traded.serviceCharge,
    tip: traded.tip,
    rounding: traded.rounding,
    deferred: traded.deferred,
    total: traded.total,
    items: traded.lines.map((line) => ({
      externalId: line.externalId,
      article: articleOf(line),
      quantity: line.quantity as Decimal,
      unitPrice: line.unitPrice,
      gross: line.gross,
      discount: line.discount,
      modifiers: line.modifiers.map((one) => ({ name: one.name, quantity: decimal(one.quantity), price: one.price })),
      taxes: line.taxes.map(
        (tax): Tax => ({
          name: tax.name,
          rate: decimal(tax.ratePercent),
          amount: tax.amount,
          included: tax.included,
        }),
      ),
      kind: line.giftCard ? 'gift_card' : 'article',
    })),
    payments: traded.payments
      .filter((payment) => voided || payment.voidedAt === null)
      .map((payment) => ({
        externalId: payment.externalId,
        tender: payment.tender,
        brand: payment.brand,
        last4: payment.last4,
        amount: payment.amount,
        tip: payment.tip,
        fee: null,
        paidAt: instant(payment.at),
      })),
    refunds: [],
  }
}

function articleOf(line: TradeLine): ArticleMention {
  const { itemKey: externalId, sku, name, variant, category } = line
  return { externalId, sku, name, variant, category }
}
