import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OrderProgress } from '#canon/order.ts'
import { currencyCode } from '#kernel/currency.ts'
import { instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import type { MenuAddon, MenuItem } from '#simulators/dine-pos/menu.ts'
import type { KeptOrder, OrderStatus } from '#simulators/dine-pos/order.ts'
import type { ProfileName } from '#simulators/dine-pos/profile.ts'
import { indianShop, type RunningDinePos, startDinePos } from '#simulators/dine-pos/simulate.ts'
import { StageClock } from '#simulators/stage/clock.ts'
import { CURRENCIES } from '#simulators/trade/currencies.ts'
import { shopOf } from '#simulators/trade/shop.ts'
import type {
  CapturedDelivery,
  HeldOrder,
  Provider,
  Stage,
  StageCounter,
  StageDish,
  Wishes,
} from '../conformance/stage.ts'
import { ADDON } from './menu.ts'

// The simulated restaurant system on the kit's stage. It shows no sale to anybody: what can be tried of it is signing in,
// its menu, the orders that are put in and what it tells of them.

const SECRET = 'the-secret-of-the-stage-01'
const SIGNATURE = 'x-hub-signature'
const HOME = { zone: zoneName('Asia/Kolkata'), currency: currencyCode('INR'), country: 'IN' }
const DISHES_MAX = 6
const EXTRAS_MAX = 2

export function dineStage(profile: ProfileName): Stage {
  return {
    home: HOME,
    open: (wishes) => open(wishes, profile),
    situations: [],
    faults: [],
    acts: ['takeOrders', 'moveOrders'],
    currencies: Object.keys(CURRENCIES),
    placesMax: 1,
    // The others sign nothing: a word in the order's own address stands for it, which this folder's tests look at.
    signing:
      profile === 'default'
        ? {
            url: false,
            staleAfterMs: 5 * 60_000,
            header: SIGNATURE,
            sign: ({ body, secret, at }) => {
              const seconds = Math.floor(at / 1_000)
              const hex = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')
              return { [SIGNATURE]: `t=${seconds},v1=${hex}` }
            },
          }
        : null,
  }
}

async function open({ places, at, seed }: Wishes, profile: ProfileName): Promise<Provider> {
  const [place = HOME] = places
  const currency = Object.values(CURRENCIES).find(({ code }) => code === place.currency)
  if (currency === undefined) throw new RangeError(`The simulated trade knows no ${place.currency}.`)
  const clock = new StageClock({ at, frozen: true })
  const post = await openPostbox()
  const sites = [{ externalId: 'fort', name: 'Fort', size: 1 }]
  const running = await startDinePos({
    clock,
    seed: `kit ${seed}`,
    profile,
    shop: indianShop(shopOf('restaurant', { name: 'Kettle & Clove', currency, timeZone: place.zone, sites })),
    kitchen: null,
    callbacks: { secret: SECRET, orderUrl: post.url, stockUrl: post.url, storeUrl: post.url },
  })
  const { credentials, baseUrl } = running
  const account = `${credentials.restaurant_id}@${new URL(baseUrl).host}`
  const nothing = async () => undefined
  return {
    baseUrl,
    link: { environment: 'production', credentials: { ...credentials }, account, application: null },
    account,
    application: null,
    places: [{ ...place, id: credentials.restaurant_id }],
    personal: [],
    now: () => instant(clock.now()),
    advance: (ms) => clock.advance(ms),
    sell: nothing,
    books: async () => [],
    play: nothing,
    deliveries: async () => {
      await clock.settle()
      await running.idle()
      return post.take()
    },
    counter: counterOf(running, profile),
    close: async () => {
      await running.close()
      clock.close()
      await post.close()
    },
  }
}

const STATUSES: Readonly<Partial<Record<OrderProgress, OrderStatus>>> = {
  accepted: 'accepted',
  preparing: 'preparing',
  ready: 'ready',
  completed: 'delivered',
  cancelled: 'cancelled',
}

function counterOf({ pos, act }: RunningDinePos, profile: ProfileName): StageCounter {
  const { items, groups } = pos.menu.cardAt(pos.clock.now())
  const addons = new Map(groups.map(({ id, addons }) => [id, addons]))
  return {
    menu: items
      .filter(({ variations, inStock }) => variations.length === 0 && inStock)
      .slice(0, DISHES_MAX)
      .map((item) => dishOf(item, addons)),
    held: async () => [...pos.orders()].map(heldOf),
    move: async (externalId, progress) => {
      const status = STATUSES[progress]
      // Petpooja's words go from accepted to ready.
      if (status === undefined || (profile === 'petpooja' && progress === 'preparing')) return false
      act('move-order', { pos_order_id: externalId, status })
      return true
    },
  }
}

function dishOf(item: MenuItem, addons: ReadonlyMap<string, readonly MenuAddon[]>): StageDish {
  const { id, name, price, addonGroups } = item
  return {
    article: { externalId: id, parentExternalId: null, name, price: BigInt(price) },
    extras: addonGroups
      .flatMap((group) => (addons.get(group.id) ?? []).map((addon) => ({ group: group.id, addon })))
      .slice(0, EXTRAS_MAX)
      .map(({ group, addon }) => ({
        externalId: `${ADDON}${addon.id}`,
        parentExternalId: group,
        name: addon.name,
        price: BigInt(addon.price),
      })),
  }
}

function heldOf(order: KeptOrder): HeldOrder {
  return {
    externalId: order.posId,
    reference: order.clientId,
    total: BigInt(order.sums.total),
    lines: order.lines.length,
    isWhole: true,
    isCancelled: order.status === 'cancelled' || order.status === 'rejected',
    content: JSON.stringify(order),
  }
}

type Postbox = { readonly url: string; take(): CapturedDelivery[]; close(): Promise<void> }

/** Accepts whatever is delivered, and keeps it as it came. */
async function openPostbox(): Promise<Postbox> {
  const held: Omit<CapturedDelivery, 'url'>[] = []
  const server: Server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
    const query = new URL(request.url ?? '/', 'http://stage').search.slice(1)
    const delivery = { headers: Object.fromEntries(headers), body: Buffer.concat(pieces), secret: SECRET }
    held.push(query === '' ? delivery : { ...delivery, query })
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/webhooks/dine-pos/stage`
  return {
    url,
    take: () => held.splice(0).map((one) => ({ ...one, url })),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
