import { mkdir, rm } from 'node:fs/promises'
import { type AddressInfo, createServer as createNetServer } from 'node:net'
import path from 'node:path'
import { Fault } from '#kernel/fault.ts'
import type { Clock } from '#kernel/instant.ts'
import { allTenants, setUpLink } from '#modules/access/access.ts'
import { recoverImports } from '#modules/intake/recover.ts'
import { databaseProbes } from '#platform/http/health.ts'
import { createIdempotencyStore } from '#platform/http/idempotency.ts'
import { createServer } from '#platform/http/server.ts'
import { openOutbox } from '#platform/outbox/outbox.ts'
import { createQueue } from '#platform/queue/queue.ts'
import { createTicker } from '#platform/queue/ticker.ts'
import { createLog, type Log, type LogLevel } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { followClock, SYSTEM_CLOCK } from './clock.ts'
import { compose, type Hub, makeScratchDir } from './compose.ts'
import { type FolderLock, lockFolder } from './data-folder.ts'
import { ownSignIns } from './own-sign-ins.ts'
import { openProviders, systemsOf } from './providers.ts'
import { findWebDir, readVersion, type Settings } from './settings.ts'
import { openStorage, type Storage } from './storage.ts'

// A hub, from nothing to answering, and back. Each step undoes itself at the end, in the opposite order.

/** The shop of `npm run demo`. */
export const DEMO_SLUG = 'demo'

export type RunningHub = {
  readonly url: URL
  readonly hub: Hub
  readonly storage: Storage
  readonly log: Log
  readonly clock: Clock
  /** The one-time link for the first owner; null once there is one. */
  readonly setUpLink: string | null
  /** Where the root key was just written; null when it was there before. */
  readonly rootKeyMadeAt: string | null
  stop(): Promise<void>
}

export type HubOptions = {
  readonly settings: Settings
  readonly kind: 'live' | 'demo'
  readonly log?: Log
  readonly clock?: Clock
}

export async function startHub(options: HubOptions): Promise<RunningHub> {
  const { settings } = options
  const log = options.log ?? createLog({ level: settings.logLevel as LogLevel })
  const undo: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) {
      await step().catch((error: unknown) => log.error({ err: error }, 'something did not end in order'))
    }
  }
  try {
    const clock = options.clock ?? (await openClock(settings, undo))
    const lock = await lockFolder(settings.dataDir)
    undo.push(() => lock.release())
    // Asked before anything is made: a start that cannot serve must not leave a new root key behind that nobody was told of.
    await checkPort(settings)
    const storage = await openStorage(settings, clock, (sentence, detail) => log.info(detail ?? {}, sentence))
    undo.push(() => storage.close('stop'))
    return await assemble(options, { clock, log, lock, storage, undo, stop })
  } catch (error) {
    await stop()
    throw error
  }
}

async function openClock({ clockUrl }: Settings, undo: (() => Promise<unknown>)[]): Promise<Clock> {
  if (clockUrl === null) return SYSTEM_CLOCK
  const followed = await followClock(clockUrl)
  undo.push(async () => followed.stop())
  return followed.clock
}

type Parts = {
  readonly clock: Clock
  readonly log: Log
  readonly lock: FolderLock
  readonly storage: Storage
  readonly undo: (() => Promise<unknown>)[]
  readonly stop: () => Promise<void>
}

async function assemble(options: HubOptions, parts: Parts): Promise<RunningHub> {
  const { settings, kind } = options
  const { clock, log, lock, storage, undo, stop } = parts
  const outbox = openOutbox({
    database: storage.database,
    clock,
    say: (sentence, detail) => log.warn(detail ?? {}, sentence),
    report: (trouble) => log.error(trouble, 'a follower of the outbox failed'),
  })
  const { database } = outbox
  const scratchParent = path.join(settings.dataDir, 'scratch')
  // Whatever a killed process spilled is of no use to anybody.
  await rm(scratchParent, { recursive: true, force: true })
  await mkdir(scratchParent, { recursive: true, mode: 0o700 })
  const metrics = createMetrics()
  const providers = openProviders(settings)
  const hub = compose({
    metrics,
    systems: systemsOf(providers),
    keys: { vault: storage.rootKey.derive('vault'), fingerprint: storage.rootKey.derive('fingerprints') },
    database,
    outbox,
    clock,
    log,
    publicBase: settings.publicUrl,
    hubKind: kind,
    signInSecret: storage.rootKey.derive('sign-in').toString('base64'),
    scratchDir: await makeScratchDir(scratchParent),
    importBytesMax: settings.importBytesMax,
    mail: settings.mail,
    whatsapp: settings.whatsapp,
    drop: settings.dropDir === null ? null : { dir: settings.dropDir, seconds: settings.dropSeconds },
  })
  undo.push(() => hub.access.close())
  undo.push(() => hub.live.stop())
  undo.push(() => hub.notices.stop())
  undo.push(() => hub.orders.stop())
  undo.push(() => hub.intake.background.stop())
  const server = await createServer({
    routes: hub.routes,
    authenticate: hub.access.authenticate,
    resolveTenant: hub.access.resolveTenant,
    idempotency: createIdempotencyStore(database),
    log,
    metrics,
    clock,
    publicBase: settings.publicUrl,
    trustProxy: settings.trustProxy,
    metricsToken: settings.metricsToken,
    probes: databaseProbes(database),
    webDir: findWebDir(),
    version: readVersion(),
  })
  await outbox.start()
  undo.push(() => outbox.stop())
  const queue = createQueue({
    database,
    tasks: hub.tasks,
    report: (trouble) => log.error(trouble, 'a job failed'),
    say: (sentence, detail) => log.warn(detail ?? {}, sentence),
  })
  await queue.start()
  undo.push(() => queue.stop())
  // Only the process that has the data folder to itself knows that nobody else is in the middle of these.
  await recoverImports(hub.intake, clock.now(), settings.databaseUrl === null ? 0 : 60_000)
  undo.push(() => hub.demoTrade.stop())
  for (const tenant of await allTenants(database)) {
    // The demonstration's own shop trades at a simulated till instead.
    if (tenant.kind !== 'demo' || tenant.slug === DEMO_SLUG) continue
    hub.demoTrade
      .begin(tenant)
      .catch((error: unknown) => log.error({ err: error, tenant: tenant.id }, 'demonstration data could not be made'))
  }
  const given = { database, connections: hub.live.connections, log, given: providers.ownCredentials() }
  const steps = [...hub.steps, { name: 'own-sign-ins', ...ownSignIns(given) }]
  const ticker = createTicker(clock, steps, (step, error) => log.error({ step, err: error }, 'a step failed'))
  ticker.start()
  undo.push(() => ticker.stop())
  // Before the steps are waited for: a large file would hold them up.
  undo.push(async () => hub.dropFolder?.stop())
  await server.listen({ port: settings.port, host: settings.host }).catch((cause: NodeJS.ErrnoException) => {
    throw portFault(cause, settings.host, settings.port)
  })
  undo.push(() => server.close())
  const url = addressOf(server.server.address() as AddressInfo)
  await lock.say(url.href)
  const link = kind === 'live' ? await setUpLink(database, settings.publicUrl, clock) : null
  return { url, hub, storage, log, clock, setUpLink: link, rootKeyMadeAt: storage.rootKey.madeAt, stop }
}

/** Throws `hub.port-taken` or `hub.port-denied`. */
function checkPort({ host, port }: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createNetServer()
    probe.once('error', (cause: NodeJS.ErrnoException) => reject(portFault(cause, host, port)))
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}

function portFault(cause: NodeJS.ErrnoException, host: string, port: number): unknown {
  if (cause.code === 'EADDRINUSE') {
    const say = `Something else already listens on port ${port} of ${host}. End it, or set PORT to another number.`
    return new Fault('conflict', 'hub.port-taken', { say, cause })
  }
  if (cause.code === 'EACCES' || cause.code === 'EADDRNOTAVAIL') {
    const say = `This user may not listen on port ${port} of ${host}, or the address is none of this machine. Mend PORT or HOST.`
    return new Fault('denied', 'hub.port-denied', { say, cause })
  }
  return cause
}

function addressOf(address: AddressInfo): URL {
  return new URL(`http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`)
}
