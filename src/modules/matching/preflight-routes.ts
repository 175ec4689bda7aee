import { z } from 'zod'
import { defineRoute, type Route } from '#platform/http/route.ts'
import { channelName } from './channel-routes.ts'
import { getChannel, getConnection } from './check-mappings.ts'
import { type Preflights, runPreflight } from './preflight.ts'
import { selectChannels } from './store-channels.ts'
import { selectLatestPreflights } from './store-preflights.ts'
import { selectWatches } from './store-watches.ts'
import { toWirePreflight, wirePreflight } from './wire.ts'

const list = z.strictObject({ data: z.array(wirePreflight), next_cursor: z.null() })

export function preflightRoutes(preflights: Preflights): Route[] {
  const { database } = preflights
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/preflights',
      scope: 'mapping:read',
      summary: 'What stands in the way of the next order: the newest look at each channel and connection',
      tags: ['Item mapping'],
      query: z.strictObject({ channel: channelName.optional(), connection: z.string().min(1).optional() }),
      answers: { 200: list },
      async handler({ tenant, query: { channel, connection } }) {
        const found = await database.tenant(tenant.id, async (tx) => {
          const connectionId =
            connection === undefined ? undefined : (await getConnection(tx, tenant.id, connection)).id
          return selectLatestPreflights(tx, tenant.id, { connectionId, channel })
        })
        return { status: 200, body: { data: found.map(toWirePreflight), next_cursor: null } } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/preflights',
      scope: 'mapping:write',
      summary: 'Look through the items now',
      description:
        'With `connection_id`, also for a connection that nothing is mapped to yet; else for all that are watched.',
      tags: ['Item mapping'],
      body: z.strictObject({ channel: channelName.optional(), connection_id: z.string().optional() }),
      answers: { 200: list },
      async handler({ tenant, body, now }) {
        const refs = await database.tenant(tenant.id, async (tx) => {
          if (body.channel !== undefined) await getChannel(tx, tenant.id, body.channel)
          if (body.connection_id === undefined) {
            return selectWatches(tx, { tenantId: tenant.id, channel: body.channel ?? null })
          }
          const { id: connectionId } = await getConnection(tx, tenant.id, body.connection_id)
          const channels =
            body.channel === undefined
              ? (await selectChannels(tx, tenant.id)).map(({ channel }) => channel)
              : [body.channel]
          return channels.map((channel) => ({ tenantId: tenant.id, connectionId, channel }))
        })
        for (const ref of refs) await runPreflight(preflights, ref, 'asked', now)
        const asked = new Set(refs.map(({ connectionId, channel }) => `${connectionId} ${channel}`))
        const found = await database.tenant(tenant.id, (tx) => selectLatestPreflights(tx, tenant.id, {}))
        const data = found.filter((one) => asked.has(`${one.connectionId} ${one.channel}`)).map(toWirePreflight)
        return { status: 200, body: { data, next_cursor: null } } as const
      },
    }),
  ]
}
