import type { CurrencyCode } from '#kernel/currency.ts'
import type { Decimal } from '#kernel/decimal.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Minor } from '#kernel/money.ts'

// A sale as every till in the world can be said to make it. All amounts of a sale are minor units of its one currency.
// `null` means the source did not say; it never means zero. Signs are as on the receipt of an ordinary sale: discounts,
// taxes, refunds are positive amounts that are taken away or added by their meaning.

export type SaleStatus = 'open' | 'closed' | 'voided'

/** How exactly the source knows when: a file with dates alone knows the `day`. */
export type TimePrecision = 'instant' | 'day'

/**
 * How much of a sale its source tells. `whole`: all that there is. `items`: its lines, and neither tips nor payments.
 * `sale`: its amounts and how it was paid, and no lines. `payments`: how it was paid. Parts of one sale make one.
 */
export type SalePart = 'whole' | 'items' | 'sale' | 'payments'

export type Sale = {
  /** The source's own id, or one synthesised from the row's content. Unique within its connection. */
  readonly externalId: string
  /** What stands on the receipt. */
  readonly number: string | null
  /** The source's id or name of the place of sale; mapped to a site of the tenant when filed. */
  readonly location: string | null
  readonly register: string | null
  readonly staff: string | null
  readonly channel: string | null
  /** An opaque handle: never a name, a phone number or an address. */
  readonly customer: string | null
  readonly status: SaleStatus
  readonly currency: CurrencyCode
  readonly openedAt: Instant
  /** Null while the sale is open. */
  readonly closedAt: Instant | null
  readonly timePrecision: TimePrecision
  /** Items before discounts, modifiers inside, gift cards sold outside. */
  readonly gross: Minor | null
  readonly discount: Minor
  /** Tax that is not already inside `gross`. */
  readonly taxAdded: Minor
  /** Tax inside `gross` (after discount): part of the price, told apart for reports. */
  readonly taxIncluded: Minor
  readonly serviceCharge: Minor
  readonly tip: Minor
  /** Cash rounding, either sign. */
  readonly rounding: Minor
  /** Gift cards sold: money taken for a promise, no revenue yet. */
  readonly deferred: Minor
  /** What the customer owed in all. */
  readonly total: Minor | null
  readonly items: readonly SaleItem[]
  readonly payments: readonly Payment[]
  readonly refunds: readonly Refund[]
}

export type SaleItem = {
  /** The source's id of the line, unique within the sale, or null when it has none. */
  readonly externalId: string | null
  readonly article: ArticleMention
  readonly quantity: Decimal
  readonly unitPrice: Minor | null
  /** Before discounts, modifiers inside. */
  readonly gross: Minor | null
  readonly discount: Minor
  readonly taxes: readonly Tax[]
  readonly modifiers: readonly Modifier[]
  /** A gift card's line counts in `deferred` and not in `gross`. */
  readonly kind: 'article' | 'gift_card'
}

/** An article as a line mentions it. Who is who across systems is decided elsewhere. */
export type ArticleMention = {
  readonly externalId: string | null
  readonly sku: string | null
  /** Null when the till recorded none. */
  readonly name: string | null
  readonly variant: string | null
  readonly category: string | null
}

export type Modifier = { readonly name: string; readonly quantity: Decimal; readonly price: Minor }

export type Tax = {
  readonly name: string | null
  /** Percent: `19` or `8.875`. Null when the source gives an amount alone. */
  readonly rate: Decimal | null
  readonly amount: Minor
  readonly included: boolean
}

export type Tender = 'cash' | 'card' | 'gift_card' | 'wallet' | 'bank_transfer' | 'voucher' | 'other' | 'unknown'

export type Payment = {
  readonly externalId: string | null
  readonly tender: Tender
  /** Card scheme or wallet, as the source writes it. */
  readonly brand: string | null
  readonly last4: string | null
  /** All that was paid with this tender, the tip inside. */
  readonly amount: Minor
  readonly tip: Minor
  /** What the payment's provider keeps of it, a positive amount; no part of the sale. Null when the source did not say. */
  readonly fee: Minor | null
  readonly paidAt: Instant | null
}

/** Money given back: a fact of its own day, whatever the day of its sale. */
export type Refund = {
  readonly externalId: string
  readonly refundedAt: Instant
  /** All that was given back. */
  readonly amount: Minor
  /** Of it: tax and tip. */
  readonly tax: Minor
  readonly tip: Minor
  readonly tender: Tender
  readonly reason: string | null
  /** Items given back. What they do not explain of `amount` stays unallocated; nobody guesses where it belongs. */
  readonly items: readonly RefundItem[]
}

export type RefundItem = {
  /** The line of the sale it undoes, where known. */
  readonly saleItemExternalId: string | null
  readonly article: ArticleMention
  readonly quantity: Decimal
  /** Given back for this line, tax inside. */
  readonly amount: Minor
  readonly tax: Minor
}

/** A refund whose sale the source does not name. */
export type LooseRefund = Refund & { readonly location: string | null; readonly currency: CurrencyCode }
