import { cursorText, readCursor } from '#kernel/cursor.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Desk } from './desk.ts'
import type { OrderRow } from './store.ts'
import { listRows, type OrderFilter, type OrderPosition } from './store-list.ts'
import type { PushStatus, PushSummary } from './stored-order.ts'
import { orderLineToWire } from './to-wire.ts'
import type { WireOrderLine } from './wire.ts'

// A page of orders with how far each is on its way into the POS. That is known elsewhere; who asks for one status alone
// is given what a bounded look found, and a cursor to look on.

export type OrderPage = { readonly data: WireOrderLine[]; readonly next_cursor: string | null }
export type Page = {
  readonly limit: number
  readonly cursor: string | null
  readonly push: readonly WantedPush[] | null
}

/** `none`: it goes to no POS. */
export type WantedPush = PushStatus | 'none'

const LOOKED_AT_ONCE = 200
const LOOKED_THROUGH_MAX = 2_000

/** Throws `cursor.unreadable`. */
export async function listOrders(
  tx: Tx,
  desk: Desk,
  tenantId: TenantId,
  filter: OrderFilter,
  page: Page,
): Promise<OrderPage> {
  let after = page.cursor === null ? null : positionOf(page.cursor)
  const data: WireOrderLine[] = []
  for (let looked = 0; looked < LOOKED_THROUGH_MAX; ) {
    const limit = page.push === null ? page.limit : LOOKED_AT_ONCE
    // One more than asked for tells whether there is a next page.
    const found = await listRows(tx, tenantId, filter, { limit: limit + 1, after })
    const rows = found.slice(0, limit)
    const pushes = await pushesOf(tx, desk, tenantId, rows)
    for (const [at, row] of rows.entries()) {
      const push = pushes.get(row.id) ?? null
      if (page.push === null || page.push.includes(push?.status ?? 'none')) data.push(orderLineToWire(row, push))
      after = { placedAt: row.placed_at, id: row.id }
      if (data.length === page.limit && (at + 1 < rows.length || found.length > limit)) {
        return { data, next_cursor: textOf(after) }
      }
    }
    if (found.length <= limit) return { data, next_cursor: null }
    looked += rows.length
  }
  return { data, next_cursor: after && textOf(after) }
}

async function pushesOf(
  tx: Tx,
  desk: Desk,
  tenantId: TenantId,
  rows: readonly OrderRow[],
): Promise<ReadonlyMap<Id, PushSummary>> {
  if (rows.length === 0 || desk.hooks.pushesOf === undefined) return new Map()
  return desk.hooks.pushesOf(
    tx,
    tenantId,
    rows.map((row) => row.id),
  )
}

function textOf({ placedAt, id }: OrderPosition): string {
  return cursorText([placedAt, id])
}

const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z')

function positionOf(cursor: string): OrderPosition {
  const [placedAt, id] = readCursor(cursor, 2)
  const ms = Number(placedAt)
  if (Number.isSafeInteger(ms) && ms >= 0 && ms <= LAST_MOMENT && isId(String(id))) {
    return { placedAt: instant(ms), id: String(id) as Id }
  }
  throw new Fault('invalid', 'cursor.unreadable', {
    say: 'This cursor is not one that the list gave. Start again without a cursor.',
    places: [{ pointer: '/cursor', detail: 'not a cursor of this list' }],
  })
}
