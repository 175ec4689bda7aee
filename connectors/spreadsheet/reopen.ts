import type { FileDetection, FileSource } from '../contract.ts'
import { DAY_MS, MomentReader } from './dates.ts'
import { GENERATION_ROWS } from './group.ts'
import { bareId, isStrongId, keyHash } from './ids.ts'
import type { Plan } from './plan.ts'
import { type RowSource, rowsOf } from './table.ts'

// A first, light pass over a long file, to learn which keys come back after they would have been forgotten. Keys that
// left the two generations in memory go into a bloom filter; a key that is met again there is kept by name. The filter
// errs to the safe side: it may name a key too many, never one too few.

export type Reopening =
  | { readonly kind: 'known'; readonly keys: ReadonlySet<number>; readonly rows: number }
  /** Too many keys come back: the rows must be sorted into partitions first. */
  | { readonly kind: 'many'; readonly rows: number }

const KEYS_MAX = 20_000
const FILTER_BITS_MAX = 2 ** 29
const FILTER_BITS_MIN = 2 ** 20
const PROBES = 6
const GZIP_RATIO = 12

export async function findReopening(
  file: FileSource,
  source: RowSource & Pick<FileDetection, 'container'>,
  plan: Plan,
): Promise<Reopening> {
  const keyOf = new RowKey(plan)
  const filter = new Bloom(file.sizeBytes * (source.container === 'gzip' ? GZIP_RATIO : 1))
  const keys = new Set<number>()
  let [current, previous] = [new Set<number>(), new Set<number>()]
  let seen = 0
  for await (const { rows } of rowsOf(file, source, keyOf.wanted())) {
    for (const row of rows) {
      if (seen > 0 && seen % GENERATION_ROWS === 0) {
        for (const key of previous) if (!current.has(key)) filter.add(key)
        previous = current
        current = new Set()
      }
      seen++
      if (row.flaw !== null) continue
      const key = keyOf.ofCells(row.cells)
      if (current.has(key)) continue
      current.add(key)
      if (!previous.has(key) && keys.size <= KEYS_MAX && filter.has(key)) keys.add(key)
    }
  }
  return keys.size > KEYS_MAX ? { kind: 'many', rows: seen } : { kind: 'known', keys, rows: seen }
}

/** The key of a row, from its cells alone: the id with its day, or all that the row's content is named by. */
export class RowKey {
  private readonly places: readonly number[]
  private readonly moments: MomentReader
  private readonly id: number
  private readonly date: number
  private readonly width: number
  private lastId = ''
  private lastDate = ''
  private lastPlace = ''
  private lastKey = keyHash('|')

  constructor(plan: Plan) {
    const at = (role: string): number => plan.columns.find((column) => column.role === role)?.index ?? -1
    this.moments = new MomentReader(plan.dateOrder)
    this.id = at('sale_id')
    this.date = at('date_time') >= 0 ? at('date_time') : at('date')
    const content = [
      'location',
      'date',
      'time',
      'date_time',
      'item',
      'quantity',
      'unit_price',
      'gross',
      'net',
      'total',
      'tender',
    ]
    this.places = (this.id >= 0 ? ['location', 'register'] : content).map(at).filter((index) => index >= 0)
    this.width = plan.columns.length
  }

  wanted(): Uint8Array {
    const wanted = new Uint8Array(this.width)
    for (const index of [this.id, this.date, ...this.places]) if (index >= 0) wanted[index] = 1
    return wanted
  }

  ofCells(cells: readonly string[]): number {
    let text = ''
    for (const place of this.places) text += `${(cells[place] ?? '').trim()}|`
    if (this.id < 0) return keyHash(text)
    const cell = cells[this.id] ?? ''
    const date = cells[this.date] ?? ''
    // Rows of a sale stand together: most have the key of the row before.
    if (cell === this.lastId && date === this.lastDate && text === this.lastPlace) return this.lastKey
    this.lastId = cell
    this.lastDate = date
    this.lastPlace = text
    this.lastKey = this.keyOf(bareId(cell), date, text)
    return this.lastKey
  }

  private keyOf(id: string, date: string, place: string): number {
    if (isStrongId(id)) return keyHash(id)
    const moment = this.moments.moment(date)
    const day = moment === null ? '' : moment.day + Math.floor((moment.time ?? 0) / DAY_MS)
    return keyHash(`${place}${id}|${day}`)
  }
}

class Bloom {
  private readonly words: Uint32Array
  private readonly mask: number

  /** Some twenty bits for each row of forty bytes, and bounded: a filter that is too full only names more keys than needed. */
  constructor(sizeBytes: number) {
    let bits = FILTER_BITS_MIN
    while (bits < sizeBytes / 2 && bits < FILTER_BITS_MAX) bits *= 2
    this.words = new Uint32Array(bits / 32)
    this.mask = bits - 1
  }

  add(key: number): void {
    const [low, step] = halves(key)
    for (let probe = 0, at = low; probe < PROBES; probe++, at = (at + step) | 0) {
      const bit = at & this.mask
      const word = bit >>> 5
      this.words[word] = (this.words[word] ?? 0) | (1 << (bit & 31))
    }
  }

  has(key: number): boolean {
    const [low, step] = halves(key)
    for (let probe = 0, at = low; probe < PROBES; probe++, at = (at + step) | 0) {
      const bit = at & this.mask
      if (((this.words[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false
    }
    return true
  }
}

function halves(key: number): readonly [number, number] {
  const low = key >>> 0
  const high = Math.floor(key / 0x100000000)
  return [low, Math.imul(high | 1, 0x9e3779b1) | 1]
}
