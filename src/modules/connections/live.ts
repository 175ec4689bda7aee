import type { CurrencyCode } from '#kernel/currency.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { LocalDate } from '#kernel/instant.ts'
import type {
  CallFailed,
  DataType,
  Environment,
  Link,
  Live,
  PosSystem,
  ProviderAnswer,
  ProviderCall,
  Talk,
} from '../../../connectors/contract.ts'

// A connection to a system that is asked and that tells: what intake may know of it. Its secrets stay here; whoever wants
// to ask the provider something hands over a talk.

export type LiveConnection = {
  readonly tenantId: TenantId
  readonly id: Id
  readonly posSystem: PosSystem
  readonly name: string
  /** `needs_sign_in`: the provider no longer accepts the sign-in; nothing is asked until a person signs in again. */
  readonly state: 'active' | 'needs_sign_in' | 'disconnected'
  readonly environment: Environment
  /** The provider's id of the account. */
  readonly account: string
  readonly live: Live
  /** The provider's places that were chosen, each with its site. A fact of any other place is not ours to keep. */
  readonly places: ReadonlyMap<string, ConnectedPlace>
  readonly dataTypes: readonly DataType[]
  /** The first day wanted of the past; null: as far as the provider shows. */
  readonly backfillFrom: LocalDate | null
}

export type ConnectedPlace = {
  readonly externalId: string
  readonly siteId: Id
  readonly currency: CurrencyCode | null
  readonly country: string | null
}

/**
 * Whose call goes first when calls are scarce: an order that somebody waits for, then what just happened, then what is
 * missing, then the past.
 */
export type Priority = 'order' | 'live' | 'repair' | 'backfill'

/**
 * The only way to ask a provider: has the talk with the connection's sign-in, within its budget, behind its breaker, and
 * answers what it returned. Refreshes the sign-in when it is due or refused (once), repeats what may be repeated.
 * `talk` may be begun anew. Throws `CallFailed` with the last verdict; and a Fault `connections.sign-in-needed`,
 * `connections.disconnected`. Never call it inside a transaction.
 */
export type Converse = <T>(
  connection: ConnectionRef,
  priority: Priority,
  talk: (link: Link) => Talk<T>,
  options?: ConverseHow,
) => Promise<T>

export type ConverseHow = {
  readonly signal?: AbortSignal
  /** Each call is tried once: neither too many calls nor a provider that is not well is waited for. */
  readonly once?: boolean
  readonly watch?: CallWatch
}

/** Sees each try of each call of a talk, the one after a renewed sign-in too. */
export type CallWatch = {
  /** Before its first byte leaves. What it throws keeps the call from being made and leaves the talk. */
  before(call: ProviderCall): Promise<void>
  after(call: ProviderCall, ended: CallEnding): Promise<void>
}

export type CallEnding = {
  /** Null: no answer came, or none that could be taken. */
  readonly answer: ProviderAnswer | null
  readonly verdict: { readonly kind: 'ok' } | CallFailed['verdict']
  readonly neverSent: boolean
  readonly tookMs: number
}

export type ConnectionRef = { readonly tenantId: TenantId; readonly id: Id }
