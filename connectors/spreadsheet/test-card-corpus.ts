// Exports made from a seed: with card numbers in every way that people write them down, and with every other kind of long
// number that tills, shops and parcel services put into a file. Nothing in it was ever a real card or a real id.

/** One made-up file, and where in it the numbers stand that it is about. */
export type MadeFile = {
  readonly kind: string
  readonly bytes: Buffer
  readonly numbers: readonly { readonly start: number; readonly end: number }[]
}

type Random = () => number
type Line = (random: Random, row: number) => readonly string[]

/** Marks that surround a number while a file is being made. */
const BEGIN = '\u0001'
const END = '\u0002'
const mark = (number: string) => `${BEGIN}${number}${END}`

/** Mulberry32: small, even enough, and the same everywhere. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 10)).join('')
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T
}

/** First digits and lengths as the schemes issue them; written apart from the list that the search uses. */
const ISSUED: readonly (readonly [string, number])[] = [
  ['4', 16],
  ['4571', 16],
  ['4', 19],
  ['51', 16],
  ['55', 16],
  ['2221', 16],
  ['2720', 16],
  ['34', 15],
  ['37', 15],
  ['6011', 16],
  ['644', 16],
  ['65', 16],
  ['622126', 16],
  ['62', 19],
  ['3528', 16],
  ['3589', 16],
  ['300', 14],
  ['36', 14],
  ['38', 14],
  ['39', 16],
  ['5019', 16],
  ['5018', 18],
  ['58', 17],
  ['6304', 19],
  ['6763', 16],
  ['6521', 16],
  ['508', 16],
  ['8172', 16],
  ['2200', 16],
  ['2204', 19],
  ['9792', 16],
  ['506099', 19],
  ['606282', 16],
  ['636368', 16],
]

/** A card number that could be one, of any scheme. */
export function madeCard(random: Random, issued: readonly (readonly [string, number])[] = ISSUED): string {
  const [start, length] = pick(random, issued)
  const body = start + digits(random, length - start.length - 1)
  for (let check = 0; check < 10; check++) if (luhnSum(`${body}${check}`) % 10 === 0) return `${body}${check}`
  throw new Error('one of ten check digits is right')
}

/** Luhn's sum by its table, apart from how the search works it out. */
function luhnSum(number: string): number {
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
  return Array.from(number)
    .reverse()
    .reduce((sum, sign, place) => sum + (place % 2 === 1 ? (doubled[Number(sign)] ?? 0) : Number(sign)), 0)
}

const GROUPS: Readonly<Record<number, readonly number[]>> = {
  14: [4, 6, 4],
  15: [4, 6, 5],
  16: [4, 4, 4, 4],
  17: [4, 4, 4, 4, 1],
  18: [4, 4, 4, 4, 2],
  19: [4, 4, 4, 4, 3],
}

function grouped(number: string, sign: string): string {
  const parts: string[] = []
  let at = 0
  for (const length of GROUPS[number.length] ?? []) {
    parts.push(number.slice(at, at + length))
    at += length
  }
  return parts.join(sign)
}

const ITEMS = ['Flat white', 'Croissant', 'Käsekuchen', 'Smørrebrød, stort', 'Tea "loose"', 'Pain au chocolat'] as const
const HEADER = ['Date', 'Time', 'Item', 'Qty', 'Total'] as const

function sale(random: Random, row: number): string[] {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `2026-${two(1 + (Math.floor(row / 40) % 12))}-${two(1 + (Math.floor(row / 7) % 28))}`
  const price = `${Math.floor(random() * 90)}.${two(Math.floor(random() * 100))}`
  return [day, `${two(8 + (row % 12))}:${two(row % 60)}`, pick(random, ITEMS), String(1 + (row % 3)), price]
}

type Making = {
  readonly rows?: number
  readonly delimiter?: string
  readonly encoding?: BufferEncoding
  /** Every cell in quotes. */
  readonly quoted?: boolean
}

function fileOf(kind: string, seed: number, more: readonly string[], line: Line, making: Making = {}): MadeFile {
  const { rows = 400, delimiter = ',', encoding = 'utf8', quoted = false } = making
  const random = randomFrom(seed)
  const cell = (text: string) =>
    quoted || text.includes(delimiter) || /["\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  const record = (cells: readonly string[]) => `${cells.map(cell).join(delimiter)}\n`
  let text = record([...HEADER, ...more])
  for (let row = 0; row < rows; row++) text += record([...sale(random, row), ...line(random, row)])
  return withoutMarks(kind, text, encoding)
}

function withoutMarks(kind: string, text: string, encoding: BufferEncoding): MadeFile {
  const numbers: { start: number; end: number }[] = []
  const parts: Buffer[] = []
  let length = 0
  for (const piece of text.split(BEGIN)) {
    const [number = '', rest] = piece.split(END)
    if (rest !== undefined) numbers.push({ start: length, end: length + Buffer.byteLength(number, encoding) })
    const bytes = Buffer.from(rest === undefined ? number : number + rest, encoding)
    parts.push(bytes)
    length += bytes.length
  }
  return { kind, bytes: Buffer.concat(parts), numbers }
}

const card = (random: Random) => mark(madeCard(random))
const parted = (sign: string) => (random: Random) => mark(grouped(madeCard(random), sign))
const written = (random: Random) => mark(grouped(madeCard(random), pick(random, ['', '', ' ', '-', '.', '\u00a0'])))
/** A cell that is filled now and then. */
const rarely = (share: number, what: (random: Random) => string) => (random: Random) =>
  random() < share ? what(random) : ''

const SENTENCES: readonly ((number: string, random: Random) => string)[] = [
  (number) => `paid with ${number} by phone`,
  (number) => `Telefonbestellung, Karte ${number}, bis 12/27`,
  (number, random) => `card ${number} exp 0${1 + Math.floor(random() * 9)}/28 cvv 123`,
  (number) => `kunde ringede; kort nr.${number}`,
  (number) => `CC:${number}`,
  (number) => `${number} ok, Tisch 12`,
  (number) => `carte n° ${number}\nà rappeler`,
  (number) => `gave no. "${number}" to the waiter`,
]

/** Files with card numbers, one for each habit. Every number that is named must be found. */
export function filesWithCards(seed: number): MadeFile[] {
  const note = (random: Random) => pick(random, SENTENCES)(written(random), random)
  const file = (kind: string, more: readonly string[], line: Line, making?: Making) =>
    fileOf(kind, seed + kind.length * 7919 + (kind.codePointAt(0) ?? 0), more, line, making)
  return [
    file('card column', ['Card number'], (random) => [card(random)]),
    file('card column without a telling name', ['Reference'], (random) => [card(random)]),
    file('blanks between', ['Payment'], (random) => [parted(' ')(random)]),
    file('dashes between', ['Payment'], (random) => [parted('-')(random)]),
    file('dots between', ['Payment'], (random) => [parted('.')(random)]),
    file('fixed blanks, UTF-8', ['Payment'], (random) => [parted('\u00a0')(random)]),
    file('narrow blanks, UTF-8', ['Payment'], (random) => [parted('\u202f')(random)]),
    file('fixed blanks, Windows-1252', ['Zahlung'], (random) => [parted('\u00a0')(random)], { encoding: 'latin1' }),
    file('every cell in quotes', ['Payment', 'Note'], (random) => [card(random), note(random)], { quoted: true }),
    file('as a text for Excel', ['Payment'], (random) => [`="${card(random)}"`], { delimiter: ';' }),
    file('with an apostrophe', ['Payment'], (random) => [`'${card(random)}`]),
    file('as a float', ['Payment'], (random) => [`${card(random)}.0`]),
    file('in notes', ['Note'], (random) => [rarely(0.3, note)(random)]),
    file('in notes, semicolons', ['Bemerkung', 'Kasse'], (random) => [rarely(0.3, note)(random), '1'], {
      delimiter: ';',
    }),
    file('in notes, tabs', ['Note', 'Till'], (random) => [rarely(0.3, note)(random), '1'], { delimiter: '\t' }),
    file('glued to its scheme', ['Tender note'], (random) => [`VISA${mark(madeCard(random, [['4', 16]]))}`]),
    file('stripe', ['Note'], (random) => [`%B${card(random)}^DOE/JANE^27121010000`]),
    file('second stripe', ['Note'], (random) => [`;${card(random)}=27121010000?`]),
    file('two in a cell', ['Note'], (random) => [`${written(random)} then ${written(random)}`]),
    file('among words', ['Tender note'], (random) => [
      pick(random, ['', 'cash', 'house account', 'voucher 12', written(random)]),
    ]),
    file('now and then', ['Reference'], (random) => [rarely(0.01, card)(random)], { rows: 2000 }),
    file('one in a small file', ['Tender note'], (random, row) => [row === 1 ? written(random) : ''], { rows: 3 }),
    file(
      'among ids of another length',
      ['Reference'],
      (random, row) => [row === 1000 ? mark(madeCard(random, [['4', 16]])) : `40000000${digits(random, 11)}`],
      { rows: 2000 },
    ),
    file('half cards, half ids', ['Reference'], (random) => [
      random() < 0.5 ? mark(madeCard(random, [['4', 16]])) : `4${digits(random, 15)}`,
    ]),
    file(
      'in a very long text',
      ['Note'],
      (random, row) => [row === 7 ? `${'lorem ipsum '.repeat(700)}${written(random)}${' dolor sit'.repeat(700)}` : ''],
      { rows: 12 },
    ),
    withoutMarks(
      'behind a quote that never closes',
      `a,b\n"never closed,1\n${Array.from({ length: 300 }, (_, row) => `${row},${card(randomFrom(seed + row))}\n`).join('')}`,
      'utf8',
    ),
  ]
}

function rising(start: bigint, step: number) {
  let id = start
  return (random: Random) => {
    id += BigInt(1 + Math.floor(random() * step))
    return mark(String(id))
  }
}

function gtin(body: string): string {
  const sum = Array.from(body)
    .reverse()
    .reduce((total, sign, place) => total + Number(sign) * (place % 2 === 0 ? 3 : 1), 0)
  return body + ((10 - (sum % 10)) % 10)
}

function luhnAt15(body: string): string {
  for (let check = 0; check < 10; check++) if (luhnSum(`${body}${check}`) % 10 === 0) return `${body}${check}`
  throw new Error('one of ten check digits is right')
}

function iban(random: Random, country: string, length: number, start = ''): string {
  const body = start + digits(random, length - 4 - start.length)
  const asNumber = Array.from(body + country, (sign) => Number.parseInt(sign, 36)).join('')
  const check = String(98n - (BigInt(`${asNumber}00`) % 97n)).padStart(2, '0')
  return country + check + body
}

const hex = (random: Random, length: number) =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
const uuid = (random: Random) => [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-')

/** Files with numbers that are no card's, one for each kind. Every number that is named must stay as it is. */
export function filesWithoutCards(seed: number): MadeFile[] {
  const file = (kind: string, more: readonly string[], line: Line, making?: Making) =>
    fileOf(kind, seed + kind.length * 104729 + (kind.codePointAt(0) ?? 0), more, line, making)
  const days = (kind: string, heading: string, id: (random: Random) => string) =>
    Array.from({ length: 40 }, (_, day) =>
      fileOf(kind, seed + day * 31 + kind.length, [heading], (random) => [mark(id(random))], { rows: 2 + (day % 7) }),
    )
  const fours = (random: Random) => `4${digits(random, 15)}`
  return [
    file(
      '19-digit ids that begin with 4, rising',
      ['Order Id', 'Check Id', 'Item Selection Id'],
      (() => {
        const [order, check, item] = [4000000123456789012n, 4100000123456789012n, 4200000123456789012n]
        const ids = [rising(order, 9e9), rising(check, 9e9), rising(item, 9e9)]
        return (random: Random) => ids.map((id) => id(random))
      })(),
    ),
    file('19-digit ids that begin with 4, at random', ['Check'], (random) => [mark(`4${digits(random, 18)}`)]),
    file('16-digit ids that begin with 4', ['Order Id'], (random) => [mark(fours(random))]),
    file('16-digit ids that begin with 4, no telling name', ['Nummer'], (random) => [mark(fours(random))]),
    file('16-digit ids that begin with 5', ['Vorgang'], (random) => [mark(`5${digits(random, 15)}`)]),
    file('16-digit ids of every beginning', ['Ref'], (random) => [mark(digits(random, 16))]),
    file(
      '16-digit ids, rising',
      ['Ref'],
      (() => {
        const id = rising(4000001000000000n, 3)
        return (random: Random) => [id(random)]
      })(),
    ),
    file('ids behind letters', ['Ref', 'Ref 2'], (random) => [`INV-${mark(fours(random))}`, `#${mark(fours(random))}`]),
    file('ids with a line number', ['Line'], (random, row) => [`${mark(fours(random))}-${1 + (row % 4)}`]),
    file('ids glued to letters', ['Ref'], (random) => [`SQ${mark(fours(random))}`]),
    file('13- and 14-digit shop ids', ['Id', 'Variant'], (random) => [
      mark(`5${digits(random, 12)}`),
      mark(`39${digits(random, 12)}`),
    ]),
    file('ids of letters and digits', ['Transaction ID'], (random) => [
      mark(Array.from({ length: 13 }, () => pick(random, Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ'))).join('')),
    ]),
    file('EAN-13', ['Barcode'], (random) => [mark(gtin(`40${digits(random, 10)}`))]),
    file('ISBN-13', ['Artikel'], (random) => [mark(gtin(`978${digits(random, 9)}`))]),
    file('GTIN-14', ['GTIN'], (random) => [mark(gtin(`3${digits(random, 12)}`))]),
    file('GTIN-14, no telling name', ['Code'], (random) => [mark(gtin(`36${digits(random, 11)}`))]),
    file('SSCC', ['Pallet'], (random) => [mark(gtin(`5${digits(random, 16)}`))]),
    file('phone numbers', ['Phone', 'Kontakt'], (random) => [
      mark(`+49 ${digits(random, 3)} ${digits(random, 4)} ${digits(random, 4)}`),
      mark(`+371234${digits(random, 9)}`),
    ]),
    file('IMEI', ['Device', 'IMEISV'], (random) => [
      mark(luhnAt15(`35${digits(random, 12)}`)),
      mark(`3533${digits(random, 12)}`),
    ]),
    file('IBAN', ['IBAN', 'Note'], (random) => [
      mark(iban(random, 'DE', 22, '5001')),
      `bitte auf ${mark((iban(random, 'DE', 22, '5001').match(/.{1,4}/g) ?? []).join(' '))} überweisen`,
    ]),
    file('IBAN as long as a card', ['Account'], (random) => [mark(iban(random, 'DK', 18, '5000'))]),
    file('tracking numbers', ['Tracking', 'Parcel'], (random) => [
      mark(
        `9400 1${digits(random, 3)} ${digits(random, 4)} ${digits(random, 4)} ${digits(random, 4)} ${digits(random, 2)}`,
      ),
      mark(
        pick(random, [`1Z${digits(random, 16)}`, digits(random, 12), `37${digits(random, 13)}`, digits(random, 20)]),
      ),
    ]),
    file(
      'amounts',
      ['Umsatz', 'Kumuliert', 'Anteil'],
      (random) => [
        mark(
          `${digits(random, 3)}.${digits(random, 3)}.${digits(random, 3)}.${digits(random, 3)},${digits(random, 2)}`,
        ),
        mark(`4${digits(random, 13)}.${digits(random, 1)}5`),
        mark(`0.${digits(random, 16)}`),
      ],
      { delimiter: ';' },
    ),
    file('times', ['At', 'Epoch ms', 'Epoch µs', 'Epoch ns', 'Stamp', 'Local'], (random) => {
      const second = 1_770_000_000 + Math.floor(random() * 10_000_000)
      const iso = new Date(second * 1000).toISOString()
      return [
        mark(`${iso.slice(0, 19)}.${digits(random, 7)}+02:00`),
        mark(`${second}${digits(random, 3)}`),
        mark(`${second}${digits(random, 6)}`),
        mark(`${second}${digits(random, 9)}`),
        mark(iso.replace(/\D/g, '')),
        mark(iso.slice(0, 19).replace('T', ' ').replaceAll(':', '.')),
      ]
    }),
    file('UUID and hashes', ['Uuid', 'Hash'], (random) => [mark(uuid(random)), mark(hex(random, 40))]),
    file('web addresses', ['Details'], (random) => [
      `https://till.example/sales/${mark(fours(random))}?order=${mark(fours(random))}`,
    ]),
    file('SIM cards', ['ICCID'], (random) => [mark(luhnAt15(`8949${digits(random, 14)}`))]),
    ...days('16-digit ids, small files', 'Transaction ID', fours),
    ...days('19-digit ids, small files', 'Order Id', (random) => `40000000${digits(random, 11)}`),
    ...days('16-digit ids, small files, no telling name', 'Nummer', fours),
  ]
}

/** How the numbers of a file fared: masked as they should be, left as they were, or changed in any other way. */
export function judge(file: MadeFile, sifted: Uint8Array): { masked: number; left: number; spoilt: number } {
  const count = { masked: 0, left: 0, spoilt: 0 }
  for (const { start, end } of file.numbers) {
    const before = file.bytes.toString('latin1', start, end)
    const after = Buffer.from(sifted).toString('latin1', start, end)
    if (after === before) count.left++
    else if (after === maskedText(before)) count.masked++
    else count.spoilt++
  }
  return count
}

function maskedText(text: string): string {
  return text.replace(/\d/g, (digit, at: number) => (text.slice(at).replace(/\D/g, '').length > 4 ? '*' : digit))
}
