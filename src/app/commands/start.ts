import path from 'node:path'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { allTenants, createTenant, demoLink } from '#modules/access/access.ts'
import { createLog, type LogLevel } from '#platform/telemetry/log.ts'
import { firstSite } from '../compose.ts'
import { demoTenantDraft } from '../demo/demo-shops.ts'
import { type RunningHub, startHub } from '../hub.ts'
import { findWebDir, readSettings, type Settings } from '../settings.ts'

const DEMO_LINK_LASTS_MS = 30 * 24 * 60 * 60_000

/** `tillwire start` and `tillwire demo`: answers once the hub serves; it stops at SIGINT or SIGTERM. */
export async function start(options: { readonly kind: 'live' | 'demo'; readonly json: boolean }): Promise<void> {
  const settings = options.kind === 'demo' ? demoSettings(readSettings(process.env)) : readSettings(process.env)
  // The demonstration talks to a newcomer; its log would bury the one line that matters.
  const quiet = options.kind === 'demo' && process.env.TILLWIRE_LOG_LEVEL === undefined
  const log = createLog({ level: quiet ? 'error' : (settings.logLevel as LogLevel) })
  if (!options.json && options.kind === 'demo') console.log('Starting the demonstration …')
  const running = await startHub({ settings, kind: options.kind, log })
  stopOnSignal(running)
  if (options.kind === 'demo') await sayDemo(running, settings, options.json)
  else sayStarted(running, options.json)
}

function demoSettings(settings: Settings): Settings {
  return { ...settings, dataDir: path.join(settings.dataDir, 'demo'), databaseUrl: null }
}

async function sayDemo(running: RunningHub, settings: Settings, json: boolean): Promise<void> {
  const { database } = running.storage
  const draft = demoTenantDraft(running.clock.now())
  const existing = (await allTenants(database)).find((tenant) => tenant.slug === 'demo')
  const tenant =
    existing ??
    (await createTenant(
      database,
      {
        slug: 'demo',
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
  if (!existing) {
    const filled = running.hub.demoTrade.begin(tenant)
    filled.catch((error: unknown) => running.log.error({ err: error }, 'demonstration data could not be made'))
  }
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
    return
  }
  console.log(
    [
      '',
      '  Tillwire, a demonstration. Every sale in it is made up.',
      '',
      `  Open  ${link}`,
      '',
      '  The link signs you in. Thirteen months of a café fill up behind the newest days, and a sale rings now and then.',
      ...webHint(),
      '  Ctrl-C ends it.',
      '',
    ].join('\n'),
  )
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

function stopOnSignal(running: RunningHub): void {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A second Ctrl-C is a person who has waited long enough.
      if (stopping) process.exit(1)
      stopping = true
      void running.stop().then(() => process.exit(0))
    })
  }
}
