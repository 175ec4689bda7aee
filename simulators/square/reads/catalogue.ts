import { DAY_MS, dateOf, dayNumber } from '../../trade/calendar.ts'
import { type Choice, Menu, type Shelf, shelfOf } from '../../trade/menu.ts'
import type { Shop } from '../../trade/shop.ts'
import type { JsonObject } from '../answer.ts'
import { catalogIdOf, discountIdOf, itemIdOf, modifierIdOf, taxIdOf, upperId } from '../ids.ts'

// A seller's catalogue as it stands on one day, worked out from what the shop sells: items come when they are
// launched, go when they are discontinued, and everything is repriced on the shop's day of each year. Line items of
// orders point here by ids that both sides work out alike (ids.ts).

export type CatalogueType =
  | 'ITEM'
  | 'ITEM_VARIATION'
  | 'CATEGORY'
  | 'MODIFIER_LIST'
  | 'MODIFIER'
  | 'TAX'
  | 'DISCOUNT'
  | 'MEASUREMENT_UNIT'

/** One object, without what it contains: an item's variations and a list's modifiers name it as their parent. */
export type CatalogueEntry = {
  readonly type: CatalogueType
  readonly id: string
  readonly parentId: string | null
  /** Epoch milliseconds; the object's version as well. */
  readonly changedAt: number
  readonly deleted: boolean
  /** What stands in `item_data`, `tax_data` and so on. */
  readonly data: JsonObject
}

/** For whom: ids and money depend on it. */
export type CatalogueOwner = {
  readonly shop: Shop
  readonly merchantId: string
  readonly locationIds: readonly string[]
}

/** When the seller typed his catalogue in. */
const FOUNDED_MS = Date.UTC(2023, 0, 9, 9)
/** What is bought in to be sold on is counted; what is made in the kitchen is not. */
const COUNTED_CATEGORIES = new Set(['beans', 'bakery', 'cake', 'wine', 'beer'])

type Draft = { readonly owner: CatalogueOwner; readonly today: string; readonly repricedAt: number }

/** All objects there have been by that day (days since 1970, UTC), deleted ones too, sorted by id. */
export function catalogueOn(owner: CatalogueOwner, day: number): readonly CatalogueEntry[] {
  const { shop } = owner
  const draft: Draft = { owner, today: dateOf(day), repricedAt: repricedAt(shop, day) }
  const shelf = shelfOf(shop)
  const menu = new Menu(shop, shelf, new Float64Array(shelf.choices.length).fill(1), day)
  const entries = [
    ...categories(draft),
    ...items(draft, shelf, menu),
    ...modifierLists(draft, menu),
    ...taxes(draft),
    ...discounts(draft),
    ...giftCardItem(draft),
    ...roomHire(draft),
    entry('MEASUREMENT_UNIT', kilogramIdOf(owner), {
      measurement_unit: { weight_unit: 'METRIC_KILOGRAM', type: 'TYPE_WEIGHT' },
      precision: 3,
    }),
  ]
  return entries.sort((one, other) => (one.id < other.id ? -1 : 1))
}

/** The ids of the variations whose stock the seller counts, those that come and those that have gone as well. */
export function countedIdsOf({ shop, merchantId }: CatalogueOwner): ReadonlySet<string> {
  const counted = shelfOf(shop).choices.filter((choice) => isCounted(shop, choice))
  return new Set(counted.map(({ itemKey, variant }) => catalogIdOf(merchantId, itemKey, variant)).sort())
}

function isCounted(shop: Shop, { category }: Choice): boolean {
  return shop.kind === 'retail' || COUNTED_CATEGORIES.has(category.key)
}

function entry(
  type: CatalogueType,
  id: string,
  data: JsonObject,
  rest: { parentId?: string; changedAt?: number; deleted?: boolean } = {},
): CatalogueEntry {
  return { type, id, parentId: null, changedAt: FOUNDED_MS, deleted: false, ...rest, data }
}

/** Changes take effect with the day, one batch with one time stamp: never later than whoever looks that day. */
function beginOf(date: string): number {
  return dayNumber(date) * DAY_MS
}

/** When prices last rose before that day. */
function repricedAt(shop: Shop, day: number): number {
  const { since, on } = shop.catalogue.priceRise
  const date = dateOf(day)
  const year = Number(date.slice(0, 4)) - (date.slice(5) < on ? 1 : 0)
  return year <= since ? FOUNDED_MS : beginOf(`${year}-${on}`)
}

function categoryIdOf({ merchantId }: CatalogueOwner, key: string): string {
  return upperId(24, 'category', merchantId, key)
}

function modifierListIdOf({ merchantId }: CatalogueOwner, key: string): string {
  return upperId(24, 'modifier list', merchantId, key)
}

function kilogramIdOf({ merchantId }: CatalogueOwner): string {
  return upperId(24, 'measurement unit', merchantId, 'kilogram')
}

function categories({ owner }: Draft): CatalogueEntry[] {
  return owner.shop.catalogue.categories.map(({ key, name }) =>
    entry('CATEGORY', categoryIdOf(owner, key), { name, category_type: 'REGULAR_CATEGORY', is_top_level: true }),
  )
}

function items(draft: Draft, shelf: Shelf, menu: Menu): CatalogueEntry[] {
  const byItem = new Map<string, { readonly choice: Choice; readonly price: number }[]>()
  shelf.choices.forEach((choice, at) => {
    const variants = byItem.get(choice.itemKey) ?? []
    variants.push({ choice, price: menu.prices[at] ?? 0 })
    byItem.set(choice.itemKey, variants)
  })
  return [...byItem.values()].flatMap((variants) => {
    const [first] = variants
    if (first === undefined || (first.choice.item.launched ?? '') > draft.today) return []
    const variations = variants.map(({ choice, price }, ordinal) => variation(draft, choice, price, ordinal))
    return [item(draft, first.choice), ...variations]
  })
}

/** From when to when it is sold: an item that has been taken off the menu stays behind as a deleted object. */
function lifeOf({ today }: Draft, { item }: Choice): { changedAt: number; deleted: boolean } {
  const { launched, discontinued } = item
  if (discontinued !== undefined && discontinued < today)
    return { changedAt: beginOf(discontinued) + DAY_MS, deleted: true }
  return { changedAt: launched === undefined ? FOUNDED_MS : beginOf(launched), deleted: false }
}

function item(draft: Draft, choice: Choice): CatalogueEntry {
  const { owner } = draft
  const { shop, merchantId } = owner
  const category = { id: categoryIdOf(owner, choice.category.key), ordinal: 0 }
  const rates = shop.taxGroups[choice.category.taxGroup] ?? []
  const lists = choice.item.modifiers ?? []
  const data = {
    name: choice.name,
    is_taxable: rates.length > 0,
    ...(rates.length > 0 && { tax_ids: rates.map((rate) => taxIdOf(merchantId, rate.name, rate.ratePercent)) }),
    ...(lists.length > 0 && {
      modifier_list_info: lists.map((key) => ({
        modifier_list_id: modifierListIdOf(owner, key),
        min_selected_modifiers: -1,
        max_selected_modifiers: -1,
        enabled: true,
      })),
    }),
    product_type: 'REGULAR',
    skip_modifier_screen: false,
    categories: [category],
    reporting_category: category,
    is_archived: false,
  }
  return entry('ITEM', itemIdOf(merchantId, choice.itemKey), data, lifeOf(draft, choice))
}

function variation(draft: Draft, choice: Choice, price: number, ordinal: number): CatalogueEntry {
  const { owner, repricedAt } = draft
  const { shop, merchantId } = owner
  const itemId = itemIdOf(merchantId, choice.itemKey)
  const life = lifeOf(draft, choice)
  const weighed = choice.item.grams !== undefined
  const data = {
    item_id: itemId,
    name: choice.variant ?? 'Regular',
    sku: choice.sku,
    ...(shop.kind === 'retail' && !weighed && { upc: barcodeOf(choice.sku) }),
    ordinal,
    pricing_type: 'FIXED_PRICING',
    price_money: { amount: price, currency: shop.currency.code },
    track_inventory: isCounted(shop, choice),
    ...(weighed && { measurement_unit_id: kilogramIdOf(owner) }),
    sellable: true,
    stockable: true,
  }
  const changedAt = life.deleted ? life.changedAt : Math.max(life.changedAt, repricedAt)
  return entry('ITEM_VARIATION', catalogIdOf(merchantId, choice.itemKey, choice.variant), data, {
    parentId: itemId,
    changedAt,
    deleted: life.deleted,
  })
}

/** An EAN-13 from the range that GS1 leaves to each shop, with its check digit. */
function barcodeOf(sku: string): string {
  const number = Number.parseInt(Buffer.from(upperId(8, 'barcode', sku)).toString('hex'), 16) % 10 ** 10
  const digits = `20${String(number).padStart(10, '0')}`
  const sum = [...digits].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

function modifierLists({ owner, repricedAt }: Draft, menu: Menu): CatalogueEntry[] {
  const { shop, merchantId } = owner
  return [...menu.groups].flatMap(([key, group], listAt) => {
    const listId = modifierListIdOf(owner, key)
    const name = `${key.charAt(0).toUpperCase()}${key.slice(1)}`
    const list = entry('MODIFIER_LIST', listId, {
      name,
      ordinal: listAt,
      selection_type: 'MULTIPLE',
      modifier_type: 'LIST',
    })
    const options = group.options.map((option, ordinal) => {
      const price = { price_money: { amount: option.price, currency: shop.currency.code } }
      const data = { name: option.name, ...price, on_by_default: false, ordinal, modifier_list_id: listId }
      return entry('MODIFIER', modifierIdOf(merchantId, option.name), data, { parentId: listId, changedAt: repricedAt })
    })
    return [list, ...options]
  })
}

function taxes({ owner }: Draft): CatalogueEntry[] {
  const rates = Object.values(owner.shop.taxGroups).flat()
  const byId = new Map(rates.map((rate) => [taxIdOf(owner.merchantId, rate.name, rate.ratePercent), rate]))
  return [...byId].map(([id, rate]) =>
    entry('TAX', id, {
      name: rate.name,
      calculation_phase: 'TAX_SUBTOTAL_PHASE',
      inclusion_type: rate.included ? 'INCLUSIVE' : 'ADDITIVE',
      percentage: rate.ratePercent,
      applies_to_custom_amounts: true,
      enabled: true,
    }),
  )
}

function discounts({ owner }: Draft): CatalogueEntry[] {
  const { lines, orders } = owner.shop.discounts
  return [...lines, ...orders].map(({ name, percent }) =>
    entry('DISCOUNT', discountIdOf(owner.merchantId, name), {
      name,
      discount_type: 'FIXED_PERCENTAGE',
      percentage: String(percent),
      pin_required: false,
      modify_tax_basis: 'MODIFY_TAX_BASIS',
    }),
  )
}

/** Gift cards are sold at whatever the guest wishes to give. */
function giftCardItem({ owner }: Draft): CatalogueEntry[] {
  const { merchantId } = owner
  const itemId = itemIdOf(merchantId, 'gift-card')
  const data = {
    item_id: itemId,
    name: 'Regular',
    sku: 'GIFT',
    ordinal: 0,
    pricing_type: 'VARIABLE_PRICING',
    sellable: true,
  }
  return [
    entry('ITEM', itemId, { name: 'Gift card', is_taxable: false, product_type: 'GIFT_CARD', is_archived: false }),
    entry('ITEM_VARIATION', catalogIdOf(merchantId, 'gift-card', null), data, { parentId: itemId }),
  ]
}

/** Nobody buys it, so it can be priced otherwise from place to place without disagreeing with any sale. */
function roomHire({ owner, repricedAt }: Draft): CatalogueEntry[] {
  const { shop, merchantId, locationIds } = owner
  const itemId = itemIdOf(merchantId, 'room-hire')
  const rise = (at: number) => ({ amount: shop.currency.step * (400 + 10 * at), currency: shop.currency.code })
  const evening = {
    item_id: itemId,
    name: 'Evening',
    sku: 'HIRE-E',
    ordinal: 0,
    pricing_type: 'FIXED_PRICING',
    price_money: rise(0),
    location_overrides: locationIds.slice(1, 5).map((locationId, at) => ({
      location_id: locationId,
      price_money: rise(at + 1),
      pricing_type: 'FIXED_PRICING',
    })),
    sellable: true,
  }
  const agreed = {
    item_id: itemId,
    name: 'By agreement',
    sku: 'HIRE-A',
    ordinal: 1,
    pricing_type: 'VARIABLE_PRICING',
    sellable: true,
  }
  return [
    entry('ITEM', itemId, { name: 'Room hire', is_taxable: false, product_type: 'REGULAR', is_archived: false }),
    entry('ITEM_VARIATION', catalogIdOf(merchantId, 'room-hire', 'Evening'), evening, {
      parentId: itemId,
      changedAt: repricedAt,
    }),
    entry('ITEM_VARIATION', catalogIdOf(merchantId, 'room-hire', 'By agreement'), agreed, { parentId: itemId }),
  ]
}
