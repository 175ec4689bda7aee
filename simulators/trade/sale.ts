import type { Channel, Tender } from './shop-shape.ts'

// All money is in minor units of the sale's currency. What always holds:
//   total = gross − discount + taxAdded + serviceCharge + tip + rounding + deferred
//   gross, discount and taxes are the sums of the lines that are no gift cards; deferred is the sum of those that are
//   the payments that stand of a closed sale sum to its total, tips included; refunds never exceed them

export type SaleStatus = 'open' | 'closed' | 'voided'

export type TradeModifier = { readonly name: string; readonly price: bigint; readonly quantity: number }

export type TradeLineTax = {
  readonly name: string
  readonly ratePercent: string
  readonly amount: bigint
  readonly included: boolean
}

export type TradeLine = {
  readonly externalId: string
  readonly itemKey: string
  readonly name: string
  readonly variant: string | null
  readonly category: string
  readonly sku: string
  /** A decimal: '2', or '0.435' for what is weighed. */
  readonly quantity: string
  /** For one, without its modifiers. */
  readonly unitPrice: bigint
  /** quantity × (unit price + modifiers), rounded half up where it is weighed. */
  readonly gross: bigint
  /** Its own discount and its part of the order's. */
  readonly discount: bigint
  readonly modifiers: readonly TradeModifier[]
  readonly taxes: readonly TradeLineTax[]
  readonly giftCard: boolean
}

export type TradePayment = {
  readonly externalId: string
  readonly tender: Tender
  readonly brand: string | null
  readonly last4: string | null
  /** The tip is within. */
  readonly amount: bigint
  readonly tip: bigint
  readonly at: number
  /** Only for cash: what was handed over and what came back. */
  readonly tendered: bigint | null
  readonly change: bigint | null
  /** Set when the sale was voided after it had been paid: this payment no longer stands. */
  readonly voidedAt: number | null
}

export type TradeRefundLine = {
  readonly lineExternalId: string | null
  readonly itemKey: string
  readonly name: string
  readonly quantity: string
  /** What is given back for it, tax included. */
  readonly amount: bigint
  readonly tax: bigint
}

/** amount = sum of its lines + tip + serviceCharge + rounding. */
export type TradeRefund = {
  readonly externalId: string
  /** Null for goods brought back without a receipt. */
  readonly saleExternalId: string | null
  readonly paymentExternalId: string | null
  readonly site: string
  readonly currency: string
  readonly at: number
  readonly businessDate: string
  readonly amount: bigint
  readonly tax: bigint
  readonly tip: bigint
  readonly serviceCharge: bigint
  readonly rounding: bigint
  readonly lines: readonly TradeRefundLine[]
  readonly tender: Tender
  readonly reason: string
}

export type TradeSale = {
  readonly externalId: string
  /** What is printed on the receipt. */
  readonly number: string
  /** The external id of its site. */
  readonly site: string
  readonly register: string | null
  readonly staff: { readonly id: string; readonly name: string } | null
  readonly channel: Channel
  readonly customer: string | null
  readonly status: SaleStatus
  readonly currency: string
  /** Instants are epoch milliseconds. */
  readonly openedAt: number
  /** When it was paid; null if it never was. */
  readonly closedAt: number | null
  readonly voidedAt: number | null
  /** By the site's zone and close-out hour, from closedAt, else from openedAt. */
  readonly businessDate: string
  /** The trading day on which it was opened; a sale paid past the close-out hour has a later business date. */
  readonly openedOn: string
  readonly lines: readonly TradeLine[]
  readonly orderDiscounts: readonly { readonly name: string; readonly amount: bigint }[]
  readonly serviceCharge: bigint
  readonly tip: bigint
  readonly rounding: bigint
  readonly gross: bigint
  readonly discount: bigint
  readonly taxAdded: bigint
  readonly taxIncluded: bigint
  /** Gift cards sold. */
  readonly deferred: bigint
  readonly total: bigint
  readonly payments: readonly TradePayment[]
  readonly refunds: readonly TradeRefund[]
}
