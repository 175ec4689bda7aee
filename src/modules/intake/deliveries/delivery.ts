import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { WebhookReading } from '../../../../connectors/contract.ts'

// A delivery: what a provider told us by itself, from its receipt until it is known what became of it.
//   received   waits, or somebody works at it
//   processed  what it spoke of was read and kept
//   ignored    nothing of it is of interest, or what it speaks of is not to be had
//   failed     it cannot be used, or was tried too often; a person may set it going again
// Only `received` has a due time, and only a claim that lasts lets anybody work at it.

export type DeliveryOutcome = 'received' | 'processed' | 'ignored' | 'failed'

export const DELIVERY_OUTCOMES = ['received', 'processed', 'ignored', 'failed'] as const

/** A verified delivery as it is to be kept. */
export type NewDelivery = {
  readonly tenantId: TenantId
  readonly connectionId: Id
  readonly id: Id
  readonly posSystem: string
  /** The provider's id of the event, or a hash of its content: a repeat has the same. */
  readonly eventKey: string
  readonly eventId: string | null
  readonly type: string
  readonly occurredAt: Instant | null
  readonly receivedAt: Instant
  readonly headers: Readonly<Record<string, string>>
  /** As it was sent; sealed when it is written. */
  readonly body: Uint8Array
  readonly sealed: Uint8Array
  readonly ending: Ending | null
  /** What it says, for whoever works at it next. Null where it could not be read. */
  readonly reading: WebhookReading | null
}

/** How work at a delivery ended. */
export type Ending = {
  readonly outcome: Exclude<DeliveryOutcome, 'received'>
  readonly code: string | null
  readonly say: string | null
}

/** A delivery that this process may work at while its claim lasts. */
export type ClaimedDelivery = {
  readonly tenantId: TenantId
  readonly connectionId: Id
  readonly posSystem: string
  readonly id: Id
  readonly eventKey: string
  readonly receivedAt: Instant
  readonly claimNo: number
  /** This try included. */
  readonly attempts: number
  readonly again: boolean
  readonly content: { readonly reading: WebhookReading } | { readonly sealed: Uint8Array }
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Pauses between tries, the first after the first try; after the last try it has failed. About a week in all. */
export const RETRY_PAUSES_MS: readonly number[] = [
  SECOND,
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  ...Array.from({ length: 24 }, () => HOUR),
  ...Array.from({ length: 24 }, () => 6 * HOUR),
]
