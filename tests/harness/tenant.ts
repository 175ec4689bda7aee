import { newId, type TenantId } from '#kernel/ids.ts'
import type { TestDatabase } from './database.ts'

/** A tenant as a row alone, for tests below the module that owns tenants. */
export async function makeTenant(db: TestDatabase, slug: string): Promise<TenantId> {
  const id = newId() as TenantId
  await db.query(
    `insert into hub.tenants (id, slug, name, kind, currency, time_zone, close_out_minutes, created_at)
     values ($1, $2, $2, 'live', 'EUR', 'Europe/Berlin', 240, '2026-01-01')`,
    [id, slug],
  )
  return id
}
