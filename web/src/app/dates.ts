// Business days and ranges of them. A day is `YYYY-MM-DD`, has no zone, and is counted with in UTC.

export type Range = { readonly from: string; readonly to: string }

export const RANGE_PRESETS = ['today', 'yesterday', '7d', '28d', 'this_month', 'last_month', '13m'] as const
export type RangePreset = (typeof RANGE_PRESETS)[number]

export function isPreset(value: unknown): value is RangePreset {
  return RANGE_PRESETS.some((preset) => preset === value)
}

export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const at = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)
}

export function addDays(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + days)
  return at.toISOString().slice(0, 10)
}

/** The same day of another month, or that month's last: 31 March less one month is 28 or 29 February. */
export function addMonths(day: string, months: number): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0))
  last.setUTCDate(Math.min(date, last.getUTCDate()))
  return last.toISOString().slice(0, 10)
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}

export function daysIn(range: Range): number {
  return daysBetween(range.from, range.to) + 1
}

/** 1 Monday to 7 Sunday. */
export function weekdayOf(day: string): number {
  const sunday0 = new Date(`${day}T00:00:00Z`).getUTCDay()
  return sunday0 === 0 ? 7 : sunday0
}

/** The business day that is running, by a shop's own clock: before the close-out it is still the day before. */
export function businessToday(now: number, timeZone: string, closeOut = '00:00'): string {
  const [hours = 0, minutes = 0] = closeOut.split(':').map(Number)
  // `en-CA` writes a date as we do. Shifting the instant is exact but on the night the clocks change.
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return format.format(new Date(now - (hours * 60 + minutes) * 60_000))
}

export function presetRange(preset: RangePreset, today: string): Range {
  switch (preset) {
    case 'today':
      return { from: today, to: today }
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) }
    case '7d':
      return { from: addDays(today, -6), to: today }
    case '28d':
      return { from: addDays(today, -27), to: today }
    case 'this_month':
      return { from: `${today.slice(0, 8)}01`, to: today }
    case 'last_month': {
      const first = addMonths(`${today.slice(0, 8)}01`, -1)
      return { from: first, to: addDays(`${today.slice(0, 8)}01`, -1) }
    }
    case '13m':
      return { from: addDays(addMonths(today, -13), 1), to: today }
  }
}

/** What stands in the address: a preset's word, or two days. */
export type RangeSearch = {
  readonly range?: RangePreset | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export function readRangeSearch(search: Readonly<Record<string, unknown>>): RangeSearch {
  if (isPreset(search.range)) return { range: search.range }
  const { from, to } = search
  if (isDay(from) && isDay(to)) return from <= to ? { from, to } : { from: to, to: from }
  return {}
}

export function rangeOf(search: RangeSearch, today: string, otherwise: RangePreset): Range {
  if (search.from !== undefined && search.to !== undefined) return { from: search.from, to: search.to }
  return presetRange(search.range ?? otherwise, today)
}

export type Grain = 'day' | 'week' | 'month'

/** How finely a range is drawn, so that a chart keeps between one and about a hundred points. */
export function grainOf(range: Range): Grain {
  const days = daysIn(range)
  if (days <= 100) return 'day'
  return days <= 700 ? 'week' : 'month'
}

/** The first day of the week (Monday) or month that a day belongs to. */
export function grainStart(day: string, grain: Grain): string {
  if (grain === 'day') return day
  return grain === 'week' ? addDays(day, 1 - weekdayOf(day)) : `${day.slice(0, 8)}01`
}
