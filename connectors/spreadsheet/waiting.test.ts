import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTable, refusals } from './test-tables.ts'

// A sale is whole or it waits: one row that cannot be read holds back all rows of its sale, and no row of another.

const HEADER = 'Order,Date,Item,Qty,Price'

describe('a row that cannot be read', () => {
  test('holds back its sale, also the rows that stand far before and behind it', async () => {
    const others = Array.from(
      { length: 300 },
      (_, nth) => `${nth + 10},2026-05-24 10:${String(nth % 60).padStart(2, '0')},Bun,1,1.00`,
    )
    const table = await readTable([
      HEADER,
      '1,2026-05-24 10:00,Tea,1,1.50',
      ...others.slice(0, 150),
      '1,2026-05-24 10:00,Cake,1,two',
      ...others.slice(150),
      '1,2026-05-24 10:00,Bun,1,1.00',
    ])
    expect(refusals(table)).toEqual([
      [2, 'row.sale_incomplete'],
      [153, 'row.amount_unreadable'],
      [304, 'row.sale_incomplete'],
    ])
    expect(table.sales.length).toBe(300)
  })

  test('holds back the sale of its own day and none of the same number on another', async () => {
    const table = await readTable([
      HEADER,
      '1,2026-05-24 10:00,Tea,1,1.50',
      '1,2026-05-25 10:00,Tea,1,1.50',
      '1,2026-05-25 10:00,Cake,many,2.00',
      '1,2026-05-26 10:00,Tea,1,1.50',
    ])
    expect(table.sales.map((sale) => sale.externalId)).toEqual(['1@2026-05-24', '1@2026-05-26'])
    expect(refusals(table)).toEqual([
      [3, 'row.sale_incomplete'],
      [4, 'row.quantity_unreadable'],
    ])
  })

  test('holds back the nearest sale of its number where its day cannot be read', async () => {
    const day = (date: string): readonly string[] => ['1', '2', '3'].map((id) => `${id},${date} 10:00,Tea,1,1.50`)
    const below = await readTable([HEADER, ...day('2026-05-24'), '1,31.31.2026,Cake,1,2.00', ...day('2026-05-25')])
    const above = await readTable([HEADER, ...day('2026-05-24'), '3,31.31.2026,Cake,1,2.00', ...day('2026-05-25')])
    const last = await readTable([HEADER, ...day('2026-05-24'), '2,31.31.2026,Cake,1,2.00'])
    const between = await readTable([
      HEADER,
      '1,2026-05-24 10:00,Tea,1,1.50',
      '1,31.31.2026,Cake,1,2.00',
      '1,2026-05-25 10:00,Tea,1,1.50',
    ])
    const waiting = [below, above, last, between].map(({ rejected }) =>
      rejected.filter(({ code }) => code === 'row.sale_incomplete').map(({ row }) => row),
    )
    expect(waiting).toEqual([[6], [4], [3], [2, 4]])
  })

  test('is refused alone where it names no sale', async () => {
    const table = await readTable([HEADER, '1,2026-05-24 10:00,Tea,1,1.50', '1', '1,2026-05-24 10:00,Cake,1,2.00'])
    expect(refusals(table)).toEqual([[3, 'row.width']])
    expect(table.sales.map((sale) => sale.items.length)).toEqual([2])
  })

  test('with a cell too many names its sale all the same, as long as its date is in its place', async () => {
    const table = await readTable([
      HEADER,
      '1,2026-05-24 10:00,Tea,1,1.50',
      '1,2026-05-24 10:00,Cake, large,1,2.00',
      '2,2026-05-24 10:05,Tea,1,1.50',
      'Tea,2,2026-05-24 10:05,x,1,1.50',
    ])
    expect(refusals(table)).toEqual([
      [2, 'row.sale_incomplete'],
      [3, 'row.width'],
      [5, 'row.width'],
    ])
  })

  test('whose letters are broken still names its sale', async () => {
    const text = `${HEADER}\n1,2026-05-24 10:00,Té,1,1.50\n1,2026-05-24 10:00,Cr?me,1,2.00\n2,2026-05-24 10:01,Crème,1,2.00\n`
    const bytes = Buffer.from(text)
    bytes[bytes.indexOf('?')] = 0xe8
    expect(refusals(await readTable(bytes))).toEqual([
      [2, 'row.sale_incomplete'],
      [3, 'row.encoding'],
    ])
  })

  test('is kept with 20,000 characters of its text', async () => {
    const long = `1,2026-05-24 10:00,${'a'.repeat(30_000)},1,1.00`
    const { rejected } = await readTable([HEADER, long, '2,2026-05-24 10:00,Tea,1,1.50'])
    expect(rejected.map(({ raw }) => raw.length)).toEqual([20_000])
  })
})

describe('rejected rows, mended and given again', () => {
  test('complete their sales, and cells that were guarded are what they were', async () => {
    const table = await readTable([
      `${HEADER},tillwire_row,Tillwire_Code,tillwire_reason`,
      "1,2026-05-24 10:00,'=Tea,1,1.50,2,row.sale_incomplete,Another row",
      "1,2026-05-24 10:00,Cake,'-1,2.00,3,row.amount_unreadable,An amount",
      "1,2026-05-24 10:00,'tis a bun,1,1.00,4,row.sale_incomplete,Another row",
    ])
    expect(table.rejected).toEqual([])
    expect(table.sales[0]?.items.map((item) => item.article.name)).toEqual(['=Tea', "'tis a bun"])
    expect(table.sales[0]?.refunds.map(({ amount }) => amount)).toEqual([200n])
  })
})

type Drawn = { readonly sale: number; readonly day: number; readonly bad: 'no' | 'amount' | 'date' }

const rows = fc.array(
  fc.record({
    sale: fc.integer({ min: 1, max: 4 }),
    day: fc.integer({ min: 10, max: 12 }),
    bad: fc.constantFrom<Drawn['bad']>('no', 'no', 'no', 'no', 'amount', 'date'),
  }),
  { minLength: 1, maxLength: 14 },
)

/** Enough rows in order that the columns are known for what they are. */
const SOUND = Array.from({ length: 20 }, (_, nth) => `90${nth},2026-05-01 09:00,Tea,1,1.00`)

test('no sale is ever read without one of its rows, and no row is lost', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), async (drawn, lasting) => {
      const id = ({ sale, day }: Drawn): string => (lasting ? `TICKET-${day}-000${sale}` : String(sale))
      const name = (row: Drawn): string => (lasting ? id(row) : `${row.sale}@2026-05-${row.day}`)
      const written = drawn.map((row) => {
        const date = row.bad === 'date' ? '2026-02-31 10:00' : `2026-05-${row.day} 10:00`
        return `${id(row)},${date},Tea,1,${row.bad === 'amount' ? 'two' : '1.00'}`
      })
      const table = await readTable([HEADER, ...SOUND, ...written])
      const counted = table.fileSales.reduce((sum, { rows: own }) => sum + own.length, 0)
      expect(counted + table.rejected.length).toBe(SOUND.length + drawn.length)
      const read = new Set(table.sales.map((sale) => sale.externalId))
      for (const row of drawn) {
        if (row.bad === 'amount' || (row.bad === 'date' && lasting)) expect(read).not.toContain(name(row))
      }
      for (const { sale, rows: own } of table.fileSales) {
        const dated = (row: Drawn): boolean => lasting || row.bad !== 'date'
        const all = drawn.flatMap((row, nth) =>
          name(row) === sale.externalId && dated(row) ? [nth + 2 + SOUND.length] : [],
        )
        if (!sale.number?.startsWith('90')) expect(own).toEqual(all)
      }
      // A short number without its day holds back one sale of that number at least, where there is one.
      for (const { sale } of drawn.filter(({ bad }) => bad === 'date' && !lasting)) {
        const days = new Set(drawn.filter((row) => row.sale === sale && row.bad !== 'date').map(name))
        expect([...days].some((one) => !read.has(one))).toBe(days.size > 0)
      }
      // Without a single row that cannot be read nothing waits.
      if (drawn.every(({ bad }) => bad === 'no')) expect(table.rejected).toEqual([])
    }),
    { numRuns: Number(process.env.TILLWIRE_PROPERTY_RUNS ?? 150) },
  )
})
