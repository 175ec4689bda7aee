import { startSquare } from '#simulators/square/simulate.ts'
import { shopOf, sitesOf } from '#simulators/trade/shop.ts'
import { faultOrders, STANDARD_MIX, TOKEN_EXPIRES, wordsOf } from './mix.ts'
import type { Merchant, Provider, ProviderOptions, StandingOrder } from './provider.ts'

// Sellers at Square who are signed in by OAuth, so that a token that ends is renewed by the hub.

/** All that has to do with an order that is pushed: making, paying and looking for it. */
const CALLS = ['orders.', 'payments.']
const MIX = [...STANDARD_MIX, TOKEN_EXPIRES]
const TIME_ZONE = 'Europe/Dublin'

export async function startSquareProvider({ clock, seed, merchants }: ProviderOptions): Promise<Provider> {
  const sellers = Array.from({ length: merchants }, (_, nth) => {
    return { shop: shopOf('cafe', { name: `Café ${nth + 1}`, timeZone: TIME_ZONE, sites: sitesOf(1) }), country: 'IE' }
  })
  const running = await startSquare({ clock, seed, sellers, rateLimit: null })
  const { square } = running
  const { id, secret } = running.credentials.application
  return {
    name: 'square',
    posSystem: 'square',
    access: { baseUrl: running.baseUrl, application: { id, secret, credentials: {} } },
    merchants: square.sellers.map(({ merchantId }): Merchant => {
      const signIn = () => {
        const { accessToken, refreshToken } = running.connect(merchantId)
        const credentials = { access_token: accessToken }
        return { posSystem: 'square', credentials, refreshToken, expiresAt: null, account: merchantId, location: null }
      }
      return {
        account: signIn(),
        currency: 'EUR',
        timeZone: TIME_ZONE,
        mapping: {},
        endSignIn: null,
        signIn,
      }
    }),
    trouble(trouble) {
      for (const order of faultOrders(MIX, CALLS, trouble)) running.fault(order)
    },
    mix: wordsOf(MIX),
    outage: (on) => void running.fault({ name: 'outage', on }),
    struck: () =>
      Object.fromEntries(square.faults.list().flatMap(({ name, struck }) => (struck ? [[name, struck]] : []))),
    standing: () =>
      square.sellers.flatMap((seller) =>
        seller.locations.flatMap((location) =>
          [...seller.ordersAt(location.id).values()].flatMap(({ value }): StandingOrder[] => {
            const { id, reference_id, total_money, net_amount_due_money, state } = value
            if (reference_id === undefined || state === 'CANCELED') return []
            const whole = net_amount_due_money?.amount === 0
            return [{ reference: reference_id, posOrderId: id, total: total_money.amount, whole }]
          }),
        ),
      ),
    arrived: () => square.requests.counts().calls,
    close: () => running.close(),
  }
}
