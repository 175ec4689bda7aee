import { type CurrencyCode, isCurrencyCode } from '#kernel/currency.ts'
import { isZoneName, type ZoneName } from '#kernel/zone.ts'
import { copied } from './dates.ts'
import type { NoticedCode } from './faults.ts'
import type { RowGrain } from './line.ts'
import { type Places, type RowRules, Unreadable } from './row-cells.ts'
import type { RowType } from './synonyms.ts'
import { cellWordsOf, rowTypeOf, saysVoid } from './words.ts'
import { ZONE_NAMES } from './zone-names.ts'

// The cells of a row that are words with a meaning: its grain, its type, its currency, its zone; and the names that are
// kept as they stand.

const NAMES_MAX = 50_000
const ZONES_MAX = 1000
/** A cell of more letters is not remembered: fifty thousand of them would fill the memory. */
const CACHED_CHARS_MAX = 1000

export class RowWords {
  private readonly rules: RowRules
  private readonly place: Places
  private readonly notice: (code: NoticedCode) => void
  private readonly zones = new Map<string, ZoneName | null>()
  private readonly names = new Map<string, string>()

  constructor(rules: RowRules, place: Places, notice: (code: NoticedCode) => void) {
    this.rules = rules
    this.place = place
    this.notice = notice
  }

  /** Null for a row that speaks of nothing we know. */
  grainOf(cells: readonly string[]): RowGrain | null {
    const { grain, grains } = this.rules
    if (grain !== 'mixed') return grain
    const { row_grain, item, tender } = this.place
    if (row_grain >= 0 && grains !== null) return grains.get(cellWordsOf(cells[row_grain] ?? '')) ?? null
    if (item >= 0 && (cells[item] ?? '').trim() !== '') return 'item'
    return tender >= 0 && (cells[tender] ?? '').trim() !== '' ? 'payment' : 'sale'
  }

  /** Null where no cell says anything. */
  typeOf(cells: readonly string[]): RowType | null {
    const { type, voided } = this.place
    if (voided >= 0) {
      const says = saysVoid(cells[voided] ?? '')
      if (says === true) return 'void'
      if (says === 'unknown') this.notice('type_unknown')
    }
    if (type < 0) return null
    const cell = cells[type] ?? ''
    if (cell === '') return null
    const means = this.rules.types?.get(cellWordsOf(cell)) ?? rowTypeOf(cell)
    if (means !== 'unknown') return means
    this.notice('type_unknown')
    return 'sale'
  }

  currencyOf(cells: readonly string[]): CurrencyCode {
    const at = this.place.currency
    if (at < 0) return this.rules.currency
    const code = (cells[at] ?? '').trim().toUpperCase()
    if (code === '' || code === this.rules.currency) return this.rules.currency
    if (!isCurrencyCode(code)) throw new Unreadable('row.currency_unknown', at, code)
    return code
  }

  zoneOf(cells: readonly string[]): ZoneName | null {
    if (this.place.zone < 0) return null
    const text = (cells[this.place.zone] ?? '').trim()
    if (text === '') return null
    let zone = this.zones.get(text)
    if (text.length > CACHED_CHARS_MAX) zone = null
    if (zone === undefined) {
      const name = ZONE_NAMES[text.toLowerCase()] ?? text
      zone = isZoneName(name) ? name : null
      if (this.zones.size < ZONES_MAX) this.zones.set(copied(text), zone)
    }
    if (zone === null) this.notice('zone_unknown')
    return zone
  }

  /** A text of its own, each distinct one once: a line outlives the chunk of the file that it was cut from. */
  named(cell: string | undefined): string | null {
    if (cell === undefined || cell === '') return null
    const known = this.names.get(cell)
    if (known !== undefined) return known === '' ? null : known
    const name = copied(cell.trim())
    if (this.names.size >= NAMES_MAX) this.names.clear()
    if (cell.length <= CACHED_CHARS_MAX) this.names.set(copied(cell), name)
    return name === '' ? null : name
  }
}
