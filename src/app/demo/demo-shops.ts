import type { TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { hourOf, wallClockAt, zoneName } from '#kernel/zone.ts'
import { CURRENCIES } from '#simulators/trade/currencies.ts'
import { type Shop, shopOf } from '#simulators/trade/shop.ts'

// What a demonstration trades. The seed is made of the tenant, so that a tenant's made-up year is the same at every
// start, and two demonstrations do not show the same figures.

export type DemoShop = {
  readonly shop: Shop
  readonly seed: string
  /** The same shop when somebody watches: busier, so that a sale rings every few moments and not every other minute. */
  readonly watched: Shop
}

const SITES: Shop['sites'] = [
  { externalId: 'harbour', name: 'Harbour', size: 1 },
  { externalId: 'old-town', name: 'Old Town', size: 0.7 },
]

const WATCHED_SCALE = 6

/** Towns round the world. A café that has closed for the night shows a newcomer nothing live. */
const TOWNS = [
  { timeZone: 'Europe/Berlin', country: 'DE', currency: CURRENCIES.EUR },
  { timeZone: 'America/New_York', country: 'US', currency: CURRENCIES.USD },
  { timeZone: 'America/Los_Angeles', country: 'US', currency: CURRENCIES.USD },
  { timeZone: 'Australia/Sydney', country: 'AU', currency: CURRENCIES.AUD },
  { timeZone: 'Asia/Tokyo', country: 'JP', currency: CURRENCIES.JPY },
] as const

type Town = (typeof TOWNS)[number]

/** The shop of a demonstration tenant: its town is the one the tenant was given when it was made. */
export function demoShop(tenant: { readonly id: TenantId; readonly timeZone: string }): DemoShop {
  const town = TOWNS.find((one) => one.timeZone === tenant.timeZone) ?? TOWNS[0]
  const traits = { sites: SITES, timeZone: town.timeZone, currency: town.currency }
  return {
    shop: shopOf('cafe', traits),
    seed: `demo/${tenant.id}`,
    watched: shopOf('cafe', { ...traits, scale: WATCHED_SCALE }),
  }
}

/** ISO 3166-1 alpha-2 of the town that a demonstration tenant was given. */
export function demoCountry(timeZone: string): string {
  return TOWNS.find((one) => one.timeZone === timeZone)?.country ?? TOWNS[0].country
}

/** What a demonstration tenant starts with: in the town named, or in one where it is the middle of the day. */
export function demoTenantDraft(now: Instant, timeZone?: string) {
  const town =
    TOWNS.find((one) => (timeZone === undefined ? isDaytime(one, now) : one.timeZone === timeZone)) ?? TOWNS[0]
  const shop = shopOf('cafe')
  return {
    name: `${shop.name} (demonstration)`,
    currency: town.currency.code,
    timeZone: town.timeZone,
    closeOutMinutes: shop.closeOutHour * 60,
  }
}

function isDaytime(town: Town, now: Instant): boolean {
  const hour = hourOf(wallClockAt(now, zoneName(town.timeZone)))
  return hour >= 8 && hour < 15
}
