import { Fault } from '#kernel/fault.ts'
import { findTenant } from '#modules/access/tenants.ts'
import { openConnections } from '#modules/connections/open.ts'
import { articlesFor } from '#modules/matching/matching.ts'
import { createOrders } from '#modules/orders/orders.ts'
import { createPushes, type Pushes } from '#modules/pushes/pushes.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { openVault } from '#platform/vault/vault.ts'
import { openProviders, systemsOf } from '../providers.ts'
import { type CommandSession, tenantNamed, withStorage } from './session.ts'

// `tillwire order push|explain|list`: how orders stand on their way into the POS, for whoever sits at a terminal.

export type OrderOptions = { readonly tenant: string; readonly json: boolean }
export type OrderListOptions = OrderOptions & { readonly status?: string; readonly limit: string }

const STATES = ['pending', 'syncing', 'retry', 'success', 'failed'] as const

/** Pushes an order now and waits for the end of that try. */
export async function pushOrder(orderId: string, options: OrderOptions): Promise<void> {
  await withPushes(options.tenant, async (pushes, tenant, now) => {
    await pushes.pushNow(tenant.id, orderId, { actor: 'hub:command', requestId: null, now: now() })
    await pushes.idle()
    const push = await pushes.timelineOf(tenant.id, orderId)
    if (options.json) console.log(JSON.stringify(push))
    else console.log(lineOf(push))
  })
}

/** Every try of an order, and every call of each. */
export async function explainOrder(orderId: string, options: OrderOptions): Promise<void> {
  await withPushes(options.tenant, async (pushes, tenant) => {
    const push = await pushes.timelineOf(tenant.id, orderId)
    if (options.json) {
      console.log(JSON.stringify(push))
      return
    }
    console.log(lineOf(push))
    for (const attempt of push.attempts_made) {
      const retry = attempt.retry_no === 0 ? '' : ` (retry ${attempt.retry_no})`
      const code = attempt.error_code === null ? '' : ` ${attempt.error_code}`
      console.log(`  ${attempt.started_at}  ${attempt.step}${retry}: ${attempt.result ?? 'under way'}${code}`)
      for (const call of attempt.calls) {
        const ended = call.status === null ? (call.verdict ?? 'no end was seen') : String(call.status)
        console.log(`    ${call.method} ${call.path}  ${ended}  ${call.took_ms ?? '?'} ms`)
      }
    }
  })
}

/** The newest pushes. */
export async function listOrders(options: OrderListOptions): Promise<void> {
  await withPushes(options.tenant, async (pushes, tenant) => {
    const found = await pushes.list(tenant.id, { status: statesOf(options.status) }, limitOf(options.limit))
    if (options.json) console.log(JSON.stringify({ data: found }))
    else if (found.length === 0) console.log('No order is on its way.')
    else for (const push of found) console.log(lineOf(push))
  })
}

type Shown = Awaited<ReturnType<Pushes['list']>>[number]

function lineOf(push: Omit<Shown, 'attempts'>): string {
  const state = push.outcome === 'unknown' ? `${push.status}, unknown` : push.status
  const where = push.pos_order_number === null ? '' : `, number ${push.pos_order_number} in the POS`
  const next = push.next_retry_at === null ? '' : `, next ${push.next_retry_at}`
  const why = push.error_message === null ? '' : `. ${push.error_message}`
  return `${push.order_id}  ${push.pos_system}  ${state}${where}${next}${why}`
}

function statesOf(text: string | undefined): readonly (typeof STATES)[number][] | undefined {
  if (text === undefined) return undefined
  const found = STATES.filter((state) => text.split(',').includes(state))
  if (found.length > 0) return found
  throw new Fault('invalid', 'command.bad', { say: `--status takes ${STATES.join(', ')}, or several by commas.` })
}

function limitOf(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 500) return limit
  throw new Fault('invalid', 'command.bad', { say: '--limit takes a number from 1 to 500.' })
}

type Work = (pushes: Pushes, tenant: Tenant, now: CommandSession['clock']['now']) => Promise<void>

async function withPushes(slug: string, work: Work): Promise<void> {
  await withStorage(async ({ settings, storage, clock }) => {
    const { database } = storage
    const tenant = await tenantNamed(database, slug)
    const metrics = createMetrics()
    const vault = openVault({ database, clock, rootKey: storage.rootKey.derive('vault') })
    const outbound = createOutbound({ clock, random: Math.random, metrics })
    const common = { database, vault, clock, log: SILENT_LOG, metrics }
    const connections = openConnections({
      ...common,
      outbound,
      fingerprintKey: storage.rootKey.derive('fingerprints'),
      systems: systemsOf(openProviders(settings)),
      publicBase: settings.publicUrl,
      ourFigures: async () => [],
      async siteDefaultsOf(tenantId) {
        return (await database.system((tx) => findTenant(tx, tenantId))) ?? tenant
      },
      onPlacesChosen: async () => undefined,
    })
    const orders = createOrders(common)
    const { converse, findLive } = connections
    const pushes = createPushes({ ...common, random: Math.random, orders, converse, findLive, articlesFor })
    try {
      await work(pushes, tenant, clock.now)
    } finally {
      await pushes.stop()
      await outbound.close()
    }
  })
}
