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
