import { Readable } from 'node:stream'
import { gzipSync, inflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { zipOf } from '#connectors/spreadsheet/test-archives.ts'
import { receiveFile } from '#modules/intake/receive.ts'
import { getDefaultSite } from '#modules/sites/sites.ts'
import { useHub } from '#tests/harness/hub.ts'
import { importDesk, type Json } from '#tests/harness/import-desk.ts'
import type { Files } from '../../connectors/contract-files.ts'

// Files that hold several tables, and what is kept of any file.

const hub = useHub()
const desk = importDesk(hub)

const HEADER = 'Date,Receipt,Item,Quantity,Price'
const may = `${HEADER}\n2026-05-13 08:00,M-1000000001,Rye loaf,1,4.20\n2026-05-13 09:00,M-1000000002,Bun,3,0.90\n`
const june = `${HEADER}\n2026-06-13 08:00,J-1000000001,Soup,2,5.50\n`
const remarks = 'Remark,By\nThe till was slow today,Ada\nNew bread knife,Bo\n'

describe('an archive of several tables', () => {
  test('shows them all, proposes the one that looks most like sales, and imports the one that is chosen', async () => {
    const shop = await hub.openShop('archive')
    const zip = await zipOf({ 'remarks.csv': remarks, 'may.csv': may, 'june.csv': june })
    const received = await desk.give(shop, zip, { file_name: 'spring.zip' })
    expect(received).toMatchObject({ state: 'detected', container: 'zip', table: 1 })
    expect(received.tables).toMatchObject([
      { index: 0, name: 'remarks.csv', table_state: 'kept', say: expect.any(String) },
      { index: 1, name: 'may.csv', table_state: 'kept', say: null, bytes: may.length },
      { index: 2, name: 'june.csv', table_state: 'kept', say: null },
    ])
    const chosen = await desk.correct(shop, received.id, { table: 2 })
    expect(chosen).toMatchObject({ table: 2, preview: [{ external_id: 'J-1000000001' }] })
    const refused = await desk.send(shop, 'PATCH', `imports/${received.id}`, { table: 0 })
    expect(refused).toMatchObject({ status: 422, json: { code: expect.stringMatching(/^file\./) } })
    expect(await desk.confirmed(shop, received.id)).toMatchObject({ state: 'done', sales_created: 1, table: 2 })
    expect(await desk.sales(shop)).toMatchObject([{ external_id: 'J-1000000001' }])
    const undone = await desk.undone(shop, received.id)
    expect(undone).toMatchObject({ undo: { sales_removed: 1 } })
    const [left] = await hub.db.query<{ n: number }>(
      'select count(*)::int as n from pos.import_chunks where import_id = $1',
      [received.id],
    )
    expect(left?.n).toBe(0)
  })

  test('none of which holds sales is refused, and may still be mended by choosing', async () => {
    const shop = await hub.openShop('no-sales')
    const received = await desk.give(shop, await zipOf({ 'a.csv': remarks, 'b.csv': remarks }))
    expect(received).toMatchObject({ state: 'failed', table: null, fault: { code: 'file.no_sales' } })
    expect((received.fault as Json).detail).toContain('a.csv')
    expect(received.tables).toHaveLength(2)
  })

  test('may be looked at and confirmed while the rest of it is still being kept', async () => {
    const shop = await hub.openShop('early')
    const { intake } = hub.running.hub
    const { database } = hub.running.storage
    const site = await database.tenant(shop.tenant.id, (tx) => getDefaultSite(tx, shop.tenant.id))
    const gate = Promise.withResolvers<void>()
    const slow = { ...intake, files: { ...intake.files, unpack: heldAtSecondReading(intake.files, gate.promise) } }
    const early = await receiveFile(
      slow,
      {
        tenantId: shop.tenant.id,
        site,
        fileName: 'spring.zip',
        stream: Readable.from([await zipOf({ 'may.csv': may, 'june.csv': june })]),
        actor: 'hub:test',
        confirm: 'no',
      },
      0,
    )
    expect(early).toMatchObject({ state: 'receiving', container: 'zip', tableNo: 0 })
    const shown = await desk.look(shop, early.id)
    expect(shown.preview).toMatchObject([{ external_id: 'M-1000000001' }, { external_id: 'M-1000000002' }])
    expect(shown.tables).toMatchObject([{ table_state: 'keeping' }, { table_state: 'keeping' }])
    const correction = await desk.send(shop, 'PATCH', `imports/${early.id}`, { table: 1 })
    expect(correction).toMatchObject({ status: 409, json: { code: 'import.not-correctable' } })
    const confirm = await desk.send(shop, 'POST', `imports/${early.id}/confirm`)
    expect(confirm).toMatchObject({ status: 200, json: { state: 'receiving', confirmed_by: expect.any(String) } })
    gate.resolve()
    expect(await desk.ended(shop, early.id)).toMatchObject({ state: 'done', sales_created: 2 })
  })
})

/** Unpacks as ever, but whoever reads a table for the second time waits at the gate: the first reading is of its head. */
function heldAtSecondReading(files: Files, gate: Promise<void>): Files['unpack'] {
  return async (file) => {
    const unpacked = await files.unpack(file)
    const tables = unpacked.tables.map((table) => {
      let readings = 0
      return {
        ...table,
        async *bytes() {
          if (++readings > 1) await gate
          yield* table.bytes()
        },
      }
    })
    return { ...unpacked, tables }
  }
}

describe('what is kept', () => {
  const text = async (id: unknown) => {
    const chunks = await hub.db.query<{ bytes: Buffer }>(
      'select bytes from pos.import_chunks where import_id = $1 order by table_no, no',
      [id],
    )
    return Buffer.concat(chunks.map(({ bytes }) => inflateRawSync(bytes))).toString('utf8')
  }

  test('is the text of a packed file, and its hash is of the file as it was sent', async () => {
    const shop = await hub.openShop('packed')
    const packed = gzipSync(may)
    const received = await desk.give(shop, packed)
    const hash = await crypto.subtle.digest('SHA-256', packed)
    expect(received).toMatchObject({
      container: 'gzip',
      file_bytes: packed.length,
      file_sha256: Buffer.from(hash).toString('hex'),
    })
    expect(await text(received.id)).toBe(may)
  })

  test('has no card number in it, wherever in the file one stood', async () => {
    const shop = await hub.openShop('cards')
    const withCards = `${may}2026-05-14 08:00,M-1000000003,Cake paid with 4111 1111 1111 1111,1,9.00\nbroken 5555555555554444\n`
    const done = await desk.taken(shop, withCards)
    expect(done).toMatchObject({ state: 'done', cards_masked: 2, rows_rejected: 1 })
    expect(await text(done.id)).toContain('1111')
    const tables = await hub.db.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname in ('pos', 'hub') and c.relkind in ('r', 'p') and not c.relispartition`,
    )
    for (const { name } of tables) {
      const [found] = await hub.db.query<{ n: number }>(
        `select count(*)::int as n from ${name} t where t::text ~ '4111[ ]?1111[ ]?1111[ ]?1111|5555555555554444'
           or t::text like '%' || encode('5555555555554444', 'hex') || '%'`,
      )
      expect({ name, found: found?.n }).toEqual({ name, found: 0 })
    }
  })
})
