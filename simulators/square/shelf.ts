// Everything of one kind that a seller has at one location, kept in the orders in which Square lists it, so that a page
// out of fifty thousand is two binary searches and a slice.

/** A thing and the instants by which it is listed; one is missing where the thing has no such time. */
export class Kept<T extends { readonly id: string }> {
  value: T
  /** When the simulator last wrote it, by the clock: lists that lag show it later. */
  writtenAt: number
  /** When it first stood here, by the clock. */
  readonly arrivedAt: number
  #text: string | null = null

  constructor(value: T, now: number) {
    this.value = value
    this.writtenAt = now
    this.arrivedAt = now
  }

  /** Its JSON, written once for each state of it. */
  get text(): string {
    this.#text ??= JSON.stringify(this.value)
    return this.#text
  }

  write(value: T, now: number): void {
    this.value = value
    this.writtenAt = now
    this.#text = null
  }
}

export type SortKey<T> = { readonly field: string; readonly at: (value: T) => number | null }

/** A place in a list: the instant by which it is sorted and the id that settles ties. */
export type Place = { readonly at: number; readonly id: string }

type Entry<T extends { readonly id: string }> = Place & { readonly record: Kept<T> }

class Row<T extends { readonly id: string }> {
  readonly entries: Entry<T>[] = []

  add(at: number, record: Kept<T>): void {
    const entry = { at, id: record.value.id, record }
    const last = this.entries.at(-1)
    if (last === undefined || before(last, entry)) this.entries.push(entry)
    else this.entries.splice(this.find(entry), 0, entry)
  }

  remove(place: Place): void {
    const at = this.find(place)
    if (this.entries[at]?.id === place.id) this.entries.splice(at, 1)
  }

  /** Where that place is, or would be. */
  find(place: Place): number {
    let low = 0
    let high = this.entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (before(this.entries[middle] as Entry<T>, place)) low = middle + 1
      else high = middle
    }
    return low
  }
}

export class Shelf<T extends { readonly id: string }> {
  readonly #keys: readonly SortKey<T>[]
  readonly #rows: ReadonlyMap<string, Row<T>>
  readonly #byId = new Map<string, Kept<T>>()

  constructor(keys: readonly SortKey<T>[]) {
    this.#keys = keys
    this.#rows = new Map(keys.map(({ field }) => [field, new Row<T>()]))
  }

  get size(): number {
    return this.#byId.size
  }

  get(id: string): Kept<T> | null {
    return this.#byId.get(id) ?? null
  }

  /** Where that id stands in the list by that field; null where it does not. */
  placeOf(field: string, id: string): Place | null {
    const record = this.#byId.get(id)
    const at = record && this.#keys.find((key) => key.field === field)?.at(record.value)
    return at === undefined || at === null ? null : { at, id }
  }

  values(): IterableIterator<Kept<T>> {
    return this.#byId.values()
  }

  /** Puts it where it belongs, in place of what had its id. */
  put(value: T, now: number): Kept<T> {
    const known = this.#byId.get(value.id)
    const record = known ?? new Kept(value, now)
    const former = record.value
    if (known === undefined) this.#byId.set(value.id, record)
    else record.write(value, now)
    for (const key of this.#keys) {
      const row = this.#rows.get(key.field) as Row<T>
      const was = known === undefined ? null : key.at(former)
      const is = key.at(value)
      if (known !== undefined && was === is) continue
      if (was !== null) row.remove({ at: was, id: value.id })
      if (is !== null) row.add(is, record)
    }
    return record
  }

  /**
   * The records between two instants, both inclusive, from a place on, in either direction. The place itself is not
   * among them.
   */
  *walk(field: string, from: number, to: number, descending: boolean, after: Place | null): Generator<Entry<T>> {
    const { entries } = this.#rows.get(field) as Row<T>
    const row = this.#rows.get(field) as Row<T>
    if (descending) {
      let at = (after === null ? row.find({ at: to, id: LAST_ID }) : row.find(after)) - 1
      for (let entry = entries[at]; entry !== undefined && entry.at >= from; entry = entries[--at]) {
        if (entry.at <= to) yield entry
      }
      return
    }
    let at = after === null ? row.find({ at: from, id: '' }) : row.find({ at: after.at, id: `${after.id}\u0000` })
    for (let entry = entries[at]; entry !== undefined && entry.at <= to; entry = entries[++at]) {
      if (entry.at >= from) yield entry
    }
  }
}

/** Comes after every id. */
const LAST_ID = '\uffff'

export function before(one: Place, other: Place): boolean {
  return one.at < other.at || (one.at === other.at && one.id < other.id)
}

/** Several shelves listed as one, in order. Holds one entry of each. */
export function* mergedWalk<T extends { readonly id: string }>(
  walks: readonly Generator<Entry<T>>[],
  descending: boolean,
): Generator<Entry<T>> {
  const heads = walks.flatMap((walk) => {
    const { value, done } = walk.next()
    return done ? [] : [{ walk, entry: value }]
  })
  while (heads.length > 0) {
    let first = 0
    for (let at = 1; at < heads.length; at++) {
      const [one, other] = [(heads[at] as Head<T>).entry, (heads[first] as Head<T>).entry]
      if (descending ? before(other, one) : before(one, other)) first = at
    }
    const head = heads[first] as Head<T>
    yield head.entry
    const { value, done } = head.walk.next()
    if (done) heads.splice(first, 1)
    else head.entry = value
  }
}

type Head<T extends { readonly id: string }> = { walk: Generator<Entry<T>>; entry: Entry<T> }
