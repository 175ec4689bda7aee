import type { Order, OrderProgress } from '#canon/order.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'

// What travels through the door: an order as it stands, and what this module asks of others, who hand it in.

/** How far an order is; `cancel_requested`: its channel asked to take it back, and nobody has answered yet. */
export type OrderState = OrderProgress | 'cancel_requested'

export type StoredOrder = {
  /** With its personal parts, opened. Where they were erased: no customer, no address, no notes. */
  readonly order: Order
  readonly siteId: Id
  readonly tenantId: TenantId
  /** 1, and one more with every change of what was ordered. */
  readonly version: number
  readonly progress: OrderState
  readonly progressAt: Instant
  /** When it will be ready, by the POS's last word; null: not said. */
  readonly readyAt: Instant | null
  readonly createdAt: Instant
  /** Who said at the counter how far it is, instead of the POS: `person:<id>` or `key:<id>`. */
  readonly handledBy: string | null
}

export type ProgressReport = {
  readonly progress: OrderProgress
  /** When it was so. */
  readonly at: Instant
  /** `pos`, `channel`, or whoever said it: `person:<id>`, `key:<id>`. */
  readonly by: string
  /** Why it was cancelled, as far as anybody said. No personal data. */
  readonly reason: string | null
  readonly readyAt: Instant | null
}

/** How far an order is on its way into the POS, as lists and the single order show it. */
export type PushSummary = {
  readonly pushId: Id
  readonly connectionId: Id
  readonly status: PushStatus
  /** `unknown`: it may be in the POS or not. */
  readonly outcome: 'unknown' | null
  /** The POS's id of the order. */
  readonly posOrderId: string | null
  /** What a person at the POS sees. */
  readonly posOrderNumber: string | null
  readonly retryCount: number
  readonly nextTryAt: Instant | null
  readonly errorCode: string | null
  readonly waitsForPerson: boolean
}

export const PUSH_STATUSES = ['pending', 'syncing', 'retry', 'success', 'failed'] as const
export type PushStatus = (typeof PUSH_STATUSES)[number]

/** What others know and this module asks for. Each may be left out, and then nothing is known of it. */
export type OrderHooks = {
  /** Which of these ids the channel's catalogue has; null where it has no catalogue. */
  knownItems?(tx: Tx, tenantId: TenantId, channel: string, ids: readonly string[]): Promise<ReadonlySet<string> | null>
  /** What would be sent to the POS for an order that is not stored: plain JSON for the answer of a dry run. */
  preview?(tx: Tx, order: StoredOrder): Promise<Readonly<Record<string, unknown>> | null>
  pushesOf?(tx: Tx, tenantId: TenantId, orderIds: readonly Id[]): Promise<ReadonlyMap<Id, PushSummary>>
  /** Whether the order goes, or went, to a POS: then a wish to cancel is answered there. */
  hasPush?(tx: Tx, tenantId: TenantId, orderId: Id): Promise<boolean>
}
