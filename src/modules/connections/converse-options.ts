import type { Instant } from '#kernel/instant.ts'
import type { CallFailed, Link, Live, PosSystem } from '../../../connectors/contract.ts'
import type { ConnectionRef, LiveConnection } from './live.ts'

// What a conversation must be told of a connection, and whom it asks when the provider does not accept the sign-in.
// It stores nothing itself: whoever keeps the credentials answers here.

/** A connection at the moment of a call, its secrets opened. */
export type Linked = {
  readonly posSystem: PosSystem
  readonly live: Live
  readonly link: Link
  /** Scheme and host that is asked, without a slash at the end. */
  readonly baseUrl: string
  /** Who says so: the merchant, or the connector and the hub's settings. */
  readonly addressBy: 'merchant' | 'hub'
  /** A tenant's word must not lead the hub into its own house. */
  readonly guarded: boolean
  readonly state: LiveConnection['state']
  /** Rises with every change of the credentials, so that a refusal of older ones says nothing of these. */
  readonly credentialsVersion: number
  /** When the sign-in ends by itself; null: it does not, or nobody said. */
  readonly expiresAt: Instant | null
  /**
   * Whose calls the provider counts together, such as system, environment and account. Never a secret: it stands in
   * the state that screens show.
   */
  readonly budget: string
}

/** What came of asking for a newer sign-in. */
export type Renewal =
  /** A newer one than the version that was named is stored, whether by this call or by somebody else meanwhile. */
  | { readonly kind: 'renewed'; readonly linked: Linked }
  /** There is nothing to renew it with, or the provider refused that too: only a person can help. */
  | { readonly kind: 'impossible' }
  /** It could not be asked for just now; the sign-in may still be mended later. */
  | { readonly kind: 'later'; readonly verdict: CallFailed['verdict'] }

export type ConverseOptions = {
  /**
   * Opens the connection as it is stored now. Throws a Fault `connections.unknown` (kind `missing`) when there is none.
   * May be remembered for a moment, but never past a change that this process made itself, and not at all where the
   * newest is asked for.
   */
  linkOf(ref: ConnectionRef, how?: 'newest'): Promise<Linked>
  /**
   * Renews the sign-in once, however many callers and processes ask, and stores the new one before answering. Answers
   * `renewed` without asking the provider when the stored version is already above `credentialsVersion`.
   */
  renew(ref: ConnectionRef, credentialsVersion: number): Promise<Renewal>
  /**
   * The provider refused the sign-in of this version and nothing but a person can help. Changes nothing when a newer
   * version is stored. `code` is the provider's word, for the log and the screen.
   */
  markNeedsSignIn(ref: ConnectionRef, refusal: { credentialsVersion: number; code: string }): Promise<void>
}

/** For asking with a sign-in that is not stored (yet): its check, an exchange of a code, a renewal itself. */
export type Asked = Pick<Linked, 'posSystem' | 'live' | 'link' | 'baseUrl' | 'addressBy' | 'guarded' | 'budget'>
