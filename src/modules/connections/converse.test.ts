import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { nobody, serve } from '#platform/outbound/test-server.ts'
import { CallFailed, Garbled, type Talk } from '../../../connectors/contract.ts'
import { createConverseWith } from './converse.ts'
import { askFor, call, openHub } from './test-converse.ts'

type Answer = readonly [status: number, body?: string, headers?: Readonly<Record<string, string>>]

/** A provider that gives the answers of a list, one a call, and the last one for ever; and tells what it was asked. */
async function provider(...answers: readonly [Answer, ...Answer[]]) {
  const asked: { path: string; token: string; body: string }[] = []
  const { baseUrl } = await serve((request, response) => {
    const [status, body = '{}', headers = {}] = answers[Math.min(asked.length, answers.length - 1)] ?? answers[0]
    asked.push({ path: request.url ?? '', token: request.headers.authorization ?? 'none', body: '' })
    response.writeHead(status, headers).end(body)
  })
  return { baseUrl, asked }
}

const failed = (kind: string, code?: string) => ({
  name: 'CallFailed',
  verdict: expect.objectContaining(code === undefined ? { kind } : { kind, code }),
})

describe('a talk', () => {
  test('is handed each answer in turn, and its result is handed back', async () => {
    const { baseUrl, asked } = await provider([200, '{"page":1}'], [200, '{"page":2}'])
    const hub = openHub({ baseUrl })
    const texts = await hub.converse(hub.connect(), 'backfill', () =>
      askFor(call('/orders?page=1'), call('/orders?page=2')),
    )
    expect(texts).toEqual(['{"page":1}', '{"page":2}'])
    expect(asked.map(({ path, token }) => `${path} ${token}`)).toEqual([
      '/orders?page=1 Bearer planted-token-1',
      '/orders?page=2 Bearer planted-token-1',
    ])
  })

  test('hears of a failure at the call that failed, and may know better', async () => {
    const { baseUrl } = await provider([404], [200, '{"second":true}'])
    const hub = openHub({ baseUrl })
    function* talk(): Talk<string> {
      try {
        yield call('/orders/1')
        return 'there'
      } catch (error) {
        if (!(error instanceof CallFailed) || error.verdict.kind !== 'missing') throw error
        return `not there, ${Buffer.from((yield call('/orders/2')).body).toString()}`
      }
    }
    expect(await hub.converse(hub.connect(), 'live', talk)).toBe('not there, {"second":true}')
  })

  test('that cannot read an answer ends as garbled, and says nothing of what it read', async () => {
    const { baseUrl } = await provider([200, '{"orders":"planted"}'])
    const hub = openHub({ baseUrl })
    function* talk(): Talk<never> {
      yield call('/orders')
      throw new Garbled('orders is no list')
    }
    const given = hub.converse(hub.connect(), 'live', talk)
    await expect(given).rejects.toMatchObject(failed('garbled', 'unreadable'))
    expect(hub.lines.join()).not.toContain('planted')
  })

  test('that never stops asking is stopped', async () => {
    const { baseUrl, asked } = await provider([200])
    const hub = openHub({ baseUrl, pace: { requestsPerSecond: 10_000 } })
    function* talk(): Talk<never> {
      for (;;) yield call('/orders')
    }
    await expect(hub.converse(hub.connect(), 'live', talk)).rejects.toMatchObject(failed('garbled', 'endless'))
    expect(asked.length).toBe(5_000)
  })

  test('of a connection that nobody may ask for any more calls nobody', async () => {
    const { baseUrl, asked } = await provider([200])
    const hub = openHub({ baseUrl })
    const ask = (state: 'needs_sign_in' | 'disconnected') =>
      hub.converse(hub.connect({ state }), 'live', () => askFor(call('/orders')))
    await expect(ask('needs_sign_in')).rejects.toMatchObject({ code: 'connections.sign-in-needed' })
    await expect(ask('disconnected')).rejects.toMatchObject({ code: 'connections.disconnected' })
    expect(asked).toEqual([])
  })
})

describe('too many calls', () => {
  test('is a delay and never a failure, even for a call that must not be made twice', async () => {
    const { baseUrl, asked } = await provider([429], [429, '', { 'retry-after': '0' }], [429], [200, '{"done":true}'])
    const hub = openHub({ baseUrl })
    const push = call('/orders', { method: 'POST', body: '{}', repeatable: false })
    expect(await hub.converse(hub.connect(), 'live', () => askFor(push))).toEqual(['{"done":true}'])
    expect(asked.length).toBe(4)
    expect(await outcomes(hub)).toEqual({ throttled: 3, ok: 1 })
  })

  test('makes all calls of that sign-in wait as long as the provider says, and nobody else’s', async () => {
    let freeAt = 0
    const early: string[] = []
    const { baseUrl } = await serve((request, response) => {
      const isBakery = request.headers.authorization === 'Bearer planted-token-1'
      if (isBakery && freeAt === 0) {
        freeAt = performance.now() + 1_000
        response.writeHead(429, { 'retry-after': '1' }).end()
        return
      }
      if (isBakery && performance.now() < freeAt - 5) early.push(request.url ?? '')
      response.end('{}')
    })
    const hub = openHub({ baseUrl })
    const [bakery, butcher] = [hub.connect(), hub.connect({ credentialsVersion: 7 })]
    const first = hub.converse(bakery, 'backfill', () => askFor(call('/page')))
    const isPaused = () => hub.outbound.state().credentials.some(({ pausedMs }) => pausedMs > 0)
    while (!isPaused()) await new Promise((resolve) => setImmediate(resolve))
    const sale = hub.converse(bakery, 'live', () => askFor(call('/sale')))
    await hub.converse(butcher, 'backfill', () => askFor(call('/other')))
    // The neighbour was served while the bakery still waits.
    expect(isPaused()).toBe(true)
    await Promise.all([first, sale])
    expect(early).toEqual([])
  })
})

describe('what is not well', () => {
  test('is asked again where that is harmless, a few times and not for ever', async () => {
    const better = await provider([500], [503], [200, '{"better":true}'])
    const hub = openHub({ baseUrl: better.baseUrl })
    expect(await hub.converse(hub.connect(), 'live', () => askFor(call('/orders')))).toEqual(['{"better":true}'])
    const never = await provider([502, '<html>Bad gateway</html>'])
    const other = openHub({ baseUrl: never.baseUrl })
    const given = other.converse(other.connect(), 'live', () => askFor(call('/orders')))
    await expect(given).rejects.toMatchObject(failed('unavailable', 'http_502'))
    expect(never.asked.length).toBe(4)
  })

  test('is not asked again where that could do something twice', async () => {
    const { baseUrl, asked } = await provider([500], [200])
    const hub = openHub({ baseUrl })
    const push = call('/orders', { method: 'POST', body: '{}', repeatable: false })
    await expect(hub.converse(hub.connect(), 'live', () => askFor(push))).rejects.toMatchObject(failed('unavailable'))
    expect(asked.length).toBe(1)
  })

  test('and says that it will be for a while is not waited for: the caller hears how long', async () => {
    const { baseUrl, asked } = await provider([503, '', { 'retry-after': '60' }])
    const hub = openHub({ baseUrl })
    await expect(hub.converse(hub.connect(), 'live', () => askFor(call('/orders')))).rejects.toMatchObject({
      verdict: { kind: 'unavailable', code: 'http_503', retryAfterMs: 60_000 },
    })
    expect(asked.length).toBe(1)
  })

  test('a time-out after sending is only repeated where that is harmless', async () => {
    let calls = 0
    const { baseUrl } = await serve((_, response) => {
      calls += 1
      if (calls > 1) response.end('{"second":true}')
    })
    const hub = openHub({ baseUrl, pace: { timeoutMs: 200 } })
    const push = call('/orders', { method: 'POST', body: '{}', repeatable: false })
    await expect(hub.converse(hub.connect(), 'live', () => askFor(push))).rejects.toMatchObject(
      failed('unreachable', 'timed_out'),
    )
    expect(calls).toBe(1)
    calls = 0
    const read = hub.converse(hub.connect(), 'live', () => askFor(call('/orders')))
    expect(await read).toEqual(['{"second":true}'])
  })

  test('what never left this machine is repeated even where twice would be too often', async () => {
    const hub = openHub({ baseUrl: await nobody() })
    const push = call('/orders', { method: 'POST', body: '{}', repeatable: false })
    await expect(hub.converse(hub.connect(), 'live', () => askFor(push))).rejects.toMatchObject(
      failed('unreachable', 'refused'),
    )
    expect(await outcomes(hub)).toEqual({ unreachable: 4 })
  })

  test.each([
    ['a connection that is cut in the middle of an answer', cutInTheMiddle, 'unreachable', 'cut'],
    ['an answer that drips', drip, 'unreachable', 'timed_out'],
    ['an answer that is larger than any may be', tooLarge, 'garbled', 'too_large'],
    ['an answer that is no JSON', text('<html>'), 'garbled', 'no_json'],
    ['an answer that points elsewhere', redirect, 'refused', 'http_302'],
  ])('%s fails by its name', async (_, answer, kind, code) => {
    const { baseUrl } = await serve(answer)
    const hub = openHub({ baseUrl, pace: { timeoutMs: 500 } })
    const given = hub.converse(hub.connect(), 'live', () => askFor(call('/orders')))
    await expect(given).rejects.toMatchObject(failed(kind, code))
  })

  test('a caller that gives up hears its own reason, while it waits and while a call runs', async () => {
    const { baseUrl } = await serve(() => undefined)
    const hub = openHub({ baseUrl, pace: { concurrent: 1 } })
    const ref = hub.connect()
    const given = new AbortController()
    const talks = [1, 2].map(() => hub.converse(ref, 'live', () => askFor(call('/orders')), { signal: given.signal }))
    setTimeout(() => given.abort(new Error('the lease ran out')), 50)
    for (const talk of talks) await expect(talk).rejects.toThrow('the lease ran out')
    expect(hub.outbound.state().credentials).toMatchObject([{ running: 0, waiting: 0 }])
  })
})

describe('a sign-in that is not accepted', () => {
  /** Takes tokens from a version on. */
  const strict = async (from: number, headers: Readonly<Record<string, string>> = {}) => {
    const tokens: string[] = []
    const { baseUrl } = await serve((request, response) => {
      const token = request.headers.authorization ?? 'none'
      tokens.push(token)
      const version = Number(/planted-token-(\d+)$/.exec(token)?.[1] ?? 0)
      if (version >= from) response.end(`{"token":${version}}`)
      else response.writeHead(401, headers).end('{}')
    })
    return { baseUrl, tokens }
  }

  test('is renewed once, and the same call is made again with the new one', async () => {
    const { baseUrl, tokens } = await strict(2)
    const hub = openHub({ baseUrl, renewal: async () => 'renewed' })
    const texts = await hub.converse(hub.connect(), 'live', () => askFor(call('/a'), call('/b')))
    expect(texts).toEqual(['{"token":2}', '{"token":2}'])
    expect(tokens).toEqual(['Bearer planted-token-1', 'Bearer planted-token-2', 'Bearer planted-token-2'])
    expect([hub.renewals.length, hub.marked.length]).toEqual([1, 0])
  })

  test('that ten calls meet at once is renewed once for all of them', async () => {
    const { baseUrl } = await strict(2)
    let renewing: Promise<'renewed'> | null = null
    let refreshes = 0
    const hub = openHub({
      baseUrl,
      pace: { concurrent: 10 },
      renewal: () => {
        renewing ??= new Promise((resolve) => {
          refreshes += 1
          setTimeout(resolve, 50, 'renewed')
        })
        return renewing
      },
    })
    const ref = hub.connect()
    const talks = Array.from({ length: 10 }, () => hub.converse(ref, 'live', () => askFor(call('/a'))))
    expect(await Promise.all(talks)).toEqual(Array.from({ length: 10 }, () => ['{"token":2}']))
    expect(refreshes).toBe(1)
    expect(hub.marked).toEqual([])
  })

  test('after a renewal too needs a person, and later talks do not begin', async () => {
    const { baseUrl, tokens } = await strict(99)
    const hub = openHub({ baseUrl, renewal: async () => 'renewed' })
    const ref = hub.connect()
    const ask = () => hub.converse(ref, 'live', () => askFor(call('/a')))
    await expect(ask()).rejects.toMatchObject(failed('unauthorized', 'http_401'))
    expect(tokens.length).toBe(2)
    expect(hub.marked).toEqual([{ ref, version: 2, code: 'http_401' }])
    await expect(ask()).rejects.toMatchObject({ code: 'connections.sign-in-needed' })
    expect(tokens.length).toBe(2)
  })

  test('is not renewed when the provider says that it was revoked', async () => {
    const { baseUrl } = await strict(99, { 'x-revoked': 'yes' })
    const hub = openHub({ baseUrl, renewal: async () => 'renewed' })
    const ref = hub.connect()
    await expect(hub.converse(ref, 'live', () => askFor(call('/a')))).rejects.toMatchObject(failed('unauthorized'))
    expect([hub.renewals, hub.marked]).toEqual([[], [{ ref, version: 1, code: 'http_401' }]])
  })

  test('does not need a person while it only could not be renewed just now', async () => {
    const { baseUrl } = await strict(2)
    const hub = openHub({ baseUrl, renewal: async () => 'later' })
    await expect(hub.converse(hub.connect(), 'live', () => askFor(call('/a')))).rejects.toMatchObject(
      failed('unavailable', 'http_503'),
    )
    expect(hub.marked).toEqual([])
  })

  test('that has ended by its own date is renewed before it is used', async () => {
    const { baseUrl, tokens } = await strict(2)
    const hub = openHub({ baseUrl, renewal: async () => 'renewed' })
    const ended = hub.connect({ expiresAt: instant(Date.UTC(2026, 2, 14, 11)) })
    expect(await hub.converse(ended, 'live', () => askFor(call('/a')))).toEqual(['{"token":2}'])
    expect(tokens).toEqual(['Bearer planted-token-2'])
  })

  test('and is not stored, or not the connection’s, is the talk’s to hear: nothing is renewed or marked', async () => {
    const { baseUrl, tokens } = await strict(2)
    const hub = openHub({ baseUrl, renewal: async () => 'renewed' })
    const ref = hub.connect()
    const asked = hub.linked(ref)
    await expect(createConverseWith(hub.caller)(asked, 'live', () => askFor(call('/a')))).rejects.toMatchObject(
      failed('unauthorized'),
    )
    const unsigned = call('/token', { method: 'POST', body: '{}', unsigned: true })
    await expect(hub.converse(ref, 'live', () => askFor(unsigned))).rejects.toMatchObject(failed('unauthorized'))
    expect([hub.renewals, hub.marked]).toEqual([[], []])
    expect(tokens).toEqual(['Bearer planted-token-1', 'none'])
  })
})

test('a call that must not be made twice is taken up by the provider once at most, whatever it answers', async () => {
  const answers = fc.array(fc.constantFrom(429, 401, 404, 500, 503, 302, 200), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(answers, fc.constantFrom('renewed' as const, 'impossible' as const), async (statuses, renewal) => {
      let [calls, takenUp] = [0, 0]
      const server = await serve((_, response) => {
        const status = statuses[calls] ?? 200
        calls += 1
        if (status !== 429 && status !== 401) takenUp += 1
        response.writeHead(status, { 'retry-after': '0' }).end('{}')
      })
      const hub = openHub({ baseUrl: server.baseUrl, renewal: async () => renewal })
      const push = call('/orders', { method: 'POST', body: '{}', repeatable: false })
      const given = await hub.converse(hub.connect(), 'live', () => askFor(push)).catch((error: unknown) => error)
      await server.close()
      expect(takenUp).toBeLessThanOrEqual(1)
      expect(Array.isArray(given) || given instanceof CallFailed).toBe(true)
      expect(Array.isArray(given)).toBe(takenUp === 1 && (statuses[calls - 1] ?? 200) === 200)
    }),
    { numRuns: 40 },
  )
})

test('no log line and no metric holds a token, a path or the provider’s words', async () => {
  const { baseUrl } = await provider([400, '{"planted":"words"}'])
  const hub = openHub({ baseUrl })
  const ref = hub.connect()
  const given = await hub
    .converse(ref, 'live', () => askFor(call('/orders/planted-id')))
    .catch((error: unknown) => error)
  expect(hub.lines.length).toBeGreaterThan(0)
  expect(hub.lines.join()).not.toContain('planted')
  expect((await hub.metrics.text()).body).not.toContain('planted')
  expect(String(given)).not.toContain('planted')
})

async function outcomes(hub: { metrics: { text(): Promise<{ body: string }> } }): Promise<Record<string, number>> {
  const { body } = await hub.metrics.text()
  const found = body.matchAll(/^tillwire_provider_calls_total\{.*outcome="(\w+)"\} (\d+)$/gm)
  return Object.fromEntries([...found].map(([, outcome, count]) => [outcome, Number(count)]))
}

function cutInTheMiddle(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '100' })
  response.write('{"orders":[')
  setTimeout(() => request.socket.destroy(), 10)
}

function drip(_: IncomingMessage, response: ServerResponse): void {
  const drops = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(drops))
}

function tooLarge(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(33 * 1024 * 1024)))
}

function text(body: string) {
  return (_: IncomingMessage, response: ServerResponse) => void response.end(body)
}

function redirect(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
}
