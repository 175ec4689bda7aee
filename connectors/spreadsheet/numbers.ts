import { isCurrencyCode } from '#kernel/currency.ts'

// From the text of a cell to a plain decimal. Which mark is the decimal one is settled per column from all its cells;
// a single cell is read the other way only when it cannot be read the settled way.

export type DecimalMark = '.' | ','

const CURRENCY_SIGNS = '€£$¥₹₩₪₫₴₺₽₱฿₦₡₲₵₸₭₮¢'
const BLANKS = '\u0020\u00a0\u202f\u2009\u2007\t'
const MINUSES = '-−–'
const NULLS = new Set(['', '-', '--', '–', '—', 'n/a', 'na', 'null', '#n/a', 'none', 'nan'])
// A sign written with letters, before or after the digits: `kr. 12`, `R$ 5`; the commonest codes in any case.
const LETTERS =
  /^(?:eur|usd|gbp|chf|dkk|sek|nok|kr\.?|fr\.?|sfr\.?|rs\.?|r\$|zł|lei|ft|kč|us\$|ca\$|a\$|au\$|nz\$|hk\$|s\$|mx\$)$/i

export type NumberShape = {
  readonly negative: boolean
  /** Digits and marks (`.` `,`) alone; group blanks and apostrophes are gone. */
  readonly body: string
  /** A currency's sign or letters found at its side. */
  readonly sign: string | null
  readonly percent: boolean
}

export function isNullText(text: string): boolean {
  return text === '' || (text.length <= 4 && NULLS.has(text.trim().toLowerCase()))
}

/** Takes a cell apart; null when it is no number. */
export function numberShape(cell: string): NumberShape | null {
  let text = cell.trim()
  let negative = false
  if (text.startsWith('(') && text.endsWith(')')) {
    negative = true
    text = text.slice(1, -1).trim()
  }
  const suffix = /\s(DR|CR)$/i.exec(text)
  if (suffix) {
    if (suffix[1]?.toUpperCase() === 'DR') negative = true
    text = text.slice(0, -3).trim()
  }
  const first = firstDigit(text)
  if (first < 0) return null
  const last = lastDigit(text)
  const before = side(text.slice(0, first))
  const after = side(text.slice(last + 1))
  if (!before || !after || (before.minus && after.minus) || (before.sign !== null && after.sign !== null)) return null
  const body = groupBlanksRemoved(text.slice(before.mark ? first - 1 : first, last + 1))
  if (body === null) return null
  return {
    negative: negative !== (before.minus || after.minus),
    body,
    sign: before.sign ?? after.sign,
    percent: after.percent,
  }
}

function firstDigit(text: string): number {
  for (let at = 0; at < text.length; at++) if (isDigit(text.charCodeAt(at))) return at
  return -1
}

function lastDigit(text: string): number {
  for (let at = text.length - 1; at >= 0; at--) if (isDigit(text.charCodeAt(at))) return at
  return -1
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

type Side = { minus: boolean; sign: string | null; percent: boolean /** `.5` without its zero. */; mark: boolean }

/** What stands before or behind the digits; null when it belongs to no number. */
function side(text: string): Side | null {
  const found: Side = { minus: false, sign: null, percent: false, mark: false }
  let letters = ''
  for (const char of text) {
    if (MINUSES.includes(char)) {
      if (found.minus) return null
      found.minus = true
    } else if (char === '+' || char === "'" || BLANKS.includes(char)) continue
    else if (char === '%') found.percent = true
    else letters += char
  }
  if (letters === '') return found
  if (letters.length > 1 && isSign(letters)) return { ...found, sign: letters }
  if ((letters.endsWith('.') || letters.endsWith(',')) && letters.length <= 2) {
    found.mark = text.endsWith(letters.slice(-1))
    letters = letters.slice(0, -1)
  }
  if (letters === '') return found
  if (letters.length <= 2 && CURRENCY_SIGNS.includes(letters)) return { ...found, sign: letters }
  return isSign(letters) ? { ...found, sign: letters } : null
}

/** `1.234,56 EUR`; `VAT 20` and `Tea 2` are names. */
function isSign(letters: string): boolean {
  return LETTERS.test(letters) || (letters.length === 3 && isCurrencyCode(letters))
}

/** Group blanks and apostrophes stand before three digits, or before two in Indian numbers; elsewhere it is no number. */
function groupBlanksRemoved(text: string): string | null {
  let out = ''
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const char = text[at] ?? ''
    if (isDigit(code) || char === '.' || char === ',') out += char
    else if (BLANKS.includes(char) || char === "'" || char === '’') {
      const run = digitsFrom(text, at + 1)
      if (run !== 3 && run !== 2) return null
    } else return null
  }
  return out
}

function digitsFrom(text: string, at: number): number {
  let end = at
  while (end < text.length && isDigit(text.charCodeAt(end))) end++
  return end - at
}

export type MarkEvidence = 'point' | 'comma' | 'either' | 'none'

/** Which decimal mark a number's body proves; `either` when its one mark may be both, as in `1,234`. */
export function markEvidence(body: string): MarkEvidence {
  const point = body.lastIndexOf('.')
  const comma = body.lastIndexOf(',')
  if (point < 0 && comma < 0) return 'none'
  if (point >= 0 && comma >= 0) return point > comma ? 'point' : 'comma'
  const at = Math.max(point, comma)
  const mark = point >= 0 ? '.' : ','
  // A mark that comes twice groups, so the other one is decimal.
  if (body.indexOf(mark) !== at) return mark === '.' ? 'comma' : 'point'
  const behind = body.length - at - 1
  // 0,125 and 01,234 are no grouped numbers, and groups are never longer than three digits ahead of the first mark.
  if (behind === 3 && at <= 3 && at > 0 && body[0] !== '0') return 'either'
  return mark === '.' ? 'point' : 'comma'
}

/** The decimal in canonical form, or null. */
export function readNumber(cell: string, mark: DecimalMark): string | null {
  const quick = plainNumber(cell, mark)
  if (quick !== null) return quick
  const shape = numberShape(cell)
  if (!shape) return null
  const plain = plainBody(shape.body, mark) ?? plainBody(shape.body, mark === '.' ? ',' : '.')
  if (plain === null) return null
  return shape.negative && plain !== '0' ? `-${plain}` : plain
}

/** The common case without any allocation but the answer: an optional minus, digits, at most one decimal point. */
function plainNumber(cell: string, mark: DecimalMark): string | null {
  const length = cell.length
  let at = cell.charCodeAt(0) === 45 ? 1 : 0
  if (at === length) return null
  const first = cell.charCodeAt(at)
  if (first < 49 || first > 57) return null
  let point = -1
  for (; at < length; at++) {
    const code = cell.charCodeAt(at)
    if (code >= 48 && code <= 57) continue
    if (code !== 46 || point >= 0 || mark !== '.') return null
    point = at
  }
  if (point < 0) return length <= 18 ? cell : null
  return length <= 18 && point < length - 1 && cell.charCodeAt(length - 1) !== 48 ? cell : null
}

/** Digits with a point as the decimal mark, or null when the marks do not stand as this mark would have them. */
function plainBody(body: string, mark: DecimalMark): string | null {
  const at = body.lastIndexOf(mark)
  if (at >= 0 && body.indexOf(mark) !== at) return null
  const whole = at < 0 ? body : body.slice(0, at)
  const fraction = at < 0 ? '' : body.slice(at + 1)
  const group = mark === '.' ? ',' : '.'
  if (fraction.includes(group)) return null
  const digits = ungrouped(whole, group)
  if (digits === null || (digits === '' && fraction === '')) return null
  const trimmed = fraction.replace(/0+$/, '')
  const lead = digits.replace(/^0+(?=\d)/, '') || '0'
  return trimmed === '' ? lead : `${lead}.${trimmed}`
}

function ungrouped(whole: string, group: string): string | null {
  if (!whole.includes(group)) return whole
  const parts = whole.split(group)
  const first = parts[0] ?? ''
  const last = parts[parts.length - 1] ?? ''
  if (first.length < 1 || first.length > 3 || last.length !== 3) return null
  const middle = parts.slice(1, -1)
  const western = middle.every((part) => part.length === 3)
  const indian = first.length <= 2 && middle.every((part) => part.length === 2)
  return western || indian ? parts.join('') : null
}
