import type { FileSource } from '../contract-files.ts'
import { Bloom } from './bloom.ts'
import { DAY_MS, MomentReader } from './dates.ts'
import { GENERATION_ROWS } from './group.ts'
import { bareId, type IdRule, isLasting, keyHash } from './ids.ts'
import type { Plan } from './plan.ts'
import { isRejectionsTable, withoutGuards } from './rejections.ts'
import { type RowSource, rowsOf } from './table.ts'

// A first, light pass over a long file, to learn which keys come back after they would have been forgotten. Keys that
// left the two generations in memory go into a bloom filter; a key that is met again there is kept by name. The filter
// errs to the safe side: it may name a key too many, never one too few.

export type Reopening =
  | { readonly kind: 'known'; readonly keys: ReadonlySet<number>; readonly rows: number }
  /** Too many keys come back: the rows must be sorted into partitions first. */
  | { readonly kind: 'many'; readonly rows: number }

const KEYS_MAX = 20_000

export async function findReopening(file: FileSource, source: RowSource, plan: Plan): Promise<Reopening> {
  const keyOf = new RowKey(plan)
  const filter = new Bloom(file.sizeBytes)
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
      // A row that cannot be read may still name the sale that must wait for it.
      if (row.cells.length === 0) continue
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
  private readonly ids: IdRule
  private readonly mixed: boolean
  private readonly guarded: boolean
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
    this.ids = plan.ids
    this.mixed = plan.grain === 'mixed'
    this.guarded = isRejectionsTable(plan.columns)
  }

  wanted(): Uint8Array {
    const wanted = new Uint8Array(this.width)
    for (const index of [this.id, this.date, ...this.places]) if (index >= 0) wanted[index] = 1
    return wanted
  }

  ofCells(row: readonly string[]): number {
    const cells = this.guarded ? withoutGuards(row) : row
    let text = ''
    for (const place of this.places) text += `${(cells[place] ?? '').trim()}|`
    if (this.id < 0) return keyHash(text)
    const cell = cells[this.id] ?? ''
    const date = cells[this.date] ?? ''
    // Rows of a sale stand together: most have the key of the row before.
    if (cell === this.lastId && date === this.lastDate && text === this.lastPlace) return this.lastKey
    // What the rows of a sale leave out is as it was on the row before.
    if (cell === '' && this.mixed) return this.lastKey
    if (date === '' && cell === this.lastId) return this.lastKey
    this.lastId = cell
    this.lastDate = date
    this.lastPlace = text
    this.lastKey = this.keyOf(bareId(cell), date, text)
    return this.lastKey
  }

  private keyOf(id: string, date: string, place: string): number {
    if (isLasting(id, this.ids)) return keyHash(id)
    const moment = this.moments.moment(date)
    const day = moment === null ? '' : moment.day + Math.floor((moment.time ?? 0) / DAY_MS)
    return keyHash(`${place}${id}|${day}`)
  }
}
