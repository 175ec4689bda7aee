import type { Clock } from '#kernel/instant.ts'
import type { ConnectionRef, Converse, LiveConnection } from '#modules/connections/live.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import type { Vault } from '#platform/vault/vault.ts'

/** What reading a system by ourselves works with. */
export type Syncing = {
  readonly database: Database
  readonly clock: Clock
  readonly vault: Vault
  readonly converse: Converse
  /** Null: there is none, or it is one that nothing is asked of. */
  findConnection(tx: Tx, ref: ConnectionRef): Promise<LiveConnection | null>
  /** Whether the provider tells by itself what happens, as far as can be seen: then it is asked less often. */
  isToldWell(tx: Tx, ref: ConnectionRef): Promise<boolean>
  readonly meter: SyncMeter
}

/** What is counted. Labels take few values: no tenant and no id. */
export type SyncMeter = {
  page(system: string, stream: string, records: number): void
  ended(mode: string, state: string): void
  dueRead(outcome: 'kept' | 'missing' | 'given_up' | 'failed', count: number): void
}

export function syncMeter(metrics: Metrics): SyncMeter {
  const pages = metrics.counter('tillwire_sync_pages_total', 'Pages read from systems, by stream.', [
    'provider',
    'stream',
  ])
  const records = metrics.counter('tillwire_sync_records_total', 'Records on those pages, repeats too.', [
    'provider',
    'stream',
  ])
  const runs = metrics.counter('tillwire_syncs_total', 'Syncs that ended, by mode and how.', ['mode', 'state'])
  const dueReads = metrics.counter(
    'tillwire_due_reads_total',
    'Records that were read again because something was missing or not settled, by what came of it.',
    ['outcome'],
  )
  return {
    page(provider, stream, count) {
      pages.inc({ provider, stream })
      records.inc({ provider, stream }, count)
    },
    ended: (mode, state) => runs.inc({ mode, state }),
    dueRead: (outcome, count) => dueReads.inc({ outcome }, count),
  }
}
