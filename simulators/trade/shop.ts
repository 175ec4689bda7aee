import { cafe } from './cafe.ts'
import { dayNumber } from './calendar.ts'
import { restaurant } from './restaurant.ts'
import { retail } from './retail.ts'
import type { Shop, ShopKind } from './shop-shape.ts'

export type { Currency, Shop, ShopKind, Site } from './shop-shape.ts'

const PRESETS: Readonly<Record<ShopKind, Shop>> = { cafe, restaurant, retail }

/**
 * A shop of that kind with some of its traits replaced, whole trait by whole trait. Refuses what could not trade:
 * a day that is open across its own close-out would belong to two dates.
 */
export function shopOf(kind: ShopKind, overrides: Partial<Omit<Shop, 'kind'>> = {}): Shop {
  const shop: Shop = { ...PRESETS[kind], ...overrides, kind }
  if (shop.sites.length === 0) throw new RangeError(`${shop.name} has no site.`)
  if (new Set(shop.sites.map((site) => site.externalId)).size < shop.sites.length) {
    throw new RangeError(`Two sites of ${shop.name} have the same external id.`)
  }
  for (const hours of shop.week) {
    if (hours === null) continue
    if (hours.from >= shop.closeOutHour && hours.to > hours.from && hours.to <= shop.closeOutHour + 24) continue
    throw new RangeError(`${shop.name} is open from ${hours.from} to ${hours.to}, across its close-out hour.`)
  }
  for (const date of shop.closedDays) dayNumber(date.length === 5 ? `2024-${date}` : date)
  for (const category of shop.catalogue.categories) {
    if (shop.taxGroups[category.taxGroup] === undefined) {
      throw new RangeError(`${category.name} is taxed as "${category.taxGroup}", which ${shop.name} does not have.`)
    }
  }
  return shop
}

/** So many sites of falling size, named after streets; for chains. */
export function sitesOf(count: number): Shop['sites'] {
  return Array.from({ length: count }, (_, index) => ({
    externalId: `site-${index + 1}`,
    name: `${STREETS[index % STREETS.length]}${index < STREETS.length ? '' : ` ${Math.floor(index / STREETS.length) + 1}`}`,
    size: Math.round(100 * (0.55 + 0.75 / (1 + index / 4))) / 100,
  }))
}

const STREETS = [
  'Market Square',
  'Station Road',
  'Old Harbour',
  'Linden Avenue',
  'Canal Street',
  'Mill Lane',
  'Castle Hill',
  'River Walk',
  'Church Street',
  'Garden Court',
  'North Gate',
  'Museum Quarter',
]
