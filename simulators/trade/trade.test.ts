import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { REFUND_DAYS_MAX } from './afterlife.ts'
import { booksOf } from './books.ts'
import { businessDayAt, DAY_MS, dateOf, dayNumber, HOUR_MS } from './calendar.ts'
import { CURRENCIES } from './currencies.ts'
import { expectedSales } from './demand.ts'
import { byInstant, factsOf, looseFactOf, saleAsOf } from './facts.ts'
import type { TradeLine, TradeRefund, TradeSale } from './sale.ts'
import { type Shop, type ShopKind, shopOf, sitesOf } from './shop.ts'
import { followTrade, refundsWithoutSale, trade, tradeBetween } from './trade.ts'

const KINDS: readonly ShopKind[] = ['cafe', 'restaurant', 'retail']
const ZONES = [
  'Pacific/Pago_Pago',
  'America/St_Johns',
  'UTC',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
]
const ALL_DAY = { from: 0, to: 24 }
const NEVER_SHUT = {
  closeOutHour: 0,
  week: [ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY],
  closedDays: [],
} as const

const anyDay = fc.integer({ min: dayNumber('2024-06-01'), max: dayNumber('2026-12-31') })
const anySeed = fc.string({ minLength: 1, maxLength: 12 })
const anyShop = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    currency: fc.constantFrom(...Object.values(CURRENCIES)),
    timeZone: fc.constantFrom(...ZONES),
    // Plenty goes wrong in these shops, so that few days show all of it.
    trouble: fc.constantFrom(1, 30),
  })
  .map(({ kind, currency, timeZone, trouble }) => {
    const { afterlife } = shopOf(kind)
    const { voids, refunds, leftOpen, loose } = afterlife
    return shopOf(kind, {
      currency,
      timeZone,
      splitChance: 0.1,
      giftCards: { chance: 0.03, values: [10, 25] },
      afterlife: {
        ...afterlife,
        voids: voids * trouble,
        refunds: refunds * trouble,
        leftOpen: leftOpen * trouble,
        loose: loose * trouble,
      },
    })
  })

function salesOf(shop: Shop, seed: string, day: number, days = 1): TradeSale[] {
  return [...trade(shop, { seed, from: dateOf(day), to: dateOf(day + days - 1) })]
}

function bytes(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part))
}

function sum<T>(parts: readonly T[], amount: (part: T) => bigint): bigint {
  return parts.reduce((total, part) => total + amount(part), 0n)
}

function hold(runs: number, check: (shop: Shop, seed: string, day: number) => void): void {
  fc.assert(fc.property(anyShop, anySeed, anyDay, check), { numRuns: runs })
}

/** A plain second reading of the business date, by the wall clock. */
function wallBusinessDate(at: number, zone: string, closeOutHour: number): string {
  const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime()
  return wall.subtract({ hours: closeOutHour }).toPlainDate().toString()
}

test('every sale keeps the money identity and its lines add up to it', () => {
  hold(25, (shop, seed, day) => {
    for (const sale of salesOf(shop, seed, day)) {
      const { gross, discount, taxAdded, serviceCharge, tip, rounding, deferred, total } = sale
      expect(total).toBe(gross - discount + taxAdded + serviceCharge + tip + rounding + deferred)
      const goods = sale.lines.filter((line) => !line.giftCard)
      const cards = sale.lines.filter((line) => line.giftCard)
      expect(sale.lines.length).toBeGreaterThan(0)
      expect(sum(goods, (line) => line.gross)).toBe(gross)
      expect(sum(goods, (line) => line.discount)).toBe(discount)
      expect(sum(cards, (line) => line.gross)).toBe(deferred)
      expect(cards.every((line) => line.discount === 0n && line.taxes.length === 0)).toBe(true)
      expect(sum(sale.lines, (line) => taxOf(line, false))).toBe(taxAdded)
      expect(sum(sale.lines, (line) => taxOf(line, true))).toBe(sale.taxIncluded)
      expect(sum(sale.orderDiscounts, (each) => each.amount)).toBeLessThanOrEqual(discount)
      for (const line of sale.lines) expect(line.discount >= 0n && line.discount <= line.gross).toBe(true)
    }
  })
})

function taxOf(line: TradeLine, included: boolean): bigint {
  return sum(line.taxes, (tax) => (tax.included === included ? tax.amount : 0n))
}

test('a line costs its quantity times its price and modifiers, rounded half up', () => {
  hold(12, (shop, seed, day) => {
    for (const line of salesOf(shop, seed, day).flatMap((sale) => sale.lines)) {
      const each = line.unitPrice + sum(line.modifiers, (modifier) => modifier.price * BigInt(modifier.quantity))
      const [whole = '0', part = ''] = line.quantity.split('.')
      const thousandths = BigInt(whole + part.padEnd(3, '0'))
      expect(line.gross).toBe((2n * each * thousandths + 1000n) / 2000n)
    }
  })
})

test('a tax is its rate of what was sold under it, to half a minor unit per sale', () => {
  hold(12, (shop, seed, day) => {
    for (const sale of salesOf(shop, seed, day)) {
      const taxes = new Map<string, { net: bigint; amount: bigint; rate: bigint; divisor: bigint }>()
      for (const line of sale.lines) {
        for (const { ratePercent, amount, included } of line.taxes) {
          const rate = BigInt(Math.round(Number(ratePercent) * 1000))
          const known = taxes.get(ratePercent) ?? {
            net: 0n,
            amount: 0n,
            rate,
            divisor: 100_000n + (included ? rate : 0n),
          }
          known.net += line.gross - line.discount
          known.amount += amount
          taxes.set(ratePercent, known)
        }
      }
      for (const { net, amount, rate, divisor } of taxes.values()) {
        expect(amount).toBe((2n * net * rate + divisor) / (2n * divisor))
      }
    }
  })
})

test('the payments of a closed sale sum to its total, tips within, and a voided one has none that stand', () => {
  hold(25, (shop, seed, day) => {
    for (const sale of salesOf(shop, seed, day)) {
      const standing = sale.payments.filter((payment) => payment.voidedAt === null)
      if (sale.status !== 'closed') expect(standing).toEqual([])
      if (sale.status === 'open') expect([sale.closedAt, sale.voidedAt, sale.refunds]).toEqual([null, null, []])
      if (sale.status === 'voided') expect(sale.voidedAt).toBeGreaterThan(sale.closedAt ?? sale.openedAt)
      if (sale.status !== 'closed') continue
      expect(sum(standing, (payment) => payment.amount)).toBe(sale.total)
      expect(sum(standing, (payment) => payment.tip)).toBe(sale.tip)
      for (const { amount, tip, tendered, change, tender, at } of standing) {
        expect(amount > 0n && tip >= 0n && tip <= amount).toBe(true)
        expect(at >= sale.openedAt && at <= (sale.closedAt ?? 0)).toBe(true)
        expect((tendered ?? amount) - (change ?? 0n)).toBe(amount)
        expect(tendered === null).toBe(tender !== 'cash')
        expect(change ?? 0n).toBeGreaterThanOrEqual(0n)
      }
    }
  })
})

test('a bill paid wholly in cash comes to the coins there are', () => {
  const odd = shopOf('cafe', { currency: { ...CURRENCIES.CHF, step: 1 } })
  const cash = salesOf(odd, 'zurich', dayNumber('2025-06-02'), 3).filter((sale) => {
    return sale.payments.length === 1 && sale.payments[0]?.tender === 'cash'
  })
  expect(cash.filter((sale) => sale.total % 5n !== 0n)).toEqual([])
  expect(cash.some((sale) => sale.rounding > 0n)).toBe(true)
  expect(cash.some((sale) => sale.rounding < 0n)).toBe(true)
})

test('refunds give back no more than was paid, line by line and in all, within thirty days', () => {
  hold(25, (shop, seed, day) => {
    for (const sale of salesOf(shop, seed, day)) {
      expect(sum(sale.refunds, (refund) => refund.amount)).toBeLessThanOrEqual(sale.total)
      for (const refund of sale.refunds) checkRefund(shop, sale, refund)
      for (const line of sale.lines) {
        const back = sale.refunds.flatMap((refund) =>
          refund.lines.filter((each) => each.lineExternalId === line.externalId),
        )
        const paid = line.gross - line.discount + taxOf(line, false)
        expect(sum(back, (each) => each.amount)).toBeLessThanOrEqual(paid)
        expect(back.reduce((taken, each) => taken + Number(each.quantity), 0)).toBeLessThanOrEqual(
          Number(line.quantity),
        )
      }
    }
    for (const refund of refundsWithoutSale(shop, { seed, from: dateOf(day), to: dateOf(day + 1) })) {
      expect(refund.saleExternalId).toBeNull()
      checkRefund(shop, null, refund)
    }
  })
})

function checkRefund(shop: Shop, sale: TradeSale | null, refund: TradeRefund): void {
  const { amount, tip, serviceCharge, rounding } = refund
  expect(amount).toBeGreaterThan(0n)
  expect(amount).toBe(sum(refund.lines, (line) => line.amount) + tip + serviceCharge + rounding)
  expect(refund.tax).toBe(sum(refund.lines, (line) => line.tax))
  expect(refund.businessDate).toBe(wallBusinessDate(refund.at, shop.timeZone, shop.closeOutHour))
  if (sale === null) return
  const payment = sale.payments.find((each) => each.externalId === refund.paymentExternalId)
  expect(payment?.tender).toBe(refund.tender)
  expect(payment?.amount).toBeGreaterThanOrEqual(amount)
  expect(refund.at).toBeGreaterThan(sale.closedAt ?? Number.POSITIVE_INFINITY)
  expect(refund.at).toBeLessThan(sale.openedAt + (REFUND_DAYS_MAX + 1.5) * DAY_MS)
}

test('of a split bill, nobody gets back more than their own part', () => {
  const { afterlife } = shopOf('restaurant')
  const shop = shopOf('restaurant', { splitChance: 1, afterlife: { ...afterlife, refunds: 1, voids: 0 } })
  const twice = salesOf(shop, 'split', dayNumber('2025-04-01'), 28).filter((sale) => sale.refunds.length === 2)
  expect(twice.length).toBeGreaterThan(20)
  for (const sale of twice) {
    const payment = sale.payments.find((each) => each.externalId === sale.refunds[0]?.paymentExternalId)
    expect(sum(sale.refunds, (refund) => refund.amount)).toBeLessThanOrEqual(payment?.amount ?? 0n)
  }
})

test('the same seed trades the same bytes, and another seed does not', () => {
  fc.assert(
    fc.property(anyShop, anySeed, anySeed, anyDay, (shop, seed, otherSeed, day) => {
      const sales = salesOf(shop, seed, day, 2)
      expect(bytes(salesOf(shop, seed, day, 2))).toBe(bytes(sales))
      if (seed === otherSeed || sales.length === 0) return
      const others = new Set(salesOf(shop, otherSeed, day, 2).map((sale) => sale.externalId))
      expect(sales.filter((sale) => others.has(sale.externalId))).toEqual([])
    }),
    { numRuns: 10 },
  )
})

test('a day is the same whether or not the days before it were traded', () => {
  hold(8, (shop, seed, day) => {
    const alone = salesOf(shop, seed, day + 2)
    const within = salesOf(shop, seed, day, 4).filter((sale) => sale.openedOn === dateOf(day + 2))
    expect(bytes(within)).toBe(bytes(alone))
  })
})

test('a town that stops tipping still buys the same', () => {
  const goods = (shop: Shop) => salesOf(shop, 'habits', dayNumber('2025-05-06'), 3).map((sale) => sale.lines)
  expect(bytes(goods(shopOf('restaurant', { tips: { style: 'none' } })))).toBe(bytes(goods(shopOf('restaurant'))))
})

test('sales come in the order in which they were opened, each with its own id, over sites on both sides of the date line', () => {
  const shop = shopOf('retail', {
    sites: ZONES.map((timeZone, index) => ({ externalId: `s${index}`, name: timeZone, size: 0.4, timeZone })),
  })
  const sales = salesOf(shop, 'world', dayNumber('2025-03-28'), 4)
  const opened = sales.map((sale) => sale.openedAt)
  expect(opened).toEqual([...opened].sort((one, other) => one - other))
  expect(new Set(sales.map((sale) => sale.externalId)).size).toBe(sales.length)
  expect(new Set(sales.map((sale) => `${sale.site} ${sale.number}`)).size).toBe(sales.length)
})

test('however a span is cut, its pieces tell what the whole and the days tell', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: 2 * DAY_MS }), { maxLength: 12 })
  fc.assert(
    fc.property(anyShop, anySeed, anyDay, cuts, (one, seed, day, offsets) => {
      const sites = [...sitesOf(1), { externalId: 'far', name: 'Far', size: 0.5, timeZone: 'Pacific/Auckland' }]
      const shop = { ...one, sites }
      const from = day * DAY_MS + 3 * HOUR_MS
      const edges = [0, ...offsets.sort((earlier, later) => earlier - later), 2 * DAY_MS].map((offset) => from + offset)
      const follow = followTrade(shop, seed)
      const pieces = edges.slice(1).map((to, at) => [edges[at] ?? to, to] as const)
      const fresh = pieces.flatMap(([start, end]) => [...tradeBetween(shop, seed, start, end)])
      const followed = pieces.flatMap(([start, end]) => follow(start, end))
      const whole = [...tradeBetween(shop, seed, from, from + 2 * DAY_MS)]
      const span = { seed, from: dateOf(day - REFUND_DAYS_MAX - 3), to: dateOf(day + 4) }
      const days = [...trade(shop, span)].flatMap(factsOf)
      const loose = [...refundsWithoutSale(shop, span)].map(looseFactOf)
      const told = [...days, ...loose].filter((fact) => fact.at >= from && fact.at < from + 2 * DAY_MS).sort(byInstant)
      expect(bytes(whole)).toBe(bytes(told))
      expect(bytes(fresh)).toBe(bytes(told))
      expect(bytes(followed)).toBe(bytes(told))
    }),
    { numRuns: 6 },
  )
})

test('at any instant the tills show what has happened by then, and the identity holds for that too', () => {
  const shop = shopOf('restaurant')
  const evening = Date.parse('2025-05-10T00:10:00Z') // Ten past eight in New York.
  const span = { seed: 'friday', from: '2025-05-08', to: '2025-05-12' }
  const shown = [...trade(shop, { ...span, until: evening })]
  expect(shown.filter((sale) => sale.status === 'open').length).toBeGreaterThan(5)
  for (const sale of shown) {
    const { gross, discount, taxAdded, serviceCharge, tip, rounding, deferred, total } = sale
    expect(total).toBe(gross - discount + taxAdded + serviceCharge + tip + rounding + deferred)
    expect(Math.max(sale.openedAt, sale.closedAt ?? 0, ...sale.refunds.map((refund) => refund.at))).toBeLessThanOrEqual(
      evening,
    )
    if (sale.status === 'open') expect(sale.payments).toEqual([])
  }
  const later = [...trade(shop, span)].map((sale) => saleAsOf(sale, evening)).filter((sale) => sale !== null)
  expect(bytes(shown)).toBe(bytes(later))
})

test('half past midnight belongs to the evening before when the books close at four', () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['2025-06-13T23:30:00-04:00', 4, '2025-06-13'],
    ['2025-06-14T00:30:00-04:00', 4, '2025-06-13'],
    ['2025-06-14T03:59:59-04:00', 4, '2025-06-13'],
    ['2025-06-14T04:00:00-04:00', 4, '2025-06-14'],
    ['2025-06-14T00:30:00-04:00', 0, '2025-06-14'],
  ]
  for (const [at, closeOut, date] of cases) {
    expect(dateOf(businessDayAt(Date.parse(at), 'America/New_York', closeOut))).toBe(date)
  }
  const friday = salesOf(shopOf('restaurant'), 'late', dayNumber('2025-06-13'))
  const afterMidnight = friday.filter((sale) => (sale.closedAt ?? 0) >= Date.parse('2025-06-14T00:00:00-04:00'))
  expect(afterMidnight.length).toBeGreaterThan(0)
  expect(new Set(friday.map((sale) => sale.businessDate))).toEqual(new Set(['2025-06-13']))
})

test('the business date is that of the wall clock at payment, in every zone and on both days of a clock change', () => {
  const changes: readonly (readonly [string, string, number])[] = [
    ['Europe/Berlin', '2025-03-30', 23],
    ['Europe/Berlin', '2025-10-26', 25],
    ['America/New_York', '2025-03-09', 23],
    ['America/New_York', '2025-11-02', 25],
    ['America/Santiago', '2025-09-07', 23],
    ['Australia/Lord_Howe', '2025-04-06', 24.5],
    ...ZONES.map((zone) => [zone, '2025-07-15', 24] as const),
  ]
  for (const [timeZone, date, hours] of changes) {
    // People stay so long that many of the last ones pay on the next date.
    const demand = { ...shopOf('retail').demand, hours: EVEN, weekendHours: EVEN }
    const stay = { medianMs: HOUR_MS, spread: 0.3 }
    const shop = shopOf('retail', { ...NEVER_SHUT, timeZone, demand, stay })
    const sales = salesOf(shop, 'clock', dayNumber(date))
    const start = Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds
    expect(sales.every((sale) => sale.openedAt >= start && sale.openedAt < start + hours * HOUR_MS)).toBe(true)
    expect(sales.at(-1)?.openedAt).toBeGreaterThan(start + (hours - 1) * HOUR_MS)
    expect(sales.some((sale) => sale.businessDate > date)).toBe(true)
    for (const sale of sales) {
      expect(sale.openedOn).toBe(date)
      expect(sale.businessDate).toBe(wallBusinessDate(sale.closedAt ?? sale.openedAt, timeZone, 0))
    }
  }
})

const EVEN = new Array<number>(24).fill(1)

test('the hour that autumn repeats is traded twice, the one that spring skips never', () => {
  const demand = { ...shopOf('cafe').demand, hours: EVEN, weekendHours: EVEN }
  const shop = shopOf('cafe', { ...NEVER_SHUT, demand, scale: 10 })
  const hourly = (date: string) => {
    const counts = new Array<number>(24).fill(0)
    for (const sale of salesOf(shop, 'night', dayNumber(date))) {
      const { hour } = Temporal.Instant.fromEpochMilliseconds(sale.openedAt).toZonedDateTimeISO(shop.timeZone)
      counts[hour] = (counts[hour] ?? 0) + 1
    }
    return counts
  }
  const spring = hourly('2025-03-30')
  expect(spring[2]).toBe(0)
  const autumn = hourly('2025-10-26')
  expect(autumn[2]).toBeGreaterThan(1.5 * (autumn[3] ?? 0))
})

test('prices are believable in yen, euros and dinars', () => {
  const average = (currency: Shop['currency']) => {
    const books = booksOf(salesOf(shopOf('retail', { currency }), 'prices', dayNumber('2025-05-05'), 2))
    return Number(books.total) / books.count / 10 ** currency.exponent / currency.level
  }
  for (const currency of [CURRENCIES.JPY, CURRENCIES.EUR, CURRENCIES.KWD]) {
    expect(average(currency)).toBeGreaterThan(8)
    expect(average(currency)).toBeLessThan(30)
  }
})

test('a season at the café looks like one', () => {
  const cafe = shopOf('cafe')
  const span = { seed: 'season', from: '2025-03-01', to: '2025-06-30' }
  const sales = [...trade(cafe, span)]
  const share = (matches: (sale: TradeSale) => boolean) => sales.filter(matches).length / sales.length
  expect(share((sale) => sale.refunds.length > 0)).toBeGreaterThan(0.005)
  expect(share((sale) => sale.refunds.length > 0)).toBeLessThan(0.014)
  expect(share((sale) => sale.status === 'voided')).toBeCloseTo(0.007, 2)
  expect(share((sale) => sale.discount > 0n)).toBeCloseTo(0.06, 1)
  const perDay = sales.length / new Set(sales.map((sale) => sale.openedOn)).size
  expect(perDay).toBeGreaterThan(150)
  expect(perDay).toBeLessThan(400)

  const byHour = (hour: number) => {
    return sales.filter((sale) => Math.floor(((sale.openedAt + 2 * HOUR_MS) % DAY_MS) / HOUR_MS) === hour).length
  }
  expect(byHour(9)).toBeGreaterThan(byHour(16))
  expect(byHour(12)).toBeGreaterThan(byHour(15))
  const sold = new Map<string, number>()
  for (const line of sales.flatMap((sale) => sale.lines)) sold.set(line.itemKey, (sold.get(line.itemKey) ?? 0) + 1)
  const ranked = [...sold.values()].sort((one, other) => other - one)
  expect(ranked[0]).toBeGreaterThan(20 * (ranked.at(-3) ?? 0))
  expect(sold.has('pumpkin-spice-latte')).toBe(false)

  let expected = 0
  for (let day = dayNumber(span.from); day <= dayNumber(span.to); day++) {
    for (let hour = 0; hour < 24; hour++)
      expected += expectedSales(cafe, { externalId: '', name: '', size: 1 }, dateOf(day), hour)
  }
  expect(sales.length / expected).toBeGreaterThan(0.9)
  expect(sales.length / expected).toBeLessThan(1.1)
})

test('the books count closed sales only, and a refund on its own day', () => {
  const shop = shopOf('retail', { afterlife: { ...shopOf('retail').afterlife, refunds: 0.2, voids: 0.1 } })
  const sales = salesOf(shop, 'books', dayNumber('2025-02-03'), 5)
  const whole = booksOf(sales)
  expect(whole.count).toBe(sales.filter((sale) => sale.status === 'closed').length)
  expect(sum(Object.values(whole.byTender), (tender) => tender.amount)).toBe(whole.total)
  expect(sum(Object.values(whole.byTender), (tender) => tender.refunded)).toBe(whole.refunds.amount)
  const after = booksOf(sales, { from: '2025-02-08' })
  expect(after.count).toBe(0)
  expect(after.refunds.count).toBeGreaterThan(0)
  expect(booksOf(sales, { to: '2025-02-07' }).refunds.count + after.refunds.count).toBe(whole.refunds.count)
})

test('a century is not made before its first sale is asked for', () => {
  const sales = trade(shopOf('cafe', { scale: 5 }), { seed: 'lazy', from: '2020-01-02', to: '2119-12-31' })
  expect(sales.next().value?.openedOn).toBe('2020-01-02')
})

test('a shop that is open across its close-out hour is refused', () => {
  expect(() => shopOf('restaurant', { closeOutHour: 0 })).toThrow(/close-out/)
})
