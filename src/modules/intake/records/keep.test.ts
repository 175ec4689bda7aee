import { beforeAll, describe, expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { recordCatalogArticles } from '#modules/mirror/catalog.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { countSubjects, listDrift, listQuarantined } from './store-troubles.ts'
import { addTestConnection, NOW, openTestShop, seen, type TestShop } from './test-shop.ts'
import type { TillOrder, TillPayment } from './test-till.ts'

const db = useDatabase()
let shop: TestShop

beforeAll(async () => {
  shop = await openTestShop(db, 'corner-cafe')
})

const later = (seconds: number) => instant(NOW + seconds * 1_000)

function order(id: string, changes: Partial<TillOrder> = {}): TillOrder {
  return { id, version: 1, updated_at: NOW, place: 'main', state: 'closed', total: 900, item: 'Breakfast', ...changes }
}

function payment(id: string, orderId: string | null, changes: Partial<TillPayment> = {}): TillPayment {
  return { id, order: orderId, updated_at: NOW, place: 'main', amount: 900, ...changes }
}

async function saleRows(externalId: string) {
  return db.query<{ status: string; total: string; version: number; name: string | null; payments: string }>(
    `select t.status, t.total, t.version, i.name,
       (select coalesce(string_agg(p.external_id, ',' order by p.position), '') from pos.transaction_payments p
        where p.tenant_id = t.tenant_id and p.sale_id = t.id) as payments
     from pos.transactions t join pos.transaction_items i on i.tenant_id = t.tenant_id and i.sale_id = t.id
     where t.tenant_id = $1 and t.external_id = $2`,
    [shop.tenantId, externalId],
  )
}

async function dueRows(subject: string) {
  return db.query<{ kind: string; external_id: string; reason: string }>(
    'select kind, external_id, reason from pos.due_reads where tenant_id = $1 and subject = $2 order by kind, external_id',
    [shop.tenantId, subject],
  )
}

describe('a sale that comes in parts', () => {
  test('a payment that comes first waits for its order, and the two make one sale', async () => {
    const first = await shop.keep([seen('payment', payment('p-1', 'breakfast'))])
    expect(first).toMatchObject({ created: 0, due: 1 })
    expect(await dueRows('sale:breakfast')).toEqual([{ kind: 'order', external_id: 'breakfast', reason: 'needed' }])
    const second = await shop.keep([seen('order', order('breakfast'))])
    expect(second).toMatchObject({ created: 1, due: 0 })
    expect(await saleRows('breakfast')).toMatchObject([{ status: 'closed', total: '900', payments: 'p-1' }])
    expect(await dueRows('sale:breakfast')).toEqual([])
  })

  test('a repeat costs no write', async () => {
    const word = [seen('order', order('repeat')), seen('payment', payment('p-2', 'repeat'))]
    await shop.keep(word)
    const before = await db.query('select xmin, * from pos.source_subjects order by subject')
    expect(await shop.keep(word.map((one) => ({ ...one, seenAt: later(60), from: 'pull' as const })))).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 1,
      records: { added: 0, changed: 0, unchanged: 2, late: 0 },
    })
    expect(await db.query('select xmin, * from pos.source_subjects order by subject')).toEqual(before)
  })

  test('an open sale is put down to be read again until it is closed', async () => {
    await shop.keep([seen('order', order('dinner', { state: 'open' }))])
    expect(await dueRows('sale:dinner')).toEqual([{ kind: 'order', external_id: 'dinner', reason: 'open' }])
    await shop.keep([seen('order', order('dinner', { version: 2 }))])
    expect(await dueRows('sale:dinner')).toEqual([])
    expect(await saleRows('dinner')).toMatchObject([{ status: 'closed', version: 2 }])
  })

  test('a payment that moves to an order takes its money along, and the sale it was alone is voided', async () => {
    await shop.keep([seen('payment', payment('p-3', null, { refunded: 100 }))])
    expect(await saleRows('p-3')).toMatchObject([{ status: 'closed', total: '900' }])
    await shop.keep([seen('order', order('found')), seen('payment', payment('p-3', 'found', { updated_at: later(5) }))])
    expect(await saleRows('p-3')).toMatchObject([{ status: 'voided' }])
    expect(await saleRows('found')).toMatchObject([{ status: 'closed', payments: 'p-3' }])
    const refunds = await db.query('select amount from pos.refunds where external_id = $1', ['back:p-3'])
    expect(refunds).toEqual([{ amount: '0' }])
  })
})

describe('versions', () => {
  test('an older version that comes late is history and changes nothing', async () => {
    await shop.keep([seen('order', order('late', { version: 3, total: 300 }))])
    const kept = await shop.keep([seen('order', order('late', { version: 2, total: 200 }), later(60))])
    expect(kept).toMatchObject({ updated: 0, late: 0, records: { late: 1, changed: 0 } })
    expect(await saleRows('late')).toMatchObject([{ total: '300', version: 1 }])
    const history = await db.query(
      "select version, late from pos.source_record_versions where external_id = 'late' order by version",
    )
    expect(history).toEqual([{ version: '2', late: true }])
  })

  test('a slow poll that began before a fresh word does not overwrite it', async () => {
    await shop.keep([seen('payment', payment('p-4', 'poll', { amount: 500 }), later(10))])
    await shop.keep([seen('order', order('poll'))])
    await shop.keep([seen('payment', payment('p-4', 'poll', { amount: 400 }), later(2), 'pull')])
    const [row] = await db.query('select amount from pos.transaction_payments where external_id = $1', ['p-4'])
    expect(row).toEqual({ amount: '500' })
  })

  test('what was replaced is kept', async () => {
    await shop.keep([seen('order', order('twice', { total: 100 }))])
    await shop.keep([seen('order', order('twice', { version: 2, total: 200 }))])
    const history = await db.query(
      "select version, late from pos.source_record_versions where external_id = 'twice' order by version",
    )
    expect(history).toEqual([{ version: '1', late: false }])
  })
})

describe('what cannot be filed', () => {
  test('a sale of a place that is not chosen is kept raw, counted and not filed', async () => {
    const kept = await shop.keep([seen('order', order('elsewhere', { place: 'airport' }))])
    expect(kept).toMatchObject({ created: 0, unplaced: 1, unplacedLocations: ['airport'], records: { added: 1 } })
    expect(await saleRows('elsewhere')).toEqual([])
  })

  test('a type that changed puts the sale into quarantine, keeps what stood, and a later word mends it', async () => {
    await shop.keep([seen('order', order('typed'))])
    const broken = { ...order('typed', { version: 2 }), total: '12.00' }
    const beside = order('well')
    const kept = await shop.keep([seen('order', broken), seen('order', beside)])
    expect(kept).toMatchObject({ created: 1, quarantined: 1, drift: 1 })
    expect(await saleRows('typed')).toMatchObject([{ total: '900', version: 1 }])
    const state = () => db.query("select state, code from pos.source_subjects where subject = 'sale:typed'")
    expect(await state()).toEqual([{ state: 'quarantined', code: 'records.wrong-type' }])
    await shop.keep([seen('order', order('typed', { version: 3, total: 1200 }))])
    expect(await state()).toEqual([{ state: 'filed', code: null }])
    expect(await saleRows('typed')).toMatchObject([{ total: '1200' }])
  })

  test('people are shown what could not be read and why, the last first, and how records drift', async () => {
    const troubled = await openTestShop(db, 'troubled')
    await troubled.keep([seen('order', order('fine')), seen('order', order('airport', { place: 'airport' }))])
    await troubled.keep([seen('order', { ...order('typed'), total: '12.00' })], later(1))
    await troubled.keep([seen('order', { ...order('typed-too'), total: '13.00' })], later(2))
    const owner = { tenantId: troubled.tenantId, connectionId: troubled.connection.id }
    const shown = await db.database.tenant(troubled.tenantId, async (tx) => ({
      counts: await countSubjects(tx, owner),
      quarantined: await listQuarantined(tx, owner, 10),
      drift: await listDrift(tx, owner, 10),
    }))
    expect(shown.counts).toEqual({ filed: 1, unplaced: 1, quarantined: 2 })
    expect(shown.quarantined).toMatchObject([
      { subject: 'sale:typed-too', code: 'records.wrong-type', readAt: later(2) },
      { subject: 'sale:typed', code: 'records.wrong-type', readAt: later(1) },
    ])
    expect(shown.drift).toMatchObject([
      { what: 'wrong_type', path: 'order.total', readings: 2, firstAt: later(1), lastAt: later(2) },
    ])
    // Another connection of the same tenant has no part in it.
    const beside = await addTestConnection(db, troubled.tenantId, troubled.siteId)
    const other = { tenantId: troubled.tenantId, connectionId: beside.id }
    const nothing = await db.database.tenant(troubled.tenantId, (tx) => countSubjects(tx, other))
    expect(nothing).toEqual({ filed: 0, unplaced: 0, quarantined: 0 })
  })

  test('a reader that breaks says nothing of what it read', async () => {
    await shop.keep([seen('order', order('broken', { total: -5 }))])
    const [row] = await db.query("select code, say from pos.source_subjects where subject = 'sale:broken'")
    expect(row).toMatchObject({ code: 'records.unreadable' })
    expect(row?.say).not.toContain('-5')
  })

  test('a new way of drifting is told once and counted at every reading', async () => {
    await shop.keep([
      seen('order', order('odd-1', { surprise: 'x' })),
      seen('order', order('odd-2', { surprise: 'y' })),
    ])
    await shop.keep([seen('order', order('odd-1', { version: 2, surprise: 'z' }))])
    const rows = await db.query(
      "select what, path, value, readings from pos.schema_drift where path = 'order.surprise'",
    )
    expect(rows).toEqual([{ what: 'unknown_field', path: 'order.surprise', value: '', readings: '3' }])
    const told = await db.query(
      "select data from hub.outbox where type = 'records.drifted' and data->>'path' = 'order.surprise'",
    )
    expect(told).toHaveLength(1)
  })
})

test('a line is named by the catalogue where it knows the article', async () => {
  await db.database.tenant(shop.tenantId, (tx) =>
    recordCatalogArticles(tx, { tenantId: shop.tenantId, connectionId: shop.connection.id, now: NOW }, [
      {
        externalId: 'a-1',
        parentExternalId: null,
        name: 'Full breakfast',
        variant: null,
        sku: null,
        barcode: null,
        category: null,
        price: null,
        currency: null,
        deleted: false,
        updatedAt: NOW,
      },
    ]),
  )
  await shop.keep([
    seen('order', order('named', { article: 'a-1' })),
    seen('order', order('unnamed', { article: 'a-2' })),
  ])
  expect(await saleRows('named')).toMatchObject([{ name: 'Full breakfast' }])
  expect(await saleRows('unnamed')).toMatchObject([{ name: 'Breakfast' }])
})

test('records that no sale hangs on come back to whoever keeps a catalogue', async () => {
  const kept = await shop.keep([seen('article', { id: 'a-9', updated_at: NOW, name: 'Tea' })])
  expect(kept.loose.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['article a-9'])
})

test('no body lies open in a table', async () => {
  await shop.keep([seen('order', order('sealed', { buyer_email: 'grace@example.org' }))])
  const rows = await db.query<{ body: Buffer }>(
    'select body from pos.source_records union all select body from pos.source_record_versions',
  )
  expect(rows.length).toBeGreaterThan(0)
  for (const { body } of rows) expect(body.includes('grace@example.org') || body.includes('"total"')).toBe(false)
})
