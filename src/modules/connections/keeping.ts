import type { Clock } from '#kernel/instant.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Vault } from '#platform/vault/vault.ts'
import type {
  Application,
  Connector,
  Credentials,
  Environment,
  Link,
  PosSystem,
  Talk,
} from '../../../connectors/contract.ts'
import type { Asked, ConverseOptions } from './converse-options.ts'
import type { ConnectionRef, Priority } from './live.ts'
import type { ConnectionMeter } from './meter.ts'

// What the parts of this module are given to work with.

/** The systems that there are, and what the hub's settings say of each. */
export type Systems = {
  /** Null for a word that is no system, or one that no connector serves yet. */
  findConnector(posSystem: string): Connector | null
  /** Scheme and host, without a slash at the end: the connector's own, or what a setting puts in its place. */
  baseUrlOf(posSystem: PosSystem, environment: Environment): string
  /** The same for one connection: a merchant may have an address of his own. What a setting says wins. */
  addressOf(
    posSystem: PosSystem,
    environment: Environment,
    credentials: Credentials,
  ): Pick<Asked, 'baseUrl' | 'addressBy' | 'guarded'>
  /** The program that the provider knows this hub as; null when the settings do not say. */
  applicationOf(posSystem: PosSystem, environment: Environment): Application | null
  /** Names of the settings that an application needs, for telling a person what is missing. */
  applicationSettings(posSystem: PosSystem): readonly string[]
}

/** Asks a provider with a sign-in that is not stored. Throws `CallFailed` with the last verdict. */
export type ConverseWith = <T>(
  asked: Asked,
  priority: Priority,
  talk: (link: Link) => Talk<T>,
  options?: { readonly signal?: AbortSignal },
) => Promise<T>

export type Keeping = {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly vault: Vault
  /** Key of the fingerprints by which credentials are told apart. 32 bytes. */
  readonly fingerprintKey: Buffer
  readonly systems: Systems
  readonly converseWith: ConverseWith
  readonly meter: ConnectionMeter
  /** Where the world reaches the hub. */
  readonly publicBase: URL
}

/** Keeps the sign-ins: what `createConverse` needs, and what forgets. */
export type LinkKeeper = ConverseOptions & {
  readonly keeping: Keeping
  /** Forgets what is remembered of a connection that was changed. */
  forget(ref: ConnectionRef): void
}
