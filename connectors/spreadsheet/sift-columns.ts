import { type CardShaped, DIGITS_KEPT, passesGtin } from '#kernel/card-numbers.ts'

// Whether a column's numbers are ids that look like card numbers. One in ten such ids passes Luhn's rule, and an id that
// was masked could be mistaken for another; cards pass always. So numbers of one look in one column are counted, and the
// share that passes tells. A number that stands in words of its own is nobody's id and is not asked about.

/** What the heading of a column says of the numbers below it. */
export type HeadingWord = 'card_number' | 'card' | 'id' | null

/** A number alone in its cell, or with the same few signs around it as its neighbours, such as `#` or `INV-`. */
export type LoneNumber = {
  readonly column: number
  /** The cell's text without the number, its other digits made `0`. */
  readonly around: string
  readonly number: CardShaped
}

/** Numbers of one column that look alike. */
export type Look = {
  /** Different numbers so far, and how many of them pass. */
  numbers: number
  passing: number
  /** How many are right by the check digit of articles. */
  articles: number
  /** What all of them begin with. */
  start: string
  readonly seen: Set<number>
  last: number
}

const LOOKS_MAX = 4_000
const COLUMNS_HEARD = 2_000
const SEEN_MAX = 2_000
const PASSING_BY_CHANCE = 0.1
/** So many different numbers must fail before a column is said to hold ids. */
const FAILING_MIN = 4
/** Fourteen digits that are all right as a GTIN, too: so many are no chance. */
const ARTICLES_MIN = 3
/** Numbers that agree in so many first digits were counted up; a bank's cards agree in six or eight. */
const SEQUENCE_DIGITS = 10

export class Columns {
  private readonly looks = new Map<string, Look>()
  private headings: readonly HeadingWord[] = []
  private headingsFilled = 0
  private heard: { record: number; filled: number; words: HeadingWord[] } = { record: -1, filled: 0, words: [] }

  /**
   * A cell near the top that holds no such number. The row with the most cells without any digit is taken for the one
   * that names the columns, the first of several.
   */
  hear(record: number, column: number, text: string): void {
    if (column >= COLUMNS_HEARD || /\d/.test(text) || /^[\s"']*$/.test(text)) return
    if (this.heard.record !== record) this.heard = { record, filled: 0, words: [] }
    this.heard.words[column] = headingWord(text)
    if (++this.heard.filled <= this.headingsFilled) return
    this.headings = this.heard.words
    this.headingsFilled = this.heard.filled
  }

  /** Counts the number among its like; a number of a look that is counted no more is answered with null. */
  count(lone: LoneNumber): Look | null {
    const look = this.lookOf(lone)
    if (look !== null) add(look, lone.number)
    return look
  }
  /**
   * Whether the number is to be masked, by all that was counted. `sigmas` is how far above chance the passing ones may
   * lie before ids are no longer believed: more where it is asked again and again.
   */
  isCard({ column, around, number }: LoneNumber, look: Look | null, sigmas: number): boolean {
    const heading = this.headings[column] ?? null
    if (heading === 'card_number') return true
    if (!number.passes) return false
    if (heading === 'card' || speaksOfCards(around)) return true
    if (look === null) return true
    const failing = look.numbers - look.passing
    const isArticle = around === '' && !number.grouped && number.digits.length === 14 && look.articles === look.numbers
    if (isArticle && look.numbers >= ARTICLES_MIN) return false
    const counted = look.start.length >= SEQUENCE_DIGITS && look.numbers > 2
    if (heading === 'id') return !counted && look.passing > byChance(look.numbers, Math.max(sigmas, 6))
    if (counted && failing > 0) return false
    return failing < FAILING_MIN || look.passing > byChance(look.numbers, sigmas)
  }

  private lookOf(lone: LoneNumber): Look | null {
    const name = nameOf(lone)
    const known = this.looks.get(name)
    if (known !== undefined) return known
    // A file whose cells all look different holds no columns of ids; its numbers are judged alone.
    if (this.looks.size >= LOOKS_MAX) return null
    const look: Look = { numbers: 0, passing: 0, articles: 0, start: '', seen: new Set(), last: -1 }
    this.looks.set(name, look)
    return look
  }
}

function add(look: Look, { digits, passes }: CardShaped): void {
  const hash = hashOf(digits)
  // The items of one sale repeat its id, and a number that is often repeated is no further witness.
  if (look.last === hash || look.seen.has(hash)) return
  look.last = hash
  if (look.seen.size < SEEN_MAX) look.seen.add(hash)
  look.start = look.numbers === 0 ? digits : commonStart(look.start, digits)
  look.numbers++
  if (passes) look.passing++
  if (digits.length === 14 && passesGtin(digits)) look.articles++
}

/** Ids of one look agree in length, grouping and first digit, so that a card among them stands out. */
function nameOf({ column, around, number: { digits, grouped } }: LoneNumber): string {
  return `${column} ${digits.length}${grouped ? '/' : '.'}${digits[0]} ${around}`
}

function byChance(numbers: number, sigmas: number): number {
  const expected = numbers * PASSING_BY_CHANCE
  return expected + sigmas * Math.sqrt(expected * (1 - PASSING_BY_CHANCE))
}

function commonStart(one: string, other: string): string {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return one.slice(0, length)
}

/** FNV-1a: enough to tell numbers apart, and no list of them is kept. */
function hashOf(digits: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < digits.length; at++) hash = Math.imul(hash ^ digits.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

const CARD = /\b(?:credit ?card|debit ?card|card|pan|karten?|kredit ?karten?|kort|carte|tarjeta|carta|kaart|cc)/
const CARD_NUMBER =
  /\b(?:(?:credit|debit|bank|payment)? ?(?:card|karten?|kort|cc|pan|carte|tarjeta|carta|kaart) ?(?:numbers?|no|nr|num|nummer|#)|pan|num\w* (?:de )?(?:la )?(?:carte|tarjeta|carta)|kreditkarte)\b/
const OTHER_CARD = /\b(?:gift|loyalty|member\w*|punch|geschenk\w*|gave\w*|cadeau|regalo|suffix|last)\b/
/** A number that somebody gives out one after the other, or that is known not to be a card's. */
const GIVEN_OUT =
  /\b(?:orders?|transactions?|sales?|receipts?|checks?|tickets?|invoices?|bills?|bookings?|items?|line ?items?|lines?|articles?|products?|selections?|payments?|refunds?|deposits?|batch|master|devices?|registers?|stores?|locations?|shipments?|parcels?|tracking) ?(?:id|ids|uuid|numbers?|no|nr|num|code)\b/
const GIVEN_OUT_ELSEWHERE =
  /\b(?:beleg|bon|bestell|rechnungs?|vorgangs?|transaktions?|artikel|auftrags?|sendungs?|kvitterings?|ordre|vare|kassabon|kvitto)[ -]?(?:nummer|nr|id)\b|\bnum\w* (?:de )?(?:ticket|commande|recibo|pedido|facture|factura|scontrino|ordine)\b/
const SOLE =
  /^(?:id|orders?|transactions?|sales?|receipts?|tickets?|invoices?|bills?|check|beleg|bon|scontrino|uuid|guid|sku|plu|bar ?code|ean|ean ?1[34]|gtin|gtin ?1[34]|upc|isbn|itf|phone|phone number|telephone|mobile|tel|telefon|handy|imei|iccid|serial|serial number|tracking|iban|orderid|transactionid|receiptid|paymentid|ticketid)$/
const ID_LAST = /\b(?:id|uuid|guid)$/
/** What people fill in themselves, whatever it is called. */
const TYPED_IN =
  /\b(?:customer|client|guest|member|user|employee|staff|account|custom|reference|note|comment|kunden?)\b/

/** What a text says when it is taken for a heading. */
export function headingWord(text: string): HeadingWord {
  const words = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/#/g, ' number ')
    .replace(/[^\x20-\x7f]+/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
  if (words === '' || words.length > 60) return null
  const isNumbered = ID_LAST.test(words) || SOLE.test(words) || GIVEN_OUT.test(words) || GIVEN_OUT_ELSEWHERE.test(words)
  const isId = isNumbered && !TYPED_IN.test(words)
  const isCard = CARD.test(words)
  // `Credit Card Transaction ID` speaks of both: the numbers themselves must tell.
  if (isId && isCard) return null
  if (isId) return 'id'
  if (!isCard) return null
  return CARD_NUMBER.test(words) && !OTHER_CARD.test(words) ? 'card_number' : 'card'
}

function speaksOfCards(around: string): boolean {
  return /card|visa|master|amex|maestro|karte|kort|carte|tarjeta|carta|\bpan\b/i.test(around)
}

/** Writes `*` over the digits between two places, but for the last four. */
export function maskDigits(bytes: Uint8Array, start: number, end: number): void {
  let kept = 0
  for (let at = end - 1; at >= start; at--) {
    const byte = bytes[at] ?? 0
    if (byte >= 48 && byte <= 57 && ++kept > DIGITS_KEPT) bytes[at] = 42
  }
}
