import { z } from 'zod'
import { instantText } from '#kernel/instant.ts'
import { defineRoute, EMPTY, type Route } from '#platform/http/route.ts'
import type { Database } from '#platform/postgres/database.ts'
import { forgetMapping, listRemembered } from './mappings.ts'
import { wireChoices, wireOfChoices } from './wire-choices.ts'

const wireMapping = z
  .strictObject({
    shape: z.string(),
    family: z.string(),
    preset: z.string().nullable(),
    headers: z.array(z.string()),
    choices: wireChoices,
    used_at: z.string().meta({ format: 'date-time' }),
    uses: z.int().meta({ description: 'Imports that were confirmed with it' }),
  })
  .meta({ id: 'ImportMapping' })

export function mappingRoutes(database: Database): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/import-mappings',
      scope: 'imports:read',
      summary: 'What is remembered of the shapes of files',
      tags: ['Imports'],
      answers: { 200: z.strictObject({ data: z.array(wireMapping), next_cursor: z.null() }) },
      async handler({ tenant }) {
        const mappings = await database.tenant(tenant.id, (tx) => listRemembered(tx, tenant.id))
        const data = mappings.map(({ shape, family, preset, headers, choices, usedAt, uses }) => ({
          shape,
          family,
          preset,
          headers: [...headers],
          choices: wireOfChoices(choices),
          used_at: instantText(usedAt),
          uses,
        }))
        return { status: 200, body: { data, next_cursor: null } } as const
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/tenants/:tenant_id/import-mappings/:shape',
      scope: 'imports:write',
      summary: 'Forget what was said of a shape of file',
      tags: ['Imports'],
      answers: { 204: EMPTY },
      async handler({ tenant, params }) {
        await database.tenant(tenant.id, (tx) => forgetMapping(tx, tenant.id, params.shape))
        return { status: 204 } as const
      },
    }),
  ]
}
