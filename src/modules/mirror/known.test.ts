import { expect, test } from 'vitest'
import type { TenantId } from '#kernel/ids.ts'
import { newId } from '#kernel/ids.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { draftOf } from './draft.ts'
import type { SaleFiling } from './filing.ts'
import { connectionsKnowing, countKnown } from './known.ts'
import { importTo, lunch, openStall, type Stall, takeBack } from './test-stall.ts'

const db = useDatabase()

function count(stall: Stall, sales: readonly SaleFiling[]) {
  const of = { tenantId: stall.tenant, connectionId: stall.connectionId }
  return db.database.tenant(stall.tenant, (tx) => countKnown(tx, of, draftOf(sales, []).sales))
}

test('what a file would do is known before it does it', async () => {
  const stall = await openStall(db)
  await importTo(db, stall, [lunch(stall, 'whole', 'whole'), lunch(stall, 'parts', 'items')])
  const payments = await importTo(db, stall, [lunch(stall, 'parts', 'payments')])
  const gone = await importTo(db, stall, [lunch(stall, 'gone', 'whole')])
  await takeBack(db, stall, gone)
  expect(
    await count(stall, [
      lunch(stall, 'whole', 'whole'),
      lunch(stall, 'parts', 'items'),
      lunch(stall, 'gone', 'whole'),
      lunch(stall, 'new', 'whole'),
    ]),
  ).toEqual({ created: 2, changed: 0, same: 2 })
  const other = [lunch(stall, 'whole', 'whole', { staff: 'Ada' }), lunch(stall, 'parts', 'items', { staff: 'Ada' })]
  expect(await count(stall, other)).toEqual({ created: 0, changed: 2, same: 0 })
  expect(await count(stall, [lunch(stall, 'whole', 'payments')])).toEqual({ created: 0, changed: 1, same: 0 })
  await takeBack(db, stall, payments)
  expect(await count(stall, [lunch(stall, 'parts', 'payments'), lunch(stall, 'parts', 'items')])).toEqual({
    ...{ created: 0, changed: 1, same: 1 },
  })
})

test('connections that know ids at a site are found, and only there and while the sales stand', async () => {
  const stall = await openStall(db)
  const other: Stall = { ...stall, connectionId: newId() }
  await importTo(db, stall, [lunch(stall, 'a', 'whole'), lunch(stall, 'b', 'whole')])
  const batch = await importTo(db, other, [lunch(other, 'b', 'whole')])
  await importTo(db, { ...stall, connectionId: newId() }, [lunch({ ...stall, siteId: newId() }, 'a', 'whole')])
  const known = (tenant: TenantId, ids: readonly string[]) =>
    db.database.tenant(tenant, (tx) => connectionsKnowing(tx, tenant, stall.siteId, ids))
  expect(await known(stall.tenant, ['a', 'b', 'c'])).toEqual(
    new Map([
      [stall.connectionId, 2],
      [other.connectionId, 1],
    ]),
  )
  await takeBack(db, other, batch)
  expect(await known(stall.tenant, ['b'])).toEqual(new Map([[stall.connectionId, 1]]))
  expect(await known(stall.tenant, [])).toEqual(new Map())
  const stranger = await openStall(db)
  expect(await known(stranger.tenant, ['a', 'b'])).toEqual(new Map())
})
