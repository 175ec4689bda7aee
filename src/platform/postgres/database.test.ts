import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { newId, type TenantId } from '#kernel/ids.ts'
import { useDatabase } from '#tests/harness/database.ts'

const db = useDatabase()

test('a transaction of a tenant knows its tenant and another one does not', async () => {
  const tenant = newId() as TenantId
  const seen = await db.database.tenant(tenant, async (tx) => {
    const { rows } = await sql<{
      tenant: string
      role: string
    }>`select hub.current_tenant() as tenant, current_user as role`.execute(tx)
    return rows[0]
  })
  expect(seen).toEqual({ tenant, role: 'tillwire_app' })
  const other = await db.database.system(async (tx) => {
    const { rows } = await sql<{ tenant: string | null }>`select hub.current_tenant() as tenant`.execute(tx)
    return rows[0]
  })
  expect(other).toEqual({ tenant: null })
})

test('a connection that breaks while it is lent out ends nothing but what is asked of it', async () => {
  const client = await db.database.pool('tillwire_owner').connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const ended = new Promise((resolve) => client.once('end', resolve))
  await db.query('select pg_terminate_backend($1)', [rows[0]?.pid])
  await ended
  await expect(client.query('select 1')).rejects.toThrow()
  client.release(true)
  await expect(db.database.pool('tillwire_owner').query('select 1 as one')).resolves.toMatchObject({
    rows: [{ one: 1 }],
  })
})

test('a statement that is a whole transaction is committed, looks across tenants, and leaves its connection usable', async () => {
  const one = { name: 'test-one', text: 'select current_user as role, $1::integer as given', values: [7] }
  expect(await db.database.systemStatement(one)).toEqual([{ role: 'tillwire_system', given: 7 }])
  const wrong = { name: 'test-wrong', text: 'select 1 / $1::integer', values: [0] }
  await expect(db.database.systemStatement(wrong)).rejects.toThrow('division by zero')
  expect(await db.database.systemStatement(one)).toEqual([{ role: 'tillwire_system', given: 7 }])
})
