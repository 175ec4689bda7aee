import { describe, expect, test } from 'vitest'
import { serve } from '#platform/outbound/test-server.ts'
import type { Talk } from '../../../connectors/contract.ts'
import type { ConnectionRef } from './live.ts'
import { call, type MadeUpHub, openHub } from './test-converse.ts'

/** Asks for page after page until it is told to stop, and answers how many it got. */
function* pages(stop: { readonly now: boolean }): Talk<number> {
  let got = 0
  while (!stop.now) {
    yield call('/pages')
    got += 1
  }
  return got
}

/** A provider that grants so many calls a second and lets as many be saved up; more are refused for whole seconds. */
async function bucket(perSecond: number) {
  const seen = { granted: 0, refused: 0 }
  let saved = perSecond
  let at = performance.now()
  const { baseUrl } = await serve((_, response) => {
    const now = performance.now()
    saved = Math.min(perSecond, saved + ((now - at) * perSecond) / 1_000)
    at = now
    if (saved < 1) {
      seen.refused += 1
      response.writeHead(429, { 'retry-after': '1' }).end()
      return
    }
    saved -= 1
    seen.granted += 1
    response.end('{}')
  })
  return { baseUrl, seen }
}

describe('many connections', () => {
  test('whose calls the provider counts together each get the same share of them', async () => {
    const stop = { now: false }
    const shares = new Map<string | undefined, number>()
    let calls = 0
    const { baseUrl } = await serve((request, response) => {
      const token = request.headers.authorization
      if (calls < 600) shares.set(token, (shares.get(token) ?? 0) + 1)
      calls += 1
      stop.now = calls >= 600
      response.end('{}')
    })
    const hub = openHub({ baseUrl, pace: { requestsPerSecond: 5_000, concurrent: 4 } })
    const shops = Array.from({ length: 20 }, (_, index) =>
      hub.connect({ budget: 'made-up application', credentialsVersion: index + 1 }),
    )
    // The first shop asks with twenty talks at once, and gets no more for it.
    await Promise.all(
      shops.flatMap((shop, index) =>
        Array.from({ length: index === 0 ? 20 : 2 }, () => hub.converse(shop, 'backfill', () => pages(stop))),
      ),
    )
    expect(shares.size).toBe(20)
    for (const share of shares.values()) {
      expect(share).toBeGreaterThanOrEqual(25)
      expect(share).toBeLessThanOrEqual(35)
    }
  })

  test('with sign-ins of their own on one busy host all come to an end, and no refusal is a failure', async () => {
    const { baseUrl, seen } = await bucket(100)
    const hub = openHub({ baseUrl, pace: { requestsPerSecond: 10 } })
    const ask = (shop: ConnectionRef) =>
      hub.converse(shop, 'backfill', function* (): Talk<number> {
        for (let page = 0; page < 12; page++) yield call('/pages')
        return 12
      })
    const got = await Promise.all(Array.from({ length: 20 }, () => ask(hub.connect())))
    expect(got).toEqual(Array.from({ length: 20 }, () => 12))
    expect(seen.granted).toBe(240)
    expect(seen.refused).toBeGreaterThan(0)
  })
})

test('a sale is asked for before all that wait in a backfill: no more calls arrive before it than run already', async () => {
  const arrived: string[] = []
  const stop = { now: false }
  const { baseUrl } = await serve((request, response) => {
    arrived.push(request.url ?? '')
    setTimeout(() => response.end('{}'), 5)
  })
  // The rate is what holds the backfill back: a sale goes before it all the same.
  const hub = openHub({ baseUrl, pace: { requestsPerSecond: 40, concurrent: 4 } })
  const shop = hub.connect()
  const backfill = Promise.all(Array.from({ length: 30 }, () => hub.converse(shop, 'backfill', () => pages(stop))))
  for (let sale = 0; sale < 20; sale++) {
    await someMore(arrived)
    const before = arrived.length
    await hub.converse(shop, 'live', function* (): Talk<void> {
      yield call(`/sales/${sale}`)
    })
    const place = arrived.indexOf(`/sales/${sale}`) - before
    expect(place).toBeGreaterThanOrEqual(0)
    expect(place).toBeLessThanOrEqual(4)
  }
  stop.now = true
  await backfill
})

async function someMore(arrived: readonly string[]): Promise<void> {
  const from = arrived.length
  while (arrived.length < from + 2) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('breakers', () => {
  const ask = (hub: MadeUpHub, ref: ConnectionRef) =>
    hub.converse(ref, 'live', function* (): Talk<string> {
      yield call('/sale')
      return 'served'
    })
  const breakers = (hub: MadeUpHub) => {
    const { hosts, credentials } = hub.outbound.state()
    return { hosts: hosts.map(({ breaker }) => breaker), credentials: credentials.map(({ breaker }) => breaker) }
  }

  test('a host that is down is left alone by everybody, and found again by one call when it is back', async () => {
    let [calls, isDown] = [0, true]
    const { baseUrl } = await serve((_, response) => {
      calls += 1
      response.writeHead(isDown ? 503 : 200).end('{}')
    })
    const hub = openHub({ baseUrl })
    const shops = Array.from({ length: 6 }, () => hub.connect())
    const given = await Promise.allSettled(shops.map((shop) => ask(hub, shop)))
    expect(given.every(({ status }) => status === 'rejected')).toBe(true)
    expect(breakers(hub).hosts).toEqual(['open'])
    const callsSoFar = calls
    await expect(ask(hub, hub.connect())).rejects.toMatchObject({
      verdict: { kind: 'unavailable', code: 'breaker_open' },
    })
    expect(calls).toBe(callsSoFar)

    isDown = false
    hub.passTime(10_000)
    const again = await Promise.all(shops.map((shop) => ask(hub, shop)))
    expect(again).toEqual(shops.map(() => 'served'))
    expect(breakers(hub).hosts).toEqual(['closed'])
    expect((await hub.metrics.text()).body).toMatch(/^tillwire_outbound_breakers_open\{.*of="host"\} 0$/m)
  })

  test('one sign-in’s trouble is its own: neither its failures nor its refusals stop the others', async () => {
    const { baseUrl } = await serve((request, response) => {
      const version = /planted-token-(\d)/.exec(request.headers.authorization ?? '')?.[1]
      response.writeHead(version === '5' ? 500 : version === '4' ? 401 : 200).end('{}')
    })
    const hub = openHub({ baseUrl })
    const ill = hub.connect({ credentialsVersion: 5 })
    const well = hub.connect()
    for (let round = 0; round < 4; round++) {
      await expect(ask(hub, ill)).rejects.toMatchObject({ verdict: { kind: 'unavailable' } })
      expect(await ask(hub, well)).toBe('served')
    }
    const refused = Array.from({ length: 20 }, () => ask(hub, hub.connect({ credentialsVersion: 4 })))
    for (const { status } of await Promise.allSettled(refused)) expect(status).toBe('rejected')
    expect(await ask(hub, well)).toBe('served')
    const { hosts, credentials } = breakers(hub)
    expect(hosts).toEqual(['closed'])
    expect(credentials.filter((state) => state !== 'closed')).toEqual(['open'])
  })
})
