import { copied, DAY_MS } from './dates.ts'
import { fileFault } from './faults.ts'
import { type IdRule, isLasting } from './ids.ts'
import type { Line, NamedSale } from './line.ts'
import type { RowReader } from './row-reader.ts'

// Which rows make one sale. Rows of a sale mostly stand together, so a sale is closed when none of its rows has come
// for a while; sales known to come back later (see reopen.ts) are held to the end of the file.
//
// A sale is whole or it waits: a row that cannot be read spoils the sale that it names, also where it stands before all
// other rows of it. Where such a row names a short number and no day, it is of the sale of that number that stands
// nearest, above or below: it waits in `waiting` until the next row of that number shows which.

/** Rows per generation. A sale stays open through the generation after its last row: 6,000 to 12,000 rows. */
export const GENERATION_ROWS = 6000
export const SALE_ROWS_MAX = 20_000
// A sale that runs past midnight keeps the number it began with.
export const MIDNIGHT_GAP_MS = 6 * 3_600_000

export type OpenSale = {
  readonly id: string
  /** The place or till that counts on its own; '' where no row names one. */
  place: string
  readonly strong: boolean
  /** None where the only row so far cannot be read. */
  readonly lines: Line[]
  firstWall: number
  minWall: number
  maxWall: number
  dayOnly: boolean
  lastRow: number
  generation: number
  readonly held: boolean
  /** A row of it cannot be read. */
  spoiled: boolean
  /** Of a row that cannot be read and names no day: the sale above that it may belong to as well. */
  rival: OpenSale | null
}

type IsHeld = ((cells: readonly string[]) => boolean) | null
type Named = Pick<OpenSale, 'id' | 'place' | 'lastRow' | 'dayOnly'> & { readonly wall: number }

export class OpenSales {
  private readonly byId = new Map<string, OpenSale | OpenSale[]>()
  private latest: OpenSale | null = null
  private open: OpenSale[] = []
  private held: OpenSale[] = []
  private waiting: OpenSale[] = []
  private readonly reader: RowReader
  private readonly ids: IdRule
  private readonly isHeld: IsHeld
  /** The first row knows no date: where a sale has one on one row alone, that is its last. */
  private turned: boolean | null = null

  constructor(reader: RowReader, ids: IdRule, isHeld: IsHeld) {
    this.reader = reader
    this.ids = ids
    this.isHeld = isHeld
  }

  add(line: Line, id: string, generation: number, cells: readonly string[]): void {
    const { latest } = this
    const { wall } = line
    this.turned ??= Number.isNaN(wall)
    const place = this.reader.placeOf(line)
    // Rows of a sale stand together: most belong to the sale of the row before.
    if (
      latest !== null &&
      latest.id === id &&
      latest.rival === null &&
      this.belongs(latest, place, wall, line.dayOnly)
    ) {
      join(latest, line, place, generation)
      return
    }
    const named = { id, place, wall, dayOnly: line.dayOnly, lastRow: line.row }
    if (this.waiting.length > 0) this.settle(named)
    const sale = this.match(named) ?? this.begin(named, generation, cells)
    join(sale, line, place, generation)
    this.latest = sale
  }

  /** A row of this sale cannot be read, so the sale waits. */
  spoil({ id, place, wall, dayOnly }: NamedSale, row: number, generation: number, cells: readonly string[]): void {
    const named = { id, place, wall, dayOnly, lastRow: row }
    this.turned ??= false
    const strong = isLasting(id, this.ids)
    const adrift = !strong && Number.isNaN(wall)
    if (!adrift && this.waiting.length > 0) this.settle(named)
    const found = adrift ? undefined : this.match(named)
    const rival = adrift ? this.nearest(id, place) : null
    const sale = found ?? this.begin(named, generation, cells)
    sale.spoiled = true
    sale.generation = generation
    sale.lastRow = row
    if (Number.isNaN(sale.firstWall)) {
      sale.firstWall = sale.minWall = sale.maxWall = wall
      sale.dayOnly = dayOnly
    }
    if (rival) {
      sale.rival = rival
      this.waiting.push(sale)
    }
    this.latest = sale
  }

  /** Sales whose last row came before this generation, in the order of their first rows. */
  closeBefore(generation: number, rowNow: number): readonly OpenSale[] {
    if (this.waiting.length > 0) this.giveUpWaiting((sale) => sale.generation < generation, rowNow)
    const closed = this.open.filter((sale) => sale.generation < generation)
    if (closed.length > 0) {
      this.open = this.open.filter((sale) => sale.generation >= generation)
      for (const sale of closed) this.forget(sale)
    }
    return closed
  }

  closeAll(): readonly OpenSale[] {
    this.giveUpWaiting(() => true, 0)
    const all = [...this.open, ...this.held].sort((a, b) => (a.lines[0]?.row ?? 0) - (b.lines[0]?.row ?? 0))
    this.open = []
    this.held = []
    this.latest = null
    this.byId.clear()
    return all
  }

  /** The open sale that a row belongs to. A row without a date belongs to the last one of its number. */
  private match({ id, place, wall, dayOnly }: Named): OpenSale | undefined {
    const known = this.byId.get(id)
    if (known === undefined) return undefined
    if (!Array.isArray(known)) return this.belongs(known, place, wall, dayOnly) ? known : undefined
    let best: OpenSale | undefined
    for (const sale of known) {
      if (!this.belongs(sale, place, wall, dayOnly)) continue
      if (best === undefined || isBetter(sale, best, wall)) best = sale
    }
    return best
  }

  private nearest(id: string, place: string): OpenSale | null {
    const known = this.byId.get(id) ?? []
    let best: OpenSale | null = null
    for (const sale of Array.isArray(known) ? known : [known]) {
      if (sale.rival !== null || !placesMeet(sale.place, place)) continue
      if (best === null || sale.lastRow > best.lastRow) best = sale
    }
    return best
  }

  /**
   * A strong id is one sale. A short number is one sale within its day, and within the hours around midnight, since the
   * till may count from 1 again tomorrow.
   */
  private belongs(sale: OpenSale, place: string, wall: number, dayOnly: boolean): boolean {
    if (sale.strong) return true
    if (sale.rival !== null) return false
    if (sale.place !== place && !isSilentOnPlace(sale, place, wall, dayOnly)) return false
    if (Number.isNaN(sale.firstWall)) return true
    if (Number.isNaN(wall)) return this.turned !== true
    if (Math.floor(wall / DAY_MS) === Math.floor(sale.firstWall / DAY_MS)) return true
    if (sale.dayOnly || dayOnly) return false
    return wall >= sale.minWall - MIDNIGHT_GAP_MS && wall <= sale.maxWall + MIDNIGHT_GAP_MS
  }

  private begin(named: Named, generation: number, cells: readonly string[]): OpenSale {
    const { id, place, wall, dayOnly, lastRow } = named
    const held = this.isHeld?.(cells) ?? false
    const sale: OpenSale = {
      id,
      place,
      strong: isLasting(id, this.ids),
      lines: [],
      firstWall: wall,
      minWall: wall,
      maxWall: wall,
      dayOnly,
      lastRow,
      generation,
      held,
      spoiled: false,
      rival: null,
    }
    if (held) this.held.push(sale)
    else this.open.push(sale)
    const known = this.byId.get(id)
    if (known === undefined) this.byId.set(id, sale)
    else if (Array.isArray(known)) known.push(sale)
    else this.byId.set(id, [known, sale])
    return sale
  }

  /** The next row of a number has come: the rows that wait for it belong to the sale above or to this row's. */
  private settle(named: Named): void {
    for (const sale of this.waiting.filter(({ id, place }) => id === named.id && placesMeet(place, named.place))) {
      const { rival } = sale
      if (rival === null) continue
      const above = sale.lastRow - rival.lastRow
      const below = named.lastRow - sale.lastRow
      const same = this.belongs(rival, named.place, named.wall, named.dayOnly)
      if (same || above <= below) rival.spoiled = true
      const next = same || above < below ? rival : this.match(named)
      if (next === undefined) {
        // The row below begins its sale with this one.
        sale.rival = null
        continue
      }
      next.spoiled = true
      this.drop(sale)
    }
    this.waiting = this.waiting.filter((sale) => sale.rival !== null)
  }

  /** The sale above is about to be closed. Where the row below may still come nearer, both wait. */
  private giveUpWaiting(closes: (sale: OpenSale) => boolean, rowNow: number): void {
    for (const sale of this.waiting) {
      const { rival } = sale
      if (rival === null || !(closes(rival) || closes(sale))) continue
      rival.spoiled = true
      if (rowNow - sale.lastRow > sale.lastRow - rival.lastRow) this.drop(sale)
      else sale.rival = null
    }
    this.waiting = this.waiting.filter((sale) => sale.rival !== null)
  }

  private drop(sale: OpenSale): void {
    sale.rival = null
    this.open = this.open.filter((one) => one !== sale)
    this.held = this.held.filter((one) => one !== sale)
    this.forget(sale)
  }

  private forget(sale: OpenSale): void {
    if (this.latest === sale) this.latest = null
    const known = this.byId.get(sale.id)
    const rest = Array.isArray(known) ? known.filter((one) => one !== sale) : []
    if (rest.length === 0) this.byId.delete(sale.id)
    else this.byId.set(sale.id, rest)
  }
}

/** A sale of the row's own day before one whose day is not known; without a day the one whose rows came last. */
function isBetter(sale: OpenSale, best: OpenSale, wall: number): boolean {
  if (Number.isNaN(wall)) return sale.lastRow > best.lastRow
  return Number.isNaN(best.firstWall) && !Number.isNaN(sale.firstWall)
}

/** Where the place stands on one row of a sale alone, so does the date, or the moment is the same to the minute. */
function isSilentOnPlace(sale: OpenSale, place: string, wall: number, dayOnly: boolean): boolean {
  if (sale.place !== '' && place !== '') return false
  if (Number.isNaN(wall) || Number.isNaN(sale.firstWall)) return true
  return !dayOnly && (wall === sale.minWall || wall === sale.maxWall)
}

function placesMeet(one: string, other: string): boolean {
  return one === other || one === '' || other === ''
}

function join(sale: OpenSale, line: Line, place: string, generation: number): void {
  if (sale.lines.length >= SALE_ROWS_MAX) {
    throw fileFault(
      'file.sale_id_not_distinct',
      `More than 20,000 rows share the id "${sale.id.slice(0, 40)}". Choose another column as the id of the sale, or none.`,
    )
  }
  const { wall } = line
  if (sale.place === '') sale.place = place
  sale.lines.push(sale.held ? detached(line) : line)
  sale.generation = generation
  sale.lastRow = line.row
  if (Number.isNaN(wall)) return
  if (Number.isNaN(sale.firstWall) || (sale.dayOnly && !line.dayOnly && sale.lines.length === 1)) {
    sale.firstWall = sale.minWall = sale.maxWall = wall
    sale.dayOnly = line.dayOnly
  } else if (wall < sale.minWall) sale.minWall = wall
  else if (wall > sale.maxWall) sale.maxWall = wall
}

/** A held line must not keep the whole chunk of the file in memory from which its texts were cut. */
function detached(line: Line): Line {
  return { ...line, id: line.id === null ? null : copied(line.id), raw: copied(line.raw) }
}
