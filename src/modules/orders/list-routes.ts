import { Readable } from 'node:stream'
import { z } from 'zod'
import { isId } from '#kernel/ids.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { defineRoute, media, type Route } from '#platform/http/route.ts'
import type { Desk } from './desk.ts'
import { type FilterQuery, filterOf, orderFilters, wantedPushOf } from './filter.ts'
import { storedOrder } from './find.ts'
import { listHistory } from './history.ts'
import { listOrders, type OrderPage } from './list.ts'
import { orderMissing } from './order-fault.ts'
import { csvHeader, csvLine } from './orders-csv.ts'
import { readFull } from './store.ts'
import { orderDetailToWire, orderToWire } from './to-wire.ts'
import { wireOrder, wireOrderDetail, wireOrderLine } from './wire.ts'

const ORDERS = '/api/v1/tenants/:tenant_id/orders'
const CSV_PAGE = 500

const listQuery = z.strictObject({
  ...orderFilters,
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(400).optional(),
})

export function listRoutes(desk: Desk): Route[] {
  const { database } = desk
  return [
    defineRoute({
      method: 'GET',
      path: ORDERS,
      scope: 'orders:read',
      summary: 'List orders, newest first',
      description: 'Without anything about a person: that stands in the single order.',
      tags: ['Orders'],
      query: listQuery,
      answers: { 200: z.strictObject({ data: z.array(wireOrderLine), next_cursor: z.string().nullable() }) },
      async handler({ tenant, query }) {
        const { limit, cursor = null } = query
        const page = { limit, cursor, push: wantedPushOf(query) }
        const body = await database.tenant(tenant.id, async (tx) =>
          listOrders(tx, desk, tenant.id, await filterOf(tx, tenant, query), page),
        )
        return { status: 200, body } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/orders.csv',
      scope: 'orders:read',
      summary: 'Download orders as CSV',
      tags: ['Orders'],
      query: z.strictObject(orderFilters),
      answers: { 200: media('text/csv; charset=utf-8', 'One line per order, newest first; nothing about a person') },
      async handler({ tenant, query }) {
        // Said before the first byte, while it can still be a refusal.
        await database.tenant(tenant.id, (tx) => filterOf(tx, tenant, query))
        wantedPushOf(query)
        return {
          status: 200,
          headers: { 'content-disposition': `attachment; filename="orders-${tenant.slug}.csv"` },
          body: Readable.from(orderLines(desk, tenant, query)),
        } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${ORDERS}/:order_id`,
      scope: 'orders:read',
      summary: 'One order with its history',
      tags: ['Orders'],
      answers: { 200: wireOrderDetail },
      async handler({ tenant, params }) {
        const orderId = params.order_id
        if (!isId(orderId)) throw orderMissing()
        const sealer = await desk.vault.tenant(tenant.id)
        const body = await database.tenant(tenant.id, async (tx) => {
          const row = await readFull(tx, tenant.id, { id: orderId })
          if (row === null) throw orderMissing()
          const history = await listHistory(tx, tenant.id, orderId)
          const push = (await desk.hooks.pushesOf?.(tx, tenant.id, [orderId]))?.get(orderId) ?? null
          return orderDetailToWire(storedOrder(row, sealer, tenant.id), row, history, push, sealer)
        })
        return { status: 200, headers: { etag: `"${body.version}"` }, body } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${ORDERS}/:order_id/versions/:version`,
      scope: 'orders:read',
      summary: 'An order as it was in one of its versions',
      tags: ['Orders'],
      params: z.object({
        tenant_id: z.string(),
        order_id: z.string(),
        version: z.coerce.number().int().min(1).max(2_000_000_000),
      }),
      answers: { 200: wireOrder },
      async handler({ tenant, params: { order_id: orderId, version } }) {
        if (!isId(orderId)) throw orderMissing()
        const sealer = await desk.vault.tenant(tenant.id)
        const row = await database.tenant(tenant.id, (tx) => readFull(tx, tenant.id, { id: orderId }, { version }))
        if (row === null) throw orderMissing()
        return { status: 200, body: orderToWire(storedOrder(row, sealer, tenant.id, version)) } as const
      },
    }),
  ]
}

/** Page by page, each in a transaction of its own: a download of years must not hold one open. */
async function* orderLines(desk: Desk, tenant: Tenant, query: FilterQuery): AsyncGenerator<string> {
  yield csvHeader()
  let cursor: string | null = null
  do {
    const page: OrderPage = await desk.database.tenant(tenant.id, async (tx) =>
      listOrders(tx, desk, tenant.id, await filterOf(tx, tenant, query), {
        limit: CSV_PAGE,
        cursor,
        push: wantedPushOf(query),
      }),
    )
    for (const order of page.data) yield csvLine(order)
    cursor = page.next_cursor
  } while (cursor !== null)
}
