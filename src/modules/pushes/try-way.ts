import { Fault } from '#kernel/fault.ts'
import { instantText } from '#kernel/instant.ts'
import { wireMoney } from '#kernel/money.ts'
import type { Tenant } from '#platform/http/caller.ts'
import type { PushDesk } from './desk.ts'
import type { Push } from './push-row.ts'
import { noTarget, pushNow } from './request.ts'
import { findTarget } from './store-targets.ts'
import type { Cause } from './write-push.ts'

// An order that nobody is hungry for, to try the way with: it goes like any other and is taken back when it has arrived.

export type TestWish = {
  readonly connectionId: string
  /** Null: an item that stands for none of the POS's own, by its name. */
  readonly itemId: string | null
  readonly channel: string
  /** The site, by id or slug; left out: the tenant's one. */
  readonly location?: string | undefined
}

const PRICE = 1n

/** Throws `push.no-target`, `push.test-nothing`, and what a channel's order is refused with. */
export async function testOrder(desk: PushDesk, tenant: Tenant, wish: TestWish, cause: Cause): Promise<Push> {
  const target = await desk.database.tenant(tenant.id, (tx) => findTarget(tx, tenant.id))
  if (target?.active !== true || target.connectionId !== wish.connectionId) throw noTarget()
  if (desk.takeOrder === undefined) {
    throw new Fault('unavailable', 'push.test-nothing', { say: 'This hub takes no orders, so none can be tried.' })
  }
  const at = instantText(cause.now)
  const price = wireMoney(PRICE, tenant.currency)
  const order = {
    channel: wish.channel,
    external_id: `test-${at}-${cause.requestId ?? ''}`.slice(0, 100),
    number: 'TEST',
    placed_at: at,
    currency: tenant.currency,
    ...(wish.location === undefined ? {} : { location: wish.location }),
    fulfilment: { kind: 'pickup' },
    customer: { name: 'Test order' },
    items: [{ item_id: wish.itemId, name: 'Test item, do not make', quantity: '1', unit_price: price }],
    total: price,
    payment: { state: 'due', method: 'cash' },
    note: 'TEST ORDER. Do not make it; it is taken back by itself.',
    test: true,
  }
  return pushNow(desk, tenant.id, await desk.takeOrder(tenant.id, order, cause), cause)
}
