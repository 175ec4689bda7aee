import { formatDay, formatDayRange } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { FileDetection, Import } from '../../app/wire.ts'
import { readDay } from './readings.ts'

/** What a file was taken for, in one or two sentences that a merchant would say. */
export function understoodSentence(run: Pick<Import, 'preview' | 'check'>, detection: FileDetection): string {
  const words = texts.imports.understood
  const what = detection.preset === null ? words.isGrain[detection.grain] : words.is(detection.preset.name)
  const money = words.money[detection.currency_from](currencyName(detection.currency))
  const habits = [datesWords(detection), marksWords(detection), taxWords(detection)].filter((one) => one !== null)
  const [first, ...others] = habits
  const how = first === undefined ? '' : ` ${capital(first)}${others.map((one) => `; ${one}`).join('')}.`
  return `${what}${periodWords(run)}${money}.${how}`
}

function periodWords(run: Pick<Import, 'preview' | 'check'>): string {
  const words = texts.imports.understood
  const days = run.check?.state === 'done' && run.check.days_left_out === 0 ? run.check.days : []
  const [first, last] = [days[0], days.at(-1)]
  if (first !== undefined && last !== undefined) {
    return words.period(formatDayRange(first.business_date, last.business_date))
  }
  const beginning = (run.preview ?? []).map((sale) => sale.business_date).sort()[0]
  return beginning === undefined ? '' : words.since(formatDay(beginning))
}

function datesWords(detection: FileDetection): string | null {
  const order = detection.date_order
  if (order === null) return null
  const words = texts.imports.understood
  const cells = detection.columns.flatMap(({ role, examples }) =>
    role === 'date' || role === 'date_time' ? examples : [],
  )
  // A date that begins with its year is read so whatever the order of the others is.
  if (cells.length > 0 && cells.every((one) => readDay(one, 'ymd') !== null)) return words.dates.ymd
  const cell = cells.find((one) => readDay(one, order) !== null)
  const day = cell === undefined ? null : readDay(cell, order)
  // Nobody mistakes a date that begins with its year, so it needs no example.
  if (cell === undefined || day === null || order === 'ymd') return words.dates[order]
  return `${words.dates[order]}${words.shown(cell, formatDay(day))}`
}

function marksWords(detection: FileDetection): string {
  const words = texts.imports.understood
  const used = new Set(
    detection.columns.map(({ index, role }) => (NUMERIC.has(role) ? detection.marks[index] : undefined)),
  )
  used.delete(undefined)
  return used.size > 1 ? words.markMixed : words.marks[detection.decimal_mark]
}

const NUMERIC: ReadonlySet<string> = new Set(['gross', 'net', 'total', 'unit_price', 'tax', 'discount', 'quantity'])

/** Only of files that speak of tax. */
function taxWords(detection: FileDetection): string | null {
  return detection.columns.some(({ role }) => role === 'tax') ? texts.imports.understood.tax[detection.tax] : null
}

/** `US dollars (USD)`, in the reader's language. */
export function currencyName(code: string): string {
  const name = new Intl.DisplayNames(texts.locale, { type: 'currency' }).of(code)
  return name === undefined || name === code ? code : `${name} (${code})`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
