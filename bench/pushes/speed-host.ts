import { startDinePos } from '#simulators/dine-pos/simulate.ts'
import { startSquare } from '#simulators/square/simulate.ts'
import { shopOf, sitesOf } from '#simulators/trade/shop.ts'

// The systems that orders are pushed into, in a process of their own: sellers at Square who answer, and a restaurant whose
// Dine POS lets every order hang. It notes when each order came first, by the clock that all processes of a machine share.

export type ToHost = { readonly hang: boolean } | { readonly tell: true }

export type HostReady = {
  readonly square: { readonly baseUrl: string; readonly tokens: readonly string[] }
  readonly dinePos: { readonly baseUrl: string; readonly credentials: Record<string, string>; readonly item: string }
}

/** By our order's reference: when its first request came. */
export type HostTold = { readonly came: readonly (readonly [string, number])[] }

const TIME_ZONE = 'Europe/Dublin'

async function host(sellers: number): Promise<void> {
  const square = await startSquare({
    sellers: Array.from({ length: sellers }, (_, nth) => {
      const shop = shopOf('cafe', { name: `Café ${nth + 1}`, timeZone: TIME_ZONE, sites: sitesOf(1) })
      return { shop, country: 'IE' }
    }),
    rateLimit: { perSecond: 40, burst: 80 },
  })
  const dinePos = await startDinePos({ kitchen: null })
  const came = new Map<string, number>()
  const { requests } = square.square
  const note = requests.pushed.bind(requests)
  requests.pushed = (order) => {
    const { reference_id } = order
    if (reference_id !== null && !came.has(reference_id)) came.set(reference_id, Date.now())
    note(order)
  }
  const [item] = dinePos.pos.menu.cardAt(dinePos.clock.now()).items.filter(({ variations }) => variations.length === 0)
  process.on('message', (message: ToHost) => {
    if ('hang' in message)
      dinePos.fault({ name: 'timeout-before-commit', on: message.hang, rate: 1, calls: ['orders.'] })
    if ('tell' in message) process.send?.({ came: [...came] } satisfies HostTold)
  })
  const tokens = square.square.sellers.map(({ merchantId }) => square.connect(merchantId).accessToken)
  process.send?.({
    square: { baseUrl: square.baseUrl, tokens },
    dinePos: { baseUrl: dinePos.baseUrl, credentials: { ...dinePos.credentials }, item: item?.id ?? '' },
  } satisfies HostReady)
}

process.once('disconnect', () => process.exit(0))
await host(Number(process.argv[2] ?? 9))
