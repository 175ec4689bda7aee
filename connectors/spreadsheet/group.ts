import { copied, DAY_MS } from './dates.ts'
import { fileFault } from './faults.ts'
import { isStrongId, keyHash } from './ids.ts'
import type { Line } from './line.ts'
import { dayText } from './moments.ts'
import type { RowReader } from './row-reader.ts'

// Which rows make one sale. Rows of a sale mostly stand together, so a sale is closed when none of its rows has come
// for a while; sales known to come back later (see reopen.ts) are held to the end of the file.

/** Rows per generation. A sale stays open through the generation after its last row: 6,000 to 12,000 rows. */
export const GENERATION_ROWS = 6000
const SALE_ROWS_MAX = 20_000
// A sale that runs past midnight keeps the number it began with.
const MIDNIGHT_GAP_MS = 6 * 3_600_000

export type OpenSale = {
  readonly key: string
  readonly id: string
  /** The place or till that counts on its own; '' where the file names none. */
  readonly place: string
  readonly strong: boolean
  readonly lines: Line[]
  firstWall: number
  minWall: number
  maxWall: number
  generation: number
  readonly held: boolean
}

export class OpenSales {
  private readonly byKey = new Map<string, OpenSale | OpenSale[]>()
  private latest: OpenSale | null = null
  private open: OpenSale[] = []
  private held: OpenSale[] = []
  private readonly reader: RowReader
  private readonly isHeld: ((cells: readonly string[]) => boolean) | null

  constructor(reader: RowReader, isHeld: ((cells: readonly string[]) => boolean) | null) {
    this.reader = reader
    this.isHeld = isHeld
  }

  add(line: Line, id: string, generation: number, cells: readonly string[]): void {
    const { latest } = this
    // Rows of a sale stand together: most belong to the sale of the row before.
    if (latest !== null && latest.id === id && latest.place === placeOf(line, this.reader) && belongs(latest, line)) {
      join(latest, line, generation)
      return
    }
    const strong = isStrongId(id)
    const place = placeOf(line, this.reader)
    const key = strong || place === '' ? id : `${place}|${id}`
    const known = this.byKey.get(key)
    const sale = Array.isArray(known)
      ? known.find((one) => belongs(one, line))
      : known && belongs(known, line)
        ? known
        : undefined
    this.latest = sale ?? this.begin(line, id, key, place, strong, generation, this.isHeld?.(cells) ?? false)
    if (sale) join(sale, line, generation)
    else
      this.byKey.set(
        key,
        known === undefined ? this.latest : [...(Array.isArray(known) ? known : [known]), this.latest],
      )
  }

  private begin(
    line: Line,
    id: string,
    key: string,
    place: string,
    strong: boolean,
    generation: number,
    held: boolean,
  ): OpenSale {
    const { wall } = line
    const sale = {
      key,
      id,
      place,
      strong,
      lines: [held ? detached(line) : line],
      firstWall: wall,
      minWall: wall,
      maxWall: wall,
      generation,
      held,
    }
    if (held) this.held.push(sale)
    else this.open.push(sale)
    return sale
  }

  /** Sales whose last row came before this generation, in the order of their first rows. */
  closeBefore(generation: number): readonly OpenSale[] {
    const closed = this.open.filter((sale) => sale.generation < generation)
    if (closed.length > 0) {
      this.open = this.open.filter((sale) => sale.generation >= generation)
      for (const sale of closed) this.forget(sale)
    }
    return closed
  }

  closeAll(): readonly OpenSale[] {
    const all = [...this.open, ...this.held].sort((a, b) => (a.lines[0]?.row ?? 0) - (b.lines[0]?.row ?? 0))
    this.open = []
    this.held = []
    this.latest = null
    this.byKey.clear()
    return all
  }

  private forget(sale: OpenSale): void {
    if (this.latest === sale) this.latest = null
    const known = this.byKey.get(sale.key)
    const rest = Array.isArray(known) ? known.filter((one) => one !== sale) : []
    if (rest.length === 0) this.byKey.delete(sale.key)
    else this.byKey.set(sale.key, rest)
  }
}

/**
 * A strong id is one sale. A short number is one sale within its day, and within the hours around midnight, since the
 * till may count from 1 again tomorrow.
 */
function belongs(sale: OpenSale, line: Line): boolean {
  if (sale.strong || Number.isNaN(line.wall) || Number.isNaN(sale.firstWall)) return true
  if (Math.floor(line.wall / DAY_MS) === Math.floor(sale.firstWall / DAY_MS)) return true
  if (sale.lines[0]?.dayOnly || line.dayOnly) return false
  return line.wall >= sale.minWall - MIDNIGHT_GAP_MS && line.wall <= sale.maxWall + MIDNIGHT_GAP_MS
}

function join(sale: OpenSale, line: Line, generation: number): void {
  if (sale.lines.length >= SALE_ROWS_MAX) {
    throw fileFault(
      'file.sale_id_not_distinct',
      `More than 20,000 rows share the id "${sale.id.slice(0, 40)}". Choose another column as the id of the sale, or none.`,
    )
  }
  sale.lines.push(sale.held ? detached(line) : line)
  sale.generation = generation
  if (Number.isNaN(line.wall)) return
  if (Number.isNaN(sale.firstWall)) sale.firstWall = sale.minWall = sale.maxWall = line.wall
  else if (line.wall < sale.minWall) sale.minWall = line.wall
  else if (line.wall > sale.maxWall) sale.maxWall = line.wall
}

/** A held line must not keep the whole chunk of the file in memory from which its texts were cut. */
function detached(line: Line): Line {
  return { ...line, id: line.id === null ? null : copied(line.id), raw: copied(line.raw) }
}

function placeOf(line: Line, reader: RowReader): string {
  const { location, register } = reader.place
  if (location < 0 && register < 0) return ''
  return `${reader.text(line, 'location') ?? ''}/${reader.text(line, 'register') ?? ''}`
}

/** The sale's name for good: see ids.ts. Places that count on their own are told apart. */
export function externalIdOf(sale: OpenSale, reader: RowReader): string {
  if (sale.strong) return sale.id
  const first = sale.lines[0]
  const place = first ? placeOf(first, reader) : ''
  const where = place === '' || place === '/' ? '' : `@${place.replace(/\/$/, '')}`
  return `${sale.id}@${dayText(sale.minWall)}${where}`
}

/** What tells two rows without an id apart, whatever the file they stand in and however it writes its numbers. */
export function contentOf(line: Line, reader: RowReader): string {
  const { place } = reader
  const amount = line.total ?? line.gross ?? line.net ?? line.price?.exact ?? ''
  const item = place.item < 0 ? '' : (reader.text(line, 'item') ?? '')
  const tender = place.tender < 0 ? '' : (reader.text(line, 'tender') ?? '')
  const where = place.location < 0 ? '' : (reader.text(line, 'location') ?? '')
  return `${where}|${line.wall}|${item}|${line.quantity?.value ?? ''}|${amount}|${tender}`
}

export function contentKey(line: Line, reader: RowReader): number {
  return keyHash(contentOf(line, reader))
}
