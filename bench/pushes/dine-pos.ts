import { type RunningDinePos, startDinePos } from '#simulators/dine-pos/simulate.ts'
import { faultOrders, STANDARD_MIX, wordsOf } from './mix.ts'
import type { Merchant, Provider, ProviderOptions, StandingOrder } from './provider.ts'

// Restaurants whose system is a Dine POS, each with an address of its own. Their sign-ins end for good: a person types the
// next one in.

const CALLS = ['orders.']
const ITEMS = 12

export async function startDinePosProvider(
  { clock, seed, merchants }: ProviderOptions,
  profile: 'default' | 'petpooja',
): Promise<Provider> {
  const restaurants: RunningDinePos[] = []
  for (let nth = 0; nth < merchants; nth++) {
    // Nobody moves an order on: the books show in the end what was pushed in.
    restaurants.push(await startDinePos({ clock, seed: `${seed}/${nth}`, profile, kitchen: null }))
  }
  return {
    name: profile === 'default' ? 'dine-pos' : `dine-pos-${profile}`,
    posSystem: 'dine-pos',
    access: { baseUrl: null, application: null },
    merchants: restaurants.map(merchantOf),
    trouble({ seed, times }) {
      for (const [nth, { fault }] of restaurants.entries()) {
        for (const order of faultOrders(STANDARD_MIX, CALLS, { seed: `${seed}/${nth}`, times })) fault(order)
      }
    },
    mix: [...wordsOf(STANDARD_MIX), 'twice an hour one restaurant’s credentials end, and a person types new ones in'],
    outage(on) {
      for (const { fault } of restaurants) fault({ name: 'outage', on })
    },
    struck: () => summed(restaurants.map(({ pos }) => pos.faults.list().map(({ name, struck }) => [name, struck]))),
    standing: () =>
      restaurants.flatMap(({ pos }) =>
        [...pos.orders()].map(({ clientId, posId, sums }): StandingOrder => {
          return { reference: clientId, posOrderId: posId, total: sums.total, whole: true }
        }),
      ),
    arrived: () => summed(restaurants.map(({ pos }) => Object.entries(pos.requests.counts().calls))),
    async close() {
      for (const one of restaurants) await one.close()
    },
  }
}

function merchantOf(running: RunningDinePos): Merchant {
  const { pos, credentials, clock } = running
  const account = (credentials: Readonly<Record<string, string>>) => ({
    ...{ posSystem: 'dine-pos', credentials, refreshToken: null, expiresAt: null, account: null, location: null },
  })
  const sold = pos.menu
    .cardAt(clock.now())
    .items.filter(({ variations, inStock }) => inStock && variations.length === 0)
  return {
    account: account(credentials),
    currency: credentials.currency,
    timeZone: credentials.time_zone,
    mapping: Object.fromEntries(sold.slice(0, ITEMS).map(({ id }, nth) => [`item-${nth + 1}`, id])),
    endSignIn: () => void pos.renewCredentials(),
    signIn() {
      const { appKey, appSecret, accessToken } = pos.credentials
      return account({ ...credentials, app_key: appKey, app_secret: appSecret, access_token: accessToken })
    },
  }
}

function summed(lists: readonly (readonly (readonly (string | number)[])[])[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [name, count] of lists.flat()) {
    if (Number(count) > 0) sums[String(name)] = (sums[String(name)] ?? 0) + Number(count)
  }
  return sums
}
