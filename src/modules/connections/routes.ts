import { z } from 'zod'
import { instantText } from '#kernel/instant.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import type { Database } from '#platform/postgres/database.ts'
import { listConnections } from './connections.ts'

const wireConnection = z
  .strictObject({
    id: z.string(),
    pos_system: z.string(),
    name: z.string(),
    state: z.enum(['active', 'disconnected']),
    location_id: z.string().nullable().meta({ description: 'The site, where the connection serves one alone' }),
    created_at: z.string().meta({ format: 'date-time' }),
  })
  .meta({ id: 'Configuration' })

export function connectionRoutes(database: Database): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/pos/configurations',
      scope: 'connections:read',
      summary: 'List the connections to POS systems and files',
      tags: ['Connections'],
      answers: { 200: z.strictObject({ data: z.array(wireConnection), next_cursor: z.null() }) },
      async handler({ tenant }) {
        const connections = await database.tenant(tenant.id, (tx) => listConnections(tx, tenant.id))
        const data = connections.map((connection) => ({
          id: connection.id,
          pos_system: connection.posSystem,
          name: connection.name,
          state: connection.state,
          location_id: connection.siteId,
          created_at: instantText(connection.createdAt),
        }))
        return { status: 200, body: { data, next_cursor: null } } as const
      },
    }),
  ]
}
