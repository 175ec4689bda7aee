import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newId } from '#kernel/ids.ts'
import { type Clock, type Instant, instant } from '#kernel/instant.ts'
import type { Endpoint, Endpoints } from '#modules/connections/endpoints.ts'
import type { ConnectionRef, Converse, LiveConnection } from '#modules/connections/live.ts'
import type { Database } from '#platform/postgres/database.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics, type Metrics } from '#platform/telemetry/metrics.ts'
import type { Vault } from '#platform/vault/vault.ts'
import { CallFailed, type RecordRef, type Talk } from '../../../../connectors/contract.ts'
import { NOW } from '../records/test-shop.ts'
import { signTill, TILL, type TillEvent } from '../records/test-till.ts'
import { createDeliveries, type Deliveries } from './deliveries.ts'

// The made-up till as a server that is asked over HTTP, and a desk that works at its deliveries.

export type TestProvider = {
  readonly url: string
  /** What it answers with, by kind and id. */
  readonly objects: Map<string, object>
  /** Every call: kind and ids. */
  readonly calls: string[]
  /** Answers this instead of 200 while it is set. */
  status: number
  /** How long each answer takes. */
  delayMs: number
  close(): Promise<void>
}

export async function startProvider(): Promise<TestProvider> {
  const objects = new Map<string, object>()
  const calls: string[] = []
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://till')
    calls.push(url.pathname + url.search)
    const kind = url.pathname.slice(1)
    const ids = url.searchParams.get('ids')?.split(',') ?? []
    const found = ids.flatMap((id) => objects.get(`${kind} ${id}`) ?? [])
    setTimeout(() => {
      response.statusCode = provider.status
      response.end(JSON.stringify({ objects: found }))
    }, provider.delayMs)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const provider: TestProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    calls,
    status: 200,
    delayMs: 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return provider
}

/** Has talks with the till alone: no sign-in, no budget, no second try. */
export function talkTo(provider: Pick<TestProvider, 'url'>): Converse {
  return async <T>(_ref: ConnectionRef, _priority: string, talk: (link: never) => Talk<T>): Promise<T> => {
    const conversation = talk(undefined as never)
    let step = conversation.next()
    while (!step.done) {
      const call = step.value
      const response = await fetch(provider.url + call.path).catch(() => null)
      if (response === null) throw new CallFailed(call.name, { kind: 'unreachable', code: 'refused' })
      const body = new Uint8Array(await response.arrayBuffer())
      const answer = { status: response.status, headers: {}, body, receivedAt: NOW }
      const verdict = TILL.api.judge(call, answer)
      if (verdict.kind !== 'ok') throw new CallFailed(call.name, verdict)
      step = conversation.next(answer)
    }
    return step.value
  }
}

export type TestDesk = Deliveries & {
  readonly metrics: Metrics
  readonly connections: Map<string, LiveConnection>
  readonly signals: string[]
  readonly clock: Clock & { at: Instant }
}

export const SECRET = 'till-secret'
export const BASE = new URL('https://hub.example/')
export const PATH = '/api/v1/webhooks/generic-rest'

export function openDesk(
  database: Database,
  vault: Vault,
  provider: Pick<TestProvider, 'url'>,
  connections: readonly LiveConnection[],
  changes: {
    readonly converse?: Converse
    readonly receiveOnly?: boolean
    readonly at?: Instant
    readonly monotonicMs?: () => number
  } = {},
): TestDesk {
  const byId = new Map<string, LiveConnection>(connections.map((one) => [one.id, one]))
  const signals: string[] = []
  const metrics = createMetrics()
  const clock = { at: changes.at ?? NOW, now: () => clock.at }
  const deliveries = createDeliveries({
    database,
    clock,
    log: SILENT_LOG,
    metrics,
    endpoints: endpointsOf(byId),
    publicBase: BASE,
    vault,
    converse: changes.converse ?? talkTo(provider),
    findLive: async (ref) => byId.get(ref.id) ?? null,
    signalled: async (connection, signal) => void signals.push(`${connection.id} ${signal}`),
    unplaced: async (connection, locations) => void signals.push(`${connection.id} ${locations.join(',')}`),
    ...(changes.receiveOnly === undefined ? {} : { receiveOnly: changes.receiveOnly }),
    ...(changes.monotonicMs === undefined ? {} : { monotonicMs: changes.monotonicMs }),
  })
  return { ...deliveries, metrics, connections: byId, signals, clock }
}

function endpointsOf(byId: ReadonlyMap<string, LiveConnection>): Endpoints {
  const shared: Omit<Endpoint, 'connection' | 'url'> = {
    posSystem: 'generic-rest',
    environment: 'production',
    live: TILL,
    webhooks: TILL.webhooks as NonNullable<typeof TILL.webhooks>,
    secrets: ['new-secret', SECRET],
  }
  return {
    async find(posSystem, configId) {
      if (posSystem !== 'generic-rest') return []
      if (configId === null) return [{ ...shared, connection: null, url: `https://hub.example${PATH}` }]
      const connection = byId.get(configId)
      return connection === undefined ? [] : [{ ...shared, connection, url: `https://hub.example${PATH}/${configId}` }]
    },
    accountOwners: async (_posSystem, _environment, account) => {
      return [...byId.values()].filter((one) => one.account === account)
    },
    forget: () => undefined,
  }
}

/** An event of a connection's account. */
export function eventOf(connection: Pick<LiveConnection, 'account'>, changes: Partial<TillEvent> = {}): TillEvent {
  return { id: newId(), type: 'order.updated', account: connection.account, at: NOW, ...changes }
}

export function orderRef(id: string): RecordRef {
  return { kind: 'order', id }
}

/** A delivery of an event as the till would send it, signed for the address. */
export function deliveryOf(event: TillEvent | string, path = PATH, secret = SECRET, now: Instant = NOW) {
  const body = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event))
  const headers = {
    'x-till-signature': signTill(secret, `https://hub.example${path}`, body),
    'x-till-retry-number': '0',
    authorization: 'Bearer never-kept',
  }
  const configId = path.startsWith(`${PATH}/`) ? path.slice(PATH.length + 1) : null
  return { posSystem: 'generic-rest', configId, path, headers, body, now: instant(now) }
}
