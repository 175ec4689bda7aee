import type { DateOrder } from '../contract-files.ts'
import { DAY_MS, MomentReader } from './dates.ts'
import type { RowMoment } from './line.ts'
import { isNullText } from './numbers.ts'
import { isDayBeyond } from './ranges.ts'
import { type Places, Unreadable } from './row-cells.ts'

// When a row says that it was: from one cell or from two.

export const UNDATED: RowMoment = { wall: Number.NaN, offset: null, dayOnly: true }

export class RowMoments {
  private readonly moments: MomentReader
  private readonly date: number
  private readonly time: number
  private lastDate = ''
  private lastClock = ''
  private lastMoment: RowMoment = UNDATED

  constructor(place: Places, order: DateOrder) {
    this.moments = new MomentReader(order)
    this.date = place.date_time >= 0 ? place.date_time : place.date
    this.time = place.time
  }

  /** Rows of one sale share their moment, so the last one is kept at hand. `named`: the row names its sale. */
  of(cells: readonly string[], named: boolean): RowMoment {
    const cell = cells[this.date] ?? ''
    const clock = this.time < 0 ? '' : (cells[this.time] ?? '')
    if (cell === this.lastDate && clock === this.lastClock && cell !== '') return this.lastMoment
    const moment = this.read(cell, clock, named)
    this.lastDate = cell
    this.lastClock = clock
    this.lastMoment = moment
    return moment
  }

  /** As much of a row's moment as can be read: all of it, its day, or nothing. */
  roughly(cells: readonly string[]): RowMoment {
    try {
      return this.of(cells, true)
    } catch (cause) {
      if (!(cause instanceof Unreadable)) throw cause
    }
    const day = this.moments.moment(cells[this.date] ?? '')?.day
    return day === undefined || isDayBeyond(day * DAY_MS) ? UNDATED : { ...UNDATED, wall: day * DAY_MS }
  }

  /** A moment in one cell, such as a refund's; null when the cell says nothing. */
  lone(cells: readonly string[], at: number): RowMoment | null {
    const cell = (cells[at] ?? '').trim()
    return isNullText(cell) ? null : this.ranged(this.clocked(cell, '', at), cell, at)
  }

  private read(cell: string, clock: string, named: boolean): RowMoment {
    if (cell === '' || cell.trim() === '') {
      // Order-level cells may stand on the first row of a sale alone; then another row has the date.
      if (named) return UNDATED
      throw new Unreadable('row.date_missing', this.date, '')
    }
    return this.ranged(this.clocked(cell, clock, this.date), cell, this.date)
  }

  private ranged(moment: RowMoment, cell: string, at: number): RowMoment {
    if (isDayBeyond(moment.wall)) throw new Unreadable('row.date_range', at, cell)
    return moment
  }

  /** The moment of a date and of a clock that may stand in a cell of its own. */
  private clocked(cell: string, clockCell: string, at: number): RowMoment {
    const moment = this.moments.moment(cell)
    if (!moment) throw new Unreadable('row.date_unreadable', at, cell)
    const { day, time, offset } = moment
    if (time !== null || clockCell === '' || clockCell.trim() === '') {
      return { wall: day * DAY_MS + (time ?? 0), offset: time === null ? null : offset, dayOnly: time === null }
    }
    const clock = this.moments.time(clockCell.trim())
    if (!clock) throw new Unreadable('row.date_unreadable', this.time, clockCell)
    return { wall: day * DAY_MS + clock.ms, offset: clock.offset, dayOnly: false }
  }
}
