import { uuidOf } from '../ids.ts'
import type { CatalogueOwner } from './catalogue.ts'
import { Catalogue, type Edit } from './catalogue-store.ts'
import { Customers } from './customers.ts'
import { type Followed, type ReadsEvent, rfc3339 } from './followed.ts'
import { GiftCards } from './gift-cards.ts'
import { Loyalty } from './loyalty.ts'
import { Stock } from './stock.ts'

export type SoldOut = {
  /** Of an item or of a variation. */
  readonly id: string
  readonly locationIds: readonly string[]
  readonly soldOut: boolean
  /** What is left of it, where it is counted. */
  readonly quantity: number
}

// What a seller's account holds besides its sales: catalogue, stock, customers, loyalty and gift cards. The catalogue
// follows the calendar; the rest follows the trade, told once for each order by `follow`.

export type { Followed, ReadsEvent } from './followed.ts'

export class Reads {
  readonly catalogue: Catalogue
  readonly stock: Stock
  readonly customers: Customers
  /** Null: the seller has no loyalty plan. */
  readonly loyalty: Loyalty | null
  readonly giftCards: GiftCards
  readonly #merchantId: string

  constructor(owner: CatalogueOwner, options: { readonly loyalty: boolean }) {
    const { merchantId, locationIds, shop } = owner
    this.#merchantId = merchantId
    this.catalogue = new Catalogue(owner)
    this.stock = new Stock(owner, this.catalogue)
    this.customers = new Customers()
    this.loyalty = options.loyalty ? new Loyalty({ merchantId, locationIds, currency: shop.currency }) : null
    this.giftCards = new GiftCards(merchantId, shop.currency.code)
  }

  /** Tells of a sale that was paid or of goods that came back, once; answers the webhooks that Square would send. */
  follow(followed: Followed): readonly ReadsEvent[] {
    return [
      ...this.customers.follow(followed),
      ...this.stock.follow(followed),
      ...(this.loyalty?.follow(followed) ?? []),
      ...this.giftCards.follow(followed),
    ]
  }

  /** Changes the catalogue as the seller would in his dashboard; answers the webhook of it. */
  editCatalogue(edit: Edit, now: number): ReadsEvent {
    this.catalogue.edit(edit, now)
    const object = { catalog_version: { updated_at: rfc3339(now) } }
    const id = uuidOf('catalogue version', this.#merchantId, String(now), JSON.stringify(edit))
    return { type: 'catalog.version.updated', dataType: 'catalog_version', id, object }
  }

  /**
   * Somebody at the till marks an item or one of its variations as sold out, or takes that back. The catalogue says so
   * at those locations, and of what is counted there is nothing left. Answers the webhooks of it.
   */
  setSoldOut(change: SoldOut, now: number): readonly ReadsEvent[] {
    const ids = this.catalogue.variationIdsOf(change.id, now)
    const edited = ids.map((id) => this.editCatalogue({ kind: 'sold-out', ...change, id }, now)).slice(-1)
    const counted = this.stock.set(ids, change.locationIds, change.quantity, now)
    return [...edited, ...counted]
  }
}

/** The reads of a seller with that shop; `locationIds` are the ids of all its locations, the main one first. */
export function readsOf(owner: CatalogueOwner, options: { readonly loyalty: boolean } = { loyalty: true }): Reads {
  return new Reads(owner, options)
}
