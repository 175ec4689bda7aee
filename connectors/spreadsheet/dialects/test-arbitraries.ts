import fc from 'fast-check'
import { currencyCode } from '#kernel/currency.ts'
import type { Decimal } from '#kernel/decimal.ts'
import { zoneName } from '#kernel/zone.ts'
import type { DateHabits, Dialect, NumberHabits } from './dialect.ts'
import type { Trade, TradedItem, TradedSale } from './trade.ts'

// Any sales, in any dialect.

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const FIRST_DAY = Date.UTC(2024, 0, 1)

const NAMES = [
  'Café crème',
  'Käse, groß',
  'Tea "loose"',
  'Two\nlines',
  'Pain; complet',
  'A|B',
  'Brød',
  'Naan 🫓',
  '=SUM(A1:A9)',
  '+1 Topping',
  '@home set',
  'Tab\there',
  "Rock 'n' roll",
  '½ Huhn',
  '12" Pizza',
  '500 g Mehl',
  'N° 5',
  '  Spaced  out'.trim(),
  'Øl 0,5 l',
  'Crêpe (sucrée)',
  '”Quoted” €',
  'Ünïcödé ﬁ',
] as const

const item: fc.Arbitrary<TradedItem> = fc.record({
  name: fc.constantFrom(...NAMES),
  sku: fc.constantFrom('00123', 'TEA-07', 'A.1', '4006381333931', 'X/9', "K'1"),
  quantity: fc.oneof(
    fc.integer({ min: 1, max: 40 }).map((count) => String(count) as Decimal),
    fc.constantFrom('0.35', '1.5', '2.25', '0.125', '12.5', '1.234', '0.005').map((weight) => weight as Decimal),
  ),
  price: fc.oneof(fc.bigInt(1n, 2000n), fc.bigInt(1n, 5_000_000n)),
  discount: fc.oneof(fc.constant(0n), fc.bigInt(0n, 2000n)),
  taxRate: fc.constantFrom(0, 7, 19),
})

type Drawn = Omit<TradedSale, 'number' | 'wall'> & { readonly day: number; readonly ofDay: number }

/** Between eight and four, so that what came back the same day came back before midnight. */
const drawnSale: fc.Arbitrary<Drawn> = fc.record({
  day: fc.integer({ min: 0, max: 900 }),
  ofDay: fc.integer({ min: 8 * 3600, max: 16 * 3600 }),
  register: fc.constantFrom('Till 1', 'Till 2', 'Bar'),
  items: fc.array(item, { minLength: 1, maxLength: 6 }),
  tip: fc.oneof(fc.constant(0n), fc.bigInt(1n, 900n)),
  tenders: fc.constantFrom(['cash'], ['card'], ['wallet'], ['cash', 'card'], ['card', 'wallet']),
  refundedAfter: fc.oneof(
    { weight: 5, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.integer({ min: 1000, max: 3 * HOUR_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: DAY_MS, max: 40 * DAY_MS }) },
  ),
}) as fc.Arbitrary<Drawn>

/** `lasting`: ids that are never given twice; else numbers that begin with 1 each day. */
export type DrawnTrade = { readonly trade: Trade; readonly lasting: boolean }

export const trades: fc.Arbitrary<DrawnTrade> = fc
  .record({
    currency: fc.constantFrom('EUR', 'USD', 'JPY', 'KWD'),
    tax: fc.constantFrom<Trade['tax']>('added', 'included'),
    lasting: fc.boolean(),
    sales: fc.array(drawnSale, { minLength: 1, maxLength: 10 }),
  })
  .map(({ currency, tax, lasting, sales }) => ({
    lasting,
    trade: { currency: currencyCode(currency), tax, sales: numbered(sales, lasting) },
  }))

function numbered(drawn: readonly Drawn[], lasting: boolean): readonly TradedSale[] {
  const counts = new Map<number, number>()
  return drawn
    .toSorted((a, b) => a.day - b.day || a.ofDay - b.ofDay)
    .map(({ day, ofDay, ...sale }, nth) => {
      const count = (counts.get(day) ?? 0) + 1
      counts.set(day, count)
      const number = lasting ? `TX7Q-${String(nth + 1).padStart(6, '0')}` : String(count)
      const wall = FIRST_DAY + day * DAY_MS + ofDay * 1000
      // A number that is used again each day names a sale of its own day alone.
      const back = sale.refundedAfter
      return { ...sale, number, wall, refundedAfter: !lasting && back !== null && back >= DAY_MS ? null : back }
    })
}

const numberHabits: fc.Arbitrary<NumberHabits> = fc
  .record({
    mark: fc.constantFrom<NumberHabits['mark']>('.', ','),
    group: fc.constantFrom<NumberHabits['group']>('', '', '.', ',', ' ', '\u00a0', '\u202f', "'"),
    indian: fc.boolean(),
    minus: fc.constantFrom<NumberHabits['minus']>('before', 'before', 'behind', 'brackets', 'sign'),
    currency: fc.constantFrom<NumberHabits['currency']>('none', 'none', 'before', 'behind', 'code'),
    zeroBlank: fc.boolean(),
  })
  .map((habits) => ({
    ...habits,
    group: habits.group === habits.mark ? '' : habits.group,
    indian: habits.indian && habits.mark === '.' && habits.group === ',',
    minus: habits.minus === 'behind' && habits.currency !== 'none' ? 'before' : habits.minus,
  }))

const dateHabits: fc.Arbitrary<DateHabits> = fc
  .record({
    order: fc.constantFrom<DateHabits['order']>('ymd', 'dmy', 'mdy'),
    separator: fc.constantFrom<DateHabits['separator']>('-', '/', '.'),
    style: fc.constantFrom<DateHabits['style']>('numbers', 'numbers', 'short_year', 'named', 'iso_offset'),
    clock: fc.constantFrom<DateHabits['clock']>('24', '24_seconds', '12', 'none'),
    columns: fc.constantFrom<DateHabits['columns']>('one', 'two'),
  })
  .map((habits) => (habits.style === 'iso_offset' ? { ...habits, order: 'ymd' } : habits))

export const dialects: fc.Arbitrary<Dialect> = fc
  .record({
    zone: fc.constantFrom('Europe/Paris', 'America/New_York', 'Asia/Tokyo').map(zoneName),
    language: fc.constantFrom<Dialect['language']>('en', 'de', 'da', 'fr', 'es'),
    layout: fc.constantFrom<Dialect['layout']>('items', 'lines', 'orders', 'sales', 'payments'),
    delimiter: fc.constantFrom<Dialect['delimiter']>(',', ';', '\t', '|'),
    quoting: fc.constantFrom<Dialect['quoting']>('needed', 'words', 'all'),
    lineEnd: fc.constantFrom<Dialect['lineEnd']>('\n', '\r\n', '\r'),
    encoding: fc.constantFrom<Dialect['encoding']>('utf-8', 'utf-8-bom', 'utf-16le', 'utf-16be', 'windows-1252'),
    numbers: numberHabits,
    dates: dateHabits,
    preambleRows: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 16 })),
    totalsRow: fc.boolean(),
    headerRepeated: fc.boolean(),
    orderCells: fc.constantFrom<Dialect['orderCells']>('first', 'repeated'),
    newestFirst: fc.boolean(),
    typed: fc.boolean(),
    refundSign: fc.constantFrom<Dialect['refundSign']>('minus', 'none'),
    tipColumn: fc.boolean(),
    tipInTotal: fc.boolean(),
    currencyColumn: fc.boolean(),
    registerColumn: fc.boolean(),
    shuffle: fc.oneof(
      fc.constant(Array.from({ length: 20 }, (_, nth) => nth)),
      fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 20, maxLength: 20 }),
    ),
  })
  // Beside nothing but what was paid, no amount shows whether a tip is inside it.
  .map((dialect) => (dialect.layout === 'payments' ? { ...dialect, tipInTotal: true } : dialect))
