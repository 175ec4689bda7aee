import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { currencyCode } from '#kernel/currency.ts'
import { Fault } from '#kernel/fault.ts'
import type { Clock } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { addMember } from '#modules/access/people.ts'
import { addTenant } from '#modules/access/tenants.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { Log } from '#platform/telemetry/log.ts'
import { demoTenantDraft } from './demo-shops.ts'
import type { DemoTrade } from './demo-trade.ts'

export type DemoRouteOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly demoTrade: DemoTrade
  readonly log: Log
}

export function demoRoutes({ database, clock, demoTrade, log }: DemoRouteOptions): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/demos',
      scope: 'tenants:admin',
      summary: 'Load demo data into a tenant of its own',
      description: 'The caller becomes its owner. Its figures fill up newest first and are never mixed with real ones.',
      tags: ['Tenants'],
      rateLimit: { max: 5, windowSeconds: 3_600 },
      answers: { 202: z.strictObject({ tenant_id: z.string(), slug: z.string() }) },
      async handler({ tenant, caller, now, settle }) {
        if (caller.kind !== 'person') {
          throw new Fault('denied', 'demo.person-needed', {
            say: 'A demonstration belongs to the person who asks for it. Sign in and load it from the dashboard.',
          })
        }
        const draft = demoTenantDraft(now)
        const made = await database.system((tx) =>
          addTenant(
            tx,
            {
              slug: `demo-${randomBytes(4).toString('hex')}`,
              name: draft.name,
              currency: currencyCode(draft.currency),
              timeZone: zoneName(draft.timeZone),
              closeOutMinutes: draft.closeOutMinutes,
              kind: 'demo',
            },
            clock.now(),
            async () => undefined,
          ).then(async (created) => {
            await addMember(tx, created.id, caller.id, 'owner', now)
            return created
          }),
        )
        const answer = { status: 202, body: { tenant_id: made.id, slug: made.slug } } as const
        await database.tenant(tenant.id, (tx) => settle(tx, answer))
        demoTrade
          .begin(made)
          .catch((error: unknown) => log.error({ err: error, tenant: made.id }, 'demonstration data could not be made'))
        return answer
      },
    }),
  ]
}
