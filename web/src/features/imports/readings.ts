// What one cell would mean, read this way or that. Only for showing a person the difference: the file itself is read by
// the hub.

export type DateOrder = 'ymd' | 'dmy' | 'mdy'
export type DecimalMark = '.' | ','

const DATE = /^\D{0,12}(\d{1,4})[./\-\s](\d{1,2})[./\-\s](\d{1,4})(?!\d)/

/** The day a cell would name, `YYYY-MM-DD`, or null where it cannot be one in this order. */
export function readDay(cell: string, order: DateOrder): string | null {
  const found = DATE.exec(cell)
  if (found === null) return null
  const [, first = '', second = '', third = ''] = found
  const [year, month, day] = {
    ymd: [first, second, third],
    dmy: [third, second, first],
    mdy: [third, first, second],
  }[order] as [string, string, string]
  if (year.length !== 4 && year.length !== 2) return null
  const full = year.length === 2 ? `20${year}` : year
  const at = new Date(Date.UTC(Number(full), Number(month) - 1, Number(day)))
  const same = at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day)
  return same && day.length <= 2 && month.length <= 2 ? at.toISOString().slice(0, 10) : null
}

const SPACES = /[\s\u00a0\u202f\u2009]/g
const NUMBER = /^([-−(]?)\D{0,4}?(\d[\d.,'’]*)\D{0,4}?([-−)]?)$/

/** The number a cell would be, with a point and without groups, or null where it is none. */
export function readNumber(cell: string, mark: DecimalMark): string | null {
  const found = NUMBER.exec(cell.replace(SPACES, ''))
  if (found === null) return null
  const [, before = '', digits = '', after = ''] = found
  const group = mark === '.' ? ',' : '.'
  const plain = digits.replaceAll(/['’]/g, '').replaceAll(group, '').replace(mark, '.')
  if (!/^\d+(\.\d+)?$/.test(plain)) return null
  return before === '' && after === '' ? plain : `-${plain}`
}

/** The first cell that the readings take for different things; else the first that any of them can read. */
export function tellingCell<T>(
  cells: readonly string[],
  readings: readonly ((cell: string) => T | null)[],
): string | null {
  const differs = cells.find((cell) => new Set(readings.map((read) => read(cell))).size > 1)
  return differs ?? cells.find((cell) => readings.some((read) => read(cell) !== null)) ?? null
}
