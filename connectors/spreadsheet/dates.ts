import type { DateOrder } from '../contract-files.ts'

// From the text of a cell to a wall clock. Days are counted from 1970-01-01 of the wall clock, times in milliseconds
// of the day. Nothing here knows a zone; an offset that stands in the text is handed on.

export type DateParts = {
  readonly a: number
  readonly b: number
  readonly c: number
  /** The year's place: a four-digit first field, a four-digit last one, or two digits last. */
  readonly year: 'first' | 'last'
  readonly month: 'number' | 'named'
}

export type Moment = {
  /** Days since 1970-01-01. */
  readonly day: number
  /** Milliseconds of the day; null when the text has a date alone. */
  readonly time: number | null
  /** Minutes east of UTC, where the text says so. */
  readonly offset: number | null
}

export const DAY_MS = 86_400_000
const DAYS_IN_400_YEARS = 146_097
/** No date and no time is longer; what is would take long to take apart. */
const MOMENT_CHARS_MAX = 100

const MONTHS: readonly (readonly string[])[] = [
  [
    'jan',
    'january',
    'januar',
    'janvier',
    'janv',
    'enero',
    'ene',
    'gennaio',
    'gen',
    'januari',
    'janeiro',
    'jän',
    'jänner',
  ],
  ['feb', 'february', 'februar', 'février', 'févr', 'fév', 'febrero', 'febbraio', 'februari', 'fevereiro', 'fev'],
  ['mar', 'march', 'märz', 'mär', 'mrz', 'marts', 'mars', 'marzo', 'maart', 'mrt', 'março'],
  ['apr', 'april', 'avril', 'avr', 'abril', 'abr', 'aprile'],
  ['may', 'mai', 'maj', 'mayo', 'maggio', 'mag', 'mei', 'maio'],
  ['jun', 'june', 'juni', 'juin', 'junio', 'giugno', 'giu', 'junho'],
  ['jul', 'july', 'juli', 'juillet', 'juil', 'julio', 'luglio', 'lug', 'julho'],
  ['aug', 'august', 'août', 'aout', 'agosto', 'ago', 'augustus', 'augusti'],
  ['sep', 'sept', 'september', 'septembre', 'septiembre', 'settembre', 'set', 'setembro'],
  ['oct', 'october', 'oktober', 'okt', 'octobre', 'octubre', 'ottobre', 'ott', 'outubro', 'out'],
  ['nov', 'november', 'novembre', 'noviembre', 'novembro'],
  ['dec', 'december', 'dezember', 'dez', 'décembre', 'déc', 'diciembre', 'dic', 'dicembre', 'dezembro'],
]
const MONTH_BY_NAME: ReadonlyMap<string, number> = new Map(
  MONTHS.flatMap((names, month) => names.map((name) => [name, month + 1] as const)),
)

export function isMonthName(word: string): boolean {
  return MONTH_BY_NAME.has(word.toLowerCase())
}

// Abbreviations that mean one offset wherever tills write them.
const OFFSETS: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  Z: 0,
  EST: -300,
  EDT: -240,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  WET: 0,
  WEST: 60,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  AKST: -540,
  AKDT: -480,
  HST: -600,
  NST: -210,
  NDT: -150,
  ADT: -180,
  BRT: -180,
  ART: -180,
  MSK: 180,
  SAST: 120,
  EAT: 180,
  WAT: 60,
  SGT: 480,
  HKT: 480,
  JST: 540,
  KST: 540,
  AWST: 480,
  ACST: 570,
  ACDT: 630,
}

/** Abbreviations that several zones share, and their offsets. A time that ends in one is read as the local clock. */
export const SHARED_ZONE_LETTERS: Readonly<Record<string, readonly number[]>> = {
  CST: [-360, 480, -300],
  IST: [330, 120, 60],
  BST: [60, 360],
  AST: [-240, 180],
  GST: [240, -120],
}

/** The letters behind a time of day that do not say one offset; null where there are none. */
export function sharedZoneLetters(time: string): string | null {
  const letters = time.slice(-3).toUpperCase()
  return letters in SHARED_ZONE_LETTERS ? letters : null
}

const NUMERIC_DATE = /^(\d{1,4})([-/.])\s?(\d{1,2})\2\s?(\d{1,4})\.?$/
const COMPACT_DATE = /^(\d{4})(\d{2})(\d{2})$/
const WEEKDAY = /^\p{L}{2,10}\.?,\s+(?=\S)|^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+/iu
const DAY_NAME_YEAR = /^(\d{1,2})(?:st|nd|rd|th)?[.\s-]+(?:de\s+)?(\p{L}+)\.?(?:\s+de)?[,.\s-]+(\d{4}|\d{2})$/u
const NAME_DAY_YEAR = /^(\p{L}+)\.?[\s-]+(\d{1,2})(?:st|nd|rd|th)?[,\s-]+(\d{4}|\d{2})$/u
const TIME =
  /^(\d{1,2})(?:[:.h](\d{2})(?:[:.](\d{2})(?:[.,:](\d{1,9}))?)?)?\s*(?:([ap])\.?\s?m\.?)?\s*(Z|UTC|GMT|[A-Z]{3,4}|(?:UTC|GMT)?[+-]\d{1,2}:?(?:\d{2})?)?$/i
// A time is split off at the first blank, comma or T behind a digit that is followed by something like a time.
const SPLIT = /^(.*?\d\.?)(?:,?\s+|[T_])(\d{1,2}(?:[:.h]\d{2}.*|\s*[ap]\.?m\.?.*))$/iu

/** Date and time parts of a text, each trimmed; the time is '' when there is none. */
export function splitMoment(text: string): readonly [date: string, time: string] {
  const trimmed = text.trim()
  const match = SPLIT.exec(trimmed)
  return match ? [match[1] ?? '', match[2] ?? ''] : [trimmed, '']
}

/** The three fields of a date without deciding which is which; null when the text is no date. */
export function dateParts(text: string): DateParts | null {
  let match = NUMERIC_DATE.exec(text)
  if (match) {
    const [a, b, c] = [match[1] ?? '', match[3] ?? '', match[4] ?? '']
    if (a.length === 4 && c.length <= 2) return { a: +a, b: +b, c: +c, year: 'first', month: 'number' }
    if (a.length <= 2 && (c.length === 4 || c.length === 2))
      return { a: +a, b: +b, c: fullYear(c), year: 'last', month: 'number' }
    return null
  }
  match = COMPACT_DATE.exec(text)
  if (match) {
    const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
    return year >= 1970 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31
      ? { a: year, b: month, c: day, year: 'first', month: 'number' }
      : null
  }
  return namedParts(text.replace(WEEKDAY, ''))
}

function namedParts(text: string): DateParts | null {
  const dayFirst = DAY_NAME_YEAR.exec(text)
  const nameFirst = dayFirst ? null : NAME_DAY_YEAR.exec(text)
  const found = dayFirst
    ? { name: dayFirst[2], day: dayFirst[1], year: dayFirst[3] }
    : nameFirst && { name: nameFirst[1], day: nameFirst[2], year: nameFirst[3] }
  const month = found?.name === undefined ? undefined : MONTH_BY_NAME.get(found.name.toLowerCase())
  if (!found || month === undefined) return null
  return { a: fullYear(found.year ?? ''), b: month, c: Number(found.day), year: 'first', month: 'named' }
}

/** 00 to 68 are this century, 69 to 99 the last one. */
function fullYear(digits: string): number {
  const year = Number(digits)
  return digits.length > 2 ? year : year <= 68 ? 2000 + year : 1900 + year
}

/** What a date proves about the order of its column. */
export function orderEvidence(parts: DateParts): DateOrder | 'either' {
  if (parts.year === 'first') return 'ymd'
  if (parts.a > 12 && parts.b <= 12) return 'dmy'
  if (parts.b > 12 && parts.a <= 12) return 'mdy'
  return 'either'
}

/** The day's number, or null for a day that does not exist: 29 February of a common year, 31 April. */
export function dayOf(parts: DateParts, order: DateOrder): number | null {
  let [year, month, day] = [parts.a, parts.b, parts.c]
  if (parts.year === 'last') {
    year = parts.c
    month = order === 'mdy' ? parts.a : parts.b
    day = order === 'mdy' ? parts.b : parts.a
  }
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null
  // Years below 100 would be taken for the last century's; the calendar repeats itself after 400 years.
  return Date.UTC(year + 400, month - 1, day) / DAY_MS - DAYS_IN_400_YEARS
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

export type TimeOfDay = { readonly ms: number; readonly offset: number | null }

/** A time of day; 24:00 answers a whole day, which moves the moment to the next day's start. */
export function readTime(text: string): TimeOfDay | null {
  const quick = quickTime(text)
  if (quick >= 0) return { ms: quick, offset: null }
  const match = TIME.exec(text.trim())
  if (!match || (match[2] === undefined && match[5] === undefined)) return null
  let hour = Number(match[1])
  const [minute, second] = [Number(match[2] ?? 0), Number(match[3] ?? 0)]
  const half = match[5]?.toLowerCase()
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null
    hour = (hour % 12) + (half === 'p' ? 12 : 0)
  }
  const offset = match[6] === undefined ? null : readOffset(match[6])
  if (offset === undefined) return null
  const ms = clockMs(hour, minute, second)
  // Digits beyond the millisecond are cut: a moment is never moved into the next one.
  return ms < 0 ? null : { ms: ms + Number((match[4] ?? '').slice(0, 3).padEnd(3, '0')), offset }
}

/** `HH:MM` and `HH:MM:SS` (one-digit hours too) without a regular expression; -1 for anything else. */
function quickTime(text: string): number {
  const length = text.length
  const colon = text.charCodeAt(1) === 58 ? 1 : text.charCodeAt(2) === 58 ? 2 : -1
  if (colon < 0) return -1
  const hour = colon === 1 ? digit(text, 0) : two(text, 0)
  const minute = two(text, colon + 1)
  if (hour < 0 || minute < 0) return -1
  if (length === colon + 3) return clockMs(hour, minute, 0)
  if (length !== colon + 6 || text.charCodeAt(colon + 3) !== 58) return -1
  const second = two(text, colon + 4)
  return second < 0 ? -1 : clockMs(hour, minute, second)
}

function clockMs(hour: number, minute: number, second: number): number {
  if (hour === 24 && minute === 0 && second === 0) return DAY_MS
  if (hour > 23 || minute > 59 || second > 59) return -1
  return ((hour * 60 + minute) * 60 + second) * 1000
}

function digit(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57 ? code - 48 : -1
}

function two(text: string, at: number): number {
  const tens = digit(text, at)
  const ones = digit(text, at + 1)
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones
}

/** Minutes east of UTC; null for letters that several zones share, undefined for letters of none. */
function readOffset(text: string): number | null | undefined {
  const match = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/i.exec(text)
  if (!match) {
    const letters = text.toUpperCase()
    return letters in SHARED_ZONE_LETTERS ? null : OFFSETS[letters]
  }
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return minutes > 14 * 60 ? undefined : match[1] === '-' ? -minutes : minutes
}

/** Reads dates of one column, remembering what it read: a day's sales share their date. */
export class MomentReader {
  private readonly days = new Map<string, number | null>()
  private readonly times = new Map<string, TimeOfDay | null>()
  private readonly order: DateOrder

  constructor(order: DateOrder) {
    this.order = order
  }

  day(text: string): number | null {
    const known = this.days.get(text)
    if (known !== undefined) return known
    const parts = dateParts(text.trim())
    const day = parts ? dayOf(parts, this.order) : null
    if (this.days.size >= CACHE_MAX) this.days.clear()
    this.days.set(copied(text), day)
    return day
  }

  time(text: string): TimeOfDay | null {
    const quick = quickTime(text)
    if (quick >= 0) return { ms: quick, offset: null }
    if (text.length > MOMENT_CHARS_MAX) return null
    const known = this.times.get(text)
    if (known !== undefined) return known
    const time = readTime(text)
    if (this.times.size >= CACHE_MAX) this.times.clear()
    this.times.set(copied(text), time)
    return time
  }

  /** A date with or without a time in one text; null when it is neither or does not exist. */
  moment(text: string): Moment | null {
    if (text.length > MOMENT_CHARS_MAX) return null
    const cut = quickSplit(text)
    let [date, time] = cut > 0 ? [text.slice(0, text[cut - 1] === ',' ? cut - 1 : cut), text.slice(cut + 1)] : ['', '']
    if (cut <= 0 || quickTime(time) < 0) [date, time] = splitMoment(text)
    const day = this.day(date)
    if (day === null) return null
    if (time === '') return { day, time: null, offset: null }
    const clock = this.time(time)
    return clock ? { day, time: clock.ms, offset: clock.offset } : null
  }
}

const CACHE_MAX = 20_000

/** The place of a lone blank or T between date and time in the commonest forms, or -1. */
function quickSplit(text: string): number {
  const code = text.charCodeAt(10)
  if (code === 32 || code === 84) return 10
  return text.indexOf(' ')
}

/** A text of its own: a piece cut from a chunk would keep the whole chunk in memory as long as a cache holds it. */
export function copied(text: string): string {
  return Buffer.from(text).toString()
}
