import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { askAt, freePort } from '#tests/harness/hub.ts'
import { type Machine, newMachine } from '#tests/harness/process.ts'
import type { HostReady, HostTold, ToHost } from './pushes/speed-host.ts'

// From an order’s acceptance to the first request about it on the provider’s wire, while ten tenants’ channels hand orders
// in at a steady pace and the system of one of them answers nobody. Hub, PostgreSQL, providers and channels are real
// processes on the same machine, with real HTTP between them.

export type PushSpeedBench = {
  readonly bench: 'push-speed'
  readonly tenants: number
  readonly in_an_outage: number
  readonly orders_per_second: number
  /** Accepted for the tenants whose provider answers. */
  readonly orders: number
  /** The moment that the hub gives the order as its acceptance → its first request at the provider. */
  readonly p50_ms: number
  readonly p95_ms: number
  readonly p99_ms: number
  readonly max_ms: number
  /** The same from the channel’s request on, which its own answer is a part of. */
  readonly from_request_p95_ms: number
  readonly accepting_p99_ms: number
  readonly never_came: number
  readonly refused: number
  readonly goal_p95_ms: 200
  readonly goal_p99_ms: 1_000
  readonly reached: boolean
}

export type PushSpeedOptions = { readonly seconds?: number; readonly perSecond?: number; readonly tenants?: number }

const WARM_UP_SECONDS = 8
/** What has not come by then after the last order counts as never. */
const PATIENCE_MS = 10_000

type Channel = { readonly key: string; readonly slug: string; readonly currency: string; readonly isOut: boolean }
type Handed = { readonly id: string | null; readonly sentAt: number; readonly tookMs: number; readonly isOut: boolean }

export async function run(options: PushSpeedOptions = {}): Promise<PushSpeedBench> {
  const { seconds = 30, perSecond = 50, tenants = 10 } = options
  const providers = await startHost(tenants - 1)
  const machine = await newMachine()
  try {
    const { url, channels } = await openChannels(machine, providers.ready)
    providers.send({ hang: true })
    await handIn(url, channels, perSecond * Math.min(seconds, WARM_UP_SECONDS), perSecond, 'warm')
    const handed = await handIn(url, channels, perSecond * seconds, perSecond, 'order')
    const accepted = await acceptedAt(machine)
    await sleep(PATIENCE_MS)
    return resultOf({ handed, accepted, came: await providers.tell(), tenants, perSecond })
  } finally {
    await machine.scrap()
    providers.end()
  }
}

async function startHost(sellers: number) {
  const child: ChildProcess = fork(new URL('pushes/speed-host.ts', import.meta.url), [String(sellers)])
  const [ready] = (await once(child, 'message')) as [HostReady]
  const send = (message: ToHost) => void child.send(message)
  return {
    ready,
    send,
    async tell(): Promise<ReadonlyMap<string, number>> {
      const told = once(child, 'message') as Promise<[HostTold]>
      send({ tell: true })
      const [{ came }] = await told
      return new Map(came)
    },
    end: () => void child.kill('SIGKILL'),
  }
}

async function openChannels(machine: Machine, { square, dinePos }: HostReady) {
  const port = await freePort()
  const env = {
    PORT: String(port),
    TILLWIRE_PUBLIC_URL: `http://127.0.0.1:${port}`,
    SQUARE_BASE_URL: square.baseUrl,
    DINE_POS_BASE_URL: dinePos.baseUrl,
  }
  const hub = await machine.start(env)
  const channels: Channel[] = []
  for (const [nth, token] of [...square.tokens, null].entries()) {
    const isOut = token === null
    const channel = { slug: `shop-${nth}`, currency: isOut ? String(dinePos.credentials.currency) : 'EUR', isOut }
    const wishes = ['--currency', channel.currency, '--time-zone', 'Europe/Dublin', '--json']
    const made = await machine.call(['tenant', 'create', channel.slug, ...wishes], env)
    const key = String(made.said?.api_key ?? '')
    const ask = async (method: string, where: string, json: object) => {
      const answer = await askAt(hub.url, where, { method, key, json })
      if (answer.status >= 300) throw new Error(`${where}: ${answer.status} ${answer.text}`)
      return answer.json as { data?: { integration: { id: string } } }
    }
    const account = isOut
      ? { provider: 'dine-pos', credentials: dinePos.credentials }
      : { provider: 'square', access_token: token }
    const connected = await ask('POST', '/api/v1/pos/connect', { business_id: channel.slug, ...account })
    if (isOut) {
      const where = `/api/v1/tenants/${channel.slug}/pos/configurations/${connected.data?.integration.id}`
      await ask('PUT', where, { push: { item_mapping: { soup: dinePos.item } } })
    }
    channels.push({ ...channel, key })
  }
  // The first look at what was sold so far is not what is measured.
  await sleep(5_000)
  return { url: hub.url, channels }
}

/** At a steady pace, each at its moment whatever became of those before, the tenants in turn. */
async function handIn(url: URL, channels: readonly Channel[], count: number, perSecond: number, name: string) {
  const began = performance.now()
  const handing: Promise<Handed>[] = []
  for (let nth = 0; nth < count; nth++) {
    const wait = began + (nth * 1_000) / perSecond - performance.now()
    if (wait > 0) await sleep(wait)
    const channel = channels[nth % channels.length]
    if (channel !== undefined) handing.push(handInOne(url, channel, `${name}-${nth}`))
  }
  return Promise.all(handing)
}

async function handInOne(url: URL, { slug, key, currency, isOut }: Channel, externalId: string): Promise<Handed> {
  const price = { amount: 750, currency }
  const sentAt = Date.now()
  const began = performance.now()
  const answer = await fetch(new URL(`/api/v1/tenants/${slug}/orders`, url), {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({
      channel: 'web-shop',
      external_id: externalId,
      number: externalId,
      placed_at: new Date(sentAt).toISOString(),
      currency,
      fulfilment: { kind: 'pickup' },
      customer: { name: 'Robin Example' },
      items: [{ item_id: 'soup', name: 'Lentil soup', quantity: '2', unit_price: price }],
      total: { amount: 1_500, currency },
      payment: { state: 'paid', method: 'card' },
    }),
  })
  const body = (await answer.json()) as { id?: string }
  const id = answer.status === 201 ? (body.id ?? null) : null
  return { id, sentAt, tookMs: performance.now() - began, isOut }
}

async function acceptedAt(machine: Machine): Promise<ReadonlyMap<string, number>> {
  const rows = await machine.query<{ id: string; at: Date }>('select id, created_at as at from pos.orders')
  return new Map(rows.map(({ id, at }) => [id, at.getTime()]))
}

type Seen = {
  readonly handed: readonly Handed[]
  readonly accepted: ReadonlyMap<string, number>
  readonly came: ReadonlyMap<string, number>
  readonly tenants: number
  readonly perSecond: number
}

function resultOf({ handed, accepted, came, tenants, perSecond }: Seen): PushSpeedBench {
  const told = handed.flatMap(({ id, sentAt, tookMs, isOut }) => (id === null || isOut ? [] : [{ id, sentAt, tookMs }]))
  const wire = (from: (one: (typeof told)[number]) => number) =>
    sorted(told.map((one) => (came.get(one.id) ?? Number.POSITIVE_INFINITY) - from(one)))
  const waits = wire(({ id }) => accepted.get(id) ?? Number.NEGATIVE_INFINITY)
  const p95 = at(waits, 0.95)
  const p99 = at(waits, 0.99)
  return {
    bench: 'push-speed',
    tenants,
    in_an_outage: 1,
    orders_per_second: perSecond,
    orders: told.length,
    p50_ms: at(waits, 0.5),
    p95_ms: p95,
    p99_ms: p99,
    max_ms: at(waits, 1),
    from_request_p95_ms: at(
      wire(({ sentAt }) => sentAt),
      0.95,
    ),
    accepting_p99_ms: Math.round(at(sorted(told.map(({ tookMs }) => tookMs)), 0.99)),
    never_came: told.filter(({ id }) => !came.has(id)).length,
    refused: handed.filter(({ id }) => id === null).length,
    goal_p95_ms: 200,
    goal_p99_ms: 1_000,
    reached: p95 <= 200 && p99 <= 1_000,
  }
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b)
}

function at(sortedMs: readonly number[], share: number): number {
  return sortedMs[Math.min(sortedMs.length - 1, Math.floor(sortedMs.length * share))] ?? Number.NaN
}

if (import.meta.main) console.log(JSON.stringify(await run()))
