import { describe, expect, test } from 'vitest'
import type { Sale } from '#canon/sale.ts'
import { instantText } from '#kernel/instant.ts'
import type { FileChoices } from '../contract-files.ts'
import { readTable } from './test-tables.ts'

// The shapes that exports have: a row for each item, each sale, each payment, or all three in one table.

function money({ gross, discount, taxAdded, tip, total }: Sale) {
  return [gross, discount, taxAdded, tip, total]
}

function paid({ payments }: Sale) {
  return payments.map(({ externalId, tender, amount, tip }) => [externalId, tender, amount, tip])
}

describe('a row for each item', () => {
  test('without tips or totals of the sale the table tells items, and with either it tells all', async () => {
    const items = await readTable(['Order,Date,Item,Qty,Price', '1,2026-05-04 10:00,Tea,2,1.50'])
    const tendered = await readTable(['Order,Date,Item,Qty,Price,Payment', '1,2026-05-04 10:00,Tea,2,1.50,Cash'])
    const tipped = await readTable(['Order,Date,Item,Qty,Price,Tip', '1,2026-05-04 10:00,Tea,2,1.50,0.50'])
    const unnamed = await readTable(['Date,Item,Qty,Price', '2026-05-04 10:00,Tea,2,1.50'])
    expect([items, tendered, tipped, unnamed].map(({ fileSales }) => fileSales[0]?.part)).toEqual([
      'items',
      'items',
      'whole',
      'whole',
    ])
  })

  test('what is said of the order on its first row alone holds for all of its rows', async () => {
    const { sales, verdicts } = await readTable([
      'Order,Date,Item,Qty,Price,Discount,Total,Payment,Store',
      '1,2026-05-04 10:00,Tea,2,1.50,0.50,4.50,Cash,North',
      '1,,Cake,1,2.00,,,,',
      '2,2026-05-04 10:05,Tea,1,1.50,0.20,1.30,Visa,North',
      '1,2026-05-05 09:00,Tea,1,1.50,0.10,3.40,Cash,South',
      '1,,Cake,1,2.00,,,,',
    ])
    expect(
      sales.map((sale) => [sale.externalId, sale.location, sale.items.length, ...money(sale), paid(sale)]),
    ).toEqual([
      ['1@2026-05-04@North', 'North', 2, 500n, 50n, 0n, 0n, 450n, [[null, 'cash', 450n, 0n]]],
      ['2@2026-05-04@North', 'North', 1, 150n, 20n, 0n, 0n, 130n, [[null, 'card', 130n, 0n]]],
      ['1@2026-05-05@South', 'South', 2, 350n, 10n, 0n, 0n, 340n, [[null, 'cash', 340n, 0n]]],
    ])
    expect(new Set(verdicts)).toEqual(new Set(['holds']))
  })

  test('turned upside down, rows without a date still find the sale that follows them', async () => {
    const { sales, rejected } = await readTable([
      'Order,Date,Item,Qty,Price',
      '1,,Cake,1,2.00',
      '1,2026-05-25 09:00,Tea,1,1.50',
      '1,,Scone,1,2.00',
      '1,2026-05-24 09:00,Tea,1,1.50',
    ])
    expect(rejected).toEqual([])
    expect(sales.map((sale) => [sale.externalId, sale.items.map((item) => item.article.name)])).toEqual([
      ['1@2026-05-25', ['Cake', 'Tea']],
      ['1@2026-05-24', ['Scone', 'Tea']],
    ])
  })

  test('a table without any amount counts pieces and claims no turnover', async () => {
    const { sales, verdicts } = await readTable([
      'Order,Date,Item,Qty',
      '1,2026-05-04 10:00,Tea,2',
      '1,2026-05-04 10:00,Bun,0.5',
    ])
    expect(sales.map((sale) => [sale.items.map((item) => item.quantity), ...money(sale), sale.payments])).toEqual([
      [['2', '0.5'], null, 0n, 0n, 0n, null, []],
    ])
    expect(verdicts).toEqual(['incomplete'])
  })

  test('rates, modifiers and several discounts of a line are kept with it', async () => {
    const { sales, verdicts } = await readTable(
      [
        'Order,Date,Item,Qty,Price,Rebate,Coupon,VAT,VAT rate,Modifiers,Total',
        '1,2026-05-04 10:00,Tea,1,4.00,0.40,0.10,0.56,19 %,"Extra shot, Oat milk (2); 3 x Sugar",3.50',
        '1,2026-05-04 10:00,Book,1,10.70,0.70,,0.70,0.07,,10.00',
      ],
      {},
      { columns: { Rebate: 'discount', Coupon: 'discount', VAT: 'tax', 'VAT rate': 'tax_rate' }, tax: 'included' },
    )
    const items = sales[0]?.items ?? []
    expect(items.map(({ discount, taxes }) => [discount, taxes.map(({ rate, amount }) => [rate, amount])])).toEqual([
      [50n, [['19', 56n]]],
      [70n, [['7', 70n]]],
    ])
    expect(items[0]?.modifiers).toEqual([
      { name: 'Extra shot', quantity: '1', price: 0n },
      { name: 'Oat milk', quantity: '2', price: 0n },
      { name: 'Sugar', quantity: '3', price: 0n },
    ])
    expect(verdicts).toEqual(['holds'])
  })

  test('a gift card that is sold is a promise and no revenue', async () => {
    const { sales, verdicts } = await readTable(
      [
        'Order,Date,Item,Kind,Qty,Price,Order total,Payment',
        '1,2026-05-04 10:00,Tea,Article,2,1.50,28.00,Cash',
        '1,2026-05-04 10:00,Voucher card,Gift card,1,25.00,28.00,Cash',
        '2,2026-05-04 10:04,Tea,Article,1,1.50,1.50,Cash',
      ],
      {},
      { columns: { Kind: 'item_kind' } },
    )
    expect(sales.map((sale) => [sale.gross, sale.deferred, sale.total, sale.items.map((item) => item.kind)])).toEqual([
      [300n, 2500n, 2800n, ['article', 'gift_card']],
      [150n, 0n, 150n, ['article']],
    ])
    expect(new Set(verdicts)).toEqual(new Set(['holds']))
  })
})

describe('a row for each sale', () => {
  const tenders: FileChoices = {
    grain: 'sale',
    columns: {
      Cash: 'tender_amount',
      Card: 'tender_amount',
      'Gift cards': 'gift_card_sales',
      Rounding: 'rounding',
      Gross: 'gross',
    },
  }

  test('it tells amounts and payments, one for each column of a tender that was used', async () => {
    const { sales, fileSales, verdicts } = await readTable(
      [
        'Receipt,Date,Gross,Discount,Gift cards,Tip,Rounding,Total,Cash,Card',
        'R-1,2026-05-24 10:00,10.00,1.00,0,0.50,0,9.50,0,9.50',
        'R-2,2026-05-24 10:05,20.00,0,5.00,1.00,0,26.00,15.00,11.00',
        'R-3,2026-05-24 10:09,1.99,0,0,0,0.01,2.00,2.00,0',
      ],
      {},
      tenders,
    )
    expect(fileSales.map(({ part }) => part)).toEqual(['sale', 'sale', 'sale'])
    expect(sales.map((sale) => [sale.deferred, sale.rounding, ...money(sale)])).toEqual([
      [0n, 0n, 1000n, 100n, 0n, 50n, 950n],
      [500n, 0n, 2000n, 0n, 0n, 100n, 2600n],
      [0n, 1n, 199n, 0n, 0n, 0n, 200n],
    ])
    expect(sales.map((sale) => sale.payments.map(({ amount, tip }) => [amount, tip]))).toEqual([
      [[950n, 50n]],
      [
        [1500n, 0n],
        [1100n, 100n],
      ],
      [[200n, 0n]],
    ])
    expect(new Set(verdicts)).toEqual(new Set(['holds']))
  })

  test('several tenders in one cell are none of them', async () => {
    const { sales } = await readTable([
      'Receipt,Date,Total,Payment',
      'R-1,2026-05-24 10:00,10.00,"Credit Card, Cash"',
      'R-2,2026-05-24 10:05,20.00,"Visa, Mastercard"',
      'R-3,2026-05-24 10:09,5.00,Cash',
    ])
    expect(sales.map((sale) => sale.payments.map(({ tender, amount }) => [tender, amount]))).toEqual([
      [['other', 1000n]],
      [['card', 2000n]],
      [['cash', 500n]],
    ])
  })

  test('a total without its tip is paid with it', async () => {
    const { sales, verdicts } = await readTable([
      'Receipt,Date,Net sales,Tax,Tip,Total,Payment',
      'R-1,2026-05-24 10:00,10.00,1.90,1.00,11.90,Visa',
      'R-2,2026-05-24 10:05,20.00,3.80,2.00,23.80,Cash',
    ])
    expect(sales.map((sale) => [...money(sale), paid(sale)])).toEqual([
      [1000n, 0n, 190n, 100n, 1290n, [[null, 'card', 1290n, 100n]]],
      [2000n, 0n, 380n, 200n, 2580n, [[null, 'cash', 2580n, 200n]]],
    ])
    expect(new Set(verdicts)).toEqual(new Set(['holds']))
  })
})

describe('a row for each payment', () => {
  const rows = [
    'Order ID,Payment ID,Payment Date,Tender,Amount,Tip',
    'A1B2C3D4,P1,2026-05-24 10:00,Cash,5.00,0',
    'A1B2C3D4,P2,2026-05-24 10:02,Visa,7.00,1.00',
    'A2B3C4D5,P3,2026-05-24 10:05,Cash,3.00,0',
  ]

  test('two payments of one sale are two payments of one sale, each at its own time', async () => {
    const { sales, fileSales } = await readTable(
      rows,
      {},
      { grain: 'payment', columns: { 'Payment ID': 'payment_id' } },
    )
    expect(fileSales.map(({ part }) => part)).toEqual(['payments', 'payments'])
    expect(sales.map((sale) => [sale.total, sale.tip, paid(sale)])).toEqual([
      [
        1200n,
        100n,
        [
          ['P1', 'cash', 500n, 0n],
          ['P2', 'card', 700n, 100n],
        ],
      ],
      [300n, 0n, [['P3', 'cash', 300n, 0n]]],
    ])
    expect(sales[0]?.payments.map(({ paidAt }) => paidAt && instantText(paidAt))).toEqual([
      '2026-05-24T08:00:00.000Z',
      '2026-05-24T08:02:00.000Z',
    ])
  })

  test('what was given back of a payment stands on its row', async () => {
    const { sales, noticed } = await readTable(
      [
        `${rows[0]},Refund,Refund tip,Refund date,Why`,
        `${rows[1]},2.00,,2026-05-26 09:00,Cold`,
        `${rows[2]},3.00,0.50,,`,
        `${rows[3]},,,,`,
      ],
      {},
      {
        grain: 'payment',
        columns: {
          'Payment ID': 'payment_id',
          Refund: 'refunded',
          'Refund tip': 'refunded_tip',
          'Refund date': 'refunded_at',
          Why: 'refund_reason',
        },
      },
    )
    const [first] = sales
    expect(first?.total).toBe(1200n)
    expect(
      first?.refunds.map(({ externalId, refundedAt, amount, tip, tender, reason }) => [
        externalId,
        instantText(refundedAt),
        amount,
        tip,
        tender,
        reason,
      ]),
    ).toEqual([
      ['A1B2C3D4/refund/P1', '2026-05-26T07:00:00.000Z', 200n, 0n, 'cash', 'Cold'],
      ['A1B2C3D4/refund/P2', '2026-05-24T08:00:00.000Z', 350n, 50n, 'card', null],
    ])
    expect(noticed).toEqual({ refund_time_unknown: 1 })
  })
})

describe('rows of all three kinds', () => {
  const choices: FileChoices = {
    grain: 'mixed',
    columns: {
      'Line Type': 'row_grain',
      'Receipt Number': 'sale_id',
      Date: 'date_time',
      Product: 'item',
      Quantity: 'quantity',
      Subtotal: 'net',
      'Sales Tax': 'tax',
      Total: 'total',
      Paid: 'tender_amount',
      Tender: 'tender',
    },
    tax: 'added',
  }
  const HEADER = 'Date,Receipt Number,Line Type,Product,Quantity,Subtotal,Sales Tax,Total,Paid,Tender'
  const sold = [
    '2026-05-24 10:00,71,Sale,,3,10.00,1.50,11.50,,',
    ',,Sale Line,Tea,2,6.00,0.90,6.90,,',
    ',,Sale Line,Cake,1,4.00,0.60,4.60,,',
    ',,Payment,,,,,,5.00,Cash',
    ',,Payment,,,,,,6.50,Visa',
    '2026-05-24 10:07,72,Sale,,1,2.00,0.30,2.30,,',
    ',,Sale Line,Bun,1,2.00,0.30,2.30,,',
    ',,Payment,,,,,,2.30,Cash',
  ]

  test('a row without an id belongs to the sale above it', async () => {
    const { sales, fileSales, verdicts, rejected } = await readTable([HEADER, ...sold], {}, choices)
    expect(rejected).toEqual([])
    expect(fileSales.map(({ part, rows }) => [part, rows.length])).toEqual([
      ['whole', 5],
      ['whole', 3],
    ])
    expect(
      sales.map((sale) => [
        sale.number,
        ...money(sale),
        sale.items.map((item) => [item.quantity, item.gross]),
        paid(sale),
      ]),
    ).toEqual([
      [
        '71',
        ...[1000n, 0n, 150n, 0n, 1150n],
        [
          ['2', 600n],
          ['1', 400n],
        ],
        [
          [null, 'cash', 500n, 0n],
          [null, 'card', 650n, 0n],
        ],
      ],
      ['72', 200n, 0n, 30n, 0n, 230n, [['1', 200n]], [[null, 'cash', 230n, 0n]]],
    ])
    expect(new Set(verdicts)).toEqual(new Set(['holds']))
  })

  test('rows of other kinds are passed over and counted', async () => {
    const { sales, noticed } = await readTable([HEADER, ...sold, ',,Loyalty,,,,,,,'], {}, choices)
    expect([sales.length, noticed]).toEqual([2, { row_passed_over: 1 }])
  })

  test('behind a row that cannot be read nothing is given to the sale before it', async () => {
    const table = await readTable([HEADER, ...sold.slice(0, 5), 'x,y', ...sold.slice(6)], {}, choices)
    expect(table.sales.map((sale) => [sale.number, sale.payments.length])).toEqual([['71', 2]])
    expect(table.rejected.map(({ row, code }) => [row, code])).toEqual([
      [7, 'row.width'],
      [8, 'row.sale_incomplete'],
      [9, 'row.sale_incomplete'],
    ])
  })

  test('a table that is turned around gives no row to the wrong sale', async () => {
    const { sales, rejected } = await readTable([HEADER, ...sold.toReversed()], {}, choices)
    expect(sales.map((sale) => [sale.number, sale.items.length, sale.payments.length])).toEqual([
      ['72', 0, 1],
      ['71', 0, 1],
    ])
    expect(new Set(rejected.map(({ code }) => code))).toEqual(new Set(['row.sale_id_missing']))
    expect(rejected.length).toBe(6)
  })
})
