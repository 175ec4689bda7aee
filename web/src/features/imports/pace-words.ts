import { formatDuration, formatNumber } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'

/** How far a reading is and how fast: `12,000 rows read · 90,000 rows a second · about 4 seconds left`. */
export function paceWords(pace: {
  readonly rows_read: number
  readonly rows_per_second: number | null
  readonly seconds_left: number | null
}): string {
  const words = texts.imports.run
  return [
    words.reading(texts.count.rows(pace.rows_read)),
    pace.rows_per_second === null ? null : words.rate(formatNumber(pace.rows_per_second)),
    pace.seconds_left === null ? null : words.left(formatDuration(pace.seconds_left)),
  ]
    .filter((one) => one !== null)
    .join(' · ')
}

/** Said to a screen reader: a quarter at a time, not every percent. */
export function quarterOf(progress: number): number {
  return Math.floor(Math.min(1, Math.max(0, progress)) * 4) / 4
}
