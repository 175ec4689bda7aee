import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'

// What connections and whoever pushes orders into them do for each other. What a merchant wants of pushed orders is kept
// there; a connection shows it and takes changes, since a person finds it here.

export type PushWishes = {
  /** New orders go by themselves. */
  readonly autoSyncOrders: boolean
  /** Phone and e-mail of the customer go along. */
  readonly syncCustomerInfo: boolean
  /** The POS's article by our item's id, where a person said so. */
  readonly itemMapping: Readonly<Record<string, string>>
}

export type PushWishChange = { readonly [Name in keyof PushWishes]?: PushWishes[Name] | undefined }

export type PushWishKeeper = {
  /** Of the tenant's connections, or of one of them. Of a connection that is left out nothing was ever said. */
  of(tx: Tx, tenantId: TenantId, connectionIds: readonly Id[]): Promise<ReadonlyMap<Id, PushWishes>>
  change(
    tx: Tx,
    tenantId: TenantId,
    connectionId: Id,
    change: PushWishChange,
    by: { readonly actor: string; readonly requestId: string | null; readonly now: Instant },
  ): Promise<void>
}

export type GivenAccount = {
  readonly posSystem: string
  /** Null: the account that is connected already is meant. */
  readonly credentials: Readonly<Record<string, string>> | null
  readonly refreshToken: string | null
  readonly expiresAt: Instant | null
  /** The provider's id of the account; null: by the token, or the only one that is connected. */
  readonly account: string | null
  /** The provider's place that is wanted, beside those that are chosen; null: all of a new account. */
  readonly location: string | null
}

export type AccountConnected = {
  readonly connectionId: Id
  /** `standing`: it was connected before, and its sign-in is as it was. */
  readonly how: 'made' | 'signed_in_again' | 'standing'
  /** Made by the hub for a system that lets it; shown this once. */
  readonly webhookSecret: string | null
}
