import { z } from 'zod'
import { cursorText, readCursor } from '#kernel/cursor.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { defineRoute, EMPTY, type Route } from '#platform/http/route.ts'
import type { Database } from '#platform/postgres/database.ts'
import { ACCESS_FAULTS } from './faults.ts'
import type { KeyCheck } from './key-check.ts'
import { createApiKey, listApiKeys, revokeApiKey } from './keys.ts'
import { checkHandingOut } from './scopes.ts'
import { membershipsOf } from './tenants.ts'
import { toWireKey, toWireMembership, toWireTenant, wireKey, wireMembership, wireTenant } from './wire.ts'

export function tenantRoutes(database: Database, keyCheck: KeyCheck): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants',
      summary: 'List the tenants one belongs to',
      tags: ['Tenants'],
      scope: 'person',
      answers: { 200: z.object({ data: z.array(wireMembership), next_cursor: z.null() }) },
      async handler({ caller }) {
        const memberships = await database.system((tx) => membershipsOf(tx, caller.id))
        return { status: 200, body: { data: memberships.map(toWireMembership), next_cursor: null } }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id',
      summary: 'One tenant',
      tags: ['Tenants'],
      scope: 'tenants:read',
      answers: { 200: wireTenant },
      async handler({ tenant }) {
        return { status: 200, body: toWireTenant(tenant) }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/api-keys',
      summary: 'List API keys, newest first',
      tags: ['API keys'],
      scope: 'keys:admin',
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(500).default(50),
        cursor: z.string().max(200).optional(),
      }),
      answers: { 200: z.object({ data: z.array(wireKey), next_cursor: z.string().nullable() }) },
      async handler({ tenant, query }) {
        const before = query.cursor === undefined ? null : keyIdOf(String(readCursor(query.cursor, 1)[0]))
        const keys = await database.tenant(tenant.id, (tx) =>
          listApiKeys(tx, tenant.id, { limit: query.limit, before }),
        )
        const last = keys.length === query.limit ? keys.at(-1) : undefined
        const next_cursor = last ? cursorText([last.id]) : null
        return { status: 200, body: { data: keys.map(toWireKey), next_cursor } }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/api-keys',
      summary: 'Make an API key',
      description: 'The key itself is in this answer and nowhere else. It reaches at most as far as whoever makes it.',
      tags: ['API keys'],
      scope: 'keys:admin',
      body: z.strictObject({
        name: z.string().trim().min(1).max(120),
        scopes: z.array(z.string().max(60)).min(1).max(50),
        expires_at: z.iso
          .datetime()
          .transform((text) => instant(Date.parse(text)))
          .nullable()
          .optional(),
      }),
      answers: { 201: wireKey.extend({ api_key: z.string() }).meta({ id: 'NewApiKey' }) },
      async handler({ tenant, caller, body, now, settle }) {
        checkHandingOut(caller.scopes, body.scopes)
        const { name, scopes, expires_at: expiresAt = null } = body
        return database.tenant(tenant.id, async (tx) => {
          const made = await createApiKey(tx, tenant, { name, scopes, expiresAt, createdBy: caller.actor }, now)
          const answer = { status: 201, body: { ...toWireKey(made.key), api_key: made.secret } } as const
          await settle(tx, answer)
          return answer
        })
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/tenants/:tenant_id/api-keys/:key_id',
      summary: 'Revoke an API key, at once and for good',
      tags: ['API keys'],
      scope: 'keys:admin',
      answers: { 204: EMPTY },
      async handler({ tenant, params, now }) {
        const id = keyIdOf(params.key_id)
        await database.tenant(tenant.id, (tx) => revokeApiKey(tx, tenant.id, id, now))
        keyCheck.forget(id)
        return { status: 204 }
      },
    }),
  ]
}

function keyIdOf(text: string): Id {
  if (isId(text)) return text
  throw new Fault('missing', 'access.key-missing', { say: ACCESS_FAULTS['access.key-missing'] })
}
