import { Readable } from 'node:stream'
import { z } from 'zod'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { findInstant, findLocalDate } from '#kernel/instant.ts'
import { defineRoute, media, type Route } from '#platform/http/route.ts'
import type { Database } from '#platform/postgres/database.ts'
import { getSale, isStorableDay, isStorableMoment, listSales, type SalePage } from './sales.ts'
import { csvHeader, csvLine } from './sales-csv.ts'
import type { SaleFilter } from './store-list.ts'
import { type WireSaleDetail, type WireSource, wireSale, wireSaleWithSources } from './wire.ts'

const moment = z.string().meta({ description: 'A business day (YYYY-MM-DD) or a moment (RFC 3339)' })
const several = z
  .union([z.string(), z.array(z.string())])
  .transform((one) => (Array.isArray(one) ? one : one.split(',')))

const filters = {
  from: moment.optional(),
  to: moment.optional().meta({ description: 'A day is inclusive, a moment is not' }),
  business_date: z.string().optional(),
  location: several.optional().meta({ description: 'Site ids' }),
  connection: several.optional(),
  pos_system: z.string().optional(),
  status: several.optional().meta({ description: 'open, closed, voided; closed when left out' }),
  item: z.string().min(1).max(200).optional().meta({ description: 'An article’s name or id' }),
  min_amount: z.coerce.number().int().optional().meta({ description: 'Minor units' }),
  max_amount: z.coerce.number().int().optional().meta({ description: 'Minor units' }),
  q: z.string().trim().min(1).max(200).optional(),
  import: z.string().optional().meta({ description: 'Only what this import brought' }),
}
const filterQuery = z.strictObject(filters)
const listQuery = z.strictObject({
  ...filters,
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(400).optional(),
})

const CSV_PAGE = 500

/** What a live sale was read from, by whoever keeps that; none for a sale of a file. */
export type SourcesOf = (
  tenantId: TenantId,
  sale: Pick<WireSaleDetail, 'connection_id' | 'pos_system' | 'external_id'>,
) => Promise<WireSource[]>

export function mirrorRoutes(database: Database, sourcesOf: SourcesOf = async () => []): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/pos/transactions',
      scope: 'sales:read',
      summary: 'List sales, newest first',
      description: 'Closed sales unless `status` asks otherwise. A return stands in `refunds` of its sale.',
      tags: ['Sales'],
      query: listQuery,
      answers: { 200: z.strictObject({ data: z.array(wireSale), next_cursor: z.string().nullable() }) },
      async handler({ tenant, query }) {
        const filter = filterOf(query)
        const page = { limit: query.limit, cursor: query.cursor ?? null }
        const body = await database.tenant(tenant.id, (tx) => listSales(tx, tenant.id, filter, page))
        return { status: 200, body } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/pos/transactions.csv',
      scope: 'sales:read',
      summary: 'Download sales as CSV',
      tags: ['Sales'],
      query: filterQuery,
      answers: { 200: media('text/csv; charset=utf-8', 'One line per sale, newest first') },
      async handler({ tenant, query }) {
        const lines = Readable.from(saleLines(database, tenant.id, filterOf(query)))
        return {
          status: 200,
          headers: { 'content-disposition': `attachment; filename="sales-${tenant.slug}.csv"` },
          body: lines,
        } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/pos/transactions/:sale_id',
      scope: 'sales:read',
      summary: 'One sale with its versions and the source’s own words',
      tags: ['Sales'],
      answers: { 200: wireSaleWithSources },
      async handler({ tenant, params }) {
        const sale = await database.tenant(tenant.id, (tx) => getSale(tx, tenant.id, params.sale_id))
        const body = { ...sale, sources: await sourcesOf(tenant.id, sale) }
        return { status: 200, body } as const
      },
    }),
  ]
}

/** Page by page, each in a transaction of its own: a download of years must not hold one open. */
async function* saleLines(database: Database, tenantId: TenantId, filter: SaleFilter): AsyncGenerator<string> {
  yield csvHeader()
  let cursor: string | null = null
  do {
    const page: SalePage = await database.tenant(tenantId, (tx) =>
      listSales(tx, tenantId, filter, { limit: CSV_PAGE, cursor }),
    )
    for (const sale of page.data) yield csvLine(sale)
    cursor = page.next_cursor
  } while (cursor !== null)
}

export function filterOf(query: z.infer<typeof filterQuery>): SaleFilter {
  const status = query.status ?? ['closed']
  for (const one of status) {
    if (!['open', 'closed', 'voided'].includes(one)) throw bad('/status', 'one of open, closed, voided')
  }
  const filter: { -readonly [Key in keyof SaleFilter]: SaleFilter[Key] } = {
    statuses: status as SaleFilter['statuses'],
  }
  const day = query.business_date === undefined ? undefined : findLocalDate(query.business_date)
  if (day === null || (day !== undefined && !isStorableDay(day)))
    throw bad('/business_date', 'a day that exists, such as 2026-03-31')
  if (day !== undefined) Object.assign(filter, { fromDay: day, toDay: day })
  if (query.from !== undefined) Object.assign(filter, boundOf('/from', query.from, 'fromDay', 'from'))
  if (query.to !== undefined) Object.assign(filter, boundOf('/to', query.to, 'toDay', 'to'))
  const backwards =
    (filter.fromDay !== undefined && filter.toDay !== undefined && filter.fromDay > filter.toDay) ||
    (filter.from !== undefined && filter.to !== undefined && filter.from >= filter.to)
  if (backwards) throw bad('/to', 'must not lie before `from`')
  if (query.location !== undefined) filter.siteIds = idsOf('/location', query.location)
  if (query.connection !== undefined) filter.connectionIds = idsOf('/connection', query.connection)
  if (query.import !== undefined) filter.batchId = idsOf('/import', [query.import])[0] as Id
  if (query.pos_system !== undefined) filter.posSystem = query.pos_system
  if (query.item !== undefined) filter.item = query.item
  if (query.min_amount !== undefined) filter.amountMin = BigInt(query.min_amount)
  if (query.max_amount !== undefined) filter.amountMax = BigInt(query.max_amount)
  if (query.q !== undefined) filter.text = query.q
  return filter
}

function boundOf(pointer: string, text: string, dayField: 'fromDay' | 'toDay', momentField: 'from' | 'to') {
  if (text.length <= 10) {
    const day = findLocalDate(text)
    if (day === null || !isStorableDay(day)) throw bad(pointer, 'a day that exists, such as 2026-03-31, or a moment')
    return { [dayField]: day }
  }
  const at = findInstant(text)
  if (at === null || !isStorableMoment(at)) throw bad(pointer, 'a moment such as 2026-03-31T09:00:00Z, or a day')
  return { [momentField]: at }
}

function idsOf(pointer: string, texts: readonly string[]): Id[] {
  return texts.map((text) => {
    if (isId(text)) return text
    throw bad(pointer, 'ids, separated by commas')
  })
}

function bad(pointer: string, detail: string): Fault {
  return new Fault('invalid', 'sale.filter', {
    say: `The filter ${pointer.slice(1)} cannot be used: it must be ${detail}.`,
    places: [{ pointer, detail }],
  })
}
