import type { NumberFormat } from './number-format.ts'
import { elapsedText, serialText } from './serial-date.ts'

// A number of a workbook as the text of a cell. The decimal mark is a point, there are no groups and no exponents, and
// exactly three decimals get a fourth, so that no number can be taken for one with a mark of thousands.

const DECIMALS_MAX = 6
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
/** Beyond this a double does not hold every integer; the digits of the file are then closer to what was meant. */
const EXACT_DIGITS = 15

/** Text that is no number is answered as it stands. */
export function numberText(text: string, format: NumberFormat, from1904: boolean): string {
  if (format.kind === 'plain') return plainText(text)
  const trimmed = text.trim()
  if (!NUMBER.test(trimmed)) return text
  if (format.kind === 'money') return `${plainText(trimmed)} ${format.sign}`
  const value = Number(trimmed)
  if (format.kind === 'percent') return `${decimal(value, 2)}%`
  if (format.kind === 'padded') return padded(plainText(trimmed), format.digits)
  const moment = format.kind === 'elapsed' ? elapsedText(value) : serialText(value, format, from1904)
  return moment ?? plainText(trimmed)
}

function plainText(text: string): string {
  if (isShort(text)) return text
  const trimmed = text.trim()
  if (!NUMBER.test(trimmed)) return text
  if (/^-?\d+$/.test(trimmed) && trimmed.length > EXACT_DIGITS) return trimmed
  return decimal(Number(trimmed), 0)
}

/** The common case: what is already written as it will be, integers and amounts with one or two decimals. */
function isShort(text: string): boolean {
  const length = text.length
  let at = text.charCodeAt(0) === 45 ? 1 : 0
  const first = text.charCodeAt(at)
  if (length > EXACT_DIGITS || length === at) return false
  if (first === 48 && length > at + 1 && text.charCodeAt(at + 1) !== 46) return false
  if (first === 48 && length === at + 1) return at === 0
  let point = -1
  for (; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code === 46 && point < 0) point = at
    else if (code < 48 || code > 57) return false
  }
  if (point < 0) return true
  const decimals = length - point - 1
  const last = text.charCodeAt(length - 1)
  return (decimals === 1 || decimals === 2) && last !== 48 && first !== 46
}

function padded(text: string, digits: number): string {
  return /^\d+$/.test(text) ? text.padStart(digits, '0') : text
}

/** The shortest decimal that is this double, times 10 to the `shift`, rounded half up to six places. */
function decimal(value: number, shift: number): string {
  if (!Number.isFinite(value)) return String(value)
  const [mantissa = '', exponent = '0'] = String(Math.abs(value)).split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  let digits = BigInt(whole + fraction)
  let places = fraction.length - Number(exponent) - shift
  if (places > DECIMALS_MAX) {
    const unit = 10n ** BigInt(places - DECIMALS_MAX)
    digits = (digits + unit / 2n) / unit
    places = DECIMALS_MAX
  } else if (places < 0) {
    digits *= 10n ** BigInt(-places)
    places = 0
  }
  const text = digits.toString().padStart(places + 1, '0')
  const point = text.length - places
  const decimals = text.slice(point).replace(/0+$/, '')
  const shown = decimals === '' ? text.slice(0, point) : `${text.slice(0, point)}.${decimals}`
  return (value < 0 && digits !== 0n ? '-' : '') + shown + (decimals.length === 3 ? '0' : '')
}
