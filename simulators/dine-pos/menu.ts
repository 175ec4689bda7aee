import { DAY_MS, dateOf } from '../trade/calendar.ts'
import { type Choice, Menu, shelfOf } from '../trade/menu.ts'
import type { Shop, TaxRate } from '../trade/shop-shape.ts'
import { numberId } from './ids.ts'

// A restaurant's menu as it stands: made of what its shop sells that day, with what somebody changed by hand. Ids are
// numbers, and all of them change when the menu is saved anew (`renumber`), as they do where a restaurant edits it.

export type MenuTax = { readonly id: string; readonly name: string; readonly rate: string; readonly included: boolean }

export type MenuVariation = {
  /** What an order names as the item. */
  readonly id: string
  readonly variationId: string
  readonly name: string
  readonly sku: string
  readonly price: number
  readonly inStock: boolean
}

export type MenuItem = {
  readonly id: string
  readonly name: string
  readonly sku: string
  readonly categoryId: string
  /** In minor units, as all prices here. */
  readonly price: number
  readonly taxIds: readonly string[]
  readonly inStock: boolean
  readonly variations: readonly MenuVariation[]
  readonly addonGroups: readonly { readonly id: string; readonly min: number; readonly max: number }[]
}

export type MenuAddon = {
  readonly id: string
  readonly name: string
  readonly price: number
  readonly inStock: boolean
}

export type MenuGroup = { readonly id: string; readonly name: string; readonly addons: readonly MenuAddon[] }

export type MenuCard = {
  readonly categories: readonly { readonly id: string; readonly name: string }[]
  readonly items: readonly MenuItem[]
  readonly groups: readonly MenuGroup[]
  readonly taxes: readonly MenuTax[]
}

export type MenuEdit =
  | { readonly kind: 'reprice'; readonly id: string; readonly price: number }
  | { readonly kind: 'rename'; readonly id: string; readonly name: string }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'stock'; readonly id: string; readonly inStock: boolean }

/** What was changed of one thing; the last word counts. */
type Changes = { price?: number; name?: string; deleted?: boolean; outOfStock?: boolean }

export class MenuStore {
  readonly #shop: Shop
  readonly #seed: string
  /** By what the thing is, not by its id: it stays sold out under its new number. */
  readonly #changes = new Map<string, Changes>()
  #generation = 0
  #saves = 0
  #known: { readonly at: string; readonly card: MenuCard; readonly keys: ReadonlyMap<string, string> } | null = null

  constructor(shop: Shop, seed: string) {
    this.#shop = shop
    this.#seed = seed
  }

  cardAt(now: number): MenuCard {
    return this.#at(now).card
  }

  /** All ids change, and those from before are unknown. */
  renumber(): void {
    this.#generation++
  }

  /** Refuses an id that is not on the menu. */
  edit(edit: MenuEdit, now: number): void {
    const key = this.#at(now).keys.get(edit.id)
    if (key === undefined) throw new RangeError(`There is nothing with the id ${edit.id} on the menu.`)
    const changes = this.#changes.get(key) ?? {}
    if (edit.kind === 'reprice') changes.price = edit.price
    if (edit.kind === 'rename') changes.name = edit.name
    if (edit.kind === 'delete') changes.deleted = true
    if (edit.kind === 'stock') changes.outOfStock = !edit.inStock
    this.#changes.set(key, changes)
    this.#saves++
  }

  #at(now: number) {
    const day = Math.floor(now / DAY_MS)
    const at = `${day} ${this.#generation} ${this.#saves}`
    if (this.#known?.at === at) return this.#known
    const keys = new Map<string, string>()
    const number = (digits: number, key: string): string => {
      const id = numberId(digits, 'menu', this.#seed, String(this.#generation), key)
      keys.set(id, key)
      return id
    }
    const card = this.#written(day, number)
    this.#known = { at, card, keys }
    return this.#known
  }

  #written(day: number, number: (digits: number, key: string) => string): MenuCard {
    const { catalogue, taxGroups } = this.#shop
    const shelf = shelfOf(this.#shop)
    const prices = new Menu(this.#shop, shelf, new Float64Array(shelf.choices.length).fill(1), day)
    const taxId = (rate: TaxRate) => number(5, `tax ${rate.name} ${rate.ratePercent}`)
    const groupId = (key: string) => number(6, `group ${key}`)
    const items = new Map<string, { choice: Choice; price: number }[]>()
    shelf.choices.forEach((choice, at) => {
      if (!soldOn(choice, dateOf(day))) return
      items.set(choice.itemKey, [...(items.get(choice.itemKey) ?? []), { choice, price: prices.prices[at] ?? 0 }])
    })
    const rates = new Map(
      Object.values(taxGroups)
        .flat()
        .map((rate) => [taxId(rate), rate]),
    )
    return {
      categories: catalogue.categories.map(({ key, name }) => ({ id: number(6, `category ${key}`), name })),
      items: [...items].flatMap(([key, variants]) => this.#item(key, variants, { number, taxId, groupId })),
      groups: [...prices.groups].map(([key, { options }]) => ({
        id: groupId(key),
        name: `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
        addons: options.flatMap(({ name, price }) => {
          const addonKey = `addon ${key} ${name}`
          const { deleted, outOfStock, ...changed } = this.#changes.get(addonKey) ?? {}
          const addon = { id: number(7, addonKey), name, price, inStock: outOfStock !== true, ...changed }
          return deleted === true ? [] : [addon]
        }),
      })),
      taxes: [...rates].map(([id, { name, ratePercent, included }]) => ({ id, name, rate: ratePercent, included })),
    }
  }

  #item(
    key: string,
    variants: readonly { readonly choice: Choice; readonly price: number }[],
    name: Numbers,
  ): readonly MenuItem[] {
    const itemKey = `item ${key}`
    const [first] = variants
    const { deleted, outOfStock, ...changed } = this.#changes.get(itemKey) ?? {}
    if (first === undefined || deleted === true) return []
    const { choice } = first
    const item = {
      id: name.number(9, itemKey),
      name: choice.name,
      sku: choice.variant === null ? choice.sku : '',
      categoryId: name.number(6, `category ${choice.category.key}`),
      price: first.price,
      taxIds: (this.#shop.taxGroups[choice.category.taxGroup] ?? []).map(name.taxId),
      inStock: outOfStock !== true,
      variations: choice.variant === null ? [] : variants.flatMap((each) => this.#variation(itemKey, each, name)),
      addonGroups: (choice.item.modifiers ?? []).map((group) => ({ id: name.groupId(group), min: 0, max: 4 })),
    }
    return [{ ...item, ...changed }]
  }

  #variation(
    itemKey: string,
    { choice, price }: { readonly choice: Choice; readonly price: number },
    { number }: Numbers,
  ): readonly MenuVariation[] {
    const key = `${itemKey} ${choice.variant}`
    const { deleted, outOfStock, ...changed } = this.#changes.get(key) ?? {}
    if (deleted === true) return []
    const variation = {
      id: number(9, key),
      variationId: number(5, `size ${choice.variant}`),
      name: choice.variant ?? '',
      sku: choice.sku,
      price,
      inStock: outOfStock !== true,
    }
    return [{ ...variation, ...changed }]
  }
}

type Numbers = {
  readonly number: (digits: number, key: string) => string
  readonly taxId: (rate: TaxRate) => string
  readonly groupId: (key: string) => string
}

function soldOn({ item }: Choice, date: string): boolean {
  return (item.launched ?? '') <= date && (item.discontinued === undefined || date <= item.discontinued)
}

/** A thing that an order may name: an item without variations, or one variation of an item. */
export type Orderable = { readonly name: string; readonly price: number; readonly inStock: boolean }

/** What an order means by those two ids; null: nothing on the menu. */
export function orderableOf({ items }: MenuCard, id: string, variationId: string): Orderable | null {
  for (const item of items) {
    const { variations } = item
    const named = variations.find(
      (each) =>
        (each.id === id || item.id === id) && (variationId === '' ? each.id === id : each.variationId === variationId),
    )
    if (named !== undefined)
      return { ...named, name: `${item.name} (${named.name})`, inStock: named.inStock && item.inStock }
    if (item.id === id && variations.length === 0 && variationId === '') return item
  }
  return null
}

export function addonOf({ groups }: MenuCard, id: string): MenuAddon | null {
  for (const { addons } of groups) {
    const found = addons.find((addon) => addon.id === id)
    if (found !== undefined) return found
  }
  return null
}
