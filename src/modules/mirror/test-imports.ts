import fc from 'fast-check'
import type { Payment, Refund, Sale, SaleItem, SalePart } from '#canon/sale.ts'
import { currencyCode } from '#kernel/currency.ts'
import { type Decimal, decimal } from '#kernel/decimal.ts'
import { newId } from '#kernel/ids.ts'
import { addDays, type Instant, instant, type LocalDate, localDate } from '#kernel/instant.ts'
import type { RefundFiling, SaleFiling } from './filing.ts'

// A market stall's imports, made up at random: few sales and few words for each, so that imports overlap, repeat,
// contradict and complete each other all the time.

export const STALL = newId()
const FIRST_DAY = localDate('2026-01-29')
const SALES = ['s1', 's2', 's3', 's4'] as const
const REFUNDS = ['r1', 'r2'] as const

export type Import = {
  readonly kind: 'import'
  /** A live event is nobody's import, and is never taken back. */
  readonly live: boolean
  readonly sales: readonly SaleFiling[]
  readonly refunds: readonly RefundFiling[]
}
/** Takes the import back that is the nth of those that are there, a few sales at a time. */
export type Undo = { readonly kind: 'undo'; readonly nth: number; readonly limit: number }
export type Step = Import | Undo

const SHELF = ['apple', 'bread', 'cheese', 'voucher'] as const
type Ware = (typeof SHELF)[number]

type Line = { readonly ware: Ware; readonly renamed: boolean; readonly pieces: number; readonly cents: number }

function itemOf({ ware, renamed, pieces, cents }: Line): SaleItem {
  return {
    externalId: null,
    // One ware under two names and in two categories: reports must call it as its first remaining mention does.
    article: {
      ...{ externalId: null, sku: ware, variant: null },
      ...{ name: renamed ? `${ware} (organic)` : ware, category: renamed ? 'Organic' : null },
    },
    quantity: decimal(pieces),
    unitPrice: BigInt(cents),
    gross: BigInt(cents * pieces),
    discount: 0n,
    taxes: [{ name: 'VAT', rate: '7' as Decimal, amount: BigInt(cents % 7), included: true }],
    modifiers: ware === 'cheese' ? [{ name: 'Sliced', quantity: '1' as Decimal, price: 0n }] : [],
    kind: ware === 'voucher' ? 'gift_card' : 'article',
  }
}

type Words = {
  readonly sale: (typeof SALES)[number]
  readonly part: SalePart
  readonly lines: readonly Line[]
  readonly status: Sale['status']
  readonly day: number
  readonly minute: number
  readonly precision: Sale['timePrecision']
  readonly tip: number
  readonly cash: boolean
  readonly staff: string | null
  readonly stated: number | null
}

function placeAt(day: number, minute: number): { readonly at: Instant; readonly date: LocalDate } {
  const date = addDays(FIRST_DAY, day)
  return { at: instant(Date.parse(`${date}T09:00:00Z`) + minute * 60_000), date }
}

function saleFiling(words: Words): SaleFiling {
  const { part, status, tip, stated } = words
  const { at, date } = placeAt(words.day, words.minute)
  const items = part === 'whole' || part === 'items' ? words.lines.map(itemOf) : []
  const sum = (kind: SaleItem['kind']) =>
    words.lines.map(itemOf).reduce((total, one) => (one.kind === kind ? total + (one.gross ?? 0n) : total), 0n)
  const tipped = part === 'items' ? 0n : BigInt(tip)
  const owed = sum('article') + sum('gift_card') + tipped
  const payment: Payment = {
    ...{ externalId: null, tender: words.cash ? 'cash' : 'card', brand: null, last4: words.cash ? null : '4242' },
    ...{ amount: owed, tip: tipped, fee: null, paidAt: at },
  }
  return {
    part,
    ...{ siteId: STALL, businessDate: date, businessHour: 9 + Math.floor(words.minute / 60) },
    ...{ sourceVersion: null, sourceUpdatedAt: null },
    ...{ rows: [words.day + 1], raw: Buffer.from(words.sale) },
    sale: {
      ...{ externalId: words.sale, number: part === 'payments' ? null : words.sale.slice(1), location: null },
      ...{ register: part === 'payments' ? 'Till' : null, staff: words.staff, channel: null, customer: null },
      ...{ status, currency: currencyCode('EUR'), openedAt: at, closedAt: status === 'open' ? null : at },
      timePrecision: words.precision,
      gross: part === 'payments' ? null : sum('article'),
      ...{ discount: 0n, taxAdded: 0n, taxIncluded: 0n, serviceCharge: 0n, tip: tipped, rounding: 0n },
      deferred: part === 'payments' ? 0n : sum('gift_card'),
      total: stated === null ? owed : BigInt(stated),
      items,
      payments: part === 'items' ? [] : [payment],
      refunds: [],
    },
  }
}

type RefundWords = {
  readonly refund: (typeof REFUNDS)[number]
  readonly sale: (typeof SALES)[number] | null
  readonly line: Line | null
  readonly amount: number
  readonly day: number
  readonly cash: boolean | null
}

function refundFiling({ refund, sale, line, amount, day, cash }: RefundWords): RefundFiling {
  const { at, date } = placeAt(day, 0)
  const item = line === null ? null : itemOf(line)
  const told: Refund = {
    ...{ externalId: refund, refundedAt: at, amount: BigInt(amount), tax: 0n, tip: 0n },
    ...{ tender: cash === null ? 'unknown' : cash ? 'cash' : 'card', reason: null },
    items:
      item === null
        ? []
        : [
            {
              saleItemExternalId: null,
              article: item.article,
              quantity: item.quantity,
              amount: BigInt(amount),
              tax: 0n,
            },
          ],
  }
  return {
    ...{ siteId: STALL, businessDate: date, businessHour: 9 },
    ...{ refund: told, saleExternalId: sale, currency: 'EUR', raw: null },
  }
}

const line: fc.Arbitrary<Line> = fc.record({
  ware: fc.constantFrom(...SHELF),
  renamed: fc.boolean(),
  pieces: fc.integer({ min: 1, max: 2 }),
  cents: fc.constantFrom(100, 250),
})

const words: fc.Arbitrary<Words> = fc.record({
  sale: fc.constantFrom(...SALES),
  part: fc.constantFrom('whole', 'whole', 'items', 'items', 'sale', 'payments', 'payments'),
  lines: fc.array(line, { minLength: 1, maxLength: 2 }),
  status: fc.constantFrom('closed', 'closed', 'closed', 'closed', 'voided', 'open'),
  day: fc.constantFrom(0, 0, 0, 1, 4),
  minute: fc.constantFrom(0, 0, 90),
  precision: fc.constantFrom('instant', 'instant', 'day'),
  tip: fc.constantFrom(0, 0, 50),
  cash: fc.boolean(),
  staff: fc.constantFrom(null, 'Ada'),
  stated: fc.constantFrom(null, null, null, 999),
})

const refundWords: fc.Arbitrary<RefundWords> = fc.record({
  refund: fc.constantFrom(...REFUNDS),
  sale: fc.constantFrom(null, ...SALES),
  line: fc.option(line),
  amount: fc.constantFrom(100, 100, 200),
  day: fc.constantFrom(0, 4),
  cash: fc.constantFrom(null, true, false),
})

/** Imports say again what earlier ones said about as often as they say something new. */
const pools = fc.record({
  sales: fc.array(words, { minLength: 3, maxLength: 9 }),
  refunds: fc.array(refundWords, { minLength: 1, maxLength: 3 }),
})

export const anySteps: fc.Arbitrary<readonly Step[]> = pools.chain(({ sales, refunds }) => {
  // The same words at another time: some sources say how old they are.
  const said = fc
    .tuple(fc.constantFrom(...sales.map(saleFiling)), fc.constantFrom(null, null, null, 1_000, 2_000))
    .map(([filing, age]) => ({ ...filing, sourceUpdatedAt: age === null ? null : instant(age) }))
  const step: fc.Arbitrary<Import> = fc.record({
    kind: fc.constant('import' as const),
    live: fc.constantFrom(false, false, false, false, true),
    sales: fc.array(said, { minLength: 1, maxLength: 4 }),
    refunds: fc.array(fc.constantFrom(...refunds.map(refundFiling)), { maxLength: 2 }),
  })
  const undo: fc.Arbitrary<Undo> = fc.record({
    kind: fc.constant('undo' as const),
    nth: fc.nat(5),
    limit: fc.integer({ min: 1, max: 3 }),
  })
  return fc.array(fc.oneof({ weight: 3, arbitrary: step }, { weight: 2, arbitrary: undo }), {
    minLength: 3,
    maxLength: 10,
  })
})
