import { createHash } from 'node:crypto'
import type { Clock, Instant } from '#kernel/instant.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import type { Database } from '#platform/postgres/database.ts'
import { type Log, SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics, type Metrics } from '#platform/telemetry/metrics.ts'
import { openVault } from '#platform/vault/vault.ts'
import type { Connector, Environment } from '../../../connectors/contract.ts'
import { createConverse, createConverseWith } from './converse.ts'
import { createCaller } from './converse-call.ts'
import type { Desk } from './desk.ts'
import { createEndpoints } from './endpoints.ts'
import type { Systems } from './keeping.ts'
import { createLinkKeeper } from './link-keeper.ts'
import { connectionMeter } from './meter.ts'
import { TEST_APPLICATION } from './test-provider.ts'

// The module put together as the hub does it, for tests that give it a provider of their own.

export type TestDeskOptions = {
  readonly database: Database
  readonly connector: Connector
  readonly urls: Readonly<Record<Environment, string>>
  /** Where each merchant is reached, where that differs. */
  readonly addressOf?: Systems['addressOf']
  readonly clock?: Clock
  readonly log?: Log
  readonly publicBase?: string
  /** Credentials of the application itself; null: there is no application. */
  readonly application?: { readonly id?: string; readonly secret: string | null; readonly token: string | null } | null
  readonly onPlacesChosen?: Desk['onPlacesChosen']
}

export type TestDesk = { readonly desk: Desk; readonly metrics: Metrics; close(): Promise<void> }

const ROOT = createHash('sha256').update('a root key of tests').digest()
const SYSTEM_CLOCK: Clock = { now: () => Date.now() as Instant }

export function openTestDesk(options: TestDeskOptions): TestDesk {
  const { database, connector, urls, clock = SYSTEM_CLOCK, log = SILENT_LOG, application = null } = options
  const metrics = createMetrics()
  const systems: Systems = {
    findConnector: (posSystem) => (posSystem === connector.id ? connector : null),
    baseUrlOf: (_posSystem, environment) => urls[environment],
    addressOf:
      options.addressOf ??
      ((_posSystem, environment) => ({ baseUrl: urls[environment], addressBy: 'hub', guarded: false })),
    applicationOf: () =>
      application && {
        id: application.id ?? TEST_APPLICATION.id,
        secret: application.secret,
        credentials: application.token === null ? {} : { access_token: application.token },
      },
    applicationSettings: () => ['ACME_APPLICATION_ID', 'ACME_APPLICATION_SECRET'],
  }
  const outbound = createOutbound({ clock, random: Math.random, metrics })
  const caller = createCaller({ outbound, log, metrics })
  const keeping = {
    database,
    clock,
    log,
    systems,
    vault: openVault({ database, clock, rootKey: ROOT }),
    fingerprintKey: ROOT,
    converseWith: createConverseWith(caller),
    meter: connectionMeter(metrics),
    publicBase: new URL(options.publicBase ?? 'http://localhost:9010'),
  }
  const keeper = createLinkKeeper(keeping)
  const desk: Desk = {
    ...keeping,
    keeper,
    endpoints: createEndpoints({ ...keeping }),
    converse: createConverse({ caller, clock, ...keeper }),
    onPlacesChosen: options.onPlacesChosen ?? (async () => undefined),
  }
  return { desk, metrics, close: () => outbound.close() }
}
