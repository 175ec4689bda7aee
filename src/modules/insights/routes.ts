import { z } from 'zod'
import { type Instant, instantText, type LocalDate } from '#kernel/instant.ts'
import { listSites } from '#modules/sites/sites.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { defineRoute, media, type Route } from '#platform/http/route.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import { type HealthSurroundings, healthOf } from './connection-health.ts'
import { type DemoTrade, demoFigures } from './demo-figures.ts'
import { TABLE_FILES, tableText } from './export.ts'
import { figuresOf } from './overview.ts'
import { salesDataOf } from './sales-data.ts'
import { todayOf } from './selection.ts'
import { wireSystems } from './systems.ts'
import { lastDays, type Window, windowOf } from './window.ts'
import { figuresRequest, type WireFigures, wireFigures, wireHealth, wireSystem } from './wire.ts'
import { salesDataRequest, wireSalesData } from './wire-sales.ts'

export type InsightsSurroundings = HealthSurroundings & {
  readonly database: Database
  /** Makes up the sales of a span of business days; the same span gives the same sales. */
  demoTrade(span: Window): Promise<DemoTrade>
}

const TAGS = ['Figures'] as const
const QUICK_DAYS_MAX = 400

const basis = z.enum(['previous', 'same_weekdays', 'last_year'])
const several = z
  .union([z.string(), z.array(z.string())])
  .transform((one) => (Array.isArray(one) ? one : one.split(',')))

// Filters of the addresses that are read with GET; those with a body take `figuresRequest`.
const narrowing = {
  pos_system: z.string().optional(),
  location: several.optional().meta({ description: 'Site ids or slugs, repeated or with commas' }),
  compare: basis.optional(),
}
const quickQuery = z.strictObject({
  ...narrowing,
  days: z.coerce.number().int().min(1).max(QUICK_DAYS_MAX).default(7),
})
const tableQuery = z.strictObject({ ...narrowing, from: z.string(), to: z.string() })
const tableParams = z.strictObject({ tenant_id: z.string(), file: z.enum(TABLE_FILES) })

export function routesOf(around: InsightsSurroundings): Route[] {
  return [...promisedRoutes(around), tableRoute(around)]
}

function promisedRoutes(around: InsightsSurroundings): Route[] {
  const { database } = around
  // Made up once a day: the days it is about end with yesterday, and making two months of trade takes a while.
  let madeUp: { readonly today: LocalDate; readonly figures: Promise<WireFigures> } | null = null
  return [
    defineRoute({
      method: 'GET',
      path: '/api/pos-integrations/pos-systems',
      scope: 'connections:read',
      summary: 'Every POS system, what it can do, and whether this tenant has it',
      tags: TAGS,
      answers: { 200: z.strictObject({ data: z.array(wireSystem) }) },
      async handler({ tenant }) {
        const connections = await database.tenant(tenant.id, (tx) => around.listConnections(tx, tenant.id))
        return { status: 200, body: { data: wireSystems(around.systems, connections) } } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/pos-integrations/analytics',
      scope: 'figures:read',
      summary: 'All figures of a range of business days',
      description: 'Growth is against the previous range of the same length unless `compare` says otherwise.',
      tags: TAGS,
      idempotent: false,
      body: figuresRequest,
      answers: { 200: wireFigures },
      async handler({ tenant, body, now }) {
        const question = { ...askedBy(body), window: windowOf(body.from, body.to), basis: body.compare ?? 'previous' }
        const figures = await database.tenant(tenant.id, (tx) => figuresOf(tx, around, tenant, question, now))
        return { status: 200, body: figures } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/pos-integrations/quick-analytics',
      scope: 'figures:read',
      summary: 'All figures of the last days, today included',
      tags: TAGS,
      query: quickQuery,
      answers: { 200: wireFigures },
      async handler({ tenant, query, now }) {
        const figures = await database.tenant(tenant.id, async (tx) => {
          const window = lastDays(await todayIn(tx, tenant, now), query.days)
          const question = { ...askedFor(query), window, basis: query.compare ?? 'previous' }
          return figuresOf(tx, around, tenant, question, now)
        })
        return { status: 200, body: figures } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/pos-integrations/sales-data',
      scope: 'sales:read',
      summary: 'The closed sales of a range, newest first',
      tags: TAGS,
      idempotent: false,
      body: salesDataRequest,
      answers: { 200: wireSalesData },
      async handler({ tenant, body, now }) {
        const { limit, cursor = null } = body
        const question = { ...askedBy(body), window: windowOf(body.from, body.to), limit, cursor }
        const page = await database.tenant(tenant.id, (tx) => salesDataOf(tx, around, tenant, question, now))
        return { status: 200, body: page } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/pos-integrations/health',
      scope: 'connections:read',
      summary: 'The state of every connection',
      tags: TAGS,
      answers: { 200: wireHealth },
      async handler({ tenant, now }) {
        const body = await database.tenant(tenant.id, (tx) => healthOf(tx, around, tenant, now))
        return { status: 200, body } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/pos-integrations/mock-data',
      scope: 'figures:read',
      summary: 'Thirty days of made-up figures, marked `demo`',
      description: 'Nothing of it is stored, and nothing of it is ever part of a real figure.',
      tags: TAGS,
      answers: { 200: wireFigures },
      async handler({ tenant, now }) {
        const today = await database.tenant(tenant.id, (tx) => todayIn(tx, tenant, now))
        if (madeUp?.today !== today) {
          madeUp = { today, figures: demoFigures((span) => around.demoTrade(span), today, now) }
        }
        return { status: 200, body: { ...(await madeUp.figures), as_of: instantText(now) } } as const
      },
    }),
  ]
}

function tableRoute(around: InsightsSurroundings): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/tenants/:tenant_id/figures/:file',
    scope: 'figures:read',
    summary: 'One list of figures as CSV',
    description: `\`file\` is one of ${TABLE_FILES.join(', ')}. X-As-Of and X-Coverage say how new and how whole it is.`,
    tags: TAGS,
    params: tableParams,
    query: tableQuery,
    answers: { 200: media('text/csv; charset=utf-8', 'All rows, each with its currency') },
    async handler({ tenant, params, query, now }) {
      const window = windowOf(query.from, query.to)
      const itemsMax = Number.POSITIVE_INFINITY
      const question = { ...askedFor(query), window, basis: query.compare ?? 'previous', itemsMax }
      const figures = await around.database.tenant(tenant.id, (tx) => figuresOf(tx, around, tenant, question, now))
      const name = `${params.file.slice(0, -'.csv'.length)}_${window.from}_${window.to}.csv`
      return {
        status: 200,
        headers: {
          'content-disposition': `attachment; filename="${name}"`,
          'x-as-of': figures.as_of,
          'x-coverage': figures.coverage.state,
        },
        body: tableText(params.file, figures),
      } as const
    },
  })
}

/** The latest running business day of the tenant's sites. */
async function todayIn(tx: Tx, tenant: Tenant, now: Instant): Promise<LocalDate> {
  return todayOf(tenant, await listSites(tx, tenant.id), now).last
}

function askedBy(body: z.infer<typeof figuresRequest>) {
  return { posSystem: body.pos_system ?? null, locations: body.locations ?? null }
}

function askedFor(query: { readonly pos_system?: string | undefined; readonly location?: string[] | undefined }) {
  return { posSystem: query.pos_system ?? null, locations: query.location ?? null }
}
