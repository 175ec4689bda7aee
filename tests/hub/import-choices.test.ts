import { beforeAll, describe, expect, test } from 'vitest'
import { rowsOf, type Shop, useHub } from '#tests/harness/hub.ts'
import { importDesk, type Json } from '#tests/harness/import-desk.ts'

// What a person says of a file that was taken for something else, and how it is remembered for the next one.

const hub = useHub()
const desk = importDesk(hub)

/** No day above twelve: which is the month, only a person knows. */
const march = (...days: readonly string[]) =>
  [
    'When,Bon No,Item,Qty,Price',
    ...days.map((day, n) => `${day} 08:0${n % 10},B-10000000${day.slice(0, 2)},Rye loaf,1,4.${20 + n}`),
    '',
  ].join('\n')

const codesOf = (received: Json, severity: string) =>
  (received.detection as { notes: { code: string; severity: string }[] }).notes
    .filter((note) => note.severity === severity)
    .map(({ code }) => code)
const rolesOf = (received: Json) =>
  Object.fromEntries(
    (received.detection as { columns: { key: string; role: string }[] }).columns.map(({ key, role }) => [key, role]),
  )

describe('a file that leaves a question open', () => {
  let bakery: Shop
  beforeAll(async () => {
    bakery = await hub.openShop('bakery', { currency: 'USD', timeZone: 'America/New_York' })
  })

  test('waits, even when it may run by itself, and is tried meanwhile', async () => {
    const received = await desk.give(bakery, march('03/04/2026', '05/04/2026'), { confirm: 'auto' })
    expect(received.state).toBe('detected')
    expect(codesOf(received, 'confirm')).toEqual(['dates_ambiguous'])
    expect((await desk.checked(bakery, received.id)).check).toMatchObject({ state: 'done', sales: 2 })
  })

  test('shows at once what an answer makes of it, and tries it anew', async () => {
    const received = await desk.give(bakery, march('03/04/2026', '05/04/2026'))
    const dayFirst = await desk.correct(bakery, received.id, { choices: { date_order: 'dmy' } })
    expect(codesOf(dayFirst, 'confirm')).toEqual([])
    expect(dayFirst).toMatchObject({
      remembered: false,
      detection: { date_order: 'dmy', choices: { date_order: 'dmy' } },
      preview: [{ business_date: '2026-04-03' }, { business_date: '2026-04-05' }],
    })
    const monthFirst = await desk.correct(bakery, received.id, { choices: { date_order: 'mdy' } })
    expect(monthFirst.preview).toMatchObject([{ business_date: '2026-03-04' }, { business_date: '2026-05-04' }])
    expect((await desk.checked(bakery, received.id)).check).toMatchObject({
      days: [{ business_date: '2026-03-04' }, { business_date: '2026-05-04' }],
    })
    expect(await desk.confirmed(bakery, received.id)).toMatchObject({ state: 'done', sales_created: 2 })
  })

  test('leaves none open the next time, whatever it was asked before', async () => {
    const next = await desk.give(bakery, march('06/04/2026'), { confirm: 'auto' })
    expect(next).toMatchObject({ remembered: true, detection: { date_order: 'mdy' } })
    expect(await desk.ended(bakery, next.id)).toMatchObject({ state: 'done', sales_created: 1 })
  })

  test('a remembered answer can be seen, and forgotten', async () => {
    const [mapping] = rowsOf<Json>(await desk.send(bakery, 'GET', 'import-mappings'))
    expect(mapping).toMatchObject({
      headers: ['When', 'Bon No', 'Item', 'Qty', 'Price'],
      choices: { date_order: 'mdy' },
      preset: null,
    })
    expect((await desk.send(bakery, 'DELETE', `import-mappings/${mapping?.shape}`)).status).toBe(204)
    expect(await desk.send(bakery, 'DELETE', `import-mappings/${mapping?.shape}`)).toMatchObject({
      status: 404,
      json: { code: 'import.mapping-missing' },
    })
    const again = await desk.give(bakery, march('07/04/2026'))
    expect(again.remembered).toBe(false)
    expect(codesOf(again, 'confirm')).toEqual(['dates_ambiguous'])
  })

  test('the reading that a person confirmed is kept for the next file; one that a program confirmed is asked again', async () => {
    const shop = await hub.openShop('corner-bakery', { currency: 'USD', timeZone: 'America/New_York' })
    const byProgram = await desk.give(shop, march('03/04/2026'), { confirm: 'yes' })
    expect(await desk.ended(shop, byProgram.id)).toMatchObject({ state: 'done' })
    const asked = await desk.give(shop, march('05/04/2026'))
    expect(codesOf(asked, 'confirm')).toEqual(['dates_ambiguous'])
    await desk.confirmed(shop, asked.id)
    const next = await desk.give(shop, march('06/04/2026'))
    expect(codesOf(next, 'confirm')).toEqual([])
    // The file's name alone would turn the next guess around; what was confirmed stands.
    const dayFirst = await desk.give(shop, march('06/04/2026'), { file_name: 'sales 25-03-2026.csv' })
    for (const file of [next, dayFirst]) {
      const choices = { date_order: 'mdy', accepted: ['dates_ambiguous'] }
      expect(file).toMatchObject({ remembered: true, detection: { date_order: 'mdy', choices } })
      expect(codesOf(file, 'confirm').filter((code) => code.startsWith('dates'))).toEqual([])
    }
  })
})

describe('corrections that cannot be', () => {
  let grocer: Shop
  beforeAll(async () => {
    grocer = await hub.openShop('grocer')
  })

  test('a choice that makes no table of sales is refused with a reason, and changes nothing', async () => {
    const received = await desk.give(grocer, march('13/04/2026'))
    const before = await desk.checked(grocer, received.id)
    const refused = await desk.send(grocer, 'PATCH', `imports/${received.id}`, {
      choices: { columns: { Item: 'date_time', When: 'ignore' } },
    })
    expect(refused).toMatchObject({ status: 422, json: { code: expect.stringMatching(/^file\./) } })
    const after = await desk.look(grocer, received.id)
    expect(after).toEqual(before)
  })

  test('a table that the file has not, a role that there is not, and a currency of nowhere are refused', async () => {
    const { id } = await desk.give(grocer, march('13/04/2026'))
    const refusals = [
      [{ table: 7 }, 400, 'import.table-missing'],
      [{ choices: { columns: { Item: 'colour' } } }, 400, 'http.input-invalid'],
      [{ choices: { currency: 'ZZZ' } }, 400, 'currency.unknown'],
      [{ choices: { zone: 'Mars/Olympus' } }, 400, 'zone.unknown'],
      [{ site_id: 'nowhere' }, 404, 'site.missing'],
    ] as const
    for (const [json, status, code] of refusals) {
      expect(await desk.send(grocer, 'PATCH', `imports/${id}`, json)).toMatchObject({ status, json: { code } })
    }
  })

  test('an import that was confirmed, or taken back, is corrected no more', async () => {
    const done = await desk.taken(grocer, march('13/04/2026'))
    const correction = { choices: { date_order: 'dmy' } }
    const refused = { status: 409, json: { code: 'import.not-correctable' } }
    expect(await desk.send(grocer, 'PATCH', `imports/${done.id}`, correction)).toMatchObject(refused)
    await desk.undone(grocer, done.id)
    expect(await desk.send(grocer, 'PATCH', `imports/${done.id}`, correction)).toMatchObject(refused)
  })
})

describe('a file that nobody understands at first', () => {
  const strange = (...rows: readonly string[]) => `${['Wann?,Zettel,Was denn,Wieviel,Geld', ...rows].join('\n')}\n`
  const columns = { 'Wann?': 'date_time', Zettel: 'sale_id', 'Was denn': 'item', Wieviel: 'quantity', Geld: 'gross' }

  test('is kept, mended by a person’s word, and its like is understood the next time', async () => {
    const kiosk = await hub.openShop('kiosk')
    const received = await desk.give(kiosk, strange('2026-04-13 08:00,Z-1000000001,Zeitung,2,5.00'))
    if (received.state === 'failed') expect(received.fault).toMatchObject({ code: expect.stringMatching(/^file\./) })
    const mended = await desk.correct(kiosk, received.id, { choices: { columns } })
    expect(mended).toMatchObject({ state: 'detected', fault: null })
    expect(rolesOf(mended)).toMatchObject(columns)
    expect(mended.preview).toMatchObject([{ external_id: 'Z-1000000001', gross: { amount: 500 } }])
    expect(await desk.confirmed(kiosk, received.id)).toMatchObject({ state: 'done', sales_created: 1 })

    const next = await desk.give(kiosk, strange('2026-04-14 08:00,Z-1000000002,Zeitung,1,2.50'))
    expect(next).toMatchObject({ state: 'detected', remembered: true })
    expect(rolesOf(next)).toMatchObject(columns)
  })

  test('says what its columns are called, so that a person can say what they are', async () => {
    const kiosk = await hub.openShop('yen-kiosk', { currency: 'JPY', timeZone: 'Asia/Tokyo' })
    const rows = ['08:00,1200,7,1,2,3', '08:05,900,7,1,2,3'].map((row) => `2026-04-13 ${row}`)
    const table = ['Wann?,Dies,Dies,Das,Jenes,Anderes', ...rows, ''].join('\n')
    const received = await desk.give(kiosk, table)
    expect(received).toMatchObject({ state: 'failed', detection: null, fault: { code: 'file.no_sales' } })
    expect(received.fault).toMatchObject({
      headings: [
        { key: 'Wann?', header: 'Wann?', role: 'date_time' },
        { key: 'Dies', header: 'Dies', role: 'ignore' },
        { key: 'Dies#2', header: 'Dies', role: 'ignore' },
        ...['Das', 'Jenes', 'Anderes'].map((header) => ({ key: header, header, role: 'ignore' })),
      ],
    })
    const mended = await desk.correct(kiosk, received.id, { choices: { columns: { Dies: 'total' } } })
    expect(mended).toMatchObject({ state: 'detected', fault: null })
    expect(mended.preview).toMatchObject([{ total: { amount: 1200 } }, { total: { amount: 900 } }])
  })

  test('one that holds nothing at all keeps nothing', async () => {
    const kiosk = await hub.openShop('empty-kiosk')
    const received = await desk.give(kiosk, Buffer.from('<!doctype html><html><body>Sign in</body></html>'))
    expect(received).toMatchObject({ state: 'failed', tables: [], fault: { code: 'file.not_a_table' } })
    const refused = await desk.send(kiosk, 'PATCH', `imports/${received.id}`, { choices: {} })
    expect(refused).toMatchObject({ status: 409, json: { code: 'import.not-correctable' } })
    const undone = await desk.send(kiosk, 'POST', `imports/${received.id}/undo`)
    expect(undone).toMatchObject({ status: 200, json: { state: 'undone' } })
  })
})
