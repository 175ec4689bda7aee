import type { AddressInfo } from 'node:net'
import type { BooksWish, Provider, Stage, StageCounter, Wishes } from '../../connectors/conformance/stage.ts'
import type { OrderProgress } from '../../src/canon/order.ts'
import { currencyCode } from '../../src/kernel/currency.ts'
import { type Instant, instant } from '../../src/kernel/instant.ts'
import { zoneName } from '../../src/kernel/zone.ts'
import { type Acme, correctTip, deliver, openAcme, PERSONAL, sell, signed } from './provider/acme.ts'
import { booksOf, figuresOf } from './provider/books.ts'
import type { AcmeOrder } from './provider/order-shape.ts'
import { OPTIONS, step } from './provider/orders.ts'
import { serve } from './provider/server.ts'
import type { Dice } from './provider/trade.ts'

// Acme on a stage: its server in this process, and what the kit may do to it.

export const stage: Stage = {
  home: { zone: zoneName('Europe/Berlin'), currency: currencyCode('EUR'), country: 'DE' },
  situations: [
    ...(['plain', 'modifiers', 'weighed', 'line_discount', 'order_discount', 'tax_added', 'tax_included'] as const),
    ...(['service_charge', 'tips', 'cash_rounding', 'split_payment', 'gift_card_sold', 'gift_card_used'] as const),
    ...(['refund_full', 'refund_partial', 'refund_amount', 'exchange', 'void', 'open'] as const),
  ],
  faults: [
    ...([
      'rate-limit',
      'server-error',
      'gateway-html',
      'timeout',
      'slow-drip',
      'cut-connection',
      'invalid-json',
    ] as const),
    ...([
      'clipped-page',
      'repeated-page',
      'empty-page',
      'short-page',
      'full-last-page',
      'cursor-expired',
      'list-lag',
      'thin-event',
      'token-rotated',
    ] as const),
  ],
  acts: ['edit', 'sellLate', 'consent', 'revoke', 'figures', 'takeOrders', 'moveOrders'],
  currencies: ['EUR', 'USD', 'JPY', 'KWD'],
  placesMax: 500,
  signing: {
    url: true,
    staleAfterMs: 5 * 60_000,
    header: 'acme-signature',
    sign: ({ body, url, secret, at }) => signed(body, url, secret, at),
  },
  open,
}

export default stage

async function open({ places, at, seed }: Wishes): Promise<Provider> {
  const acme = openAcme(places, at)
  const server = await serve(acme)
  const { port } = server.address() as AddressInfo
  const baseUrl = `http://127.0.0.1:${port}`
  const { id, secret } = acme.application
  return {
    baseUrl,
    link: {
      environment: 'production',
      credentials: { access_token: acme.key },
      account: acme.account,
      application: null,
    },
    account: acme.account,
    application: { id, secret, credentials: {} },
    places: places.map((place, nth) => ({ ...place, id: acme.places[nth]?.id ?? '' })),
    personal: PERSONAL,
    now: () => instant(acme.now),
    advance: async (ms) => {
      acme.now += ms
    },
    sell: async (wish) => sell(acme, wish, diceOf(wish.seed + seed)),
    sellLate: async (wish) => sell(acme, { ...wish, situation: 'plain' }, diceOf(wish.seed + seed), true),
    edit: async (wish) => correctTip(acme, wish),
    books: async (wish) => booksOf(acme, within(acme, wish)),
    figures: async ({ location, from, to }) => {
      const figures = figuresOf(acme, within(acme, { place: location, from, to }))
      return figures.map((line) => ({ ...line, currency: currencyCode(line.currency) }))
    },
    play: async (fault, on, options = { rate: 1, seed }) => {
      if (on) acme.faults.set(fault, { rate: options.rate, roll: diceOf(options.seed) })
      else acme.faults.delete(fault)
      if (fault === 'thin-event' && !on) arrive(acme)
    },
    deliveries: async () => deliver(acme),
    consent: async (path) => {
      const answer = await fetch(baseUrl + path, { redirect: 'manual' })
      return answer.headers.get('location') ?? ''
    },
    revoke: async ({ credentials }) => {
      for (const one of acme.grants) if (one.access === credentials.access_token) one.ended = 'revoked'
    },
    counter: counterOf(acme),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const STATES: Readonly<Partial<Record<OrderProgress, AcmeOrder['state']>>> = {
  accepted: 'ACCEPTED',
  ready: 'READY',
  completed: 'DONE',
  cancelled: 'CANCELLED',
}

function counterOf(acme: Acme): StageCounter {
  const articleOf = ({ id, name, price }: { readonly id: string; readonly name: string; readonly price: number }) => {
    return { externalId: id, parentExternalId: null, name, price: BigInt(price) }
  }
  return {
    menu: acme.articles.map((article) => ({ article: articleOf(article), extras: OPTIONS.map(articleOf) })),
    held: async () =>
      [...acme.orders.values()].map((order) => ({
        externalId: order.id,
        reference: order.reference,
        total: BigInt(order.total),
        lines: order.lines.length,
        isWhole: order.state !== 'DRAFT',
        isCancelled: order.state === 'CANCELLED',
        content: JSON.stringify(order),
      })),
    move: async (externalId, progress) => {
      const [order, state] = [acme.orders.get(externalId), STATES[progress]]
      if (order === undefined || state === undefined) return false
      step(acme, order, state)
      return true
    },
  }
}

/** The lines of receipts that came without them. */
function arrive(acme: Acme): void {
  for (const receipt of acme.receipts.values()) {
    if (!receipt.lines_pending) continue
    receipt.lines_pending = false
    receipt.rev++
    receipt.changed = new Date(acme.now).toISOString()
  }
}

function within(acme: Acme, wish: BooksWish): (at: string, place: string) => boolean {
  return (at, place) => place === wish.place && ('day' in wish ? dayAt(acme, at) === wish.day : between(wish, at))
}

function between({ from, to }: { readonly from: Instant; readonly to: Instant }, at: string): boolean {
  return Date.parse(at) >= from && Date.parse(at) < to
}

/** The calendar day on the clock of the shop, by the machine's own calendar and nobody else's. */
function dayAt({ places }: Acme, at: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: places[0]?.zone ?? 'UTC' }).format(new Date(at))
}

function diceOf(seed: number): Dice {
  let state = (Math.imul(seed + 1, 2_654_435_761) ^ 0x9e3779b9) >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
