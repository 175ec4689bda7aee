import { cursorText, readCursor } from '#kernel/cursor.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { wireSales } from '#modules/mirror/sales.ts'
import { standingSaleIds } from '#modules/mirror/standing.ts'
import type { WireSale } from '#modules/mirror/wire.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import type { Vault } from '#platform/vault/vault.ts'
import type { Connector } from '../../../../connectors/contract.ts'
import { maskedJson } from '../records/masked.ts'
import { deliveryPlace, openBody } from '../records/sealed-body.ts'
import { INTAKE_LIVE_FAULTS } from './faults.ts'
import { restartDelivery } from './store-deliveries.ts'
import {
  findDelivery,
  type LogFilter,
  type LoggedDelivery,
  type LogPosition,
  listDeliveries,
  salesOfSubjects,
  type Where,
} from './store-log.ts'

// The log of deliveries as people use it: look through it, hold what was sent beside what we made of it, set one going
// again.

export type LogDesk = {
  readonly database: Database
  readonly vault: Vault
  findConnector(posSystem: string): Connector | null
  /** How a system's news reaches each of the tenant's connections to it that are not ended. */
  subscriptionsOf(tenantId: TenantId, posSystem: string): Promise<readonly Subscribed[]>
}

export type Subscribed = {
  readonly connectionId: Id
  readonly name: string
  readonly state: string
  readonly say: string
  readonly reason: string | null
  readonly url: string | null
  readonly checked_at: string | null
}

/** One page, newest first. Throws `cursor.unreadable`. */
export async function pageOfDeliveries(
  { database }: LogDesk,
  where: Where,
  filter: LogFilter,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<{ rows: LoggedDelivery[]; nextCursor: string | null }> {
  const after = page.cursor === null ? null : positionOf(page.cursor)
  // One more than asked for tells whether there is a next page.
  const found = await database.tenant(where.tenantId, (tx) =>
    listDeliveries(tx, where, filter, { limit: page.limit + 1, after }),
  )
  const rows = found.slice(0, page.limit)
  const last = rows.at(-1)
  const more = found.length > page.limit && last !== undefined
  return { rows, nextCursor: more ? cursorText([last.receivedAt, last.id]) : null }
}

export type DeliveryDetail = {
  readonly delivery: LoggedDelivery
  readonly headers: Record<string, string>
  /** Personal data covered; null where it is no JSON. */
  readonly payload: unknown
  readonly sales: WireSale[]
}

/** Throws `webhook.missing`. */
export async function getDelivery(desk: LogDesk, where: Where, id: string): Promise<DeliveryDetail> {
  const sealer = await desk.vault.tenant(where.tenantId)
  return desk.database.tenant(where.tenantId, async (tx) => {
    const delivery = await mustFind(tx, where, id)
    const personal = desk.findConnector(delivery.posSystem)?.live?.reader.personal ?? {}
    const text = openBody(sealer, delivery.body, deliveryPlace(where.connectionId, delivery.eventKey)).toString('utf8')
    const sales = await salesOfSubjects(tx, where, delivery.subjects)
    const ids = await standingSaleIds(tx, where, sales)
    return {
      delivery,
      headers: { ...delivery.headers },
      payload: maskedJson(text, Object.values(personal).flat()),
      sales: await wireSales(tx, where.tenantId, ids),
    }
  })
}

/** Sets a delivery that has ended going again. Throws `webhook.missing`, `webhook.busy`. */
export async function replayDelivery(desk: LogDesk, where: Where, id: string, now: Instant): Promise<LoggedDelivery> {
  return desk.database.tenant(where.tenantId, async (tx) => {
    const delivery = await mustFind(tx, where, id)
    if (await restartDelivery(tx, { ...where, id: delivery.id }, now)) return mustFind(tx, where, id)
    throw new Fault('conflict', 'webhook.busy', { say: INTAKE_LIVE_FAULTS['webhook.busy'] })
  })
}

async function mustFind(tx: Tx, where: Where, id: string) {
  const found = isId(id) ? await findDelivery(tx, where, id) : null
  if (found !== null) return found
  throw new Fault('missing', 'webhook.missing', { say: INTAKE_LIVE_FAULTS['webhook.missing'] })
}

function positionOf(cursor: string): LogPosition {
  const [at, id] = readCursor(cursor, 2)
  const receivedAt = Number(at)
  // Further off than this a moment is not written as the database reads it.
  if (Number.isSafeInteger(receivedAt) && receivedAt >= 0 && receivedAt < 1e14 && isId(String(id))) {
    return { receivedAt: instant(receivedAt), id: String(id) as Id }
  }
  throw new Fault('invalid', 'cursor.unreadable', { say: 'This cursor is not one that the list gave.' })
}
