import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Endpoints } from './endpoints.ts'
import type { PushWishKeeper } from './for-orders.ts'
import type { Keeping, LinkKeeper } from './keeping.ts'
import type { ConnectionRef, Converse } from './live.ts'

/** All that the addresses and the steps of this module work with. */
export type Desk = Keeping & {
  readonly keeper: LinkKeeper
  readonly endpoints: Endpoints
  readonly converse: Converse
  /** Left out: no orders are pushed in this hub. */
  readonly pushWishes?: PushWishKeeper | undefined
  /**
   * Hears, in the transaction that does it, that places of a connection were chosen: its sales are wanted from now on.
   * Safe to hear again.
   */
  onPlacesChosen(tx: Tx, ref: ConnectionRef, by: ChosenBy): Promise<void>
}

export type ChosenBy = { readonly actor: string; readonly requestId: string | null; readonly now: Instant }
