import { currencyCode } from '#kernel/currency.ts'
import { Fault } from '#kernel/fault.ts'
import { zoneName } from '#kernel/zone.ts'
import { createTenant } from '#modules/access/access.ts'
import { createApiKey } from '#modules/access/keys.ts'
import { SCOPES_BY_ROLE } from '#modules/access/scopes.ts'
import { findCloseOut } from '#modules/sites/sites.ts'
import { firstSite } from '../compose.ts'
import { withStorage } from './session.ts'

export type TenantOptions = {
  readonly name?: string
  readonly currency: string
  readonly timeZone: string
  readonly closeOut: string
  readonly json: boolean
}

/** `tillwire tenant create`: answers id, slug and an API key, which is shown this once. */
export async function createTenantCommand(slug: string, options: TenantOptions): Promise<void> {
  const draft = {
    slug,
    name: options.name ?? slug,
    currency: currencyCode(options.currency),
    timeZone: zoneName(options.timeZone),
    closeOutMinutes: closeOutOf(options.closeOut),
    kind: 'live',
  } as const
  const made = await withStorage(async ({ storage, clock }) => {
    const tenant = await createTenant(storage.database, draft, clock, firstSite)
    const key = await storage.database.tenant(tenant.id, (tx) =>
      createApiKey(
        tx,
        tenant,
        { name: 'Made with the tenant', scopes: [...SCOPES_BY_ROLE.owner], createdBy: 'hub:command', expiresAt: null },
        clock.now(),
      ),
    )
    return { id: tenant.id, slug: tenant.slug, api_key: key.secret }
  })
  if (options.json) console.log(JSON.stringify(made))
  else console.log(`Tenant ${made.slug} (${made.id})\nAPI key, shown this once: ${made.api_key}`)
}

export function closeOutOf(text: string): number {
  const minutes = findCloseOut(text)
  if (minutes !== null) return minutes
  throw new Fault('invalid', 'command.bad', {
    say: `--close-out must be a time of day such as 04:00, not "${text.slice(0, 20)}".`,
  })
}
