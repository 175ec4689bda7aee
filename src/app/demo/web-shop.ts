import { setTimeout as sleep } from 'node:timers/promises'
import type { TenantId } from '#kernel/ids.ts'
import { instantText } from '#kernel/instant.ts'
import { wireMoney } from '#kernel/money.ts'
import { createApiKey, listApiKeys, revokeApiKey } from '#modules/access/keys.ts'
import { findTenant } from '#modules/access/tenants.ts'
import { listCatalogArticles } from '#modules/mirror/catalog-list.ts'
import type { RunningHub } from '../hub.ts'
import { DEMO_TILL } from './simulated-till.ts'

// The demonstration's web shop: a program that hands orders to the hub by its addresses and with a key of its own, as any
// channel does. It offers what the simulated till sells, and one thing that the till does not know, so that a newcomer
// sees what becomes of that.

export type WebShop = { stop(): Promise<void> }

const CHANNEL = 'demo-web-shop'
const KEY_NAME = 'Demo web shop (made-up orders)'
const EVERY_MS = 45_000
/** The first order comes as soon as the till's articles are known. */
const LOOK_EVERY_MS = 1_000
const ARTICLES_MAX = 60
const GIFT_WRAP = { id: 'gift-wrap', name: 'Gift wrapping' }
const GUESTS = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Katherine', 'Linus']

type Offer = { readonly id: string; readonly name: string; readonly price: bigint; readonly currency: string }

export async function startWebShop(running: RunningHub, tenantId: TenantId): Promise<WebShop> {
  const ended = new AbortController()
  const open = keepShop(running, tenantId, ended.signal).catch((error: unknown) => {
    if (!ended.signal.aborted) running.log.error({ err: error }, 'the demonstration’s web shop closed')
  })
  return {
    async stop() {
      ended.abort()
      await open
    },
  }
}

async function keepShop(running: RunningHub, tenantId: TenantId, signal: AbortSignal): Promise<void> {
  const ask = await signIn(running, tenantId, signal)
  const { connectionId, offers } = await offersOf(running, ask, tenantId, signal)
  await fillShop(ask, connectionId, offers)
  await ask('POST', '/api/v1/pos/connect', { business_id: tenantId, provider: DEMO_TILL.provider })
  for (let nth = 0; ; nth++) {
    await order(running, ask, offers, nth)
    await sleep(EVERY_MS, undefined, { signal })
  }
}

type Ask = (method: string, path: string, json?: unknown) => Promise<Readonly<Record<string, unknown>>>

async function signIn({ storage, clock, url }: RunningHub, tenantId: TenantId, signal: AbortSignal): Promise<Ask> {
  const { secret } = await storage.database.tenant(tenantId, async (tx) => {
    const tenant = await findTenant(tx, tenantId)
    if (tenant === null) throw new Error('the demonstration has a tenant')
    for (const key of await listApiKeys(tx, tenantId, { limit: 200, before: null })) {
      if (key.name === KEY_NAME && key.revokedAt === null) await revokeApiKey(tx, tenantId, key.id, clock.now())
    }
    const scopes = ['orders:write', 'mapping:write', 'connections:write', 'sites:read']
    return createApiKey(tx, tenant, { name: KEY_NAME, scopes, createdBy: 'hub:demo' }, clock.now())
  })
  return async (method, path, json) => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { 'x-api-key': secret, 'content-type': 'application/json' },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      signal,
    })
    const body = (await answer.json()) as Readonly<Record<string, unknown>>
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${String(body.code)}`)
    return body
  }
}

/** Waits until the till's articles are known. */
async function offersOf(
  { storage }: RunningHub,
  ask: Ask,
  tenantId: TenantId,
  signal: AbortSignal,
): Promise<{ readonly connectionId: string; readonly offers: readonly Offer[] }> {
  for (;;) {
    const { data } = await ask('GET', `/api/v1/tenants/${tenantId}/pos/configurations`)
    const [connection] = (data as { id: TenantId; pos_system: string }[]).filter(
      (one) => one.pos_system === DEMO_TILL.provider,
    )
    const page = { after: null, limit: 500 }
    const articles =
      connection === undefined
        ? []
        : await storage.database.tenant(tenantId, (tx) => listCatalogArticles(tx, tenantId, connection.id, page))
    const offers = articles.flatMap(({ externalId, kind, name, variant, price, currency, deleted }) =>
      deleted || kind === 'modifier' || price === null || price === 0n || currency === null
        ? []
        : [{ id: externalId, name: variant === null ? name : `${name}, ${variant}`, price, currency }],
    )
    if (connection !== undefined && offers.length > 0) {
      return { connectionId: connection.id, offers: offers.slice(0, ARTICLES_MAX) }
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
}

async function fillShop(ask: Ask, connectionId: string, offers: readonly Offer[]): Promise<void> {
  const [first] = offers
  if (first === undefined) return
  const wrap = { ...GIFT_WRAP, kind: 'item', price: wireMoney(first.price, first.currency) }
  const items = offers.map(({ id, name, price, currency }) => {
    return { id: shopId(id), name, kind: 'item', price: wireMoney(price, currency) }
  })
  await ask('PUT', `/api/v1/tenants/demo/channels/${CHANNEL}/items`, { items: [...items, wrap] })
  const mappings = offers.map(({ id }) => ({ item_id: shopId(id), pos_item_id: id }))
  const address = `/api/v1/tenants/demo/pos/configurations/${connectionId}/item-mappings`
  await ask('PUT', address, { channel: CHANNEL, mappings })
}

function shopId(articleId: string): string {
  return `web-${articleId}`
}

async function order({ clock }: RunningHub, ask: Ask, offers: readonly Offer[], nth: number): Promise<void> {
  const { data: sites } = await ask('GET', '/api/v1/tenants/demo/sites')
  const [site] = sites as { id: string }[]
  const [first] = offers
  if (site === undefined || first === undefined) return
  const now = clock.now()
  const chosen = Array.from({ length: 1 + (nth % 3) }, (_, at) => offers[(nth * 7 + at * 5) % offers.length] ?? first)
  const items = chosen.map(({ id, name, price, currency }, at) => {
    const quantity = BigInt(1 + ((nth + at) % 2))
    return {
      line: { item_id: shopId(id), name, quantity: String(quantity), unit_price: wireMoney(price, currency) },
      total: price * quantity,
    }
  })
  await ask('POST', '/api/v1/tenants/demo/orders', {
    channel: CHANNEL,
    external_id: `demo-${now}`,
    number: `WEB-${String(now).slice(-6)}`,
    placed_at: instantText(now),
    currency: first.currency,
    location: site.id,
    fulfilment: { kind: 'pickup' },
    customer: { name: `${GUESTS[nth % GUESTS.length]} (made up)` },
    items: items.map(({ line }) => line),
    total: wireMoney(
      items.reduce((sum, { total }) => sum + total, 0n),
      first.currency,
    ),
    payment: { state: 'paid', method: 'card', reference: null },
  })
}
