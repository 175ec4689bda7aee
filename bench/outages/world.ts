import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startEmbedded } from '#platform/postgres/embedded.ts'
import { type RunningSquare, startSquare } from '#simulators/square/simulate.ts'
import { CURRENCIES } from '#simulators/trade/currencies.ts'
import { shopOf, sitesOf } from '#simulators/trade/shop.ts'
import { type Answer, type Asking, askAt, freePort } from '#tests/harness/hub.ts'
import { type HubProcess, type Machine, newMachine } from '#tests/harness/process.ts'
import { type FrontDoor, openFrontDoor } from './front-door.ts'
import { type HubClock, openHubClock } from './hub-clock.ts'

// A small world in which everything may be killed: a provider's simulator, one or two real hubs with a real PostgreSQL, and
// a merchant who is connected. The simulator lives here, and the hubs are processes of their own that go by its clock.

export type World = {
  readonly provider: RunningSquare
  readonly hubClock: HubClock
  readonly hubs: readonly Hub[]
  readonly key: string
  /** Kills PostgreSQL; the hub that owns it brings it back. Not where two hubs share one. */
  killPostgres(): Promise<void>
  /** As a superuser, past every wall. */
  query: Machine['query']
  /** Asks a hub that is up. */
  ask(where: string, asking?: Asking): Promise<Answer>
  end(): Promise<void>
}

/** One of the hub's processes, which comes back on the same port. */
export type Hub = {
  readonly url: URL
  /** Ends of the process that nobody here brought about, each with what it said last. */
  readonly falls: readonly string[]
  kill(): Promise<void>
  restart(): Promise<void>
}

export type WorldOptions = {
  readonly seed: string
  /** Days of trade that lie behind when the merchant connects. */
  readonly days: number
  readonly locations: number
  /** Two share one database behind one address. */
  readonly hubs: 1 | 2
  /** How the merchant signs in: by a token of his own, or by the page of consent. */
  readonly signIn: 'token' | 'oauth'
}

const TENANT = ['tenant', 'create', 'shop', '--currency', 'USD', '--time-zone', 'America/New_York']

/** Answers once the merchant is connected. Whatever fails on the way, nothing is left running. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const ends: (() => Promise<unknown>)[] = []
  const end = async () => {
    for (const one of ends.splice(0).reverse()) await one()
  }
  try {
    return await furnish(options, ends, end)
  } catch (error) {
    await end()
    throw error
  }
}

async function furnish(options: WorldOptions, ends: (() => Promise<unknown>)[], end: () => Promise<void>) {
  const provider = await startProvider(options)
  ends.push(() => provider.close())
  const hubClock = await openHubClock(() => provider.clock.now())
  ends.push(() => hubClock.close())
  const shared = options.hubs === 1 ? null : await shareDatabase(ends)
  const door = options.hubs === 1 ? null : await openDoor(ends)
  const machines: Machine[] = []
  const hubs: StartedHub[] = []
  for (let nth = 0; nth < options.hubs; nth++) {
    const machine = await newMachine()
    const port = await freePort()
    const env = { ...envOf(options, provider, hubClock, door?.url ?? `http://127.0.0.1:${port}`), ...shared?.env }
    const hub = await startHub(machine, { ...env, PORT: String(port) })
    ends.push(() => hub.kill().then(() => machine.scrap()))
    machines.push(machine)
    hubs.push(hub)
  }
  door?.lead(hubs.map(({ url }) => Number(url.port)))
  const [machine] = machines
  const [first] = hubs
  if (machine === undefined || first === undefined) throw new Error('a world has a hub')
  const made = await machine.call([...TENANT, '--close-out', '00:00', '--json'], first.env)
  if (made.said === null) throw new Error(`no tenant was made: ${made.stderr}`)
  const world: World = {
    provider,
    hubClock,
    hubs,
    key: String(made.said.api_key),
    async killPostgres() {
      const pid = await machine.postmasterPid()
      if (pid !== null) process.kill(pid, 'SIGKILL')
    },
    query: shared?.query ?? machine.query,
    async ask(where, asking) {
      const up = hubs.find(({ isUp }) => isUp) ?? first
      return askAt(up.url, where, { key: world.key, ...asking })
    },
    end,
  }
  await (options.signIn === 'token' ? connectByToken(world) : connectByConsent(world, door?.url ?? first.url.href))
  return world
}

function startProvider({ seed, days, locations, signIn }: WorldOptions): Promise<RunningSquare> {
  const traits = { currency: CURRENCIES.USD, timeZone: 'America/New_York' }
  const shop = shopOf('cafe', { ...traits, sites: sitesOf(locations) })
  // The application's own account, which a hub that knows its token connects by itself. It sells nothing.
  const own = shopOf('cafe', { ...traits, name: 'The application’s own', sites: sitesOf(1) })
  const merchant = { shop, country: 'US' }
  return startSquare({
    seed,
    sellers: signIn === 'token' ? [merchant] : [{ shop: own, country: 'US' }, merchant],
    rateLimit: { perSecond: 500, burst: 1_000 },
    consent: 'allow',
  }).then((provider) => {
    const now = provider.clock.now()
    const merchant = merchantOf(provider)
    const span = { from: timeText(now - days * 86_400_000), to: timeText(now), merchant }
    if (days > 0) provider.sell({ ...span, seed })
    return provider
  })
}

/** Whose sales they are: the last seller. */
export function merchantOf(provider: RunningSquare): string {
  const id = provider.square.sellers.at(-1)?.merchantId
  if (id === undefined) throw new Error('somebody sells')
  return id
}

function timeText(ms: number): string {
  return new Date(ms).toISOString()
}

function envOf({ signIn }: WorldOptions, provider: RunningSquare, clock: HubClock, publicUrl: string) {
  const { id, secret, access_token } = provider.credentials.application
  return {
    TILLWIRE_PUBLIC_URL: publicUrl,
    TILLWIRE_CLOCK_URL: clock.url,
    SQUARE_BASE_URL: provider.baseUrl,
    ...(signIn === 'oauth' && {
      SQUARE_APPLICATION_ID: id,
      SQUARE_APPLICATION_SECRET: secret,
      SQUARE_ACCESS_TOKEN: access_token,
    }),
  }
}

type StartedHub = Hub & { readonly env: NodeJS.ProcessEnv; readonly isUp: boolean }

const START_TRIES = 5
const FALL_TEXT_MAX = 2_000

async function startHub(machine: Machine, env: NodeJS.ProcessEnv): Promise<StartedHub> {
  let isUp = false
  const falls: string[] = []
  const start = async () => {
    const started = await machine.start(env)
    isUp = true
    void started.exited.then(({ code, signal, stdout, stderr }) => {
      if (isUp && hub === started) falls.push(`${signal ?? code} ${(stdout + stderr).slice(-FALL_TEXT_MAX)}`)
    })
    return started
  }
  let hub: HubProcess = await start()
  const url = new URL(`http://127.0.0.1:${env.PORT}`)
  return {
    url,
    env,
    falls,
    get isUp() {
      return isUp
    },
    async kill() {
      isUp = false
      hub.kill('SIGKILL')
      await hub.exited
    },
    async restart() {
      for (let tries = 1; ; tries++) {
        try {
          hub = await start()
          return
        } catch (error) {
          if (tries === START_TRIES) throw error
          await sleep(1_000)
        }
      }
    },
  }
}

type Shared = { readonly env: NodeJS.ProcessEnv; readonly query: Machine['query'] }

async function shareDatabase(ends: (() => Promise<unknown>)[]): Promise<Shared> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tillwire-shared-'))
  await chmod(dir, 0o711)
  const server = await startEmbedded({ dataDir: dir })
  ends.push(async () => {
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  })
  const connectionString = server.superuserUrl.replace('/postgres?', '/tillwire?')
  return {
    env: { DATABASE_URL: server.url, TILLWIRE_ROOT_KEY: randomBytes(32).toString('base64') },
    async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      const client = new pg.Client({ connectionString })
      await client.connect()
      try {
        return (await client.query<Row>(text, values)).rows
      } finally {
        await client.end()
      }
    },
  }
}

async function openDoor(ends: (() => Promise<unknown>)[]): Promise<FrontDoor> {
  const door = await openFrontDoor(await freePort())
  ends.push(() => door.close())
  return door
}

async function connectByToken(world: World): Promise<void> {
  const { access_token } = world.provider.credentials
  const connected = await world.ask('/api/v1/tenants/shop/pos/configurations', {
    method: 'POST',
    json: {
      pos_system: 'square',
      name: 'Till',
      environment: 'production',
      credentials: { access_token },
      locations: 'all',
      sync: { webhooks: true },
    },
  })
  if (connected.status >= 300) throw new Error(`the till was not connected: ${connected.status} ${connected.text}`)
}

async function connectByConsent(world: World, door: string): Promise<void> {
  const way = await world.ask('/api/integrations/pos/square/oauth?locations=all', { method: 'POST' })
  if (way.status !== 200) throw new Error(`there is no way to the page of consent: ${way.status} ${way.text}`)
  const page = `${way.json?.url}&auto=allow&merchant_id=${merchantOf(world.provider)}`
  const agreed = await fetch(page, { redirect: 'manual' })
  const back = await fetch(new URL(agreed.headers.get('location') ?? '', door), { redirect: 'manual' })
  const to = back.headers.get('location') ?? ''
  if (!/\/connections\/[0-9a-f-]{36}/.test(to)) throw new Error(`the way back led to ${back.status} ${to}`)
}
