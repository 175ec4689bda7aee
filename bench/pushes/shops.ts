import { currencyCode } from '#kernel/currency.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Clock, instantText } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { createTenant } from '#modules/access/access.ts'
import { replaceMapping } from '#modules/matching/matching.ts'
import { setTarget } from '#modules/pushes/store-targets.ts'
import { createSite } from '#modules/sites/sites.ts'
import type { Database } from '#platform/postgres/database.ts'
import { pick } from '../outages/dice.ts'
import type { PushHub } from './hub.ts'
import type { Dice } from './mix.ts'
import type { Merchant, Provider } from './provider.ts'

// The merchants of a provider as tenants of the hub: connected, each with one place and all orders going there.

export type Shop = { readonly tenantId: TenantId; readonly connectionId: Id; readonly merchant: Merchant }

type House = { readonly database: Database; readonly clock: Clock; readonly hub: PushHub }

const BY = { actor: 'hub:bench', requestId: null } as const

export async function openShops(house: House, provider: Provider): Promise<Shop[]> {
  const shops: Shop[] = []
  for (const [nth, merchant] of provider.merchants.entries()) shops.push(await openShop(house, merchant, nth))
  return shops
}

async function openShop({ database, clock, hub }: House, merchant: Merchant, nth: number): Promise<Shop> {
  const traits = {
    name: `Shop ${nth + 1}`,
    slug: `shop-${nth + 1}`,
    currency: currencyCode(merchant.currency),
    timeZone: zoneName(merchant.timeZone),
    closeOutMinutes: 0,
  }
  const { id: tenantId } = await createTenant(database, { ...traits, kind: 'live' }, clock, async (tx, tenant, now) => {
    await createSite(tx, tenant.id, { ...traits, name: 'Main', slug: 'main' }, now)
  })
  const by = { ...BY, now: clock.now() }
  const { connectionId } = await hub.connections.connectAccount(tenantId, merchant.account, by)
  await database.tenant(tenantId, async (tx) => {
    await setTarget(tx, tenantId, { connectionId, location: null }, BY.actor, by.now)
    if (Object.keys(merchant.mapping).length === 0) return
    await replaceMapping(tx, tenantId, {
      ...{ connectionId, channel: null, mapping: merchant.mapping },
      ...{ by: BY.actor, requestId: null, now: by.now },
    })
  })
  return { tenantId, connectionId, merchant }
}

/** Somebody signs in again wherever the hub has noticed that it has to be done. Answers at how many shops. */
export async function signInAgain({ hub, clock }: House, shops: readonly Shop[], needing: ReadonlySet<string>) {
  const asked = shops.filter(({ connectionId }) => needing.has(connectionId))
  for (const { tenantId, merchant } of asked) {
    await hub.connections.connectAccount(tenantId, merchant.signIn(), { ...BY, now: clock.now() })
  }
  return asked.length
}

const DISHES = ['Flat white', 'Carrot cake', 'Lentil soup', 'Garden salad', 'Cheese toast', 'Lemonade'] as const

/** An order as a web shop hands it in: a few lines at prices that come again and again, so that many look alike. */
export function webOrder({ merchant }: Shop, dice: Dice, no: number, now: number) {
  const { currency, mapping } = merchant
  const ids = Object.keys(mapping)
  const items = Array.from({ length: 1 + Math.floor(dice() * 3) }, () => {
    const [first, ...more] = ids
    const id = first === undefined ? 'item-1' : pick(dice, [first, ...more])
    const price = 100 * (2 + Math.floor(dice() * 12))
    return {
      item_id: id,
      name: pick(dice, DISHES),
      quantity: String(1 + Math.floor(dice() * 3)),
      unit_price: { amount: price, currency },
    }
  })
  const total = items.reduce((sum, { quantity, unit_price }) => sum + Number(quantity) * unit_price.amount, 0)
  return {
    channel: 'web-shop',
    external_id: `w-${no}`,
    number: `W${no}`,
    placed_at: instantText(now as Parameters<typeof instantText>[0]),
    currency,
    fulfilment: { kind: 'pickup' },
    customer: { name: 'Robin Example', phone: '+15550100' },
    items,
    total: { amount: total, currency },
    payment: { state: 'paid', method: 'card' },
  }
}
