import type { Id, TenantId } from '#kernel/ids.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import type { AccountConnected, GivenAccount } from '#modules/connections/for-orders.ts'
import type { ConnectionRef, Converse, LiveConnection } from '#modules/connections/live.ts'
import type { Orders, StoredOrder } from '#modules/orders/orders.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import type { Vault } from '#platform/vault/vault.ts'
import type { OutgoingOrder, PosArticle, SourceRecord } from '../../../connectors/contract.ts'
import type { PushMeter } from './meter.ts'
import type { Cause } from './write-push.ts'

/** What others do for pushes. */
export type PushHooks = {
  readonly orders: Pick<Orders, 'find' | 'progress' | 'cancelRefused'>
  readonly converse: Converse
  findLive(tx: Tx, ref: ConnectionRef): Promise<LiveConnection | null>
  /** Which articles of the POS a channel's items stand for. */
  articlesFor(
    tx: Tx,
    tenantId: TenantId,
    sold: { readonly connectionId: Id; readonly channel: string; readonly itemIds: readonly string[] },
  ): Promise<ReadonlyMap<string, PosArticle>>
  /** Keeps what the provider said of an order as its records, so that the sale stands. Repeatable. */
  keepRecords?(ref: ConnectionRef, records: readonly SourceRecord[]): Promise<unknown>
  /** Where the POS may tell how far it is with an order; null where it cannot reach us. */
  callbackUrl?(connection: LiveConnection, orderId: Id): Promise<string | null>
  /** The POS's own articles may have changed: they are to be read anew. */
  wantCatalog?(tx: Tx, ref: ConnectionRef, now: Instant): Promise<void>
  /** Whether the provider tells of changes by itself: then it is not asked. */
  isToldWell?(tx: Tx, ref: ConnectionRef): Promise<boolean>
  /** Hears that a connection has become the one that orders go to. */
  watchConnection?(tx: Tx, tenantId: TenantId, connectionId: Id, now: Instant): Promise<unknown>
  /** An account by its token, or the one that is connected already. */
  connectAccount?(tenantId: TenantId, given: GivenAccount, by: Cause): Promise<AccountConnected>
  /** Hands in an order as a channel would, in the shape of that address, and answers its id. */
  takeOrder?(tenantId: TenantId, given: Readonly<Record<string, unknown>>, by: Cause): Promise<Id>
  /** Says what it finds at named points, for tests that end a process there. */
  at?(point: string): Promise<void>
}

export type PushOptions = PushHooks & {
  readonly database: Database
  readonly vault: Vault
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly metrics: Pick<Metrics, 'counter' | 'gauge' | 'histogram'>
  /** How long something has been remembered is the machine's time, not the business's, which a test may move by days. */
  readonly monotonicMs?: () => number
}

export type PushDesk = Omit<PushOptions, 'metrics'> & {
  readonly meter: PushMeter
  /** `findLive`, of a connection that is well perhaps as it was a moment ago. */
  recall(tx: Tx, ref: ConnectionRef): Promise<LiveConnection | null>
  /** Somebody should look whether something of a connection is due. */
  wake(ref: ConnectionRef): void
}

/** An order and all that is needed to send it. */
export type Ready = {
  readonly stored: StoredOrder
  readonly connection: LiveConnection
  readonly outgoing: OutgoingOrder
}
