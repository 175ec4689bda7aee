import type { CurrencyCode } from '#kernel/currency.ts'
import type { Decimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Minor } from '#kernel/money.ts'

// An order that a customer placed somewhere else than at the till: in a web shop, an app, at a marketplace. All amounts
// are minor units of its one currency; discounts and taxes are positive amounts that are taken away or added by their
// meaning. The channel has promised the customer this price: whoever passes the order on changes nothing of it.

export type Order = {
  readonly id: Id
  /** Where it was placed: `web-shop`. One word for each catalogue of item ids. */
  readonly channel: string
  /** The channel's own id of it, unique within the channel. */
  readonly externalId: string
  /** What a person calls it: on the receipt, at the counter. */
  readonly number: string
  readonly placedAt: Instant
  readonly currency: CurrencyCode
  readonly fulfilment: OrderFulfilment
  readonly customer: OrderCustomer | null
  readonly items: readonly OrderItem[]
  /** On the whole order; those of a line stand in the line. */
  readonly discounts: readonly OrderDiscount[]
  /** Added to the prices, or contained in them, on lines and charges together. */
  readonly taxes: readonly OrderTax[]
  readonly charges: readonly OrderCharge[]
  readonly tip: Minor
  /** items − discounts + added taxes + charges + tip; checked when it came. */
  readonly total: Minor
  readonly payment: OrderPayment
  readonly note: string | null
  /** Made to try the way to the POS; nobody is hungry. */
  readonly test: boolean
}

export type FulfilmentKind = 'pickup' | 'delivery' | 'dine_in'

export type OrderFulfilment = {
  readonly kind: FulfilmentKind
  /** When it was promised; null: as soon as possible. */
  readonly at: Instant | null
  readonly table: string | null
  readonly guests: number | null
  readonly address: OrderAddress | null
  /** For whoever brings it. */
  readonly note: string | null
}

export type OrderAddress = {
  readonly lines: readonly string[]
  readonly city: string | null
  readonly region: string | null
  readonly postalCode: string | null
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null
}

export type OrderCustomer = {
  readonly name: string
  /** E.164. */
  readonly phone: string | null
  readonly email: string | null
}

export type OrderItem = {
  /** Unique within the order. */
  readonly lineId: string
  /** The channel's id of what is sold, the variant where there are variants; null for something that has none. */
  readonly itemId: string | null
  readonly name: string
  readonly sku: string | null
  /** Above zero. */
  readonly quantity: Decimal
  /** Of one, modifiers outside. */
  readonly unitPrice: Minor
  readonly modifiers: readonly OrderModifier[]
  /** Of the line. */
  readonly discount: Minor
  /** (unit price + modifiers of one) × quantity − discount, rounded once to the minor unit. */
  readonly total: Minor
  readonly note: string | null
}

export type OrderModifier = {
  /** The channel's id; null for something that has none. */
  readonly itemId: string | null
  readonly name: string
  /** For each one of the line. */
  readonly quantity: Decimal
  readonly unitPrice: Minor
}

export type OrderDiscount = { readonly name: string; readonly code: string | null; readonly amount: Minor }

export type OrderTax = {
  readonly name: string
  /** Percent, such as `7.25`; null where the channel does not say. */
  readonly rate: Decimal | null
  readonly amount: Minor
  /** Contained in the prices: told apart, not added. */
  readonly included: boolean
  /** The lines that it is on; null: not told apart. */
  readonly lineIds: readonly string[] | null
}

export type OrderCharge = {
  readonly kind: 'delivery' | 'packing' | 'service'
  readonly name: string
  readonly amount: Minor
}

export type OrderPayment = {
  /** `paid`: the channel has the money. `due`: it is paid when the order is handed over. */
  readonly state: 'paid' | 'due'
  readonly method: 'card' | 'cash' | 'wallet' | 'transfer' | 'gift_card' | 'other'
  /** The channel's id of the payment; never a card number. */
  readonly reference: string | null
}

/** How far a POS says that it is with an order. Later words in this list are further. */
export type OrderProgress = 'placed' | 'accepted' | 'preparing' | 'ready' | 'dispatched' | 'completed' | 'cancelled'
