import type { CatalogArticle } from '#canon/catalog.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import { findDecimal } from '#kernel/decimal.ts'
import { type Minor, roundToMinor } from '#kernel/money.ts'
import { CallFailed, type Link, type Talk } from '../contract.ts'
import { answerAt, codeIn, firstWord, flagIn, type Json, jsonOf, objectsIn, wordIn } from './answers.ts'
import { type Settings, settingsOf } from './settings.ts'

// The menu in our own words and in Petpooja’s. Ids are made so that whoever pushes an order finds in one what has to be
// sent: `<item>` for an item, `<item>:<variation>` for one of its variations, `addon:<add-on>` for an add-on.

export const ADDON = 'addon:'

/** The menu as the restaurant’s system answers it. */
export function* askMenu(settings: Settings): Talk<Json> {
  const { map, menuBaseUrl, profile, restaurantId } = settings
  const whose = profile === 'petpooja' ? { restID: restaurantId } : { restaurant_id: restaurantId }
  return jsonOf(
    yield {
      name: 'menu.read',
      method: 'POST',
      path: map.menu.path ?? '/menu',
      body: JSON.stringify(whose),
      repeatable: true,
      ...(menuBaseUrl === null ? {} : { baseUrl: menuBaseUrl }),
    },
  )
}

/** Throws `CallFailed` where the contract has no menu. */
export function* menu(link: Link): Talk<readonly CatalogArticle[]> {
  const settings = settingsOf(link.credentials)
  if (settings.map.menu.path === null) {
    const say = 'This contract has no call by which the menu could be read; items are matched by ids that are typed in.'
    throw new CallFailed('menu.read', { kind: 'refused', code: 'no_menu', say }, true)
  }
  const answer = yield* askMenu(settings)
  if (saysNo(answer, settings)) {
    const code = codeOf(answer, settings)
    throw new CallFailed('menu.read', { kind: 'refused', code, say: `The system did not show its menu: ${code}.` })
  }
  return articlesIn(answer, settings.currency)
}

/** A menu may say nothing of success; but it may say no inside a 200. */
export function saysNo(answer: Json, { map }: Settings): boolean {
  const said = map.success.path === null ? null : answerAt(answer, map.success.path)
  return said !== null && !map.success.values.some((value) => value.toLowerCase() === said.toLowerCase())
}

export function codeOf(answer: Json, { map }: Settings): string {
  return codeIn(firstWord(answer, map.error.code)) ?? 'menu_refused'
}

export function articlesIn(answer: Json, currency: CurrencyCode): readonly CatalogArticle[] {
  const root = 'data' in answer && objectsIn(answer.items).length === 0 ? (answer.data as Json) : answer
  const categories = namesIn(root?.categories, ['categoryid', 'id'], ['categoryname', 'name'])
  const articles = [
    ...objectsIn(root?.items).flatMap((item) => itemArticles(item, categories, currency)),
    ...groupsIn(root).flatMap((group) => addonArticles(group, currency)),
  ]
  // A menu that names an id twice would make two articles of one.
  return [...new Map(articles.map((article) => [article.externalId, article])).values()]
}

function itemArticles(
  item: Json,
  categories: ReadonlyMap<string, string>,
  currency: CurrencyCode,
): readonly CatalogArticle[] {
  const id = firstWord(item, ['itemid', 'item_id', 'id'])
  const name = firstWord(item, ['itemname', 'name'])
  if (id === null || name === null) return []
  const category = firstWord(item, ['item_categoryid', 'category_id', 'categoryid'])
  const whole = {
    name,
    sku: wordIn(item.sku),
    barcode: wordIn(item.barcode),
    category: (category === null ? null : categories.get(category)) ?? wordIn(item.category),
    currency,
    deleted: flagIn(item.active ?? true) === false,
    updatedAt: null,
  }
  const variations = [...objectsIn(item.variations), ...objectsIn(item.variation)]
  if (variations.length === 0) {
    const price = priceIn(item.price, currency)
    return [{ ...whole, externalId: id, parentExternalId: null, variant: null, price }]
  }
  return variations.flatMap((variation) => {
    const ids = variationIds(id, variation)
    const variant = wordIn(variation.name)
    const price = priceIn(variation.price, currency)
    const sku = wordIn(variation.sku) ?? whole.sku
    return ids === null ? [] : [{ ...whole, sku, externalId: ids, parentExternalId: id, variant, price }]
  })
}

/** Petpooja orders a variation under an id that stands for the item in that variation, and names the variation beside it. */
function variationIds(item: string, variation: Json): string | null {
  const own = wordIn(variation.id)
  const kind = firstWord(variation, ['variationid', 'variation_id'])
  if (own !== null && kind !== null) return `${own}:${kind}`
  const only = own ?? kind
  return only === null ? null : `${item}:${only}`
}

function groupsIn(root: Json | undefined): readonly Json[] {
  const ofItems = objectsIn(root?.items).flatMap((item) => objectsIn(item.addon_groups))
  return [...objectsIn(root?.addongroups), ...objectsIn(root?.addon_groups), ...ofItems]
}

function addonArticles(group: Json, currency: CurrencyCode): readonly CatalogArticle[] {
  const groupId = firstWord(group, ['addongroupid', 'group_id', 'id'])
  const category = firstWord(group, ['addongroup_name', 'name'])
  const addons = ['addongroupitems', 'addons', 'items'].flatMap((name) => objectsIn(group[name]))
  return addons.flatMap((addon) => {
    const id = firstWord(addon, ['addonitemid', 'addon_id', 'id'])
    const name = firstWord(addon, ['addonitem_name', 'name'])
    if (id === null || name === null) return []
    return [
      {
        externalId: `${ADDON}${id}`,
        kind: 'modifier' as const,
        parentExternalId: groupId,
        name,
        variant: null,
        sku: wordIn(addon.sku),
        barcode: null,
        category,
        price: priceIn(addon.addonitem_price ?? addon.price, currency),
        currency,
        deleted: flagIn(addon.active ?? true) === false,
        updatedAt: null,
      },
    ]
  })
}

function namesIn(value: unknown, ids: readonly string[], names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    objectsIn(value).flatMap((one) => {
      const [id, name] = [firstWord(one, ids), firstWord(one, names)]
      return id === null || name === null ? [] : [[id, name] as const]
    }),
  )
}

function priceIn(value: unknown, currency: CurrencyCode): Minor | null {
  const word = wordIn(value)
  const price = word === null ? null : findDecimal(word)
  return price === null ? null : roundToMinor(price, currency)
}
