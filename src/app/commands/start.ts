import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { currencyCode } from '#kernel/currency.ts'
import type { TenantId } from '#kernel/ids.ts'
import { addDays, instantText, localDate } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { allTenants, createTenant, demoLink } from '#modules/access/access.ts'
import { firstDayOf } from '#modules/mirror/takings.ts'
import { createLog, type LogLevel } from '#platform/telemetry/log.ts'
import { firstSite } from '../compose.ts'
import { demoTenantDraft } from '../demo/demo-shops.ts'
import { DEMO_TILL, demoTown, startSimulatedTill } from '../demo/simulated-till.ts'
import { startWebShop, type WebShop } from '../demo/web-shop.ts'
import { DEMO_SLUG, type RunningHub, startHub } from '../hub.ts'
import { settingName } from '../provider-settings.ts'
import { findWebDir, readSettings, type Settings } from '../settings.ts'

const DEMO_LINK_LASTS_MS = 30 * 24 * 60 * 60_000
const FIRST_DAYS_MAX_MS = 20_000

/** `tillwire start` and `tillwire demo`: answers once the hub serves; it stops at SIGINT or SIGTERM. */
export async function start(options: { readonly kind: 'live' | 'demo'; readonly json: boolean }): Promise<void> {
  const settings = readSettings(process.env)
  if (options.kind === 'demo') return startDemo(settings, options.json)
  const log = createLog({ level: settings.logLevel as LogLevel })
  const running = await startHub({ settings, kind: 'live', log })
  stopOnSignal(() => running.stop())
  sayStarted(running, options.json)
}

async function startDemo(given: Settings, json: boolean): Promise<void> {
  // The demonstration talks to a newcomer; its log would bury the one line that matters.
  const log = createLog({
    level: process.env.TILLWIRE_LOG_LEVEL === undefined ? 'error' : (given.logLevel as LogLevel),
  })
  if (!json) console.log('Starting the demonstration …')
  const dataDir = path.join(given.dataDir, 'demo')
  const { provider } = DEMO_TILL
  const town = await demoTown(dataDir)
  const till = await startSimulatedTill({ provider, ...town })
  try {
    const providers = new Map([
      [settingName(provider, 'BASE_URL'), till.line.base_url],
      [settingName(provider, 'ACCESS_TOKEN'), till.accessToken],
    ])
    const settings = { ...given, dataDir, databaseUrl: null, providers }
    const running = await startHub({ settings, kind: 'demo', log })
    let webShop: WebShop | null = null
    stopOnSignal(async () => {
      await webShop?.stop()
      await running.stop()
      await till.stop()
    })
    const tenantId = await sayDemo(running, settings, town.timeZone, json)
    webShop = await startWebShop(running, tenantId)
  } catch (error) {
    await till.stop()
    throw error
  }
}

async function sayDemo(running: RunningHub, settings: Settings, timeZone: string, json: boolean): Promise<TenantId> {
  const { database } = running.storage
  const existing = (await allTenants(database)).find((tenant) => tenant.slug === DEMO_SLUG)
  const draft = demoTenantDraft(running.clock.now(), timeZone)
  const tenant =
    existing ??
    (await createTenant(
      database,
      {
        slug: DEMO_SLUG,
        name: draft.name,
        currency: currencyCode(draft.currency),
        timeZone: zoneName(draft.timeZone),
        closeOutMinutes: draft.closeOutMinutes,
        kind: 'demo',
      },
      running.clock,
      firstSite,
    ))
  // The first days are there before anybody is invited in; the year behind them fills up while they look.
  if (!existing) await firstDays(running, tenant.id)
  const { link } = await demoLink(
    database,
    { name: 'Demo owner', email: 'demo@tillwire.invalid', role: 'owner' },
    [tenant.id],
    { publicBase: settings.publicUrl, clock: running.clock, lastsMs: DEMO_LINK_LASTS_MS },
  )
  if (json) {
    console.log(
      JSON.stringify({
        url: link,
        base_url: settings.publicUrl.href,
        tenant_id: tenant.id,
        demo: true,
        pid: process.pid,
      }),
    )
    return tenant.id
  }
  console.log(
    [
      '',
      '  Tillwire, a demonstration. Every sale in it is made up.',
      '',
      `  Open  ${link}`,
      '',
      '  The link signs you in. A simulated till is connected as a real one would be: thirteen months of a café fill up',
      '  behind the newest days, and a sale rings now and then. A web shop sends an order every minute or so, which goes',
      '  into the till and comes back as ready.',
      ...webHint(),
      '  Ctrl-C ends it.',
      '',
    ].join('\n'),
  )
  return tenant.id
}

/** Until four weeks are there, or long enough has been waited for them. */
async function firstDays({ storage, clock }: RunningHub, tenantId: TenantId): Promise<void> {
  const wanted = addDays(localDate(instantText(clock.now()).slice(0, 10)), -27)
  for (let waitedMs = 0; waitedMs < FIRST_DAYS_MAX_MS; waitedMs += 100) {
    const first = await storage.database.tenant(tenantId, (tx) => firstDayOf(tx, tenantId))
    if (first !== null && first <= wanted) return
    await sleep(100)
  }
}

function sayStarted(running: RunningHub, json: boolean): void {
  if (json) {
    const { url, setUpLink, rootKeyMadeAt } = running
    console.log(
      JSON.stringify({ url: url.href, set_up_url: setUpLink, root_key_made_at: rootKeyMadeAt, pid: process.pid }),
    )
    return
  }
  const lines = ['', `  Tillwire serves at ${running.url.href}`]
  if (running.rootKeyMadeAt !== null) {
    lines.push(
      '',
      `  A root key was made: ${running.rootKeyMadeAt}`,
      '  Keep a copy of it somewhere else. Without it, what this hub protects cannot be read again.',
    )
  }
  if (running.setUpLink !== null) {
    lines.push('', '  Nobody owns this hub yet. This link works once, for 24 hours:', `  ${running.setUpLink}`)
  }
  console.log([...lines, ...webHint(), ''].join('\n'))
}

function webHint(): string[] {
  return findWebDir() === null ? ['', '  The dashboard has not been built: run "npm run build" once.'] : []
}

function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A second Ctrl-C is a person who has waited long enough.
      if (stopping) process.exit(1)
      stopping = true
      void stop().then(() => process.exit(0))
    })
  }
}
