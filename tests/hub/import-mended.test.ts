import { expect, test } from 'vitest'
import { useHub } from '#tests/harness/hub.ts'
import { importDesk, type Json } from '#tests/harness/import-desk.ts'

// Rows that could not be read, downloaded, mended in a spreadsheet program and given again.

const hub = useHub()
const desk = importDesk(hub)

const HEADER = 'Date;Receipt;Item;Quantity;Price'
const file = [
  HEADER,
  '2026-05-13 08:00;K-1000000001;Rye loaf;1;4,20',
  '2026-05-13 09:00;K-1000000002;Bun;3;0,90',
  '2026-05-13 09:00;K-1000000002;=Cake "of the day";1;much',
  '2026-05-14 10:00;K-1000000003;-5 % voucher;1;2,00',
  'some day;K-1000000004;@home delivery;1;3,00',
  '2026-05-14 11:00;K-1000000005;Tea;1;2,50;and;more',
  '',
].join('\n')

test('a sale waits whole, comes back with its rows mended, and only then', async () => {
  const shop = await hub.openShop('mending')
  const done = await desk.taken(shop, file)
  expect(done).toMatchObject({ sales_created: 2, rows_rejected: 4 })

  const csv = await desk.send(shop, 'GET', `imports/${done.id}/rejections.csv`)
  const lines = csv.text.replace('\uFEFF', '').split('\r\n')
  expect(lines[0]).toBe(`tillwire_row;tillwire_code;tillwire_reason;${HEADER}`)
  expect(lines.slice(1, -1).map((line) => line.split(';').slice(0, 2))).toEqual([
    ['3', 'row.sale_incomplete'],
    ['4', 'row.amount_unreadable'],
    ['6', 'row.date_unreadable'],
    ['7', 'row.width'],
  ])
  expect(csv.text).toContain(`;"'=Cake ""of the day""";`)
  expect(csv.text).toContain(`;'@home delivery;`)

  const asItIs = await desk.taken(shop, csv.text)
  expect(asItIs).toMatchObject({ sales_created: 0, rows_rejected: 4 })
  expect((asItIs.detection as Json).shape).toBe((done.detection as Json).shape)
  expect(asItIs.connection_id).toBe(done.connection_id)

  const mended = csv.text
    .replace('1;much', '1;12,50')
    .replace(';some day;', ';2026-05-14 10:30;')
    .replace('2,50;and;more', '2,50')
  expect(await desk.taken(shop, mended)).toMatchObject({ sales_created: 3, rows_rejected: 0 })
  const sales = await desk.sales(shop)
  expect(sales).toHaveLength(5)
  expect(sales[1]).toMatchObject({
    external_id: 'K-1000000002',
    items: [{ article: { name: 'Bun' } }, { article: { name: '=Cake "of the day"' } }],
  })
  expect(sales[3]).toMatchObject({ items: [{ article: { name: '@home delivery' } }] })

  // Once more through the mill: what is refused of a mended file has our columns once, and not twice.
  const twice = await desk.send(shop, 'GET', `imports/${asItIs.id}/rejections.csv`)
  const [header] = twice.text.replace('\uFEFF', '').split('\r\n')
  expect(header).toBe(lines[0])
  expect(twice.text).toContain(`;"'=Cake ""of the day""";`)
})

test('the choices of the first file hold for the mended one, though a spreadsheet program wrote it otherwise', async () => {
  const shop = await hub.openShop('rewritten')
  const odd = [
    'a report',
    '',
    'Wann;Beleg;Was;Stück;Geld',
    '13.05.2026 08:00;L-1000000001;Brot;1;4,20',
    'nie;L-1000000002;Brot;1;4,20',
    '',
  ].join('\n')
  const received = await desk.give(shop, odd)
  const columns = { Wann: 'date_time', Beleg: 'sale_id', Was: 'item', Stück: 'quantity', Geld: 'gross' }
  await desk.correct(shop, received.id, { choices: { columns, header_row: 3, delimiter: ';', date_order: 'dmy' } })
  const done = await desk.confirmed(shop, received.id)
  expect(done).toMatchObject({ sales_created: 1, rows_rejected: 1 })
  const csv = await desk.send(shop, 'GET', `imports/${done.id}/rejections.csv`)
  const lines = csv.text.replace(';nie;', ';14.05.2026 09:00;').trim().split('\r\n')
  const rewritten = lines
    .map((line) =>
      line
        .split(';')
        .map((cell) => (cell.startsWith('"') ? cell : `"${cell}"`))
        .join(','),
    )
    .join('\n')
  const again = await desk.give(shop, rewritten)
  expect(again).toMatchObject({ remembered: true, detection: { delimiter: ',', header_row: 1 } })
  expect(await desk.confirmed(shop, again.id)).toMatchObject({ sales_created: 1, rows_rejected: 0 })
})
