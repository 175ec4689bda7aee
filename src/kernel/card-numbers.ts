// Payment card numbers in text: which runs of digits can be one, and how one is made harmless. Only the text is judged
// here; whoever knows more, such as what else stands in a column, judges further.
//
// A number is one when its length is one that its scheme issues, its first digits lie in the scheme's range and its last
// digit is right by Luhn's rule. That is the numbering of ISO/IEC 7812-1; the ranges are those that the schemes publish
// for merchants. One in ten numbers that are nothing of the kind passes Luhn's rule by chance.

export type CardScheme =
  | 'visa'
  | 'mastercard'
  | 'american_express'
  | 'discover'
  | 'jcb'
  | 'diners'
  | 'unionpay'
  | 'maestro'
  | 'rupay'
  | 'mir'
  | 'troy'

type IssuerRange = {
  readonly scheme: CardScheme
  /** First and last of a range of first digits, both of the same length. */
  readonly from: string
  readonly to: string
  readonly lengths: readonly number[]
}

const LONG = [16, 17, 18, 19]

/**
 * The narrower range stands first. National schemes live in these ranges and need no line of their own: Dankort in 5019
 * and 4571, Verve in 506 and 650, Elo in 4, 50, 636 and 650, Hipercard in 606282 and 3841, BORICA in 2205. Visa's old 13
 * digits are extinct, and as many as an EAN has. Maestro's 12 to 15 digits are left out: nobody issues them any more.
 */
const RANGES: readonly IssuerRange[] = [
  { scheme: 'visa', from: '4', to: '4', lengths: [16, 19] },
  { scheme: 'mastercard', from: '51', to: '55', lengths: [16] },
  { scheme: 'mastercard', from: '2221', to: '2720', lengths: [16] },
  { scheme: 'american_express', from: '34', to: '34', lengths: [15] },
  { scheme: 'american_express', from: '37', to: '37', lengths: [15] },
  { scheme: 'jcb', from: '3528', to: '3589', lengths: LONG },
  { scheme: 'diners', from: '300', to: '305', lengths: [14, ...LONG] },
  { scheme: 'diners', from: '3095', to: '3095', lengths: [14, ...LONG] },
  { scheme: 'diners', from: '36', to: '36', lengths: [14, 15, ...LONG] },
  { scheme: 'diners', from: '38', to: '39', lengths: [14, ...LONG] },
  { scheme: 'mir', from: '2200', to: '2205', lengths: LONG },
  { scheme: 'unionpay', from: '62', to: '62', lengths: LONG },
  { scheme: 'unionpay', from: '810', to: '817', lengths: LONG },
  { scheme: 'discover', from: '6011', to: '6011', lengths: LONG },
  { scheme: 'discover', from: '644', to: '649', lengths: LONG },
  { scheme: 'discover', from: '65', to: '65', lengths: LONG },
  { scheme: 'rupay', from: '508', to: '508', lengths: LONG },
  { scheme: 'rupay', from: '60', to: '60', lengths: LONG },
  { scheme: 'rupay', from: '81', to: '82', lengths: [16] },
  { scheme: 'troy', from: '9792', to: '9792', lengths: [16] },
  { scheme: 'maestro', from: '50', to: '50', lengths: LONG },
  { scheme: 'maestro', from: '56', to: '58', lengths: LONG },
  { scheme: 'maestro', from: '6', to: '6', lengths: LONG },
]

const RANGES_BY_DIGIT = Array.from('0123456789', (digit) => RANGES.filter(({ from }) => from[0] === digit))

/** The scheme that issues such a number, by its first digits and its length alone; null when none does. */
export function schemeOf(digits: string): CardScheme | null {
  for (const { scheme, from, to, lengths } of RANGES_BY_DIGIT[digits.charCodeAt(0) - 48] ?? []) {
    const start = digits.slice(0, from.length)
    if (start >= from && start <= to && lengths.includes(digits.length)) return scheme
  }
  return null
}

/** Luhn's rule, ISO/IEC 7812-1 annex B. */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let place = 1; place <= digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - place) - 48
    sum += place % 2 === 1 ? digit : digit < 5 ? digit * 2 : digit * 2 - 9
  }
  return sum % 10 === 0
}

/** The check digit that GS1 gives to articles, parcels and pallets. */
export function passesGtin(digits: string): boolean {
  let sum = 0
  for (let place = 1; place <= digits.length; place++) {
    sum += (digits.charCodeAt(digits.length - place) - 48) * (place % 2 === 1 ? 1 : 3)
  }
  return sum % 10 === 0
}

/** A number of the shape of a card's: right in length, first digits, grouping and surroundings. */
export type CardShaped = {
  /** Where it stands in the text. */
  readonly start: number
  readonly end: number
  readonly digits: string
  readonly grouped: boolean
  readonly scheme: CardScheme
  /** Whether its last digit is right, without which it is no card's. */
  readonly passes: boolean
}

/** How people part the digits. Nothing between the groups but one sign, and dots only with dots. */
const GROUPINGS: readonly (readonly number[])[] = [
  [4, 4, 4, 4, 3],
  [6, 13],
  [4, 4, 4, 4, 2],
  [4, 4, 4, 4, 1],
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 4, 4, 3],
  [4, 6, 4],
  [4, 4, 4, 2],
]

/**
 * Digits with single signs between them: a blank of any width, a dash, a dot. `bytes` is for text in which every
 * character is a byte (latin1), whether it was UTF-8 or Windows-1252.
 */
const CHAINS = {
  text: /\d+(?:[ .\u00a0\u2007\u2009\u2010-\u2013\u202f-]\d+)*/g,
  bytes: /\d+(?:(?:[ .\xa0\x96-]|\xc2\xa0|\xe2\x80[\x87\x89\x90-\x93\xaf])\d+)*/g,
} as const

/** What the characters of a text are. */
export type Characters = keyof typeof CHAINS

const DIGITS_MIN = 14
const DIGITS_MAX = 19
const NOTHING_ELSE = /^\d+$/
const GROUPS = /\d+/g

/**
 * Every number in the text that has the shape of a card's, from left to right, none overlapping another. One that passes
 * Luhn's rule goes before one that does not. Takes time in proportion to the text.
 */
export function cardShapedNumbers(text: string, characters: Characters = 'text'): CardShaped[] {
  if (text.length <= DIGITS_MAX && NOTHING_ELSE.test(text)) return shapedAlone(text)
  const found: CardShaped[] = []
  for (const chain of text.matchAll(CHAINS[characters])) {
    if (chain[0].length < DIGITS_MIN) continue
    for (const shaped of shapedInChain(chain[0], chain.index)) {
      if (!isSomethingElse(text, chain, shaped)) found.push(shaped)
    }
  }
  return found
}

/** The commonest case by far, and all that a column of ids holds: digits and nothing around them. */
function shapedAlone(digits: string): CardShaped[] {
  const scheme = digits.length < DIGITS_MIN ? null : schemeOf(digits)
  if (scheme === null) return []
  return [{ start: 0, end: digits.length, digits, grouped: false, scheme, passes: passesLuhn(digits) }]
}

function shapedInChain(chain: string, offset: number): CardShaped[] {
  const groups = Array.from(chain.matchAll(GROUPS), (match) => ({ at: match.index, digits: match[0] }))
  const found: CardShaped[] = []
  for (let first = 0; first < groups.length; first++) {
    let best: { shaped: CardShaped; groups: number } | null = null
    for (const length of groupCounts(groups, first)) {
      const part = groups.slice(first, first + length)
      const last = part.at(-1)
      const start = groups[first]?.at ?? 0
      const end = last === undefined ? start : last.at + last.digits.length
      if (!partedAlike(chain.slice(start, end))) continue
      const digits = part.map((group) => group.digits).join('')
      const scheme = schemeOf(digits)
      if (scheme === null) continue
      const passes = passesLuhn(digits)
      if (best !== null && !passes) continue
      const place = { start: offset + start, end: offset + end }
      best = { shaped: { ...place, digits, grouped: length > 1, scheme, passes }, groups: length }
      if (passes) break
    }
    if (best === null) continue
    if (best.shaped.passes) {
      first += best.groups - 1
      while ((found.at(-1)?.end ?? 0) > best.shaped.start) found.pop()
    }
    // Of two that fail and overlap, the first says as much as both.
    if (best.shaped.start >= (found.at(-1)?.end ?? 0)) found.push(best.shaped)
  }
  return found
}

/** How many groups from this one on could be a card's number, the most first. */
function groupCounts(groups: readonly { readonly digits: string }[], first: number): number[] {
  const counts = GROUPINGS.filter((grouping) =>
    grouping.every((length, place) => groups[first + place]?.digits.length === length),
  ).map((grouping) => grouping.length)
  const lone = groups[first]?.digits.length ?? 0
  if (lone >= DIGITS_MIN && lone <= DIGITS_MAX) counts.push(1)
  return counts
}

function partedAlike(text: string): boolean {
  const signs = text.replace(/\d+/g, '')
  return !signs.includes('.') || /^\.+$/.test(signs)
}

const CARD_WORD =
  /^(?:visa|mastercard|mc|amex|maestro|discover|diners|jcb|unionpay|card|cardno|cardnumber|creditcard|debitcard|cc|pan|number|num|no|nr|nummer|karte|kartennummer|kreditkarte|kort|kortnummer|carte|tarjeta|carta|kaart|exp|expires|expiry|cvv|cvc|valid|b)$/i

/** What a number is part of, so that it is none of its own. The text around decides, at most some dozen signs of it. */
function isSomethingElse(text: string, chain: RegExpExecArray, { start, end, grouped, digits }: CardShaped): boolean {
  const before = text.slice(Math.max(0, start - 64), start)
  const after = text.slice(end, end + 24)
  const wordBefore = /[a-z_]+$/i.exec(before)?.[0]
  if (wordBefore !== undefined) {
    // The first track of a magnetic stripe begins with %B and the number.
    const isCard = /^b$/i.test(wordBefore) ? /%b$/i.test(before) : CARD_WORD.test(wordBefore.replace(/_+$/, ''))
    if (!isCard || /\d[a-z_]+$/i.test(before)) return true
  }
  const wordAfter = /^[a-z_]+/i.exec(after)?.[0]
  if (wordAfter !== undefined && (wordAfter.length === 1 || !CARD_WORD.test(wordAfter))) return true
  if (!grouped && isPartOfDecimal(text, before, after)) return true
  if (digits.length <= 15 && text[chain.index - 1] === '+' && chain[0].replace(/\D/g, '').length <= 15) return true
  return isInAddress(before) || isInIban(text, start, end) || isArticle(before, digits, grouped)
}

function isPartOfDecimal(text: string, before: string, after: string): boolean {
  if (/(?:^|[^\d.])\d{1,6}\.$/.test(before)) return true
  if (/^\.(?=\d)(?!0+(?!\d))/.test(after)) return true
  // A comma parts as many lists as numbers, so the number must be all there is.
  return /^\s*[-+]?(?:\d{1,6},\d+|\d+,(?!00?\s*$)\d{1,2})\s*$/.test(text)
}

/** In a web address: part of its path, or a value whose name does not speak of cards. */
function isInAddress(before: string): boolean {
  const address = /[a-z][a-z+.-]*:\/\/\S*$/i.exec(before)?.[0] ?? /\s\/\S+\/$/.exec(before)?.[0]
  if (address === undefined) return false
  const name = /[?&#]([^=&#]*)=$/.exec(address)?.[1]
  return name === undefined || !/card|pan|cc/i.test(name)
}

/** ISO 13616: letters of a country, two digits that check all of it, and up to 30 more signs. */
function isInIban(text: string, start: number, end: number): boolean {
  const from = Math.max(0, start - 44)
  const near = text.slice(from, end + 44)
  for (const { index, 0: head } of near.matchAll(/(?<![a-z0-9])[a-z]{2}\d{2}(?=[ -]?[a-z0-9])/gi)) {
    if (from + index > start) return false
    let plain = head
    for (let at = index + head.length; at < near.length && plain.length <= 34; at++) {
      const sign = near[at] ?? ''
      if (sign !== ' ' && sign !== '-' && !/[a-z0-9]/i.test(sign)) break
      if (/[a-z0-9]/i.test(sign)) plain += sign
      const isWordEnd = !/[a-z0-9]/i.test(near[at + 1] ?? '')
      if (isWordEnd && plain.length >= 15 && from + at + 1 >= end && passesMod97(plain)) return true
    }
  }
  return false
}

function passesMod97(iban: string): boolean {
  let rest = 0
  for (const sign of (iban.slice(4) + iban.slice(0, 4)).toLowerCase()) {
    const value = Number.parseInt(sign, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}

/** Fourteen digits may be a GTIN on a case of goods; both checks hold by chance for one card in ten. */
function isArticle(before: string, digits: string, grouped: boolean): boolean {
  if (grouped || digits.length !== 14 || !passesGtin(digits)) return false
  return /(?:gtin|ean|itf|upc|barcode|strichcode|artikel|article|item)\W*$/i.test(before)
}

/** The card numbers in a text, judged by nothing but the text. */
export function findCardNumbers(text: string): CardShaped[] {
  return cardShapedNumbers(text).filter((number) => number.passes)
}

/** How many digits may stay: what a receipt prints, and what PCI DSS 3.4 lets anybody see. */
export const DIGITS_KEPT = 4

/** The same text, as long as it was, with the digits of each card number but the last four replaced by `*`. */
export function maskCardNumbers(text: string): { readonly text: string; readonly found: number } {
  const numbers = findCardNumbers(text)
  let masked = ''
  let at = 0
  for (const { start, end, digits } of numbers) {
    let toHide = digits.length - DIGITS_KEPT
    masked += text.slice(at, start)
    masked += text.slice(start, end).replace(/\d/g, (digit) => (toHide-- > 0 ? '*' : digit))
    at = end
  }
  return { text: masked + text.slice(at), found: numbers.length }
}
