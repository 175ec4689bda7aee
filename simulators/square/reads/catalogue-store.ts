import { DAY_MS } from '../../trade/calendar.ts'
import type { JsonObject } from '../answer.ts'
import { type CatalogueEntry, type CatalogueOwner, catalogueOn } from './catalogue.ts'

// The catalogue of one seller with what was changed by hand. An edit moves the object it names and nothing else: a new
// price leaves the version of the item as it was, so whoever asks for changed items only does not hear of it.

export type Edit =
  /** A new price of a variation, everywhere or at one location. */
  | { readonly kind: 'reprice'; readonly id: string; readonly amount: number; readonly locationId?: string }
  /** A new name of any object. */
  | { readonly kind: 'rename'; readonly id: string; readonly name: string }
  /** A variation is sold out at those locations, or no longer. */
  | {
      readonly kind: 'sold-out'
      readonly id: string
      readonly locationIds: readonly string[]
      readonly soldOut: boolean
    }
  /** An item with its variations, a list with its modifiers, or any other object. */
  | { readonly kind: 'delete'; readonly id: string }

export class Catalogue {
  readonly #owner: CatalogueOwner
  readonly #edits: { readonly edit: Edit; readonly at: number }[] = []
  #known: { readonly key: string; readonly entries: ReadonlyMap<string, CatalogueEntry> } | null = null

  constructor(owner: CatalogueOwner) {
    this.#owner = owner
  }

  /** Every object there has been by that instant, deleted ones too, by id and in the order of the ids. */
  entriesAt(now: number): ReadonlyMap<string, CatalogueEntry> {
    const day = Math.floor(now / DAY_MS)
    const key = `${day} ${this.#edits.length}`
    if (this.#known?.key === key) return this.#known.entries
    const entries = new Map(catalogueOn(this.#owner, day).map((entry) => [entry.id, entry]))
    for (const { edit, at } of this.#edits) apply(entries, edit, at, this.#owner.shop.currency.code)
    this.#known = { key, entries }
    return entries
  }

  /** Refuses an id that is not in the catalogue, or no longer. */
  edit(edit: Edit, now: number): void {
    const entry = this.entriesAt(now).get(edit.id)
    if (entry === undefined || entry.deleted) throw new RangeError(`There is no object ${edit.id} in the catalogue.`)
    if (edit.kind === 'reprice' && entry.type !== 'ITEM_VARIATION' && entry.type !== 'MODIFIER') {
      throw new RangeError(`${edit.id} is of type ${entry.type} and has no price; name one of its variations.`)
    }
    this.#edits.push({ edit, at: now })
  }

  /** That variation, or those of that item. Refuses an id that is neither. */
  variationIdsOf(id: string, now: number): readonly string[] {
    const entries = [...this.entriesAt(now).values()].filter(
      ({ type, deleted }) => type === 'ITEM_VARIATION' && !deleted,
    )
    const ids = entries.flatMap((each) => (each.id === id || each.parentId === id ? each.id : []))
    if (ids.length === 0) throw new RangeError(`There is no item and no variation ${id} in the catalogue.`)
    return ids
  }

  /** When anything in it last changed. */
  changedAt(now: number): number {
    let latest = 0
    for (const entry of this.entriesAt(now).values()) latest = Math.max(latest, entry.changedAt)
    return latest
  }
}

function apply(entries: Map<string, CatalogueEntry>, edit: Edit, editedAt: number, currency: string): void {
  const entry = entries.get(edit.id)
  if (entry === undefined) return
  const at = Math.max(editedAt, entry.changedAt)
  if (edit.kind === 'rename')
    entries.set(edit.id, { ...entry, changedAt: at, data: { ...entry.data, name: edit.name } })
  if (edit.kind === 'reprice') entries.set(edit.id, { ...entry, changedAt: at, data: repriced(entry, edit, currency) })
  if (edit.kind === 'sold-out') entries.set(edit.id, { ...entry, changedAt: at, data: soldOut(entry.data, edit) })
  if (edit.kind !== 'delete') return
  for (const each of entries.values()) {
    if (each.id === edit.id || each.parentId === edit.id)
      entries.set(each.id, { ...each, changedAt: at, deleted: true })
  }
}

/** Square marks a place at which something is sold out, and leaves the mark off elsewhere. */
function soldOut(data: JsonObject, edit: Extract<Edit, { kind: 'sold-out' }>): JsonObject {
  const standing = (data.location_overrides ?? []) as readonly JsonObject[]
  const others = standing.filter((each) => !edit.locationIds.includes(String(each.location_id)))
  const changed = edit.locationIds.flatMap((location_id) => {
    const { sold_out: _, ...rest } = standing.find((each) => each.location_id === location_id) ?? { location_id }
    if (edit.soldOut) return [{ ...rest, sold_out: true }]
    return Object.keys(rest).length > 1 ? [rest] : []
  })
  const { location_overrides: __, ...without } = data
  const overrides = [...others, ...changed]
  return overrides.length === 0 ? without : { ...without, location_overrides: overrides }
}

function repriced(
  { data, type }: CatalogueEntry,
  edit: Extract<Edit, { kind: 'reprice' }>,
  currency: string,
): JsonObject {
  if (type === 'MODIFIER') return { ...data, price_money: { amount: edit.amount, currency } }
  const price = { pricing_type: 'FIXED_PRICING', price_money: { amount: edit.amount, currency } }
  const { locationId } = edit
  if (locationId === undefined) return { ...data, ...price }
  const overrides = (data.location_overrides ?? []) as readonly JsonObject[]
  const others = overrides.filter((override) => override.location_id !== locationId)
  return { ...data, location_overrides: [...others, { location_id: locationId, ...price }] }
}

/** The object on the wire, with what it contains. */
export function catalogObject(entries: ReadonlyMap<string, CatalogueEntry>, entry: CatalogueEntry): JsonObject {
  const { type, id, changedAt, deleted } = entry
  return {
    type,
    id,
    updated_at: new Date(changedAt).toISOString(),
    version: changedAt,
    is_deleted: deleted,
    present_at_all_locations: true,
    [`${type.toLowerCase()}_data`]: { ...entry.data, ...contentsOf(entries, entry) },
  }
}

function contentsOf(entries: ReadonlyMap<string, CatalogueEntry>, { type, id, deleted }: CatalogueEntry): JsonObject {
  const name = type === 'ITEM' ? 'variations' : type === 'MODIFIER_LIST' ? 'modifiers' : null
  if (name === null) return {}
  // What was deleted by itself is gone from its parent; what went with its parent still stands in it.
  const children = [...entries.values()].filter((each) => each.parentId === id && (deleted || !each.deleted))
  children.sort((one, other) => Number(one.data.ordinal) - Number(other.data.ordinal))
  return { [name]: children.map((child) => catalogObject(entries, child)) }
}
