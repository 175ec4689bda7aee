import type { JsonObject } from '../answer.ts'
import { uuidOf } from '../ids.ts'
import { type CatalogueOwner, countedIdsOf } from './catalogue.ts'
import type { Catalogue } from './catalogue-store.ts'
import { type Followed, type ReadsEvent, rfc3339, shareOf } from './followed.ts'

// What lies on the shelf, by variation and location. A sale takes away, a return puts back, and what runs low is
// delivered, except for the goods whose owner forgets to book deliveries: their counts go below nothing, as they do.

/** Quantities have five decimals at most; within, they are whole numbers of the fifth. */
const UNIT = 100_000
const FIRST_COUNT_MS = Date.UTC(2023, 0, 9, 10)
const FORGOTTEN_SHARE = 0.12

type Count = { readonly variationId: string; readonly locationId: string; readonly units: number; readonly at: number }

/** A line of a sale or of a return. */
type Sold = { readonly catalog_object_id?: string; readonly quantity: string }

export class Stock {
  readonly #catalogue: Catalogue
  readonly #countedIds: ReadonlySet<string>
  readonly #locationIds: readonly string[]
  readonly #moved = new Map<string, Count>()

  constructor(owner: CatalogueOwner, catalogue: Catalogue) {
    this.#catalogue = catalogue
    this.#countedIds = countedIdsOf(owner)
    this.#locationIds = owner.locationIds
  }

  /** Takes what was sold off the shelf and puts back what was returned; answers one event with the counts that moved. */
  follow({ order, at }: Followed): readonly ReadsEvent[] {
    const moved = new Map<string, Count>()
    const move = (line: Sold, sign: 1 | -1) => {
      const count = this.#moveBy(line, order.location_id, sign * unitsOf(line.quantity), at)
      if (count !== null) moved.set(count.variationId, count)
    }
    for (const line of order.line_items ?? []) move(line, -1)
    for (const line of (order.returns ?? []).flatMap((each) => each.return_line_items ?? [])) move(line, 1)
    if (moved.size === 0) return []
    const object = { inventory_counts: [...moved.values()].map(onTheWire) }
    return [{ type: 'inventory.count.updated', dataType: 'inventory_counts', id: uuidOf('counts', order.id), object }]
  }

  /** Somebody counts: so many of each are left at those locations. Answers one event, if any of them is counted. */
  set(ids: readonly string[], locationIds: readonly string[], quantity: number, at: number): readonly ReadsEvent[] {
    const counted = ids.filter((id) => this.#countedIds.has(id))
    const counts = counted.flatMap((variationId) =>
      locationIds.map((locationId) => ({ variationId, locationId, units: Math.round(quantity * UNIT), at })),
    )
    if (counts.length === 0) return []
    for (const count of counts) this.#moved.set(`${count.variationId} ${count.locationId}`, count)
    const object = { inventory_counts: counts.map(onTheWire) }
    const id = uuidOf('counted', String(at), ...counted)
    return [{ type: 'inventory.count.updated', dataType: 'inventory_counts', id, object }]
  }

  /** Every count of every location as it stands, by variation and location; what is not counted has none. */
  counts(now: number): readonly JsonObject[] {
    const entries = this.#catalogue.entriesAt(now)
    const counted = [...this.#countedIds].filter((id) => entries.get(id)?.deleted === false)
    return counted.flatMap((id) => this.#locationIds.map((locationId) => onTheWire(this.#countOf(id, locationId))))
  }

  #moveBy(line: Sold, locationId: string, units: number, at: number): Count | null {
    const id = line.catalog_object_id
    if (id === undefined || !this.#countedIds.has(id)) return null
    const before = this.#countOf(id, locationId)
    const left = before.units + units
    const par = parOf(id)
    const delivered = left < par / 5 && shareOf(`deliveries ${id}`) >= FORGOTTEN_SHARE ? par : 0
    // Past trade may be told after trade that came later: a count is never older than it was.
    const count = { ...before, units: left + delivered, at: Math.max(before.at, at) }
    this.#moved.set(`${id} ${locationId}`, count)
    return count
  }

  #countOf(variationId: string, locationId: string): Count {
    const known = this.#moved.get(`${variationId} ${locationId}`)
    return known ?? { variationId, locationId, units: parOf(variationId), at: FIRST_COUNT_MS }
  }
}

/** How much the owner likes to have of it. */
function parOf(variationId: string): number {
  return (40 + Math.floor(shareOf(`par ${variationId}`) * 200)) * UNIT
}

function unitsOf(quantity: string): number {
  const [whole = '0', fraction = ''] = quantity.split('.')
  return Number(whole) * UNIT + Number(fraction.padEnd(5, '0'))
}

function decimalOf(units: number): string {
  const sign = units < 0 ? '-' : ''
  const whole = Math.floor(Math.abs(units) / UNIT)
  const fraction = String(Math.abs(units) % UNIT)
    .padStart(5, '0')
    .replace(/0+$/, '')
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

function onTheWire({ variationId, locationId, units, at }: Count): JsonObject {
  return {
    catalog_object_id: variationId,
    catalog_object_type: 'ITEM_VARIATION',
    state: 'IN_STOCK',
    location_id: locationId,
    quantity: decimalOf(units),
    calculated_at: rfc3339(at),
  }
}
