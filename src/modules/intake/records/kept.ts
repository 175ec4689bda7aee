import type { Id } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import type { SourceRecord } from '../../../../connectors/contract.ts'

// What goes into keeping records and what comes of it; `keep.ts` says how.

/** A record as it was told, by whom and when. */
export type SeenRecord = SourceRecord & {
  /**
   * When it was true for sure: the moment before its request was sent. For an object that a webhook brought along, its
   * receipt minus `WEBHOOK_AGE_MS`, since nobody knows how long it lay in the provider's queue.
   */
  readonly seenAt: Instant
  readonly from: 'webhook' | 'pull' | 'fetch'
}

export const WEBHOOK_AGE_MS = 60_000

/** What keeping needs beside its transaction, made before the transaction begins. */
export type Keeping = {
  /** Of the connection's tenant. */
  readonly sealer: Sealer
}

/** Who keeps, and on whose behalf. */
export type KeepOrigin = {
  readonly actor: string
  readonly requestId: string | null
  readonly now: Instant
  /**
   * The records are pages of a walk through a period. What one of them lacks comes with a later page, as a rule, so it is
   * only asked for by name when the walk did not bring it.
   */
  readonly walking?: boolean
}

/** Counted per sale and refund, as a sync log wants it, but for `records`. */
export type Kept = {
  readonly records: {
    readonly added: number
    readonly changed: number
    readonly unchanged: number
    /** Older than what stood; kept as history. */
    readonly late: number
  }
  readonly created: number
  readonly updated: number
  /** Sales that were read anew and say the same, and facts of which no record had changed. */
  readonly unchanged: number
  readonly late: number
  readonly refundsCreated: number
  readonly refundsUpdated: number
  readonly refundsUnchanged: number
  /** Facts that could not be read: their records are kept, what stood of them stands. */
  readonly quarantined: number
  /** Sales and refunds of places that are not among the connection's: kept raw, not filed. */
  readonly unplaced: number
  /** Those places, by the provider's id. Whoever knows the provider's list tells the unknown from the unchosen. */
  readonly unplacedLocations: readonly string[]
  /** Reads that were put down for later, since something is missing or not settled. */
  readonly due: number
  readonly drift: number
  /** Facts that were read anew, by the connector's names. */
  readonly subjects: readonly string[]
  /** Sales that were created or updated. */
  readonly changedSaleIds: readonly Id[]
  /** New or changed records that no fact hangs on, such as articles: for whoever keeps a catalogue. */
  readonly loose: readonly SeenRecord[]
}

export const NOTHING_KEPT: Kept = {
  records: { added: 0, changed: 0, unchanged: 0, late: 0 },
  created: 0,
  updated: 0,
  unchanged: 0,
  late: 0,
  refundsCreated: 0,
  refundsUpdated: 0,
  refundsUnchanged: 0,
  quarantined: 0,
  unplaced: 0,
  unplacedLocations: [],
  due: 0,
  drift: 0,
  subjects: [],
  changedSaleIds: [],
  loose: [],
}
