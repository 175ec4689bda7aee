import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { PushWishKeeper } from '#modules/connections/for-orders.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { allSettings, changeSettings, DEFAULT_SETTINGS } from './store-targets.ts'

// What a merchant wants of pushes, as the page of a connection shows and changes it. Which article is which is another
// module's, handed in.

export type MappingDoor = {
  mappingOf(
    tx: Tx,
    tenantId: TenantId,
    of: { readonly connectionId: Id; readonly channel: null },
  ): Promise<Readonly<Record<string, string>>>
  replaceMapping(
    tx: Tx,
    tenantId: TenantId,
    wanted: {
      readonly connectionId: Id
      readonly channel: null
      readonly mapping: Readonly<Record<string, string>>
      readonly by: string
      readonly requestId: string | null
      readonly now: Instant
    },
  ): Promise<void>
}

export function createPushWishes({ mappingOf, replaceMapping }: MappingDoor): PushWishKeeper {
  return {
    async of(tx, tenantId, connectionIds) {
      const settings = connectionIds.length === 0 ? new Map() : await allSettings(tx, tenantId)
      const wishes = new Map()
      for (const connectionId of connectionIds) {
        const itemMapping = await mappingOf(tx, tenantId, { connectionId, channel: null })
        wishes.set(connectionId, { ...DEFAULT_SETTINGS, ...settings.get(connectionId), itemMapping })
      }
      return wishes
    },
    async change(tx, tenantId, connectionId, { itemMapping, ...settings }, { actor, requestId, now }) {
      await changeSettings(tx, tenantId, connectionId, settings, now)
      if (itemMapping === undefined) return
      const wanted = { connectionId, channel: null, mapping: itemMapping, by: actor, requestId, now } as const
      await replaceMapping(tx, tenantId, wanted)
    },
  }
}
