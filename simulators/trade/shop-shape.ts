import type { Weighted } from './random.ts'

export type ShopKind = 'cafe' | 'restaurant' | 'retail'
export type Channel = 'in_store' | 'online' | 'phone'
export type Tender = 'cash' | 'card' | 'gift_card' | 'wallet' | 'bank_transfer' | 'voucher' | 'other'

export type Currency = {
  readonly code: string
  /** Digits after the point: 0 for yen, 2 for euro, 3 for Kuwaiti dinar. */
  readonly exponent: number
  /** What a thing that costs one euro costs here, so that any catalogue can be priced in any currency. */
  readonly level: number
  /** Price tags move in steps of so many minor units. */
  readonly step: number
  /** The smallest sum payable in coins, where cash is rounded to it; null where every minor unit has its coin. */
  readonly cashStep: number | null
  /** What people hand over, in minor units, smallest first. */
  readonly notes: readonly number[]
}

export type Site = {
  readonly externalId: string
  readonly name: string
  /** Sales relative to the shop's ordinary site. */
  readonly size: number
  /** Only where it differs from the shop's. */
  readonly timeZone?: string
}

/** Hours of the wall clock; 25.5 is half past one in the night after. */
export type OpenHours = { readonly from: number; readonly to: number }

export type TaxRate = { readonly name: string; readonly ratePercent: string; readonly included: boolean }

/**
 * A swing over the year with its top at day `peak` (0 to 365): between 1 − strength and 1 + strength, or, with a
 * width in days, one hill of that height on an otherwise level year. A hill of negative strength is a dip.
 */
export type Season = { readonly peak: number; readonly strength: number; readonly width?: number }

/** Weights for breakfast, lunch, afternoon, dinner and night, in that order. */
export type Dayparts = readonly [number, number, number, number, number]

/** Monday first. */
export type Week<T> = readonly [T, T, T, T, T, T, T]

export type Variant = { readonly name: string; readonly add: number; readonly share: number }
export type ModifierOption = { readonly name: string; readonly price: number; readonly share: number }
export type ModifierGroup = { readonly chance: number; readonly options: readonly ModifierOption[] }

/** Prices are in major units at the level of the euro; the shop's currency turns them into its own. */
export type Item = {
  readonly name: string
  readonly price: number
  readonly variants?: readonly Variant[]
  readonly modifiers?: readonly string[]
  readonly weekday?: Week<number>
  readonly season?: Season
  /** Sold only between these days of each year ('MM-DD', may run over New Year). */
  readonly only?: { readonly from: string; readonly to: string }
  readonly launched?: string
  readonly discontinued?: string
  /** Growth of its popularity per year: 0.3 gains, -0.2 fades. */
  readonly drift?: number
  /** Sold by the kilogram; the weight that people usually take. */
  readonly grams?: number
}

/** Items stand in the order of their popularity, which falls off with the rank. */
export type Category = {
  readonly key: string
  readonly name: string
  readonly code: string
  readonly taxGroup: string
  readonly share: number
  readonly dayparts: Dayparts
  readonly weekday?: Week<number>
  readonly season?: Season
  readonly items: readonly Item[]
}

/** What each guest has of these categories, on average, by part of the day. */
export type Course = { readonly categories: readonly string[]; readonly perGuest: Dayparts }

export type Catalogue = {
  readonly categories: readonly Category[]
  readonly modifiers: Readonly<Record<string, ModifierGroup>>
  readonly courses: readonly Course[]
  /** Weights for parties of one, two, three … guests. */
  readonly guests: readonly number[]
  /** Prices end in a nine, as on a shelf. */
  readonly charm: boolean
  readonly priceRise: { readonly since: number; readonly on: string; readonly percent: number }
}

export type TipHabit =
  | { readonly style: 'none' }
  | {
      readonly style: 'percent'
      readonly chanceByCard: number
      readonly chanceByCash: number
      readonly percents: readonly Weighted<number>[]
    }
  | {
      readonly style: 'round_up'
      readonly chanceByCard: number
      readonly chanceByCash: number
      /** Steps in major units at the level of the euro, to which a bill is rounded up. */
      readonly steps: readonly Weighted<number>[]
    }

export type LineDiscount = {
  readonly name: string
  readonly percent: number
  readonly weight: number
  readonly categories?: readonly string[]
  readonly fromHour?: number
}
export type OrderDiscount = { readonly name: string; readonly percent: number; readonly weight: number }

export type Demand = {
  /** Sales of a site of size one on an ordinary day. */
  readonly salesPerDay: number
  readonly weekday: Week<number>
  /** Weights of the 24 hours of the wall clock, on working days and at the weekend. */
  readonly hours: readonly number[]
  readonly weekendHours: readonly number[]
  readonly season: readonly Season[]
  readonly growthPerYear: number
  /** Spread of whole days around what was to be expected, as a share of it. */
  readonly dayNoise: number
  /** What is left of a day on which it pours. */
  readonly rain: number
  /** Chance of a street festival or the like on a given day, and what it does to sales. */
  readonly peak: { readonly chance: number; readonly factor: number }
  /** Factor on the day before a closed day. */
  readonly eve: number
}

export type Shop = {
  readonly kind: ShopKind
  readonly name: string
  readonly currency: Currency
  readonly timeZone: string
  readonly closeOutHour: number
  readonly week: Week<OpenHours | null>
  /** 'MM-DD' every year, or one full date. */
  readonly closedDays: readonly string[]
  readonly sites: readonly Site[]
  /** Multiplies all sales: 100 makes a busy century in an afternoon. */
  readonly scale: number
  readonly demand: Demand
  readonly catalogue: Catalogue
  readonly taxGroups: Readonly<Record<string, readonly TaxRate[]>>
  readonly tips: TipHabit
  readonly serviceCharge: { readonly fromGuests: number; readonly percent: number } | null
  readonly discounts: {
    readonly lineChance: number
    readonly lines: readonly LineDiscount[]
    readonly orderChance: number
    readonly orders: readonly OrderDiscount[]
  }
  readonly tenders: Readonly<Record<Channel, readonly Weighted<Tender>[]>>
  readonly splitChance: number
  readonly giftCards: { readonly chance: number; readonly values: readonly number[] }
  readonly customers: { readonly known: number; readonly pool: number; readonly growthPerYear: number }
  readonly channels: readonly Weighted<Channel>[]
  readonly registers: readonly string[]
  readonly staff: readonly { readonly id: string; readonly name: string }[]
  /** From opening to payment. */
  readonly stay: { readonly medianMs: number; readonly spread: number }
  readonly afterlife: {
    readonly voids: number
    readonly refunds: number
    /** Share of refunds that come on a later day. */
    readonly laterShare: number
    readonly leftOpen: number
    /** Refunds without a sale, per sale. */
    readonly loose: number
    readonly reasons: readonly string[]
  }
}
