import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { currencyCode } from '#kernel/currency.ts'
import { instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { play } from '#simulators/square/acting.ts'
import { type CurrencyBooks, TENDERS } from '#simulators/square/books.ts'
import { Returns } from '#simulators/square/returns.ts'
import { Scribe } from '#simulators/square/scribe.ts'
import { type RunningSquare, startSquare } from '#simulators/square/simulate.ts'
import { Till } from '#simulators/square/till.ts'
import { StageClock } from '#simulators/stage/clock.ts'
import { CURRENCIES } from '#simulators/trade/currencies.ts'
import type { TradeSale } from '#simulators/trade/sale.ts'
import { type Shop, shopOf } from '#simulators/trade/shop.ts'
import {
  type BooksWish,
  type CapturedDelivery,
  type FaultName,
  type Provider,
  type SellWish,
  SITUATIONS,
  type Stage,
  type StageBooks,
  type Wishes,
} from '../conformance/stage.ts'
import type { BookFigures, BooksRequest } from '../contract.ts'
import { counterOf } from './test-stage-counter.ts'
import { HABITS, offlineSale, salesFor } from './test-stage-sales.ts'

// The simulated Square on the kit's stage. Australia, because its coins round and its prices hold their tax.

const SIGNATURE = 'x-square-hmacsha256-signature'
const EVENTS = [
  'payment.created',
  'payment.updated',
  'refund.created',
  'refund.updated',
  'order.created',
  'order.updated',
  'order.fulfillment.updated',
]

/** The kit's faults by the simulator's names, each with a value where its own would take a test's patience. */
const FAULTS: Readonly<Partial<Record<FaultName, { readonly name: string; readonly value?: number }>>> = {
  'rate-limit': { name: 'rate-limit' },
  'server-error': { name: 'server-error' },
  'gateway-html': { name: 'gateway-html' },
  timeout: { name: 'timeout-before-commit', value: 2 },
  'slow-drip': { name: 'slow-drip', value: 2 },
  'cut-connection': { name: 'cut-connection' },
  'invalid-json': { name: 'invalid-json' },
  'clipped-page': { name: 'clipped-page' },
  'repeated-page': { name: 'repeated-page' },
  'short-page': { name: 'short-page' },
  'full-last-page': { name: 'full-last-page' },
  'cursor-expired': { name: 'cursor-expired' },
  'list-lag': { name: 'list-lag', value: 8 },
  'token-rotated': { name: 'token-rotated' },
  'thin-event': { name: 'thin-event', value: 600 },
}

export const squareStage: Stage = {
  home: { zone: zoneName('Australia/Sydney'), currency: currencyCode('AUD'), country: 'AU' },
  situations: SITUATIONS,
  faults: Object.keys(FAULTS) as FaultName[],
  acts: ['edit', 'sellLate', 'consent', 'revoke', 'figures', 'takeOrders', 'moveOrders'],
  currencies: Object.keys(CURRENCIES),
  placesMax: 500,
  signing: {
    url: true,
    staleAfterMs: null,
    header: SIGNATURE,
    sign: ({ body, url, secret }) => ({
      [SIGNATURE]: createHmac('sha256', secret).update(url).update(body).digest('base64'),
    }),
  },
  open,
}

async function open(wishes: Wishes): Promise<Provider> {
  const clock = new StageClock({ at: wishes.at, frozen: true })
  const { country } = wishes.places[0] ?? squareStage.home
  const shop = shopWith(wishes)
  const square = await startSquare({
    clock,
    seed: `kit ${wishes.seed}`,
    sellers: [{ shop, country, habits: HABITS }],
    rateLimit: null,
    consent: 'allow',
  })
  const post = await openPostbox()
  const subscription = square.subscribe({ notificationUrl: post.url, eventTypes: EVENTS })
  return providerOf(wishes, square, post, subscription.signatureKey)
}

/** One seller has one currency; each of its places has a clock of its own. */
function shopWith({ places }: Wishes): Shop {
  const code = places[0]?.currency ?? 'AUD'
  const currency = Object.values(CURRENCIES).find((one) => one.code === code)
  if (currency === undefined) throw new RangeError(`The simulated trade knows no ${code}.`)
  const sites = places.map(({ zone }, nth) => ({
    externalId: `site-${nth + 1}`,
    name: `Shop ${nth + 1}`,
    size: 1,
    timeZone: zone,
  }))
  return shopOf('cafe', { currency, timeZone: places[0]?.zone ?? 'UTC', sites })
}

function providerOf(wishes: Wishes, running: RunningSquare, post: Postbox, secret: string): Provider {
  const { square, clock } = running
  const seller = square.mainSeller
  const till = new Till(square, seller)
  const returns = new Returns(new Scribe(square, seller))
  const sold: TradeSale[] = []
  let names = 0
  const nth = () => ++names
  const { id, secret: applicationSecret, access_token } = running.credentials.application
  const at = (place: string): Shop => ({
    ...seller.shop,
    sites: seller.shop.sites.filter(({ externalId }) => seller.locationIdOf(externalId) === place),
  })
  const ring = (sale: TradeSale) => {
    till.ring(sale)
    sold.push(sale)
  }
  return {
    baseUrl: running.baseUrl,
    link: {
      environment: 'production',
      credentials: { access_token: running.credentials.access_token },
      account: seller.merchantId,
      application: null,
    },
    account: seller.merchantId,
    application: { id, secret: applicationSecret, credentials: { access_token } },
    places: wishes.places.map((place, index) => ({ ...place, id: seller.locations[index]?.id ?? '' })),
    get personal() {
      return personalOf(running)
    },
    now: () => instant(clock.now()),
    advance: (ms) => clock.advance(ms),
    sell: async (wish) => {
      for (const sale of salesFor(at(wish.place), { ...wish, seed: wish.seed + wishes.seed }, nth)) ring(sale)
    },
    sellLate: async (wish) => {
      for (let late = 0; late < wish.count; late++) {
        ring(offlineSale(at(wish.place), clock.now() + (late + 1) * 60_000, wish.seed + late, nth))
      }
    },
    edit: async (wish) => {
      const sale = sold.find((one) => isWithin(one, wish) && one.refunds.length === 0)
      if (sale === undefined) throw new RangeError('No sale of that time can be given back.')
      play(square, returns.actsOf(refundOf(sale, clock.now()), clock.now()))
    },
    books: async (wish) => running.books(queryOf(wish)).map(stageBooksOf),
    figures: async (request) => figuresOf(running, request),
    play: async (fault, on, options) => {
      const known = FAULTS[fault]
      if (known === undefined) throw new RangeError(`Square does not play ${fault}.`)
      running.fault({ ...known, on, rate: options?.rate ?? 1, seed: options?.seed ?? 1 })
    },
    deliveries: async () => {
      await clock.settle()
      await running.idle()
      return post.take(secret)
    },
    consent: async (path) => {
      const answer = await fetch(running.baseUrl + path, { redirect: 'manual' })
      return answer.headers.get('location') ?? ''
    },
    revoke: async () => {
      running.act('revoke')
    },
    counter: counterOf(running),
    close: async () => {
      await running.close()
      clock.close()
      await post.close()
    },
  }
}

function isWithin({ status, closedAt, payments }: TradeSale, { from, to }: Pick<SellWish, 'from' | 'to'>): boolean {
  return status === 'closed' && payments.length > 0 && closedAt !== null && closedAt >= from && closedAt < to
}

/** A tenth of the sale given back on its first payment, for nothing in particular. */
function refundOf(sale: TradeSale, at: number): TradeSale['refunds'][number] {
  const [payment] = sale.payments
  const amount = (payment?.amount ?? 0n) / 10n
  const line = { lineExternalId: null, itemKey: 'goodwill', name: 'Goodwill', quantity: '1', amount, tax: 0n }
  return {
    externalId: `${sale.externalId}-goodwill`,
    saleExternalId: sale.externalId,
    paymentExternalId: payment?.externalId ?? null,
    site: sale.site,
    currency: sale.currency,
    at,
    businessDate: sale.businessDate,
    amount,
    tax: 0n,
    tip: 0n,
    serviceCharge: 0n,
    rounding: 0n,
    lines: [line],
    tender: payment?.tender ?? 'cash',
    reason: 'Goodwill',
  }
}

function queryOf(wish: BooksWish) {
  const location = wish.place
  if ('day' in wish) return { location, from: wish.day, to: wish.day }
  return { location, from: new Date(wish.from).toISOString(), to: new Date(wish.to).toISOString() }
}

function stageBooksOf(books: CurrencyBooks): StageBooks {
  const { refunds } = books
  return {
    currency: books.currency,
    count: books.count,
    total: BigInt(books.total),
    gross: BigInt(books.gross),
    discount: BigInt(books.discount),
    taxAdded: BigInt(books.tax_added),
    taxIncluded: BigInt(books.tax_included),
    service: BigInt(books.service),
    tip: BigInt(books.tip),
    rounding: BigInt(books.rounding),
    deferred: BigInt(books.deferred),
    refunds: {
      count: refunds.count,
      amount: BigInt(refunds.amount),
      tax: BigInt(refunds.tax),
      tip: BigInt(refunds.tip),
    },
    byTender: Object.fromEntries(
      TENDERS.map((tender) => {
        const { payments, amount, refunded } = books.by_tender[tender]
        return [tender, { payments, amount: BigInt(amount), refunded: BigInt(refunded) }]
      }),
    ),
  }
}

/** Square's payments and refunds of the time, counted where they lie. */
function figuresOf({ square }: RunningSquare, { location, from, to }: BooksRequest): BookFigures[] {
  const within = (time: string) => Date.parse(time) >= from && Date.parse(time) < to
  const seller = square.mainSeller
  const paid = [...seller.paymentsAt(location).values()].flatMap(({ value }) =>
    value.status === 'COMPLETED' && within(value.created_at) ? [value] : [],
  )
  const back = [...seller.refunds.values()].flatMap(({ value }) =>
    value.status === 'COMPLETED' && value.location_id === location && within(value.created_at) ? [value] : [],
  )
  const sum = (amounts: readonly number[]) => BigInt(amounts.reduce((total, amount) => total + amount, 0))
  return [
    {
      currency: currencyCode(seller.currency),
      payments: paid.length,
      paid: sum(paid.map(({ total_money }) => total_money.amount)),
      tips: sum(paid.map(({ tip_money }) => tip_money?.amount ?? 0)),
      refunds: back.length,
      refunded: sum(back.map(({ amount_money }) => amount_money.amount)),
    },
  ]
}

function personalOf({ square }: RunningSquare): string[] {
  const seller = square.mainSeller
  const guests = [...seller.allOrders()].flatMap(({ fulfillments = [] }) =>
    JSON.stringify(fulfillments)
      .matchAll(/"display_name":"([^"]+)"/g)
      .toArray()
      .flatMap(([, name]) => name ?? []),
  )
  const known = seller.reads.customers.all().flatMap((one) => [one.email_address, one.phone_number])
  return [...new Set([...guests, ...known])]
}

type Postbox = {
  readonly url: string
  take(secret: string): CapturedDelivery[]
  close(): Promise<void>
}

/** Accepts whatever is delivered, and keeps it as it came. */
async function openPostbox(): Promise<Postbox> {
  const held: Pick<CapturedDelivery, 'headers' | 'body'>[] = []
  const server: Server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
    held.push({ headers: Object.fromEntries(headers), body: Buffer.concat(pieces) })
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/webhooks/square`
  return {
    url,
    take: (secret) => held.splice(0).map((one) => ({ ...one, url, secret })),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
