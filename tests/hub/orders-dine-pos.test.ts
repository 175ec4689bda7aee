import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningDinePos, startDinePos } from '../../simulators/dine-pos/simulate.ts'
import { type Answer, rowsOf, type Shop, until, useHub } from '../harness/hub.ts'

// A web shop's order, from its POST to the guest, at restaurants whose systems take orders and call back: the whole hub, the
// simulated system with a kitchen, real HTTP both ways. One restaurant's system signs and knows a repeat by its key; the
// other one does neither.

const signing = await startDinePos({ kitchen: null })
const plain = await startDinePos({ kitchen: null, profile: 'petpooja', seed: 'petpooja' })
const hub = useHub({ privateAddresses: 'allow' })

type Json = Readonly<Record<string, unknown>>
type Log = { id: string; order_id: string; status: string; pos_order_id: string | null; outcome?: string }
type Address = { readonly url: string; readonly say: string }

/** A restaurant with its web shop, connected to its system. */
class Restaurant {
  readonly pos: RunningDinePos
  readonly slug: string
  shop: Shop | undefined
  configId = ''
  /** What is shown once. */
  secret = ''
  addresses: readonly Address[] = []
  #orders = 0

  constructor(pos: RunningDinePos, slug: string) {
    this.pos = pos
    this.slug = slug
  }

  ask(path: string, json?: unknown, method = json === undefined ? 'GET' : 'POST'): Promise<Answer> {
    return hub.ask(path, { key: this.shop?.key ?? '', method, ...(json === undefined ? {} : { json }) })
  }

  of(path: string): string {
    return `/api/v1/tenants/${this.slug}${path}`
  }

  /** By the form of a person, then as the one that orders go to. */
  async connect(): Promise<Answer> {
    this.shop = await hub.openShop(this.slug, { currency: 'INR', timeZone: 'Asia/Kolkata' })
    const wish = { pos_system: 'dine-pos', credentials: this.pos.credentials }
    const made = await this.ask(this.of('/pos/configurations'), wish)
    expect([made.status, made.text]).toEqual([201, made.text])
    const told = made.json as Json & { id: string; webhook_secret: string; webhook_addresses: readonly Address[] }
    Object.assign(this, { configId: told.id, secret: told.webhook_secret, addresses: told.webhook_addresses })
    const business = { business_id: this.slug, provider: 'dine-pos' }
    const target = await this.ask('/api/v1/pos/connect', business)
    expect([target.status, target.text]).toEqual([200, target.text])
    return made
  }

  /** What the restaurant sells now, by its system. */
  get menu() {
    return this.pos.pos.menu.cardAt(this.pos.clock.now())
  }

  /** Two of what is sold without variations, and how the hub names an article of it. */
  get plates() {
    return this.menu.items.filter(({ variations }) => variations.length === 0).slice(0, 2)
  }

  /** The web shop hands its catalogue in, and a person says what it stands for. */
  async match(): Promise<void> {
    const [one, other] = this.plates
    const items = [one, other].map((plate, at) => ({
      id: `dish-${at}`,
      name: plate?.name,
      price: { amount: plate?.price, currency: 'INR' },
    }))
    const handed = await this.ask(this.of('/channels/web-shop/items'), { items }, 'PUT')
    expect([handed.status, handed.text]).toEqual([200, handed.text])
    const mappings = items.map(({ id }, at) => ({ item_id: id, pos_item_id: this.plates[at]?.id }))
    const path = this.of(`/pos/configurations/${this.configId}/item-mappings`)
    const matched = await this.ask(path, { channel: 'web-shop', mappings }, 'PUT')
    expect([matched.status, matched.text]).toEqual([200, matched.text])
  }

  /** An order for two of one dish and one of another, paid; the tax is on top. */
  order(changes: object = {}) {
    const [one, other] = this.plates
    const items = [
      { item_id: 'dish-0', name: one?.name ?? '', quantity: '2', unit_price: rupees(one?.price ?? 0) },
      { item_id: 'dish-1', name: other?.name ?? '', quantity: '1', unit_price: rupees(other?.price ?? 0) },
    ]
    const sum = 2 * (one?.price ?? 0) + (other?.price ?? 0)
    const tax = Math.round(sum * 0.05)
    return {
      channel: 'web-shop',
      external_id: `w-${++this.#orders}`,
      number: `WEB-${this.#orders}`,
      placed_at: new Date().toISOString(),
      currency: 'INR',
      fulfilment: {
        kind: 'delivery',
        address: { lines: ['12 Marine Drive'], city: 'Mumbai', postal_code: '400020', country: 'IN' },
      },
      customer: { name: 'Ada Lovelace', phone: '+912212345678' },
      items,
      taxes: [{ name: 'GST', rate: '5', amount: rupees(tax), included: false }],
      total: rupees(sum + tax),
      payment: { state: 'paid', method: 'transfer', reference: 'pay_77' },
      ...changes,
    }
  }

  async place(changes: object = {}): Promise<string> {
    const answer = await this.ask(this.of('/orders'), this.order(changes))
    expect([answer.status, answer.text]).toEqual([201, answer.text])
    return (answer.json as { id: string }).id
  }

  async log(orderId: string): Promise<Log | undefined> {
    const { json } = await this.ask(`/api/v1/pos/history/${this.slug}`)
    return (json as { data: { logs: Log[] } }).data.logs.find((log) => log.order_id === orderId)
  }

  pushed(orderId: string, status = 'success', patienceMs = 30_000): Promise<Log | undefined> {
    const isThere = (log: Log | undefined) => log?.status === status
    return until(`order ${orderId} as ${status}`, () => this.log(orderId), isThere, patienceMs)
  }

  async progress(orderId: string): Promise<string> {
    return String(((await this.ask(this.of(`/orders/${orderId}`))).json as Json).progress)
  }

  reached(orderId: string, progress: string): Promise<string> {
    const look = () => this.progress(orderId)
    return until(`order ${orderId} as ${progress}`, look, (seen) => seen === progress)
  }

  /** Somebody in the kitchen says how far it is, and the hub has heard. */
  async move(orderId: string, ...words: string[]): Promise<void> {
    for (const status of words) {
      this.pos.act('move-order', { order_id: orderId, status })
      await this.pos.idle()
    }
  }

  async sales(): Promise<readonly (Json & { external_id: string; status: string; total: unknown })[]> {
    return rowsOf(await this.ask(this.of('/pos/transactions?status=open,closed,voided&limit=200')))
  }

  async tasks(kind: string): Promise<readonly Json[]> {
    return rowsOf<Json>(await this.ask(this.of('/tasks?state=open'))).filter((task) => task.kind === kind)
  }

  /** All that stand in the system under an order of ours. */
  ordersOf(orderId: string) {
    return this.pos.pos.ordersOf(orderId)
  }

  /** The word in the address that one order was sent with: the query, with its mark. */
  wordFor(orderId: string): string {
    return new URL(this.ordersOf(orderId)[0]?.callbackUrl ?? '').search
  }

  /** The sales that an order of ours has become, whether it goes by our word there or by the system's number. */
  saleOf(orderId: string, status: string) {
    const look = async () => {
      const names = [orderId, ...this.ordersOf(orderId).map(({ posId }) => posId)]
      return (await this.sales()).filter(({ external_id }) => names.includes(external_id))
    }
    return until(`the sale of ${orderId} as ${status}`, look, ([first]) => first?.status === status)
  }

  /** A person's decision. */
  resolve(orderId: string, decision: object): Promise<Answer> {
    return this.ask(this.of(`/orders/${orderId}/push/resolve`), decision)
  }

  undecided(orderId: string): Promise<readonly Json[]> {
    const look = async () =>
      (await this.tasks('push.undecided')).filter(({ data }) => (data as Json).order_id === orderId)
    return until(`a task about ${orderId}`, look, (tasks) => tasks.length > 0)
  }

  /** What the web shop is told of one of its dishes. */
  async isOffered(dish: string): Promise<boolean> {
    const rows = rowsOf<{ id: string; available: boolean }>(await this.ask(this.of('/channels/web-shop/items')))
    return rows.find(({ id }) => id === dish)?.available ?? false
  }

  offered(dish: string, offered: boolean): Promise<boolean> {
    return until(
      `${dish} as ${offered ? 'offered' : 'sold out'}`,
      () => this.isOffered(dish),
      (seen) => seen === offered,
    )
  }

  /** As the system would deliver, or a stranger. */
  call(query: string, body: object | string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const path = `/api/v1/webhooks/dine-pos/${this.configId}${query}`
    return hub.ask(path, { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...headers } })
  }
}

const WAY = [
  ['accepted', 'accepted'],
  ['ready', 'ready'],
  ['dispatched', 'dispatched'],
  ['delivered', 'completed'],
] as const

const rupees = (amount: number) => ({ amount, currency: 'INR' })
const lakeside = new Restaurant(signing, 'lakeside')
const fort = new Restaurant(plain, 'fort')

/** As the guide says it is made. */
function tokenOf(secret: string, orderId: string): string {
  return createHmac('sha256', secret).update(`order:${orderId}`).digest('base64url')
}

function signed(secret: string, body: string, at = Date.now()): Record<string, string> {
  const seconds = Math.floor(at / 1_000)
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return { 'x-hub-signature': `t=${seconds},v1=${mac}` }
}

afterAll(async () => {
  await signing.close()
  await plain.close()
})

describe.each([lakeside, fort])('$slug', (restaurant) => {
  beforeAll(async () => {
    const made = await restaurant.connect()
    expect(made.text).not.toContain(restaurant.pos.credentials.app_secret)
  })

  test('shows its secret and its addresses once', async () => {
    expect(restaurant.secret.length).toBeGreaterThan(30)
    expect(restaurant.addresses).toHaveLength(1)
    const again = await restaurant.ask(restaurant.of(`/pos/configurations/${restaurant.configId}`))
    expect(again.text).not.toContain(restaurant.secret)
    expect(again.json).not.toHaveProperty('webhook_secret')
    restaurant.pos.act('set-callbacks', { secret: restaurant.secret, stock_url: restaurant.addresses[0]?.url })
  })

  test('has its menu read, and it stands beside what the web shop sells', async () => {
    const path = restaurant.of(`/pos/configurations/${restaurant.configId}/sync/status`)
    const read = (seen: Json) => (seen.recent as Json[] | undefined)?.some(({ state }) => state === 'done') ?? false
    await until('the menu', async () => (await restaurant.ask(path)).json ?? {}, read)
    await restaurant.match()
    const listed = restaurant.of(`/pos/configurations/${restaurant.configId}/item-mappings?channel=web-shop`)
    const rows = rowsOf<{ pos_item: Json; state: string; prices: Json }>(await restaurant.ask(listed))
    expect(rows.map(({ state }) => state)).toEqual(['mapped', 'mapped'])
    expect(rows.map(({ pos_item }) => pos_item.known)).toEqual([true, true])
    const names = rows.map(({ pos_item }) => pos_item.name).sort()
    expect(names).toEqual(restaurant.plates.map(({ name }) => name).sort())
  })

  test('takes an order, which is told on until it is delivered, and stands once among the sales', async () => {
    const id = await restaurant.place()
    const log = await restaurant.pushed(id)
    expect(restaurant.ordersOf(id).map(({ posId }) => posId)).toEqual([log?.pos_order_id])
    for (const [word, progress] of WAY) {
      await restaurant.move(id, word)
      await restaurant.reached(id, progress)
    }
    const sales = await restaurant.saleOf(id, 'closed')
    expect(sales).toHaveLength(1)
    expect(sales[0]).toMatchObject({ total: rupees(restaurant.ordersOf(id)[0]?.sums.total ?? 0) })
    expect(sales[0]).toMatchObject({ total: restaurant.order().total })
    const timeline = await restaurant.ask(restaurant.of(`/orders/${id}/push`))
    expect(timeline.text).toContain('orders.push')
    expect(timeline.text).not.toMatch(/Lovelace|12345678|token=|Marine/)
  })

  test('is believed only with its signature, or with the word in the address of that very order', async () => {
    const [id, other] = [await restaurant.place(), await restaurant.place()]
    await restaurant.pushed(id)
    await restaurant.pushed(other)
    const cancelled = (orderId: string) => ({ restID: 'x', order_id: orderId, orderID: orderId, status: 'cancelled' })
    const body = JSON.stringify(cancelled(id))
    const stock = new URL(restaurant.addresses[0]?.url ?? '').search
    const forgeries = [
      await restaurant.call('', body),
      await restaurant.call('?token=', body),
      await restaurant.call(stock, body),
      await restaurant.call(restaurant.wordFor(other), body),
      await restaurant.call(restaurant.wordFor(id).replace(/.$/, '-'), body),
      await restaurant.call(`${restaurant.wordFor(other)}&order=${id}`, body),
      await restaurant.call(restaurant.wordFor(id), cancelled(other)),
      await restaurant.call(restaurant.wordFor(id), { in_stock: false, item_ids: ['1'] }),
      await restaurant.call('', body, signed('a guess', body)),
      await restaurant.call('', body, signed(restaurant.secret, body, Date.now() - 10 * 60_000)),
      await restaurant.call('', `${body} `, signed(restaurant.secret, body)),
      await restaurant.call(restaurant.wordFor(id), body, signed('a guess', body)),
    ]
    expect(forgeries.map(({ status }) => status)).toEqual(forgeries.map(() => 401))
    // What is refused is told by none of its secrets.
    expect(forgeries.map(({ text }) => text).join()).not.toContain('token')
    await restaurant.move(id, 'accepted')
    await restaurant.reached(id, 'accepted')
    expect(await restaurant.progress(other)).toBe('placed')
    // And these are the ways to be believed.
    const genuine = JSON.stringify({
      ...cancelled(other),
      restaurant_id: restaurant.pos.credentials.restaurant_id,
      restID: undefined,
    })
    expect((await restaurant.call('', genuine, signed(restaurant.secret, genuine))).status).toBe(200)
    await restaurant.reached(other, 'cancelled')
    await restaurant.move(id, 'cancelled')
    await restaurant.reached(id, 'cancelled')
  })

  test('may tell twice and in any order: nothing moves backwards, and the sale is one', async () => {
    const id = await restaurant.place()
    await restaurant.pushed(id)
    const { restaurant_id } = restaurant.pos.credentials
    const word = restaurant.wordFor(id)
    for (const status of [
      'dispatched',
      'ready',
      'ready',
      'accepted',
      'delivered',
      'delivered',
      'preparing',
      'cancelled',
    ]) {
      const answer = await restaurant.call(word, { restaurant_id, order_id: id, status, is_modified: false })
      expect(answer.status).toBe(200)
      expect(answer.json).toEqual({ status: 'received' })
    }
    await restaurant.reached(id, 'completed')
    expect(await restaurant.saleOf(id, 'closed')).toHaveLength(1)
    expect(await restaurant.progress(id)).toBe('completed')
  })

  test('gives an order back that the web shop takes back, and its sale is voided if it was one', async () => {
    const [early, late] = [await restaurant.place(), await restaurant.place()]
    await restaurant.pushed(late)
    await restaurant.pushed(early)
    await restaurant.move(late, 'accepted')
    await restaurant.reached(late, 'accepted')
    await restaurant.saleOf(late, 'open')
    for (const id of [early, late]) {
      const answer = await restaurant.ask(restaurant.of(`/orders/${id}/cancel`), { reason: 'The guest is ill' })
      expect([answer.status, answer.text]).toEqual([answer.status < 300 ? answer.status : 200, answer.text])
      await restaurant.reached(id, 'cancelled')
      expect(restaurant.ordersOf(id).map(({ status }) => status)).toEqual(['cancelled'])
    }
    await restaurant.pos.idle()
    expect(await restaurant.saleOf(late, 'voided')).toHaveLength(1)
    const numbers = restaurant.ordersOf(early).map(({ posId }) => posId)
    expect((await restaurant.sales()).filter(({ external_id }) => numbers.includes(external_id))).toEqual([])
  })

  test('refuses an order in its kitchen, and no sale comes of it', async () => {
    const id = await restaurant.place()
    const log = await restaurant.pushed(id)
    await restaurant.move(id, 'rejected')
    await restaurant.reached(id, 'cancelled')
    expect((await restaurant.sales()).filter(({ external_id }) => external_id === log?.pos_order_id)).toEqual([])
  })

  test('goes on being believed for orders that are under way when its secret is made anew', async () => {
    const id = await restaurant.place()
    await restaurant.pushed(id)
    const path = restaurant.of(`/pos/configurations/${restaurant.configId}/webhook-secret`)
    const fresh = (await restaurant.ask(path, {})).json as Json & {
      webhook_secret: string
      webhook_addresses: Address[]
    }
    expect(fresh.webhook_secret).not.toBe(restaurant.secret)
    await restaurant.move(id, 'accepted')
    await restaurant.reached(id, 'accepted')
    const before = restaurant.secret
    Object.assign(restaurant, { secret: fresh.webhook_secret, addresses: fresh.webhook_addresses })
    restaurant.pos.act('set-callbacks', { secret: fresh.webhook_secret, stock_url: fresh.webhook_addresses[0]?.url })
    const next = await restaurant.place()
    await restaurant.pushed(next)
    expect(restaurant.wordFor(next)).toContain(tokenOf(restaurant.secret, next))
    expect(restaurant.wordFor(next)).not.toContain(tokenOf(before, next))
    await restaurant.move(next, 'accepted', 'delivered')
    await restaurant.reached(next, 'completed')
  })

  test('tells what is sold out, and the web shop hears of it, on another day too', async () => {
    const [dish] = restaurant.plates
    const rounds = [1, 2]
    for (const _ of rounds) {
      restaurant.pos.act('sell-out', { ids: [dish?.id] })
      await restaurant.pos.idle()
      await restaurant.offered('dish-0', false)
      restaurant.pos.act('bring-back', { ids: [dish?.id] })
      await restaurant.pos.idle()
      await restaurant.offered('dish-0', true)
    }
  })

  test('tells that an item is sold out, and means it in all its sizes', async () => {
    const item = restaurant.menu.items.find(({ variations }) => variations.length > 1)
    const [size] = item?.variations ?? []
    const wish = {
      mappings: [{ item_id: 'dish-1', pos_item_id: `${size?.id}:${size?.variationId}` }],
      channel: 'web-shop',
    }
    const path = restaurant.of(`/pos/configurations/${restaurant.configId}/item-mappings`)
    const [matched] = await Promise.all([restaurant.ask(path, wish, 'PATCH')])
    expect([matched?.status, matched?.text]).toEqual([200, matched?.text])
    for (const id of [item?.id, size?.id]) {
      restaurant.pos.act('sell-out', { ids: [id] })
      await restaurant.pos.idle()
      await restaurant.offered('dish-1', false)
      restaurant.pos.act('bring-back', { ids: [id] })
      await restaurant.pos.idle()
      await restaurant.offered('dish-1', true)
    }
    await restaurant.match()
  })
})

describe('an order of which nobody saw the answer', () => {
  test('is one where the system knows it by its key', async () => {
    signing.fault({ name: 'timeout-after-commit', on: true, calls: ['orders.push'], times: 1, seed: 'a' })
    const id = await lakeside.place()
    const log = await lakeside.pushed(id, 'success', 60_000)
    expect(lakeside.ordersOf(id).map(({ posId }) => posId)).toEqual([log?.pos_order_id])
    await lakeside.move(id, 'accepted', 'delivered')
    expect(await lakeside.saleOf(id, 'closed')).toHaveLength(1)
  }, 90_000)

  test('is known by the kitchen’s word where every answer is lost', async () => {
    signing.fault({ name: 'error-after-commit', on: true, calls: ['orders.push'], rate: 1, seed: 'f' })
    const id = await lakeside.place()
    await until(
      'the order in the kitchen',
      async () => lakeside.ordersOf(id).length,
      (count) => count === 1,
    )
    await lakeside.move(id, 'accepted')
    const log = await lakeside.pushed(id, 'success', 60_000)
    signing.fault({ name: 'error-after-commit', on: false })
    expect(lakeside.ordersOf(id).map(({ posId }) => posId)).toEqual([log?.pos_order_id])
    await lakeside.move(id, 'delivered')
    expect(await lakeside.saleOf(id, 'closed')).toHaveLength(1)
  }, 90_000)

  test('is there as soon as the kitchen speaks of it, and nobody needs to decide', async () => {
    plain.fault({ name: 'cut', on: true, calls: ['orders.push'], rate: 1, times: 1, seed: 'b' })
    const id = await fort.place()
    await fort.undecided(id)
    await fort.move(id, 'accepted', 'delivered')
    await fort.pushed(id)
    await fort.reached(id, 'completed')
    expect(await fort.saleOf(id, 'closed')).toHaveLength(1)
    expect(fort.ordersOf(id)).toHaveLength(1)
    expect(await fort.tasks('push.undecided')).toEqual([])
  })

  test('is there by a word that came while the answer was still waited for', async () => {
    plain.fault({ name: 'timeout-after-commit', on: true, calls: ['orders.push'], times: 1, seed: 'c' })
    const id = await fort.place()
    await until(
      'the order in the kitchen',
      async () => fort.ordersOf(id).length,
      (count) => count === 1,
    )
    await fort.move(id, 'accepted')
    await fort.reached(id, 'accepted')
    await fort.pushed(id, 'success', 60_000)
    expect(fort.ordersOf(id)).toHaveLength(1)
    const tasks = rowsOf<Json>(await fort.ask(fort.of('/tasks?state=all')))
    expect(tasks.filter(({ data }) => (data as Json).order_id === id)).toEqual([])
    await fort.move(id, 'delivered')
    expect(await fort.saleOf(id, 'closed')).toHaveLength(1)
  }, 90_000)

  test('is the one that a person found in the kitchen, and its sale stands', async () => {
    plain.fault({ name: 'cut', on: true, calls: ['orders.push'], rate: 1, times: 1, seed: 'd' })
    const id = await fort.place()
    await fort.undecided(id)
    const [found] = fort.ordersOf(id)
    const decided = await fort.resolve(id, { decision: 'is_this', pos_order_id: found?.posId })
    expect([decided.status, decided.text]).toEqual([200, decided.text])
    expect(await fort.log(id)).toMatchObject({ status: 'success', pos_order_id: found?.posId })
    expect(await fort.tasks('push.undecided')).toEqual([])
    for (const [word, progress] of WAY) {
      await fort.move(id, word)
      await fort.reached(id, progress)
    }
    const sales = await fort.saleOf(id, 'closed')
    expect(sales).toHaveLength(1)
    expect(sales[0]).toMatchObject({ total: fort.order().total })
  })

  test('is sent again when a person found nothing in the kitchen', async () => {
    plain.fault({ name: 'error-before-commit', on: true, calls: ['orders.push'], rate: 1, times: 1, seed: 'e' })
    const id = await fort.place()
    await fort.undecided(id)
    expect(fort.ordersOf(id)).toEqual([])
    expect((await fort.resolve(id, { decision: 'send_again' })).status).toBe(200)
    const log = await fort.pushed(id)
    expect(fort.ordersOf(id).map(({ posId }) => posId)).toEqual([log?.pos_order_id])
    await fort.move(id, 'accepted', 'delivered')
    expect(await fort.saleOf(id, 'closed')).toHaveLength(1)
  })
})

test('a menu that was saved anew is read when it refuses an order, and what it had before is not sold any more', async () => {
  const before = lakeside.plates.map(({ id }) => id)
  signing.fault({ name: 'menu-changed', on: true })
  const id = await lakeside.place()
  const log = await lakeside.pushed(id, 'failed')
  expect(log).toMatchObject({ error_code: expect.stringMatching(/ITEM_UNKNOWN/i) })
  const listed = lakeside.of(`/pos/configurations/${lakeside.configId}/item-mappings?channel=web-shop`)
  type Row = { pos_item: { id: string; deleted: boolean }; state: string }
  const rows = await until(
    'the new menu',
    async () => rowsOf<Row>(await lakeside.ask(listed)),
    (seen) => seen.every(({ pos_item }) => pos_item.deleted),
  )
  expect(rows.map(({ pos_item }) => pos_item.id).sort()).toEqual([...before].sort())
  expect(rows.map(({ state }) => state)).toEqual(['broken', 'broken'])
  await lakeside.match()
  expect((await lakeside.ask(`/api/v1/pos/sync/${id}`, {})).status).toBe(200)
  await lakeside.pushed(id)
  expect(lakeside.ordersOf(id)).toHaveLength(1)
})
