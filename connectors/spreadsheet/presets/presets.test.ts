import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkIdentity } from '#canon/money-identity.ts'
import type { Sale } from '#canon/sale.ts'
import { currencyCode } from '#kernel/currency.ts'
import { add, type Decimal, ZERO } from '#kernel/decimal.ts'
import { zoneName } from '#kernel/zone.ts'
import { readAs, sourceOf, tableOf, type WholeRead } from '../../conformance/files.ts'
import type { FileChoices, FileDetection, FileSite, Files } from '../../contract-files.ts'
import { spreadsheet } from '../connector.ts'
import { knownColumns, matchPreset } from './matching.ts'
import type { Preset } from './preset.ts'
import { PRESETS } from './registry.ts'
import { squareItems } from './square-items.ts'
import {
  allSamples,
  amountText,
  columnSum,
  type Sample,
  sampleOf,
  type Table,
  type ToldSales,
  tableOfSample,
  textOf,
} from './test-samples.ts'

const files = spreadsheet.files as Files
const SAMPLES = allSamples()
const READ = SAMPLES.filter(({ told }) => !told.refused)
const REFUSED = SAMPLES.filter(({ told }) => told.refused)

function siteOf({ told }: Sample): FileSite {
  return { zone: zoneName(told.site.zone), currency: currencyCode(told.site.currency) }
}

async function detected(sample: Sample, text = sample.text, choices: FileChoices = {}) {
  const source = await tableOf(files, Buffer.from(text), `${sample.name}.csv`)
  return { source, detection: await files.detect(source, siteOf(sample), choices) }
}

async function readSample(sample: Sample, text = sample.text): Promise<WholeRead & { detection: FileDetection }> {
  const told = sample.told as ToldSales
  const { source, detection } = await detected(sample, text, told.choices)
  return { detection, ...(await readAs(files, source, detection, siteOf(sample))) }
}

/** The same figures as in a sample's list, from what was read. */
function tally({ sales, slices }: WholeRead) {
  const all = sales.map(({ sale }) => sale)
  const stand = all.filter((sale) => sale.status !== 'voided')
  const items = stand.flatMap((sale) => sale.items)
  const refunds = stand.flatMap((sale) => sale.refunds)
  const loose = slices.flatMap((slice) => slice.refunds).map(({ refund }) => refund)
  const cents = (of: (sale: Sale) => bigint | null): string =>
    amountText(stand.reduce((sum, sale) => sum + (of(sale) ?? 0n), 0n))
  const payments: Record<string, bigint> = {}
  for (const { tender, amount } of stand.flatMap((sale) => sale.payments)) {
    if (amount !== 0n) payments[tender] = (payments[tender] ?? 0n) + amount
  }
  return {
    rejected: slices.flatMap((slice) => slice.rejected),
    part: [...new Set(sales.map(({ part }) => part))].join(),
    sales: stand.length,
    voided: all.length - stand.length,
    open: stand.filter((sale) => sale.status === 'open').length,
    items: items.length,
    units: items.reduce((sum, item) => (item.kind === 'article' ? add(sum, item.quantity) : sum), ZERO as Decimal),
    gross: cents((sale) => sale.gross),
    discount: cents((sale) => sale.discount),
    tax: cents((sale) => sale.taxAdded + sale.taxIncluded),
    tip: cents((sale) => sale.tip),
    service: cents((sale) => sale.serviceCharge),
    deferred: cents((sale) => sale.deferred),
    total: cents((sale) => sale.total),
    fees: amountText(stand.flatMap((sale) => sale.payments).reduce((sum, { fee }) => sum + (fee ?? 0n), 0n)),
    payments: Object.fromEntries(Object.entries(payments).map(([tender, sum]) => [tender, amountText(sum)])),
    refunds: refunds.length,
    refunded: amountText(refunds.reduce((sum, { amount }) => sum + amount, 0n)),
    looseRefunds: loose.length,
    looseRefunded: amountText(loose.reduce((sum, { amount }) => sum + amount, 0n)),
  }
}

/** What is told of a sample, and what was read of it, in the same words. */
async function both(sample: Sample) {
  const { how, preset, site, rows, footing, family, confirm, choices, ...figures } = sample.told as ToldSales &
    Sample['told']
  const told = { rejected: [], looseRefunded: '0.00', ...figures }
  const read: Readonly<Record<string, unknown>> = tally(await readSample(sample))
  return { told, read: Object.fromEntries(Object.keys(told).map((key) => [key, read[key]])) }
}

describe('the samples', () => {
  test.each(SAMPLES)('$name adds up to the sums that are told of it', (sample) => {
    const table = tableOfSample(sample)
    for (const [heading, sum] of Object.entries(sample.told.footing))
      expect([heading, columnSum(table, heading)]).toEqual([heading, sum])
  })

  test('every known export has one', () => {
    const shown = new Set(SAMPLES.map(({ told }) => told.preset))
    expect(PRESETS.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([])
  })
})

describe('a known export', () => {
  test.each(READ)('$name is known by its headings', async (sample) => {
    const told = sample.told as ToldSales & Sample['told']
    const { detection } = await detected(sample)
    const asked = detection.notes.filter(({ severity }) => severity === 'confirm').map(({ code }) => code)
    expect([detection.preset?.id, detection.family, asked]).toEqual([told.preset, told.family, told.confirm])
    expect(detection.notes.filter(({ code }) => code === 'preset_column_odd')).toEqual([])
  })

  test.each(READ)('$name holds exactly what was put into it', async (sample) => {
    const { told, read } = await both(sample)
    expect(read).toEqual(told)
  })

  test.each(READ)('the sales of $name add up', async (sample) => {
    const { sales } = await readSample(sample)
    const odd = sales.filter(({ sale }) => checkIdentity(sale).verdict === 'differs')
    expect(odd.map(({ sale }) => [sale.externalId, checkIdentity(sale).reasons])).toEqual([])
  })

  test.each(READ)(
    '$name is read alike with its columns moved, some left out and one that nobody knows',
    async (sample) => {
      const before = tally(await readSample(sample))
      const table = tableOfSample(sample)
      const places = table.headings.map((_, at) => at)
      const spare = places.filter((at) => !isAskedFor(sample, table.headings[at] ?? ''))
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray(places, { minLength: places.length, maxLength: places.length }),
          fc.subarray(spare),
          fc.constantFrom('Weather', 'tillwire_reason', 'Loyalty tier (new)'),
          async (order, left, unknown) => {
            const kept = order.filter((at) => !left.includes(at))
            const after = await readSample(sample, textOf(rearranged(table, kept, unknown)))
            expect(after.detection.preset?.id).toBe(sample.told.preset)
            expect(tally(after)).toEqual(before)
          },
        ),
        { numRuns: 4 },
      )
    },
  )

  test.each(REFUSED)('$name is refused with a sentence that says what to export instead', async (sample) => {
    const preset = PRESETS.find(({ id }) => id === sample.told.preset)
    expect(preset?.refuse).toMatch(/ Export /)
    await expect(detected(sample)).rejects.toMatchObject({ code: 'file.no_sales_export', message: preset?.refuse })
  })

  test('people who stand in an export are not in its sales', async () => {
    for (const sample of READ) {
      const { sales, slices } = await readSample(sample)
      const told = JSON.stringify(
        [sales.map(({ sale }) => sale), slices.flatMap(({ refunds }) => refunds.map(({ refund }) => refund))],
        (_, value) => (typeof value === 'bigint' ? String(value) : value),
      )
      for (const person of ['Odalys', 'ODALYS', 'Prøve Kunde', 'xxxx 0000', '@example', 'C7QK2M']) {
        expect([sample.name, person, told.includes(person)]).toEqual([sample.name, person, false])
      }
    }
  })
})

/** Whether a preset knows an export by the heading, or reads the column. */
function isAskedFor({ told }: Sample, heading: string): boolean {
  const preset = PRESETS.find(({ id }) => id === told.preset)
  const role = preset && knownColumns(preset, [heading])[0]
  return (role ?? null) !== null || preset === undefined || matchPreset([heading], onesOf(preset.needs)) !== null
}

/** An export for each heading, known by that heading alone. */
function onesOf(headings: readonly string[]): readonly Preset[] {
  return headings.map((heading) => ({ ...squareItems, needs: [heading], lacks: [] }))
}

function rearranged(table: Table, order: readonly number[], unknown: string): Table {
  const moved = (cells: readonly string[], extra: string): readonly string[] => [
    ...order.slice(0, 3).map((at) => cells[at] ?? ''),
    extra,
    ...order.slice(3).map((at) => cells[at] ?? ''),
  ]
  return { ...table, headings: moved(table.headings, unknown), rows: table.rows.map((row) => moved(row, 'mild')) }
}

describe('what the headings of an export ask for', () => {
  test('no two exports ask for the same headings', () => {
    for (const sample of SAMPLES) {
      const { headings } = tableOfSample(sample)
      const has = (heading: string): boolean => matchPreset(headings, onesOf([heading])) !== null
      const fits = PRESETS.filter(({ needs, lacks }) => needs.every(has) && !(lacks ?? []).some(has))
      expect([sample.name, fits.map(({ id }) => id)]).toEqual([sample.name, [sample.told.preset]])
    }
  })

  test('a till that nobody described is not taken for one that somebody did', async () => {
    for (const [name, zone, currency] of [
      ['german-bakery.csv', 'Europe/Berlin', 'EUR'],
      ['cafe-transactions.csv', 'America/New_York', 'USD'],
    ] as const) {
      const bytes = readFileSync(new URL(`../fixtures/${name}`, import.meta.url))
      const site = { zone: zoneName(zone), currency: currencyCode(currency) }
      expect([name, (await files.detect(sourceOf(bytes, name), site, {})).preset]).toEqual([name, null])
    }
  })

  test('a known export can be read as if it were not known', async () => {
    const sample = sampleOf('square-transactions')
    const { detection } = await detected(sample, sample.text, { preset: null })
    expect(detection.preset).toBeNull()
    expect(detection.family).toBe(detection.shape)
  })
})

describe('exports of one till about the same days', () => {
  test.each([
    ['square-items', 'square-transactions'],
    ['toast-item-selection', 'toast-order-details'],
    ['clover-line-items', 'clover-orders'],
    ['loyverse-receipts-by-item', 'loyverse-receipts'],
  ])('%s and %s name the same sales and agree on them', async (items, sales) => {
    const [one, other] = [await salesOf(items), await salesOf(sales)]
    expect([...one.keys()].sort()).toEqual([...other.keys()].sort())
    for (const [id, sale] of one) {
      const whole = other.get(id)
      if (sale.status === 'voided' || whole === undefined) continue
      // Toast has a gift card that is sold inside an order's amount, and does not tell it apart there.
      const gross = (sale.gross ?? 0n) + (items.startsWith('toast') ? sale.deferred : 0n)
      expect([id, whole.status, whole.gross, whole.discount, whole.taxAdded]).toEqual([
        id,
        sale.status,
        gross,
        sale.discount,
        sale.taxAdded,
      ])
    }
  })

  test.each([
    ['toast-payment-details', 'toast-order-details'],
    ['clover-payments', 'clover-orders'],
  ])('%s pays for the sales of %s', async (payments, sales) => {
    const [paid, owed] = [await salesOf(payments), await salesOf(sales)]
    for (const [id, sale] of paid) {
      const sum = sale.payments.reduce((total, { amount }) => total + amount, 0n)
      expect([id, sum, sale.tip]).toEqual([id, owed.get(id)?.total, owed.get(id)?.tip])
    }
    for (const [id, sale] of owed)
      if (sale.status === 'closed' && sale.total !== 0n) expect([id, paid.has(id)]).toEqual([id, true])
  })
})

describe('a sale of the invented days', () => {
  test.each(['square-items', 'loyverse-receipts-by-item', 'clover-line-items'])(
    'keeps what was added to an article in %s',
    async (name) => {
      const items = [...(await salesOf(name)).values()].flatMap((sale) => sale.items)
      const latte = items.find(({ article }) => article.name === 'Latte')
      expect([latte?.gross, latte?.modifiers.map((modifier) => modifier.name)]).toEqual([
        650n,
        ['Oat milk', 'Extra shot'],
      ])
    },
  )

  test.each(['square-transactions', 'toast-payment-details', 'clover-payments'])(
    'that was paid partly in cash and partly by card is so in %s',
    async (name) => {
      const sales = [...(await salesOf(name)).values()]
      const split = sales.find((sale) => sale.payments.length === 2)
      const paid = split?.payments.map(({ tender, amount, tip }) => [tender, amount, tip])
      expect(new Set(paid)).toEqual(
        new Set([
          ['cash', 2000n, 0n],
          ['card', 3606n, 400n],
        ]),
      )
    },
  )

  test('that went on past midnight is of the day it was ordered on', async () => {
    const supper = (await salesOf('toast-order-details')).get('4000000260512000977')
    expect(new Date(Number(supper?.openedAt)).toISOString()).toBe('2026-05-13T03:52:00.000Z')
  })

  test('has the place’s own clock where the letters behind a time are those of several zones', async () => {
    const sample = sampleOf('clover-orders')
    const text = sample.text.replaceAll(' EDT', ' CST')
    const source = await tableOf(files, Buffer.from(text), 'orders.csv')
    const site = { zone: zoneName('America/Chicago'), currency: currencyCode('USD') }
    const { sales } = await readAs(files, source, await files.detect(source, site, {}), site)
    expect(new Date(Number(sales[0]?.sale.openedAt)).toISOString()).toBe('2026-05-12T12:42:00.000Z')
  })
})

async function salesOf(name: string): Promise<ReadonlyMap<string, Sale>> {
  const { sales } = await readSample(sampleOf(name))
  return new Map(sales.map(({ sale }) => [sale.externalId, sale]))
}
