import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId, type TenantId } from '#kernel/ids.ts'
import { localDate } from '#kernel/instant.ts'
import { type Database, openDatabase } from '#platform/postgres/database.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { ensureMonthsOf } from './months.ts'

const db = useDatabase()
const tenant = newId() as TenantId
const longAgo = localDate('1999-05-17')
let oneConnection: Database

beforeAll(() => {
  oneConnection = openDatabase({ url: db.url, connectionsMax: 1 })
})
afterAll(() => oneConnection.close())

async function isThere(): Promise<boolean> {
  const [row] = await db.query<{ there: boolean }>(
    `select to_regclass('pos.transactions_1999_05') is not null as there`,
  )
  return row?.there === true
}

test('a month that a failed transaction made and found is made anew on the same connection, and then stays', async () => {
  const failed = oneConnection.tenant(tenant, async (tx) => {
    await ensureMonthsOf(tx, [longAgo])
    await ensureMonthsOf(tx, [longAgo, localDate('1999-05-18')])
    throw new Error('something else went wrong')
  })
  await expect(failed).rejects.toThrow('something else')
  expect(await isThere()).toBe(false)
  await oneConnection.tenant(tenant, (tx) => ensureMonthsOf(tx, [longAgo]))
  expect(await isThere()).toBe(true)
  await oneConnection.tenant(tenant, (tx) => ensureMonthsOf(tx, [longAgo]))
  expect(await isThere()).toBe(true)
})
