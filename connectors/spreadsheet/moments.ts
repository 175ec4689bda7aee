import type { LocalDate } from '#kernel/instant.ts'
import { dateOf, type WallClock } from '#kernel/zone.ts'
import { DAY_MS } from './dates.ts'
import type { Line } from './line.ts'

// When the lines of a sale say that it took place.

/**
 * The earliest moment of the lines; a line that knows its time counts before one that knows its day alone. Where none is
 * dated, because the date stands on the first row alone and that one was given back, that of `all` lines of the sale.
 */
export function momentOf(lines: readonly Line[], all = lines): { line: Line; wall: number; dayOnly: boolean } {
  let best: Line | null = null
  for (const line of lines) {
    if (Number.isNaN(line.wall)) continue
    if (best === null || (best.dayOnly && !line.dayOnly) || (best.dayOnly === line.dayOnly && line.wall < best.wall))
      best = line
  }
  if (best === null && all !== lines) return momentOf(all)
  if (best === null) throw new Error('a sale without a dated row was assembled')
  return { line: best, wall: best.wall, dayOnly: best.dayOnly }
}

const dayTexts = new Map<number, LocalDate>()

export function dayText(wall: number): LocalDate {
  const day = Math.floor(wall / DAY_MS)
  let text = dayTexts.get(day)
  if (text === undefined) {
    text = dateOf((day * DAY_MS) as WallClock)
    if (dayTexts.size > 50_000) dayTexts.clear()
    dayTexts.set(day, text)
  }
  return text
}
