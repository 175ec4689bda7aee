import type { OrderProgress } from '#canon/order.ts'
import type { Tender } from '#canon/sale.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import type { Instant, LocalDate } from '#kernel/instant.ts'
import type { Minor } from '#kernel/money.ts'
import type { ZoneName } from '#kernel/zone.ts'
import type { Application, BookFigures, BooksRequest, Connector, Delivery, Link, PosArticle } from '../contract.ts'

// What the author of a connector brings so that the kit can hold it to its promises: a provider that can be started, be
// traded on, and be made to misbehave. Mostly this is thin over a simulator. What a stage cannot play is said here, as
// data: the checks that need it are then skipped with that as their reason, and never count as passed.

/** A connector under test: one that is not yet among the hub's systems may have any id. */
export type Candidate = Omit<Connector, 'id'> & { readonly id: string }

export type Stage = {
  /** A place as an ordinary customer of this provider has it; the checks that do not mind trade there. */
  readonly home: PlaceWish
  /** Starts a provider of its own for one check: an account with these places, and no sale in it. */
  open(wishes: Wishes): Promise<Provider>
  readonly situations: readonly Situation[]
  readonly faults: readonly FaultName[]
  /** Beyond selling: what the returned provider's functions of the same name can do. */
  readonly acts: readonly Act[]
  readonly currencies: readonly string[]
  /** Most places that one account can have. */
  readonly placesMax: number
  /** How this provider signs what it delivers; null when it delivers nothing. */
  readonly signing: Signing | null
}

export type PlaceWish = { readonly zone: ZoneName; readonly currency: CurrencyCode; readonly country: string }

export type Wishes = {
  readonly places: readonly PlaceWish[]
  /** The moment that the provider's clock shows when it opens. */
  readonly at: Instant
  readonly seed: number
}

/** A kind of sale that the books must come out right for. */
export type Situation = (typeof SITUATIONS)[number]

export const SITUATIONS = [
  'plain',
  'modifiers',
  'weighed',
  'line_discount',
  'order_discount',
  'tax_added',
  'tax_included',
  'service_charge',
  'tips',
  'cash_rounding',
  'split_payment',
  'gift_card_sold',
  'gift_card_used',
  'refund_full',
  'refund_partial',
  'refund_amount',
  'exchange',
  'void',
  'open',
] as const

/** A way in which providers misbehave. `pain-…` faults of a simulator are named like these. */
export type FaultName = (typeof FAULTS)[number]

export const FAULTS = [
  'rate-limit',
  'server-error',
  'gateway-html',
  'timeout',
  'slow-drip',
  'cut-connection',
  'invalid-json',
  'clipped-page',
  'repeated-page',
  'empty-page',
  'short-page',
  'full-last-page',
  'cursor-expired',
  'list-lag',
  'thin-event',
  'token-rotated',
] as const

/** `takeOrders`: the provider has a counter. `moveOrders`: somebody works there. */
export type Act = 'edit' | 'sellLate' | 'consent' | 'revoke' | 'figures' | 'takeOrders' | 'moveOrders'

export type Signing = {
  /** Whether the address that a delivery is sent to is part of what is signed. */
  readonly url: boolean
  /** After how long a delivery is too old, where its time is signed; null where it is not. */
  readonly staleAfterMs: number | null
  /** The header that holds the signature, in lower case. */
  readonly header: string
  /** Headers as the provider would send them with this body, signed with this secret at this moment. */
  sign(delivery: {
    readonly body: Uint8Array
    readonly url: string
    readonly secret: string
    readonly at: Instant
  }): Readonly<Record<string, string>>
}

/** A provider that is open, with one account that the link signs in to. */
export type Provider = {
  /** Scheme, host and port that calls go to in place of `Api.hosts`. */
  readonly baseUrl: string
  readonly link: Link
  readonly account: string
  /** The program that signs merchants in by OAuth; null when there is none. */
  readonly application: Application | null
  /** In the order they were wished for. */
  readonly places: readonly (PlaceWish & { readonly id: string })[]
  /** Texts that stand in the provider's answers by now and are personal: names, addresses, numbers of customers. */
  readonly personal: readonly string[]
  now(): Instant
  advance(ms: number): Promise<void>
  /** Sells of this time; what lies ahead comes as the clock gets there, and only that need be delivered. */
  sell(wish: SellWish): Promise<void>
  /** What the provider itself took, one line for each currency. Never worked out with the connector's help. */
  books(wish: BooksWish): Promise<readonly StageBooks[]>
  play(fault: FaultName, on: boolean, options?: { readonly rate: number; readonly seed: number }): Promise<void>
  /** What was delivered since the last time this was asked; empty where nothing ever is. */
  deliveries(): Promise<readonly CapturedDelivery[]>
  /** Changes, now, one sale that was closed in this time, so that the books of that sale or of today change. */
  readonly edit?: (wish: Omit<SellWish, 'count' | 'situation'>) => Promise<void>
  /** Sells as a till without a network does: the sale is old by its own time and appears at the provider now. */
  readonly sellLate?: (wish: Omit<SellWish, 'situation'>) => Promise<void>
  /** Agrees, as the merchant, on the page that the path leads to; the address that the browser is sent back to. */
  readonly consent?: (path: string, redirectUri: string) => Promise<string>
  /** The merchant takes the sign-in of these credentials back. */
  readonly revoke?: (link: Link) => Promise<void>
  /** What the provider's own report says, as the connector's `Books` should tell it. */
  readonly figures?: (request: BooksRequest) => Promise<readonly BookFigures[]>
  /** Where orders of other channels arrive. */
  readonly counter?: StageCounter
  close(): Promise<void>
}

/** The provider's own view of the orders that are put into it. Never worked out with the connector's help. */
export type StageCounter = {
  /** What can be ordered now, one thing at least, without choices that have to be made. */
  readonly menu: readonly StageDish[]
  /** Every order that was ever put in from outside, however it ended. */
  held(): Promise<readonly HeldOrder[]>
  /** Whoever works there takes the order so far and no further. False: this provider has no such step. */
  readonly move?: (externalId: string, progress: OrderProgress) => Promise<boolean>
}

/** Something that is sold, and what may be added to it. */
export type StageDish = { readonly article: PosArticle; readonly extras: readonly PosArticle[] }

export type HeldOrder = {
  /** As the provider calls it towards whoever put it in. */
  readonly externalId: string
  /** What the connector gave it along of ours; null: nothing. */
  readonly reference: string | null
  readonly total: Minor
  readonly lines: number
  /** Whoever works there sees it and makes it: nothing is left to do, such as paying for it. */
  readonly isWhole: boolean
  readonly isCancelled: boolean
  /** All that the provider holds of it, as JSON: any change of it shows here. */
  readonly content: string
}

export type SellWish = {
  readonly place: string
  readonly count: number
  readonly from: Instant
  readonly to: Instant
  /** Null: in the shop's own mix. */
  readonly situation: Situation | null
  readonly seed: number
}

/** From `from` until before `to`, or a calendar day on the place's own clock. */
export type BooksWish = { readonly place: string } & (
  | { readonly from: Instant; readonly to: Instant }
  | { readonly day: LocalDate }
)

/** Sums over closed sales and completed refunds, minor units. Null: this provider cannot tell. */
export type StageBooks = {
  readonly currency: string
  readonly count: number
  readonly total: bigint
  readonly gross: bigint | null
  readonly discount: bigint | null
  readonly taxAdded: bigint | null
  readonly taxIncluded: bigint | null
  readonly service: bigint | null
  readonly tip: bigint | null
  readonly rounding: bigint | null
  readonly deferred: bigint | null
  readonly refunds: {
    readonly count: number
    readonly amount: bigint
    readonly tax: bigint | null
    readonly tip: bigint | null
  }
  /** Tenders that it does not tell apart are left out, and stand under `other`. Null: this provider cannot tell. */
  readonly byTender: Readonly<Partial<Record<Tender, TenderBooks>>> | null
}

export type TenderBooks = { readonly payments: number; readonly amount: bigint; readonly refunded: bigint }

/** One delivery as it came over the wire, and what it was signed with. */
export type CapturedDelivery = Delivery & { readonly url: string; readonly secret: string }
