import { currencyCode } from '#kernel/currency.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import { createSite } from '#modules/sites/sites.ts'
import { openVault, type Vault } from '#platform/vault/vault.ts'
import type { TestDatabase } from '#tests/harness/database.ts'
import { makeTenant } from '#tests/harness/tenant.ts'
import { keepRecords } from './keep.ts'
import type { Kept, SeenRecord } from './kept.ts'
import { TILL, tillRecords } from './test-till.ts'

// A tenant with one connection to the made-up till, as intake sees it.

export const NOW = instant(Date.UTC(2026, 4, 4, 12, 30))

export type TestShop = {
  readonly tenantId: TenantId
  readonly siteId: Id
  readonly connection: LiveConnection
  keep(records: readonly SeenRecord[], now?: Instant): Promise<Kept>
}

export function testVault(db: TestDatabase): Vault {
  return openVault({ database: db.database, clock: { now: () => NOW }, rootKey: new Uint8Array(32).fill(7) })
}

export async function openTestShop(db: TestDatabase, slug: string): Promise<TestShop> {
  const tenantId = await makeTenant(db, slug)
  const draft = { name: 'Main street', timeZone: zoneName('Europe/Berlin'), currency: currencyCode('EUR') }
  const site = await db.database.tenant(tenantId, (tx) =>
    createSite(tx, tenantId, { ...draft, closeOutMinutes: 240 }, NOW),
  )
  const connection = await addTestConnection(db, tenantId, site.id)
  return { tenantId, siteId: site.id, connection, keep: keeperOf(db, connection) }
}

/** Keeps records of a connection, each call its own transaction. */
export function keeperOf(db: TestDatabase, connection: LiveConnection): TestShop['keep'] {
  const vault = testVault(db)
  return async (records, now = NOW) => {
    const sealer = await vault.tenant(connection.tenantId)
    const origin = { actor: 'provider:generic-rest', requestId: null, now }
    return db.database.tenant(connection.tenantId, (tx) => keepRecords(tx, { sealer }, connection, records, origin))
  }
}

export async function addTestConnection(db: TestDatabase, tenantId: TenantId, siteId: Id): Promise<LiveConnection> {
  const id = newId()
  await db.query(
    `insert into pos.configurations (tenant_id, id, pos_system, name, state, state_since, environment, account_id,
       credentials_from, created_at, updated_at)
     values ($1, $2, 'generic-rest', 'Till', 'active', '2026-01-01', 'production', $3, 'person', '2026-01-01', '2026-01-01')`,
    [tenantId, id, `account-${id}`],
  )
  return {
    tenantId,
    id,
    posSystem: 'generic-rest',
    name: 'Till',
    state: 'active',
    environment: 'production',
    account: `account-${id}`,
    live: TILL,
    places: new Map([
      ['main', { externalId: 'main', siteId, currency: currencyCode('EUR'), country: 'DE' }],
      ['corner', { externalId: 'corner', siteId, currency: currencyCode('EUR'), country: 'DE' }],
    ]),
    dataTypes: ['sales'],
    backfillFrom: null,
  }
}

/** An object of the till as it was seen at a moment. */
export function seen(
  kind: string,
  object: object,
  seenAt: Instant = NOW,
  from: SeenRecord['from'] = 'fetch',
): SeenRecord {
  const [record] = tillRecords(kind, object)
  if (record === undefined) throw new Error('an object is a record')
  return { ...record, seenAt, from }
}
