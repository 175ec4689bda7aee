import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { askAt, freePort } from '#tests/harness/hub.ts'
import { type HubProcess, type Machine, newMachine } from '#tests/harness/process.ts'
import { type Books, hubBooks } from './books.ts'

// A small world in which everything may be killed: a provider's simulator, a hub with its own PostgreSQL, and a merchant who
// is connected. All of them are processes of their own; the hub goes by the simulator's clock.

const PROGRAM = fileURLToPath(new URL('../../bin/tillwire.js', import.meta.url))

export type World = {
  readonly machine: Machine
  readonly provider: Provider
  hub: HubProcess
  readonly key: string
  readonly connectionId: string
  /** Starts the hub anew on the same port, after it was killed. */
  restart(): Promise<void>
  /** Kills PostgreSQL; the hub brings it back. */
  killPostgres(): Promise<void>
  ask(where: string, asking?: Parameters<typeof askAt>[2]): ReturnType<typeof askAt>
  books(): Promise<Books>
  end(): Promise<void>
}

export type Provider = {
  readonly said: Readonly<Record<string, unknown>>
  control(where: string, body?: object): Promise<Record<string, unknown>>
  books(): Promise<Books>
  end(): Promise<void>
}

export type WorldOptions = {
  readonly seed: string
  /** Days of trade that lie behind when the merchant connects. */
  readonly days: number
  readonly locations: number
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const provider = await startProvider(options)
  const machine = await newMachine()
  const port = await freePort()
  const env = {
    PORT: String(port),
    TILLWIRE_PUBLIC_URL: `http://127.0.0.1:${port}`,
    TILLWIRE_CLOCK_URL: String(provider.said.control_url),
    SQUARE_BASE_URL: String(provider.said.base_url),
  }
  let hub = await machine.start(env)
  const made = await machine.call(
    [
      'tenant',
      'create',
      'shop',
      '--currency',
      'USD',
      '--time-zone',
      'America/New_York',
      '--close-out',
      '00:00',
      '--json',
    ],
    env,
  )
  if (made.said === null) throw new Error(`no tenant was made: ${made.stderr}`)
  const key = String(made.said.api_key)
  const connected = await askAt(hub.url, '/api/v1/tenants/shop/pos/configurations', {
    method: 'POST',
    key,
    json: {
      pos_system: 'square',
      name: 'Till',
      environment: 'production',
      credentials: credentialsOf(provider),
      locations: 'all',
      sync: { webhooks: true },
    },
  })
  if (connected.status >= 300) throw new Error(`the till was not connected: ${connected.status} ${connected.text}`)
  return {
    machine,
    provider,
    get hub() {
      return hub
    },
    key,
    connectionId: String(connected.json?.id),
    async restart() {
      for (let tries = 1; ; tries++) {
        try {
          hub = await machine.start(env)
          return
        } catch (error) {
          if (tries === 5) throw error
          await sleep(1_000)
        }
      }
    },
    async killPostgres() {
      const pid = await machine.postmasterPid()
      if (pid !== null) process.kill(pid, 'SIGKILL')
    },
    ask: (where, asking) => askAt(hub.url, where, { key, ...asking }),
    books: () => hubBooks(machine),
    async end() {
      hub.kill('SIGKILL')
      await machine.scrap()
      await provider.end()
    },
  }
}

function credentialsOf(provider: Provider): Record<string, string> {
  const { access_token: token } = provider.said.credentials as Record<string, unknown>
  return { access_token: String(token) }
}

export async function startProvider(options: WorldOptions): Promise<Provider> {
  const args = ['simulate', 'square', '--json', '--seed', options.seed, '--days', String(options.days)]
  const child = spawn(process.execPath, [PROGRAM, ...args, '--locations', String(options.locations)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const [line] = (await once(lines, 'line')) as [string]
  lines.on('line', () => undefined)
  const said = JSON.parse(line) as Record<string, unknown>
  const base = String(said.control_url).replace(/\/+$/, '')
  const control = async (where: string, body?: object) => {
    const answer = await fetch(`${base}${where}`, {
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${where}: ${text}`)
    return JSON.parse(text) as Record<string, unknown>
  }
  return {
    said,
    control,
    async books() {
      const { books } = (await control('/books')) as { books: Books }
      return books
    },
    async end() {
      child.kill('SIGKILL')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}
