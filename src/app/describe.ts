import { tmpdir } from 'node:os'
import type { Instant } from '#kernel/instant.ts'
import type { Route } from '#platform/http/route.ts'
import { openOutbox } from '#platform/outbox/outbox.ts'
import { openDatabase } from '#platform/postgres/database.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { compose } from './compose.ts'
import { openProviders, systemsOf } from './providers.ts'

/** Every route of the hub, for whoever describes them. Connections open at first use, and here nothing is used. */
export async function describeRoutes(): Promise<readonly Route[]> {
  const clock = { now: () => 0 as Instant }
  const database = openDatabase({ url: 'postgres://nobody@localhost/nothing' })
  const hub = compose({
    database,
    outbox: openOutbox({ database, clock }),
    clock,
    log: SILENT_LOG,
    signInSecret: 'no session is signed with this one',
    publicBase: new URL('http://localhost:9010'),
    hubKind: 'live',
    scratchDir: tmpdir(),
    drop: null,
    mail: null,
    whatsapp: null,
    metrics: createMetrics(),
    systems: systemsOf(openProviders({ providers: new Map(), privateAddresses: 'refuse' })),
    keys: { vault: Buffer.alloc(32), fingerprint: Buffer.alloc(32) },
    importBytesMax: 2 * 1024 ** 3,
  })
  await hub.access.close()
  await database.close()
  return hub.routes
}
