import { useQuery } from '@tanstack/react-query'
import { isLive, syncStatusQuery, useConnectionZone, webhookStatusQuery } from '../../app/connections.ts'
import { useSession } from '../../app/session.tsx'
import { useNow } from '../../app/sites.ts'
import type { Connection, ConnectionHealth, SyncStatus, WebhookStatus } from '../../app/wire.ts'
import { type Health, healthOf } from './health.ts'
import { healthQuery } from './queries.ts'

export type Standing = {
  readonly health: Health
  readonly facts: ConnectionHealth | undefined
  readonly sync: SyncStatus | undefined
  readonly told: WebhookStatus['connections'][number] | undefined
  readonly webhooks: WebhookStatus | undefined
  readonly zone: string
  readonly now: number
}

/** All that is known of how a connection does, from three answers of the hub. */
export function useStanding(connection: Connection): Standing {
  const { api } = useSession()
  const now = useNow(10_000)
  const zone = useConnectionZone(connection.id)
  const facts = useQuery(healthQuery(api)).data?.connections.find((one) => one.connection_id === connection.id)
  const sync = useQuery({ ...syncStatusQuery(api, connection.id), enabled: isLive(connection) }).data
  const webhooks = useQuery({
    ...webhookStatusQuery(api, connection.pos_system),
    enabled: connection.webhooks !== null,
  }).data
  const told = webhooks?.connections.find((one) => one.connection_id === connection.id)
  const health = healthOf({
    connection,
    sync: sync ?? null,
    told: told ?? null,
    newestSaleAt: facts?.newest_sale_at ?? null,
    zone,
    now,
  })
  return { health, facts, sync, told, webhooks, zone, now }
}
