import { describe, expect, test } from 'vitest'
import type { Refund } from '#canon/sale.ts'
import { instantText } from '#kernel/instant.ts'
import { readTable } from './test-tables.ts'

// Money given back, however a till writes it down, and what is void.

function told({ externalId, amount, tax, tip, tender, items }: Refund) {
  const given = items.map((item) => [item.article.name, item.quantity, item.amount])
  return [externalId, amount, tax, tip, tender, given]
}

describe('rows of refunds', () => {
  const HEADER = 'Date,Transaction ID,Item,Qty,Gross Sales,Discounts,Net Sales,Tax,Event Type,Card Brand'

  test('that share the number of their sale are refunds of it, at their own time', async () => {
    const { sales, refunds } = await readTable(
      [
        HEADER,
        '2026-05-14 09:00,AAAA1111BBBB,Latte,-1,-$6.50,$0.00,-$6.50,-$0.52,Refund,Visa',
        '2026-05-12 08:05,AAAA1111BBBB,Latte,1,$6.50,$0.00,$6.50,$0.52,Payment,Visa',
        '2026-05-12 08:05,AAAA1111BBBB,Scone,2,$8.00,-$0.80,$7.20,$0.58,Payment,Visa',
      ],
      { currency: 'USD', zone: 'America/New_York' },
      { tax: 'added' },
    )
    expect(refunds).toEqual([])
    expect(
      sales.map((sale) => [sale.total, sale.items.length, instantText(sale.openedAt), sale.refunds.map(told)]),
    ).toEqual([
      [
        1480n,
        2,
        '2026-05-12T12:05:00.000Z',
        [['AAAA1111BBBB/refund@2026-05-14T09:00:00', 702n, 52n, 0n, 'card', [['Latte', '1', 650n + 52n]]]],
      ],
    ])
  })

  test('keep the sign that each column has for itself, and what runs against it', async () => {
    const rows = (gross: readonly string[], total: readonly string[]): readonly string[] => [
      'Date,Receipt number,Receipt type,Item,Quantity,Gross sales,Total',
      '2026-05-25 10:00,1-1000,Sale,Tea,1,5.00,5.00',
      `2026-05-25 11:00,1-1001,Refund,Tea,3,${gross[0]},${total[0]}`,
      `2026-05-25 11:00,1-1001,Refund,Loyalty,1,${gross[1]},${total[1]}`,
    ]
    const tables = [
      rows(['10.00', '-1.00'], ['10.00', '-1.00']),
      rows(['-10.00', '1.00'], ['-10.00', '1.00']),
      rows(['10.00', '-1.00'], ['-10.00', '1.00']),
    ]
    const amounts = await Promise.all(
      tables.map(async (lines) => (await readTable(lines)).refunds.map(({ refund }) => told(refund).slice(1))),
    )
    const one = [
      900n,
      0n,
      0n,
      'unknown',
      [
        ['Tea', '3', 1000n],
        ['Loyalty', '1', -100n],
      ],
    ]
    expect(amounts).toEqual([[one], [one], [one]])
  })

  test('of one sale are told apart by their time', async () => {
    const { sales } = await readTable(
      [
        'Order ID,Payment Date,Tender,Amount',
        'A1B2C3D4E5,2026-05-24 10:00,Cash,12.00',
        'A1B2C3D4E5,2026-05-25 09:00,Cash,-2.00',
        'A1B2C3D4E5,2026-05-26 09:00,Visa,-3.00',
      ],
      {},
      { grain: 'payment' },
    )
    expect(sales.map((sale) => [sale.total, sale.refunds.map(told)])).toEqual([
      [
        1200n,
        [
          ['A1B2C3D4E5/refund@2026-05-25T09:00:00', 200n, 0n, 0n, 'cash', []],
          ['A1B2C3D4E5/refund@2026-05-26T09:00:00', 300n, 0n, 0n, 'card', []],
        ],
      ],
    ])
  })

  test('an article exchanged for a dearer one is no refund where the stated total has both inside', async () => {
    const { sales, verdicts } = await readTable([
      'Order,Date,Item,Qty,Price,Order total',
      '1,2026-05-24 10:00,Tea,1,10.00,6.00',
      '1,2026-05-24 10:00,Cup,-1,4.00,6.00',
      '2,2026-05-24 10:05,Tea,2,1.50,3.00',
      '2,2026-05-24 10:05,Tea,0,1.50,3.00',
    ])
    expect(sales.map((sale) => [sale.total, sale.gross, sale.items.length, sale.refunds.length])).toEqual([
      [600n, 600n, 2, 0],
      [300n, 300n, 2, 0],
    ])
    expect(new Set(verdicts)).toEqual(new Set(['holds']))
  })
})

describe('a refund on the row of its sale', () => {
  const columns = { Refunded: 'refunded', 'Refunded on': 'refunded_at', Reason: 'refund_reason' } as const

  test('is taken off at its own time, or at the time of the sale where none is told', async () => {
    const { sales, noticed } = await readTable(
      [
        'Receipt,Date,Total,Payment,Refunded,Refunded on,Reason',
        'R-1001,2026-05-24 10:00,10.00,Cash,4.00,2026-05-26,Cold',
        'R-1002,2026-05-24 10:05,20.00,Visa,-20.00,,',
        'R-1003,2026-05-24 10:09,5.00,Cash,0.00,,',
      ],
      {},
      { columns },
    )
    expect(
      sales.map((sale) => [
        sale.total,
        sale.refunds.map((refund) => [
          ...told(refund).slice(0, 2),
          instantText(refund.refundedAt),
          refund.tender,
          refund.reason,
        ]),
      ]),
    ).toEqual([
      [1000n, [['R-1001@2026-05-24/refund', 400n, '2026-05-26T10:00:00.000Z', 'cash', 'Cold']]],
      [2000n, [['R-1002@2026-05-24/refund', 2000n, '2026-05-24T08:05:00.000Z', 'card', null]]],
      [500n, []],
    ])
    expect(noticed).toEqual({ refund_time_unknown: 1 })
  })

  test('stands on the first row of an order, on all of them, or with the items it was given back for', async () => {
    const read = async (cells: readonly string[]) => {
      const items = ['Tea', 'Cake', 'Bun'].map(
        (item, nth) => `ORDER-77,2026-05-24 10:00,${item},1,5.00,Cash,${cells[nth]}`,
      )
      const { sales } = await readTable(['Order,Date,Item,Qty,Price,Payment,Refunded', ...items], {}, { columns })
      return sales.flatMap((sale) => sale.refunds.map((refund) => told(refund).slice(1)))
    }
    expect(await read(['7.50', '', ''])).toEqual([[750n, 0n, 0n, 'cash', []]])
    expect(await read(['7.50', '7.50', '7.50'])).toEqual([[750n, 0n, 0n, 'cash', []]])
    expect(await read(['', '5.00', '1.00'])).toEqual([
      [
        600n,
        0n,
        0n,
        'cash',
        [
          ['Cake', '1', 500n],
          ['Bun', '1', 100n],
        ],
      ],
    ])
  })

  test('makes its sale no refund, although the sale is called refunded by now', async () => {
    const { sales, refunds } = await readTable(
      [
        'Receipt,Date,Total,Status,Refunded',
        'R-1001,2026-05-24 10:00,10.00,Refunded,10.00',
        'R-1002,2026-05-24 10:05,3.00,Closed,0',
      ],
      {},
      { columns: { Refunded: 'refunded', Status: 'type' } },
    )
    expect(refunds).toEqual([])
    expect(sales.map((sale) => [sale.status, sale.total, sale.refunds.map(({ amount }) => amount)])).toEqual([
      ['closed', 1000n, [1000n]],
      ['closed', 300n, []],
    ])
  })
})

describe('what is void', () => {
  test('a row that says so is left out, and a sale of such rows alone is a void sale', async () => {
    const { sales, noticed } = await readTable(
      [
        'Order,Date,Item,Qty,Price,Void?',
        '1,2026-05-24 10:00,Tea,1,2.00,',
        '1,2026-05-24 10:00,Cake,1,3.00,x',
        '2,2026-05-24 10:05,Tea,1,2.00,TRUE',
        '3,2026-05-24 10:06,Tea,1,2.00,no',
      ],
      {},
      { columns: { 'Void?': 'voided' } },
    )
    expect(sales.map((sale) => [sale.status, sale.gross])).toEqual([
      ['closed', 200n],
      ['voided', 200n],
      ['closed', 200n],
    ])
    expect(noticed).toEqual({ line_voided: 1 })
  })

  test('a sale that was cancelled is void as a whole, unless money went back: then it was a sale', async () => {
    const { sales } = await readTable(
      [
        'Name,Created at,Item,Qty,Price,Total,Cancelled,Refunded',
        '#1001,2026-05-24 10:00,Tea,1,2.00,5.00,2026-05-24 11:00,0.00',
        '#1001,,Cake,1,3.00,,,',
        '#1002,2026-05-24 10:05,Tea,1,2.00,2.00,2026-05-25 11:00,2.00',
        '#1003,2026-05-24 10:06,Tea,1,2.00,2.00,,0.00',
      ],
      {},
      { columns: { Name: 'sale_id', Cancelled: 'cancelled_at', Refunded: 'refunded', Total: 'total' } },
    )
    expect(sales.map((sale) => [sale.number, sale.status, sale.items.length, sale.refunds.length])).toEqual([
      ['#1001', 'voided', 2, 0],
      ['#1002', 'closed', 1, 1],
      ['#1003', 'closed', 1, 0],
    ])
  })
})
