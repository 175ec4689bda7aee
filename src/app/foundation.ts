import type { Clock } from '#kernel/instant.ts'
import type { Systems } from '#modules/connections/keeping.ts'
import type { Outbox } from '#platform/outbox/outbox.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import type { Settings } from './settings.ts'

/** What the hub's parts are put together upon. */
export type Foundation = {
  /** The outbox's own handle, whose commits wake the followers. */
  readonly database: Database
  readonly outbox: Outbox
  readonly clock: Clock
  readonly log: Log
  readonly signInSecret: string
  readonly publicBase: URL
  readonly hubKind: 'live' | 'demo'
  readonly scratchDir: string
  readonly importBytesMax: number
  readonly drop: { readonly dir: string; readonly seconds: number } | null
  readonly metrics: Metrics
  readonly systems: Systems
  readonly mail: Settings['mail']
  readonly whatsapp: Settings['whatsapp']
  /** Derived from the root key, 32 bytes each. */
  readonly keys: { readonly vault: Buffer; readonly fingerprint: Buffer }
}
