import { type Connections, openConnections } from '#modules/connections/open.ts'
import { type LiveIntake, openLiveIntake } from '#modules/intake/live-intake.ts'
import { startFirstSync } from '#modules/intake/sync/start.ts'
import { mappingOf, replaceMapping } from '#modules/matching/matching.ts'
import { takingsBetween } from '#modules/mirror/takings.ts'
import { createPushWishes } from '#modules/pushes/wishes.ts'
import type { Tenant } from '#platform/http/caller.ts'
import type { Route } from '#platform/http/route.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import type { TaskHandler } from '#platform/queue/task.ts'
import type { TickStep } from '#platform/queue/ticker.ts'
import type { Vault } from '#platform/vault/vault.ts'
import type { Foundation } from './foundation.ts'

// Everything that asks providers and is told by them, put together: one way out (budget, breaker), one way in.

export type LiveSystems = {
  readonly connections: Connections
  readonly sourcesOf: LiveIntake['sourcesOf']
  readonly keep: LiveIntake['keep']
  readonly wantCatalog: LiveIntake['wantCatalog']
  readonly routes: readonly Route[]
  readonly tasks: readonly TaskHandler[]
  readonly steps: readonly TickStep[]
  /** Ends what is under way and waits for it. */
  stop(): Promise<void>
}

export type LiveOptions = Pick<
  Foundation,
  'database' | 'clock' | 'log' | 'publicBase' | 'systems' | 'keys' | 'metrics'
> & { readonly vault: Vault; tenantOf(tenantId: Tenant['id']): Promise<Tenant>; hasUrgent(): boolean }

export function composeLive(options: LiveOptions): LiveSystems {
  const { database, clock, metrics, systems, keys, vault } = options
  const outbound = createOutbound({ clock, random: Math.random, metrics })
  const connections = openConnections({
    ...options,
    vault,
    outbound,
    fingerprintKey: keys.fingerprint,
    ourFigures: (tenantId, asked) => database.tenant(tenantId, (tx) => takingsBetween(tx, tenantId, asked)),
    siteDefaultsOf: options.tenantOf,
    onPlacesChosen: startFirstSync,
    pushWishes: createPushWishes({ mappingOf, replaceMapping }),
  })
  const intake = openLiveIntake({ ...options, vault, connections, findConnector: systems.findConnector })
  return {
    connections,
    sourcesOf: intake.sourcesOf,
    keep: intake.keep,
    wantCatalog: intake.wantCatalog,
    routes: [...connections.routes, ...intake.routes],
    tasks: intake.tasks,
    steps: [...connections.steps, ...intake.steps],
    async stop() {
      await intake.stop()
      await outbound.close()
    },
  }
}
