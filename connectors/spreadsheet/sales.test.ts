import { describe, expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { instantText } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { readAs, sourceOf } from '../conformance/files.ts'
import type { FileDetection } from '../contract-files.ts'
import { files, readTable } from './test-tables.ts'

function read(lines: readonly string[], currency = 'EUR', zone = 'Europe/Berlin', name = 'export.csv') {
  return readTable(lines, { currency, zone, name })
}

function rolesOf({ columns }: FileDetection): readonly string[] {
  return columns.map((column) => column.role)
}

describe('days and months', () => {
  const many = Array.from({ length: 21_000 }, (_, nth) => `${nth},0${1 + (nth % 9)}/0${1 + (nth % 7)}/2025,Tea,1.00`)

  test.each([
    ['dmy', '25/03/2025'],
    ['mdy', '03/25/2025'],
  ] as const)('%s is found even when only the last of many rows shows it', async (order, last) => {
    const { detection, sales, notes } = await read(['Order,Date,Item,Price', ...many, `99999,${last},Tea,1.00`])
    expect(detection).toMatchObject({ dateOrder: order, wholeFile: true })
    expect(sales.length).toBe(21_001)
    expect(notes.some((note) => note.startsWith('dates'))).toBe(false)
  })

  test('what no date settles is asked, with the custom of the place as the proposal', async () => {
    const rows = ['1,03/04/2025,Tea,1.00', '2,05/06/2025,Tea,1.00']
    const american = await read(['Order,Date,Item,Price', ...rows], 'USD', 'America/Chicago')
    const british = await read(['Order,Date,Item,Price', ...rows], 'GBP', 'Europe/London')
    const german = await read(['Beleg,Datum,Artikel,Preis', ...rows], 'USD', 'America/Chicago')
    const named = await read(['Order,Date,Item,Price', ...rows], 'GBP', 'Europe/London', 'sales-08-23-2025.csv')
    expect([american, british, german, named].map((table) => table.detection.dateOrder)).toEqual([
      'mdy',
      'dmy',
      'dmy',
      'mdy',
    ])
    for (const table of [american, british, german, named]) expect(table.notes).toContain('dates_ambiguous:confirm')
  })

  test('a column that mixes both orders is asked about, and what does not fit is refused', async () => {
    const { notes, rejected } = await read([
      'Order,Date,Item,Price',
      '1,25/03/2025,Tea,1.00',
      '2,26/03/2025,Tea,1.00',
      '3,03/27/2025,Tea,1.00',
    ])
    expect(notes).toContain('dates_mixed:confirm')
    expect(rejected.map(({ row, code, column }) => [row, code, column])).toEqual([[4, 'row.date_unreadable', 'Date']])
  })

  test('29 February of a common year is refused, and 24:00 is the next day', async () => {
    const { rejected, sales } = await read([
      'Order,Date,Time,Item,Price',
      '1,28/02/2025,24:00,Tea,1.00',
      '2,29/02/2025,10:00,Tea,1.00',
      '3,29/02/2024,10:00,Tea,1.00',
      '4,01/03/2025,10:00,Tea,1.00',
    ])
    expect(rejected.map(({ row, code }) => [row, code])).toEqual([[3, 'row.date_unreadable']])
    expect(sales.map((sale) => instantText(sale.openedAt))).toEqual([
      '2025-02-28T23:00:00.000Z',
      '2024-02-29T09:00:00.000Z',
      '2025-03-01T09:00:00.000Z',
    ])
  })

  test('the hour that comes twice and the hour that never comes are counted', async () => {
    const { sales, noticed } = await read([
      'Order,Date,Item,Price',
      '1,2025-10-26 02:30,Tea,1.00',
      '2,2025-03-30 02:30,Tea,1.00',
    ])
    expect(noticed).toMatchObject({ time_twice: 1, time_never: 1 })
    expect(sales.map((sale) => instantText(sale.openedAt))).toEqual([
      '2025-10-26T00:30:00.000Z',
      '2025-03-30T01:30:00.000Z',
    ])
  })

  test('a file that knows days alone gives days, at noon of the place', async () => {
    const site = { zone: zoneName('Asia/Tokyo'), currency: currencyCode('JPY') }
    const source = sourceOf(Buffer.from('Order,Date,Item,Price\n1,2025-05-04,Tea,100\n1,2025-05-04,Cake,400\n'))
    const { sales } = await readAs(files, source, await files.detect(source, site, {}), site)
    expect(sales.map(({ day, sale }) => [day, sale.timePrecision, instantText(sale.openedAt), sale.total])).toEqual([
      ['2025-05-04', 'day', '2025-05-04T03:00:00.000Z', 500n],
    ])
  })

  test('an offset in the text counts for more than the zone of the place', async () => {
    const { sales } = await read(
      [
        'Order,Created at,Item,Price',
        '1,2021-09-13T22:14:20.5158963+02:00,Tea,1.00',
        '2,2026-04-05 21:06:21 +0400,Tea,1.00',
      ],
      'USD',
      'America/Chicago',
    )
    expect(sales.map((sale) => instantText(sale.openedAt))).toEqual([
      '2021-09-13T20:14:20.515Z',
      '2026-04-05T17:06:21.000Z',
    ])
  })
})

describe('money', () => {
  test('an amount with more digits than its currency is refused, a unit price with more digits is not', async () => {
    const yen = await read(
      ['Order,Date,Total', '1,2025-05-04 10:00,100', '2,2025-05-04 10:01,100.5'],
      'JPY',
      'Asia/Tokyo',
    )
    expect(yen.sales.map((sale) => sale.total)).toEqual([100n])
    expect(yen.rejected.map(({ code, column }) => [code, column])).toEqual([['row.amount_precision', 'Total']])
    const grams = await read([
      'Order,Date,Item,Quantity,Unit price',
      '1,2025-05-04 10:00,Saffron,150,0.0125',
      '2,2025-05-04 10:00,Salt,3,0.005',
    ])
    expect(grams.sales.map((sale) => [sale.items[0]?.unitPrice, sale.gross])).toEqual([
      [1n, 188n],
      [1n, 2n],
    ])
  })

  test('three decimals are read as such where the currency has three', async () => {
    const { sales, notes } = await read(
      ['Order,Date,Total', '1,2025-05-04 10:00,1.250', '2,2025-05-04 10:01,12.345'],
      'KWD',
      'Asia/Kuwait',
    )
    expect(sales.map((sale) => sale.total)).toEqual([1250n, 12345n])
    expect(notes).not.toContain('decimal_mark_ambiguous:confirm')
  })

  test('numbers that always have three digits behind one mark are asked about elsewhere', async () => {
    const { sales, notes, detection } = await read([
      'Order;Date;Total',
      '1;2025-05-04 10:00;1.250',
      '2;2025-05-04 10:01;12.345',
    ])
    expect(detection.decimalMark).toBe(',')
    expect(sales.map((sale) => sale.total)).toEqual([125000n, 1234500n])
    expect(notes).toContain('decimal_mark_ambiguous:confirm')
  })

  test('each column may have its own decimal mark', async () => {
    const { sales } = await read([
      'Ticket,Date,Article,Quantity,Unit price',
      '150040.0,2021-01-02 08:38,BAGUETTE,1.0,"0,90 €"',
      '150041.0,2021-01-02 08:39,CROISSANT,12.0,"1,10 €"',
    ])
    expect(sales.map((sale) => [sale.number, sale.items[0]?.quantity, sale.total, sale.currency])).toEqual([
      ['150040', '1', 90n, 'EUR'],
      ['150041', '12', 1320n, 'EUR'],
    ])
  })

  test('the currency comes from a column, a sign, a heading, and last from the place', async () => {
    const column = await read([
      'Order,Date,Total,Currency',
      '1,2025-05-04 10:00,1.00,DKK',
      '2,2025-05-04 10:00,5,JPY',
      '3,2025-05-04 10:00,1.00,XXQ',
    ])
    const sign = await read(['Order,Date,Total', '1,2025-05-04 10:00,£1.00'])
    const dollar = await read(['Order,Date,Total', '1,2025-05-04 10:00,$1.00'], 'CAD', 'America/Toronto')
    const heading = await read(['Order,Date,Total (NOK)', '1,2025-05-04 10:00,1.00'])
    const place = await read(['Order,Date,Total', '1,2025-05-04 10:00,1.00'])
    expect(column.sales.map((sale) => [sale.currency, sale.total])).toEqual([
      ['DKK', 100n],
      ['JPY', 5n],
    ])
    expect(column.rejected.map(({ code }) => code)).toEqual(['row.currency_unknown'])
    expect(
      [column, sign, dollar, heading, place].map((table) => [table.detection.currency, table.detection.currencyFrom]),
    ).toEqual([
      ['DKK', 'file'],
      ['GBP', 'file'],
      ['CAD', 'file'],
      ['NOK', 'file'],
      ['EUR', 'site'],
    ])
  })

  test('an amount that is none is refused with its column', async () => {
    const { rejected, sales } = await read([
      'Order,Date,Item,Qty,Price',
      '1,2025-05-04 10:00,Tea,1,2.00',
      '2,2025-05-04 10:00,Tea,1,two',
      '3,2025-05-04 10:00,Tea,many,2.00',
    ])
    expect(sales.length).toBe(1)
    expect(rejected.map(({ row, code, column }) => [row, code, column])).toEqual([
      [3, 'row.amount_unreadable', 'Price'],
      [4, 'row.quantity_unreadable', 'Qty'],
    ])
  })

  test('tax is inside or on top, as the amounts themselves show', async () => {
    const inside = await read([
      'Order,Date,Gross sales,Tax,Total',
      '1,2025-05-04 10:00,11.90,1.90,11.90',
      '2,2025-05-04 10:00,23.80,3.80,23.80',
    ])
    const onTop = await read([
      'Order,Date,Gross sales,Tax,Total',
      '1,2025-05-04 10:00,10.00,1.90,11.90',
      '2,2025-05-04 10:00,20.00,3.80,23.80',
    ])
    const net = await read([
      'Order,Date,Net sales,Tax,Tip,Total',
      '1,2025-05-04 10:00,10.00,1.90,1.00,12.90',
      '2,2025-05-04 10:00,20.00,3.80,0,23.80',
    ])
    const unknown = await read(['Order,Date,Item,Price,Tax', '1,2025-05-04 10:00,Tea,11.90,1.90'])
    expect(inside.sales.map((sale) => [sale.gross, sale.taxIncluded, sale.taxAdded])).toEqual([
      [1190n, 190n, 0n],
      [2380n, 380n, 0n],
    ])
    expect(onTop.sales.map((sale) => [sale.gross, sale.taxIncluded, sale.taxAdded])).toEqual([
      [1000n, 0n, 190n],
      [2000n, 0n, 380n],
    ])
    expect(net.sales.map((sale) => [sale.gross, sale.taxAdded, sale.tip, sale.total])).toEqual([
      [1000n, 190n, 100n, 1290n],
      [2000n, 380n, 0n, 2380n],
    ])
    expect(unknown.notes).toContain('tax_assumed_included:confirm')
    for (const table of [inside, onTop, net, unknown]) expect(new Set(table.verdicts)).toEqual(new Set(['holds']))
  })

  test('what is left after fees is no net amount, and what differs is left to differ', async () => {
    const { sales, verdicts } = await read(
      [
        'Kvitteringsnummer,Dato,Tid,Moms (25.0%),Total,Afgift,Netto,Betalingsmetode',
        '501,2025-05-04,10:00,"2,00","10,00","0,18","9,82",Kontant',
        '502,2025-05-04,10:05,"4,00","20,00","0,35","19,65",MobilePay',
      ],
      'DKK',
      'Europe/Copenhagen',
    )
    expect(sales.map((sale) => [sale.gross, sale.taxIncluded, sale.total, sale.payments[0]?.tender])).toEqual([
      [1000n, 200n, 1000n, 'cash'],
      [2000n, 400n, 2000n, 'wallet'],
    ])
    expect(verdicts).toEqual(['holds', 'holds'])
    const odd = await read([
      'Order,Date,Gross sales,Discount,Total',
      '1,2025-05-04 10:00,10.00,1.00,9.00',
      '2,2025-05-04 10:00,10.00,-1.00,9.00',
      '3,2025-05-04 10:00,10.00,1.00,8.00',
    ])
    expect(odd.verdicts).toEqual(['holds', 'holds', 'differs'])
    expect(odd.sales[2]).toMatchObject({ gross: 1000n, discount: 100n, total: 800n })
  })

  test('a total that stands on every row of its sale is counted once', async () => {
    const { sales, verdicts } = await read([
      'Order,Date,Item,Qty,Price,Order total,Payment',
      '1,2025-05-04 10:00,Tea,2,1.50,5.00,Visa',
      '1,2025-05-04 10:00,Cake,1,2.00,5.00,Visa',
      '2,2025-05-04 10:05,Tea,1,1.50,1.50,Cash',
      '3,2025-05-04 10:09,Tea,1,1.50,3.50,Cash',
      '3,2025-05-04 10:09,Cake,1,2.00,3.50,Cash',
    ])
    expect(
      sales.map((sale) => [
        sale.total,
        sale.items.length,
        sale.payments.map((payment) => [payment.tender, payment.brand, payment.amount]),
      ]),
    ).toEqual([
      [500n, 2, [['card', 'Visa', 500n]]],
      [150n, 1, [['cash', null, 150n]]],
      [350n, 2, [['cash', null, 350n]]],
    ])
    expect(new Set(verdicts)).toEqual(new Set(['holds']))
  })

  test('a total per line is added up, also when two lines cost the same', async () => {
    const { sales } = await read([
      'Order,Date,Item,Total',
      '1,2025-05-04 10:00,Tea,1.50',
      '1,2025-05-04 10:00,Cake,2.00',
      '2,2025-05-04 10:00,Tea,1.50',
      '2,2025-05-04 10:00,Tea,1.50',
    ])
    expect(sales.map((sale) => [sale.total, sale.gross])).toEqual([
      [350n, 350n],
      [300n, 300n],
    ])
  })

  test('several payments of one order are payments of one sale', async () => {
    const { detection, sales } = await read([
      'Order ID,Payment Date,Tender,Amount',
      'A1,2025-05-04 10:00,Cash,5.00',
      'A1,2025-05-04 10:00,Visa,7.00',
      'A2,2025-05-04 10:05,Cash,3.00',
    ])
    expect(detection.grain).toBe('payment')
    expect(sales.map((sale) => [sale.total, sale.payments.map(({ tender, amount }) => [tender, amount])])).toEqual([
      [
        1200n,
        [
          ['cash', 500n],
          ['card', 700n],
        ],
      ],
      [300n, [['cash', 300n]]],
    ])
  })
})

describe('refunds and voids', () => {
  test('a word says so, and signs are taken off', async () => {
    const { sales, refunds } = await read([
      'Date,Receipt number,Receipt type,Gross sales,Discounts,Total collected,Payment type,Status',
      '2025-05-04 10:00,1-1001,Sale,10.00,0,10.00,Cash,Closed',
      '2025-05-04 11:00,1-1002,Refund,4.00,0,-4.00,Cash,Closed',
    ])
    expect(sales.map((sale) => sale.number)).toEqual(['1-1001'])
    expect(refunds.map(({ refund }) => [refund.amount, refund.tender])).toEqual([[400n, 'cash']])
  })

  test('without a word a negative amount is one, of its sale where they share an id', async () => {
    const { sales, refunds } = await read([
      'Order,Date,Item,Qty,Price',
      '1,2025-05-04 10:00,Tea,2,1.50',
      '1,2025-05-05 09:00,Tea,-1,1.50',
      '2,2025-05-04 10:00,Cake,-1,2.00',
      '3,2025-05-04 12:00,Tea,1,1.50',
      '3,2025-05-04 12:30,Tea,-1,1.50',
    ])
    expect(
      sales.map((sale) => [
        sale.externalId,
        sale.total,
        sale.refunds.map(({ amount, items }) => [amount, items[0]?.quantity]),
      ]),
    ).toEqual([
      ['1@2025-05-04', 300n, []],
      ['3@2025-05-04', 150n, [[150n, '1']]],
    ])
    expect(refunds.map(({ refund }) => [refund.externalId, refund.amount])).toEqual([
      ['1@2025-05-05/refund@2025-05-05T09:00:00', 150n],
      ['2@2025-05-04/refund@2025-05-04T10:00:00', 200n],
    ])
  })

  test('a voided sale is kept as voided, and a voided line leaves its sale standing', async () => {
    const { sales, noticed } = await read(
      [
        'Order Id,Order Date,Menu Item,Qty,Gross Price,Void?',
        '1,10/18/26 5:18 PM,Tea,1,2.00,false',
        '1,10/18/26 5:18 PM,Cake,1,3.00,true',
        '2,10/18/26 5:20 PM,Tea,1,2.00,true',
      ],
      'USD',
      'America/Chicago',
    )
    expect(sales.map((sale) => [sale.status, sale.total, sale.items.length, sale.payments.length])).toEqual([
      ['closed', 200n, 1, 0],
      ['voided', 200n, 1, 0],
    ])
    expect(noticed).toMatchObject({ line_voided: 1 })
  })

  test('a counted article at a negative price inside a sale is a reduction and no refund', async () => {
    const { sales, verdicts } = await read([
      'Order,Date,Item,Qty,Price',
      '1,2025-05-04 10:00,Tea,2,1.50',
      '1,2025-05-04 10:00,Happy hour,1,-0.50',
    ])
    expect(sales.map((sale) => [sale.total, sale.items.map((item) => item.gross)])).toEqual([[250n, [300n, -50n]]])
    expect(verdicts).toEqual(['holds'])
  })
})

describe('ids', () => {
  test('a counter that starts again overwrites nothing, and runs on past midnight', async () => {
    const { sales } = await read([
      'Order,Date,Item,Price',
      '1,2025-05-04 10:00,Tea,1.00',
      '2,2025-05-04 23:58,Tea,1.00',
      '2,2025-05-05 00:03,Cake,2.00',
      '1,2025-05-05 09:00,Tea,1.00',
      '2,2025-05-05 09:05,Tea,1.00',
    ])
    expect(sales.map((sale) => [sale.externalId, sale.number, sale.total])).toEqual([
      ['1@2025-05-04', '1', 100n],
      ['2@2025-05-04', '2', 300n],
      ['1@2025-05-05', '1', 100n],
      ['2@2025-05-05', '2', 100n],
    ])
  })

  test('two shops that count on their own do not share a sale', async () => {
    const { sales } = await read([
      'Order,Date,Item,Price,Store',
      '1,2025-05-04 10:00,Tea,1.00,North',
      '1,2025-05-04 10:00,Tea,1.00,South',
    ])
    expect(sales.map((sale) => sale.externalId)).toEqual(['1@2025-05-04@North', '1@2025-05-04@South'])
  })

  test('long ids stay text to the last digit, and SKUs keep their zeros', async () => {
    const { sales } = await read([
      'Order Id,Date,Menu Item,SKU,Price',
      '4000000024123456789,2025-05-04 10:00,Tea,00123,1.00',
      '4000000024123456788,2025-05-04 10:00,Tea,00123,1.00',
    ])
    expect(sales.map((sale) => [sale.externalId, sale.items[0]?.article.sku])).toEqual([
      ['4000000024123456789', '00123'],
      ['4000000024123456788', '00123'],
    ])
  })

  test('rows without an id are named by their content, whatever the order and the company they come in', async () => {
    const rows = ['2025-05-04 10:00,Tea,1.00,Card', '2025-05-04 10:00,Tea,1.00,Card', '2025-05-04 10:01,Cake,2.50,Cash']
    const whole = await read(['Date,Item,Amount,Payment', ...rows, '2025-05-06 10:01,Cake,2.50,Cash'])
    const turned = await read(['Date,Item,Amount,Payment', ...rows.toReversed()])
    const other = await read([
      'Zahlungsart;Datum;Artikel;Betrag',
      'Card;4.5.2025 10:00;Tea;1,00 €',
      'Card;4.5.2025 10:00;Tea;1,00 €',
      'Card;13.5.2025 10:00;Tea;1,00 €',
    ])
    const ids = whole.sales.map((sale) => sale.externalId)
    expect(new Set(ids).size).toBe(4)
    expect(turned.sales.map((sale) => sale.externalId).sort()).toEqual(ids.slice(0, 3).sort())
    expect(other.sales.slice(0, 2).map((sale) => sale.externalId)).toEqual(ids.slice(0, 2))
    expect(whole.notes).toContain('ids_synthesised:info')
  })

  test('a column that holds one id for a whole year is not the id of the sale', async () => {
    const rows = Array.from({ length: 20_100 }, (_, nth) => `SHOP-NORTH-0001,2025-05-04 10:00,Tea,${1 + (nth % 5)}.00`)
    await expect(read(['Order,Date,Item,Price', ...rows])).rejects.toMatchObject({ code: 'file.sale_id_not_distinct' })
  })
})

describe('articles', () => {
  test('a stand-in without a price proves the sale and adds no article; with a price it is an article without a name', async () => {
    const bare = await read([
      'Date,Time,Transaction,Item',
      '2016-10-30,09:58:11,1,Bread',
      '2016-10-30,10:05:34,2,NONE',
      '2016-10-30,10:05:34,2,',
      '2016-10-30,10:07:57,3,Jam',
      '2016-10-30,10:07:57,3,NONE',
    ])
    expect(bare.sales.map((sale) => sale.items.map((item) => item.article.name))).toEqual([['Bread'], [], ['Jam']])
    expect(bare.noticed).toMatchObject({ item_placeholder: 3 })
    expect(bare.notes).toEqual(expect.arrayContaining(['no_prices:warning', 'placeholder_items:info']))
    const priced = await read([
      'Date,Time,Transaction,Item,Price',
      '2016-10-30,09:58:11,1,NONE,2.00',
      '2016-10-30,09:59:11,2,,3.00',
      '2016-10-30,09:59:30,3,Tea,3.00',
    ])
    expect(priced.sales.map((sale) => [sale.items[0]?.article.name, sale.total])).toEqual([
      [null, 200n],
      [null, 300n],
      ['Tea', 300n],
    ])
  })

  test('the number of products on an order is no quantity', async () => {
    const { detection, sales } = await read([
      'OrderNumber,OrderDate,ItemName,Quantity,ProductPrice,TotalProducts',
      '7,13/08/2019 20:25,Naan,2,0.80,2',
      '7,13/08/2019 20:25,Balti,1,12.95,2',
    ])
    expect(rolesOf(detection)).toEqual(['sale_id', 'date_time', 'item', 'quantity', 'unit_price', 'line_count'])
    expect(sales[0]).toMatchObject({ total: 1455n })
  })

  test('columns are known in the languages of the tills', async () => {
    const tables = [
      [
        'Datum;Typ;Transaktionsnummer;Zahlungsmethode;Menge;Beschreibung;Währung;Preis vor Rabatt;Rabatt;Preis (brutto);Preis (netto);Steuer;Steuersatz',
        '24.03.2023, 12:32;Verkauf;TAB12CD34E;Karte;1;Kuchen;EUR;4,00;0,40;3,60;3,36;0,24;7%',
      ],
      [
        'Date;Heure;Numéro de ticket;Article;Quantité;Prix unitaire;Mode de paiement',
        '24/03/2023;12:32;150;Pain;2;0,90 €;Espèces',
      ],
      [
        'Fecha;Hora;Número de ticket;Artículo;Cantidad;Precio;Forma de pago',
        '24/03/2023;12:32;150;Pan;2;0,90 €;Efectivo',
      ],
      ['Dato;Tid;Kvitteringsnummer;Vare;Antal;Pris;Betalingsmetode', '24.03.2023;12.32;150;Brød;2;9,00;Kontant'],
    ]
    const roles = await Promise.all(tables.map(async (lines) => rolesOf((await read(lines)).detection)))
    expect(roles).toEqual([
      [
        'date_time',
        'type',
        'sale_id',
        'tender',
        'quantity',
        'item',
        'currency',
        'gross',
        'discount',
        'total',
        'ignore',
        'tax',
        'tax_rate',
      ],
      ...Array.from({ length: 3 }, () => ['date', 'time', 'sale_id', 'item', 'quantity', 'unit_price', 'tender']),
    ])
    const german = await read(tables[0] ?? [])
    expect(german.sales[0]).toMatchObject({
      externalId: 'TAB12CD34E',
      gross: 400n,
      discount: 40n,
      taxIncluded: 24n,
      taxAdded: 0n,
      total: 360n,
    })
    expect(german.verdicts).toEqual(['holds'])
  })

  test('a mapping changed by hand is the one that counts', async () => {
    const columns = { Deposit: 'unit_price', Price: 'ignore' } as const
    const { sales } = await readTable(
      ['Order,Date,Item,Price,Deposit', '1,2025-05-04 10:00,Tea,1.00,0.25'],
      {},
      { columns },
    )
    expect(sales[0]?.total).toBe(25n)
  })

  test('totals at the foot and headers in the middle are counted and never sold', async () => {
    const { sales, noticed, notes } = await read([
      'Order,Date,Item,Price',
      '1,2025-05-04 10:00,Tea,1.00',
      'Order,Date,Item,Price',
      '2,2025-05-04 10:00,Tea,1.00',
      ',,,',
      'Total,,,2.00',
    ])
    expect(sales.length).toBe(2)
    expect(noticed).toEqual({ total_row: 1, header_repeated: 1 })
    expect(notes).toEqual(expect.arrayContaining(['total_rows:info', 'header_repeated:info']))
  })
})
