import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { askAt, freePort } from '#tests/harness/hub.ts'
import { type Machine, newMachine } from '#tests/harness/process.ts'

// From the receipt of a webhook to the event that a dashboard hears, while a provider delivers at a steady pace. Hub,
// PostgreSQL and provider are real processes on the same machine; the reader is a client of the event stream. What the
// provider takes to answer the hub's fetch is measured beside it, by fetches of the bench's own in the same minutes.

export type ArrivalBench = {
  readonly bench: 'arrival'
  readonly deliveries: number
  readonly deliveries_per_second: number
  readonly sales: number
  /** First webhook of a sale received → first event that names the sale. */
  readonly p50_ms: number
  readonly p99_ms: number
  readonly max_ms: number
  readonly fetch_p50_ms: number
  readonly fetch_p99_ms: number
  readonly p99_above_fetch_ms: number
  readonly goal_above_fetch_ms: 50
  readonly reached: boolean
}

export type ArrivalOptions = { readonly seconds?: number; readonly salesPerSecond?: number }

const PROGRAM = fileURLToPath(new URL('../bin/tillwire.js', import.meta.url))
const WARM_UP_SECONDS = 5

type Provider = { readonly base: string; readonly control: string; readonly token: string; end(): void }

export async function run(options: ArrivalOptions = {}): Promise<ArrivalBench> {
  // A sale raises two or three events of its own, 2.36 on average (authorised, captured, sometimes one of its order): 85
  // sales are the 200 deliveries that the goal speaks of. Stock and customers, one more for each sale, come on top.
  const { seconds = 30, salesPerSecond = 85 } = options
  const provider = await startProvider()
  const machine = await newMachine()
  try {
    const hub = await startShop(machine, provider)
    const heard = new Map<string, number>()
    const listening = listen(hub.url, hub.key, heard)
    await sell(provider, salesPerSecond * WARM_UP_SECONDS, salesPerSecond)
    await sleep((WARM_UP_SECONDS + 3) * 1_000)
    const beganAt = Date.now()
    const fetches = fetchAlong(machine, provider, seconds)
    await sell(provider, salesPerSecond * seconds, salesPerSecond)
    await sleep((seconds + 15) * 1_000)
    const fetchMs = await fetches
    const waits = await waitsOf(machine, heard, beganAt)
    listening.abort()
    return resultOf(waits, fetchMs, seconds)
  } finally {
    await machine.scrap()
    provider.end()
  }
}

async function startProvider(): Promise<Provider> {
  const words = ['simulate', 'square', '--json', '--days', '1', '--scale', '0.1', '--calls', '5000', '--attached']
  const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const said = JSON.parse(line) as { base_url: string; control_url: string; credentials: { access_token: string } }
  return {
    base: said.base_url,
    control: said.control_url,
    token: said.credentials.access_token,
    end: () => void child.kill('SIGKILL'),
  }
}

async function startShop(machine: Machine, provider: Provider): Promise<{ readonly url: URL; readonly key: string }> {
  const port = await freePort()
  const env = { PORT: String(port), TILLWIRE_PUBLIC_URL: `http://127.0.0.1:${port}`, SQUARE_BASE_URL: provider.base }
  const hub = await machine.start(env)
  const made = await machine.call(['tenant', 'create', 'shop', '--currency', 'USD', '--json'], env)
  if (made.said === null) throw new Error(`no tenant was made: ${made.stderr}`)
  const key = String(made.said.api_key)
  const connected = await askAt(hub.url, '/api/v1/tenants/shop/pos/configurations', {
    method: 'POST',
    key,
    json: {
      pos_system: 'square',
      name: 'Till',
      environment: 'production',
      credentials: { access_token: provider.token },
      locations: 'all',
      sync: { webhooks: true },
    },
  })
  if (connected.status >= 300) throw new Error(`the till was not connected: ${connected.status} ${connected.text}`)
  // The first sync is not what is measured.
  await sleep(8_000)
  return { url: hub.url, key }
}

/** Notes when each sale was first named. */
function listen(url: URL, key: string, heard: Map<string, number>): AbortController {
  const stop = new AbortController()
  void (async () => {
    const answer = await fetch(new URL('/api/v1/tenants/shop/events', url), {
      headers: { 'x-api-key': key },
      signal: stop.signal,
    })
    let rest = ''
    for await (const piece of answer.body ?? []) {
      const at = Date.now()
      const lines = (rest + Buffer.from(piece).toString('utf8')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (!line.startsWith('data: ')) continue
        const event = JSON.parse(line.slice(6)) as { type: string; data: { sale_ids?: string[] | null } }
        if (event.type !== 'sales.recorded') continue
        for (const id of event.data.sale_ids ?? []) if (!heard.has(id)) heard.set(id, at)
      }
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) console.error(error)
  })
  return stop
}

async function sell(provider: Provider, count: number, perSecond: number): Promise<void> {
  const answer = await fetch(`${provider.control}/sell`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ count, per_second: perSecond }),
  })
  if (!answer.ok) throw new Error(`the simulator does not sell: ${await answer.text()}`)
}

/** Asks for orders as the hub does, ten times a second, and answers how long each took. */
async function fetchAlong(machine: Machine, provider: Provider, seconds: number): Promise<number[]> {
  const known = await machine.query<{ external_id: string }>('select external_id from pos.sale_keys limit 50')
  const took: number[] = []
  for (const until = performance.now() + seconds * 1_000; performance.now() < until; ) {
    const ids = [known[took.length % Math.max(1, known.length)]?.external_id ?? 'none']
    const begunAt = performance.now()
    const answer = await fetch(`${provider.base}/v2/orders/batch-retrieve`, {
      method: 'POST',
      headers: { authorization: `Bearer ${provider.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ order_ids: ids }),
    })
    await answer.arrayBuffer()
    took.push(performance.now() - begunAt)
    await sleep(100)
  }
  return took
}

/** Of every sale whose first webhook came after `beganAt`. */
async function waitsOf(machine: Machine, heard: ReadonlyMap<string, number>, beganAt: number) {
  const rows = await machine.query<{ sale_id: string; received_at: Date; deliveries: string }>(
    `select k.sale_id, min(w.received_at) as received_at, count(*) as deliveries
     from pos.webhook_logs w cross join lateral unnest(w.subjects) s(subject)
     join pos.sale_keys k on k.tenant_id = w.tenant_id and k.connection_id = w.connection_id and 'sale:' || k.external_id = s.subject
     group by k.sale_id having min(w.received_at) >= $1`,
    [new Date(beganAt)],
  )
  const waits: number[] = []
  let deliveries = 0
  let unheard = 0
  for (const { sale_id: id, received_at: at, deliveries: count } of rows) {
    const heardAt = heard.get(id)
    if (heardAt === undefined) {
      unheard++
      continue
    }
    waits.push(Math.max(0, heardAt - new Date(at).getTime()))
    deliveries += Number(count)
  }
  if (unheard > 0) throw new Error(`nobody heard of ${unheard} of ${rows.length} sales`)
  return { waits, deliveries }
}

function resultOf(
  { waits, deliveries }: { readonly waits: readonly number[]; readonly deliveries: number },
  fetchMs: readonly number[],
  seconds: number,
): ArrivalBench {
  if (waits.length === 0) throw new Error('no sale arrived')
  const p99 = quantile(waits, 0.99)
  const above = p99 - quantile(fetchMs, 0.99)
  return {
    bench: 'arrival',
    deliveries,
    deliveries_per_second: Math.round(deliveries / seconds),
    sales: waits.length,
    p50_ms: quantile(waits, 0.5),
    p99_ms: p99,
    max_ms: quantile(waits, 1),
    fetch_p50_ms: quantile(fetchMs, 0.5),
    fetch_p99_ms: quantile(fetchMs, 0.99),
    p99_above_fetch_ms: Math.round(above * 10) / 10,
    goal_above_fetch_ms: 50,
    reached: above <= 50,
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return Math.round(value * 10) / 10
}
