// Amounts travel as texts ("126.00") and are whole numbers of minor units within. No float touches them.

const QUANTITY_DIGITS = 3

/** "126", "126.5", "126.50" in minor units; an empty text is nought; null: no such amount. */
export function minorOf(text: string, exponent: number): number | null {
  if (text === '') return 0
  const match = /^(-?)(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text)
  if (match === null) return null
  const [, sign, whole = '0', fraction = ''] = match
  if (/[1-9]/.test(fraction.slice(exponent))) return null
  const digits = `${whole}${fraction.slice(0, exponent).padEnd(exponent, '0')}`
  return sign === '-' ? -Number(digits) : Number(digits)
}

/** Always with all its decimals: "126.00". */
export function amountText(minor: number, exponent: number): string {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
  const cut = digits.length - exponent
  const text = exponent === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`
  return minor < 0 ? `-${text}` : text
}

/** A positive decimal of at most three places in thousandths; null: no such quantity. */
export function thousandthsOf(quantity: string): number | null {
  const match = /^(\d{1,5})(?:\.(\d{1,3}))?$/.exec(quantity)
  if (match === null) return null
  const thousandths = Number(`${match[1]}${(match[2] ?? '').padEnd(QUANTITY_DIGITS, '0')}`)
  return thousandths > 0 ? thousandths : null
}

/** So many of that price, halves rounded up. */
export function times(price: number, thousandths: number): number {
  return Math.floor((price * thousandths + 500) / 1000)
}
