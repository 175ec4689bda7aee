import { mkdir } from 'node:fs/promises'
import { connectorOf } from '#connectors/registry.ts'
import { newId, type TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { type Access, createAccess } from '#modules/access/access.ts'
import { listMembers } from '#modules/access/people.ts'
import { findTenant, type OnTenantCreated } from '#modules/access/tenants.ts'
import { createBackground } from '#modules/intake/background.ts'
import { intakeTasks } from '#modules/intake/intake.ts'
import type { Intake } from '#modules/intake/keep.ts'
import { recoverImports } from '#modules/intake/recover.ts'
import { intakeRoutes } from '#modules/intake/routes.ts'
import { prepareMonths } from '#modules/mirror/mirror.ts'
import { mirrorRoutes } from '#modules/mirror/routes.ts'
import { type Notices, openNotices } from '#modules/notices/open.ts'
import { siteRoutes } from '#modules/sites/routes.ts'
import { createSite } from '#modules/sites/sites.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { pruneIdempotencyKeys } from '#platform/http/idempotency.ts'
import type { Route } from '#platform/http/route.ts'
import type { TaskHandler } from '#platform/queue/task.ts'
import type { TickStep } from '#platform/queue/ticker.ts'
import { openVault } from '#platform/vault/vault.ts'
import { createDemoTrade, type DemoTrade } from './demo/demo-trade.ts'
import { demoRoutes } from './demo/routes.ts'
import { createDropFolder, type DropFolder } from './drop-folder.ts'
import type { Foundation } from './foundation.ts'
import { insightsRoutesOf } from './insights.ts'
import { liveEventRoutes } from './live-events.ts'
import { composeLive, type LiveSystems } from './live-systems.ts'
import { composeOrders, type OrderSystems } from './order-systems.ts'

// The composition root: plain calls, one place where concrete things meet. A missing piece is a compile error.

export type Hub = {
  readonly access: Access
  readonly routes: readonly Route[]
  readonly tasks: readonly TaskHandler[]
  readonly steps: readonly TickStep[]
  readonly intake: Intake
  readonly live: LiveSystems
  readonly notices: Notices
  readonly orders: OrderSystems
  readonly demoTrade: DemoTrade
  /** Null where no folder is looked at. */
  readonly dropFolder: DropFolder | null
}

/** How long an import must not have moved before another process may take it up. */
const IMPORT_STALLED_MS = 60_000

export function compose(foundation: Foundation): Hub {
  const { database, outbox, clock, log, publicBase, hubKind } = foundation
  const access = createAccess({
    database,
    clock,
    log,
    publicBase,
    hubKind,
    signInSecret: foundation.signInSecret,
    onTenantCreated: firstSite,
  })
  const intake = composeIntake(foundation)
  const vault = openVault({ database, clock, rootKey: foundation.keys.vault })
  const tenantOf = async (tenantId: TenantId): Promise<Tenant> => {
    const tenant = await database.system((tx) => findTenant(tx, tenantId))
    if (tenant === null) throw new Error('what is asked about belongs to a tenant')
    return tenant
  }
  const live = composeLive({ ...foundation, vault, tenantOf, hasUrgent: () => orders.pushes.isBusy() })
  const notices = openNotices({
    ...{ database, clock, log, vault, publicBase, mail: foundation.mail, whatsapp: foundation.whatsapp },
    peopleOf: (tenantId) => database.system((tx) => listMembers(tx, tenantId)),
    zoneOf: async (tenantId) => (await tenantOf(tenantId)).timeZone,
  })
  const orders: OrderSystems = composeOrders({ ...foundation, vault, live })
  for (const follower of [...notices.followers, ...orders.followers]) outbox.follow(follower)
  const { drop } = foundation
  const dropFolder = drop && createDropFolder({ dir: drop.dir, intake, log, publicBase })
  const demoTrade = createDemoTrade({ database, clock, say: (sentence, detail) => log.info(detail, sentence) })
  return {
    access,
    intake,
    live,
    notices,
    orders,
    demoTrade,
    dropFolder,
    routes: [
      ...access.routes,
      ...siteRoutes(database),
      ...live.routes,
      ...notices.routes,
      ...orders.routes,
      ...mirrorRoutes(database, live.sourcesOf),
      ...intakeRoutes(intake),
      ...insightsRoutesOf(foundation),
      ...liveEventRoutes(outbox),
      ...demoRoutes({ database, clock, demoTrade, log }),
    ],
    tasks: [...intakeTasks(intake), ...live.tasks],
    steps: [
      { name: 'outbox', everyMs: 1_000, run: (now) => outbox.tick(now) },
      ...live.steps,
      ...notices.steps,
      ...orders.steps,
      { name: 'demo-trade', everyMs: 1_000, run: (now) => demoTrade.tick(now) },
      {
        name: 'stalled-imports',
        everyMs: 15_000,
        run: async (now) => void (await recoverImports(intake, now, IMPORT_STALLED_MS)),
      },
      ...(drop === null || dropFolder === null
        ? []
        : [{ name: 'drop-folder', everyMs: drop.seconds * 1_000, run: (now: Instant) => dropFolder.look(now) }]),
      { name: 'months', everyMs: 6 * 3_600_000, run: (now) => prepareMonths(database, now) },
      {
        name: 'idempotency-keys',
        everyMs: 10 * 60_000,
        run: async (now) => void (await pruneIdempotencyKeys(database, now)),
      },
    ],
  }
}

export function composeIntake(
  foundation: Pick<Foundation, 'database' | 'clock' | 'scratchDir' | 'importBytesMax'>,
): Intake {
  const { files } = connectorOf('spreadsheet')
  if (files === undefined) throw new Error('the spreadsheet connector reads files')
  return {
    database: foundation.database,
    files,
    clock: foundation.clock,
    scratchDir: foundation.scratchDir,
    fileBytesMax: foundation.importBytesMax,
    background: createBackground(),
  }
}

/** Sales need a place: a tenant starts with one site. A demonstration brings its shop's own. */
export const firstSite: OnTenantCreated = async (tx, tenant, now) => {
  if (tenant.kind === 'demo') return
  const { name, timeZone, currency, closeOutMinutes } = tenant
  await createSite(tx, tenant.id, { name, slug: 'main', timeZone, currency, closeOutMinutes }, now)
}

export async function makeScratchDir(parent: string): Promise<string> {
  const dir = `${parent}/scratch-${newId()}`
  await mkdir(dir, { recursive: true, mode: 0o700 })
  return dir
}
