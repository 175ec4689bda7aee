import type { Instant } from '#kernel/instant.ts'
import { instantOf, type WallClock, type ZoneName } from '#kernel/zone.ts'
import { DAY_MS } from './dates.ts'
import type { NoticedCode } from './faults.ts'
import type { Line, RowMoment } from './line.ts'
import { momentOf } from './moments.ts'

// From the local times of rows to instants. A row that knows its day alone stands for the noon of that day.

const NOON_MS = DAY_MS / 2

export class SaleMoments {
  private readonly zone: ZoneName
  private readonly notice: (code: NoticedCode) => void

  constructor(zone: ZoneName, notice: (code: NoticedCode) => void) {
    this.zone = zone
    this.notice = notice
  }

  /** A moment that a sale or a refund is filed by: the hours that clocks repeat or leave out are counted. */
  counted(moment: RowMoment, zone: ZoneName | null): Instant {
    const { at, fate } = this.at(moment, zone)
    if (fate === 'twice') this.notice('time_twice')
    else if (fate === 'never') this.notice('time_never')
    return at
  }

  of(line: Line): Instant {
    return this.at(line, line.zone).at
  }

  /** The last moment that a row of the sale knows. */
  lastOf(lines: readonly Line[], openedAt: Instant): Instant {
    let last: Line | null = null
    for (const line of lines) if (!line.dayOnly && line.wall > (last?.wall ?? Number.NEGATIVE_INFINITY)) last = line
    return last === null || last.wall === momentOf(lines).wall ? openedAt : this.of(last)
  }

  private at({ wall, offset, dayOnly }: RowMoment, zone: ZoneName | null) {
    const clock = dayOnly ? Math.floor(wall / DAY_MS) * DAY_MS + NOON_MS : wall
    if (offset !== null) return { at: (clock - offset * 60_000) as Instant, fate: 'once' as const }
    return instantOf(clock as WallClock, zone ?? this.zone)
  }
}
