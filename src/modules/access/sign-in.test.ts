import { getMigrations } from 'better-auth/db/migration'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { newId, type TenantId } from '#kernel/ids.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { signInSettings } from './sign-in.ts'

const db = useDatabase()

test('the sign-in library finds its tables exactly as it wants them', async () => {
  const pool = db.database.pool('tillwire_auth')
  const settings = signInSettings({ pool, secret: 's'.repeat(43), publicBase: new URL('https://hub.example') })
  const plan = await getMigrations(settings, { throwOnUnsafe: false })
  expect({
    tables: plan.toBeCreated,
    columns: plan.toBeAdded,
    indexes: plan.toBeAddedIndexes,
    unsafe: plan.unsafeChanges,
    problems: plan.schemaProblems,
  }).toEqual({ tables: [], columns: [], indexes: [], unsafe: [], problems: [] })
})

describe('passwords, sessions and links', () => {
  const refused = 'permission denied'

  test.each(['auth.account', 'auth.session', 'auth."user"', 'auth.member', 'hub.sign_in_links'])(
    'in %s are out of reach for a tenant’s transaction',
    async (table) => {
      const look = db.database.tenant(newId() as TenantId, (tx) => sql`select * from ${sql.raw(table)}`.execute(tx))
      await expect(look).rejects.toThrow(refused)
    },
  )

  test.each(['password from auth.account', 'token from auth.session'])('the system reads no %s', async (what) => {
    await expect(db.database.system((tx) => sql`select ${sql.raw(what)}`.execute(tx))).rejects.toThrow(refused)
  })

  test('the sign-in library sees nothing of the hub', async () => {
    await expect(db.database.pool('tillwire_auth').query('select * from hub.tenants')).rejects.toThrow(refused)
  })
})
