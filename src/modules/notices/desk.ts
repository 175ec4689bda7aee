import type { Id, TenantId } from '#kernel/ids.ts'
import type { Clock } from '#kernel/instant.ts'
import type { ZoneName } from '#kernel/zone.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Vault } from '#platform/vault/vault.ts'

/** Somebody who belongs to a tenant. */
export type TeamMember = { readonly id: Id; readonly name: string; readonly email: string; readonly role: string }

/** What the parts of this module are given to work with. */
export type NoticesDesk = {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly vault: Vault
  /** Where the dashboard is reached, for links. */
  readonly publicBase: URL
  peopleOf(tenantId: TenantId): Promise<readonly TeamMember[]>
  /** The tenant's own clock, for whoever named none. */
  zoneOf(tenantId: TenantId): Promise<ZoneName>
}
