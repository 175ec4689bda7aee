import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Id } from '#kernel/ids.ts'
import { isWrite } from '#platform/http/route.ts'
import { sqlState } from '#platform/postgres/database.ts'
import { NOW, pizzas, useOrders } from './test-orders.ts'

// Every address of orders as a stranger, a neighbour and somebody with too small a scope would find it.

const hub = useOrders()
const TABLES = ['orders', 'order_revisions', 'order_history']

const pathOf = (path: string, id: unknown) =>
  path.replace('/api/v1/tenants/:tenant_id/', '').replace(':order_id', String(id)).replace(':version', '1')

test('strangers, neighbours and small scopes are refused at every address', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  const reader = await hub.keyWith(hub.pizzeria, 'orders:read')
  const other = await hub.keyWith(hub.pizzeria, 'sales:admin')
  const asking = { ...hub.pizzeria }
  for (const { method, path } of hub.orders.routes) {
    const where = pathOf(path, id)
    const nobody = await hub.ask({ ...asking, key: 'tw_live_nothing' }, method, where)
    expect([where, nobody.status]).toEqual([where, 401])
    const neighbour = await hub.ask({ ...asking, key: hub.neighbour.key }, method, where)
    expect([where, neighbour.status, neighbour.body.code]).toEqual([where, 403, 'access.tenant'])
    expect((await hub.ask({ ...asking, key: other }, method, where)).status).toBe(403)
    const read = await hub.ask({ ...asking, key: reader }, method, where)
    expect([method, where, read.status]).toEqual([method, where, isWrite(method) ? 403 : 200])
  }
})

test('a neighbour’s order is answered like one that is nowhere, and their ids are their own', async () => {
  const given = pizzas()
  const mine = await hub.made(hub.pizzeria, given)
  const theirs = await hub.made(hub.neighbour, given)
  expect(theirs.id).not.toBe(mine.id)
  for (const [method, where, body] of [
    ['GET', `orders/${mine.id}`, undefined],
    ['GET', `orders/${mine.id}/versions/1`, undefined],
    ['PATCH', `orders/${mine.id}`, { version: 1, note: 'x' }],
    ['POST', `orders/${mine.id}/cancel`, {}],
    ['POST', `orders/${mine.id}/progress`, { progress: 'ready' }],
  ] as const) {
    const answer = await hub.ask(hub.neighbour, method, where, body)
    expect([where, answer.status, answer.body.code]).toEqual([where, 404, 'orders.missing'])
  }
  const list = await hub.ask(hub.neighbour, 'GET', 'orders')
  expect((list.body.data as { id: string }[]).map(({ id }) => id)).toEqual([theirs.id])
  const report = { progress: 'ready', at: NOW, by: 'pos', reason: null, readyAt: null } as const
  const moved = await hub.as(hub.neighbour, (tx) =>
    hub.orders.progress(tx, hub.neighbour.tenant.id, mine.id as Id, report),
  )
  expect(moved).toBe(false)
})

test('in the database too a tenant sees its own rows alone, and its personal data opens nowhere else', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  for (const table of TABLES) {
    const { rows } = await hub.as(hub.neighbour, (tx) =>
      sql`select 1 from pos.${sql.raw(table)} where tenant_id <> ${hub.neighbour.tenant.id}`.execute(tx),
    )
    expect([table, rows]).toEqual([table, []])
  }
  const moving = hub.as(hub.neighbour, (tx) =>
    sql`insert into pos.order_history (tenant_id, order_id, id, kind, at, recorded_at, by, moved)
        values (${hub.pizzeria.tenant.id}, ${id}, ${id}, 'paid', now(), now(), 'pos', true)`.execute(tx),
  )
  expect(await moving.then(() => null, sqlState)).toBe('42501')
  const [row] = await hub.db.query<{ personal: Buffer }>(
    'select personal from pos.order_revisions where order_id = $1',
    [id],
  )
  const foreign = await hub.vault.tenant(hub.neighbour.tenant.id)
  expect(() => foreign.open(row?.personal ?? Buffer.alloc(0), ['order', String(id), '1'])).toThrow(/sealed value|key/)
})
