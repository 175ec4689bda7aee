import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { createSender, type OutboundRequest, type Sent } from './send.ts'
import { nobody, serve, serveSockets } from './test-server.ts'

const noon = instant(Date.UTC(2026, 2, 14, 12))
const sender = createSender({ clock: { now: () => noon }, answerBytesMax: 64 * 1024 })
afterAll(() => sender.close())

const get = (baseUrl: string, path = '/'): OutboundRequest => ({
  method: 'GET',
  baseUrl,
  path,
  headers: { authorization: 'Bearer planted' },
  body: null,
})
const post = (baseUrl: string): OutboundRequest => ({ ...get(baseUrl), method: 'POST', body: '{"a":1}' })
const send = (request: OutboundRequest, timeoutMs = 2_000) => sender.send(request, { timeoutMs })
const failure = (code: string, neverSent: boolean): Sent => ({ kind: 'failure', failure: { code, neverSent } }) as Sent

describe('an answer', () => {
  test('comes with its status, its headers in lower case, its bytes and the moment it was whole', async () => {
    const { baseUrl } = await serve((request, response) => {
      response.writeHead(404, { 'X-Thing': ['a', 'b'], 'Content-Type': 'text/plain' })
      response.end(`${request.method} ${request.url} ${request.headers.authorization}`)
    })
    const sent = await send(get(baseUrl, '/v2/orders?limit=2'))
    if (sent.kind !== 'answer') throw new Error(sent.failure.code)
    expect(sent.answer).toMatchObject({
      status: 404,
      headers: { 'x-thing': 'a, b', 'content-type': 'text/plain' },
      receivedAt: noon,
    })
    expect(Buffer.from(sent.answer.body).toString()).toBe('GET /v2/orders?limit=2 Bearer planted')
  })

  test('that points elsewhere is handed over and not followed', async () => {
    let elsewhere = 0
    const other = await serve((_, response) => {
      elsewhere += 1
      response.end()
    })
    const { baseUrl } = await serve((_, response) => response.writeHead(302, { location: other.baseUrl }).end())
    const sent = await send(get(baseUrl))
    expect(sent).toMatchObject({ kind: 'answer', answer: { status: 302, headers: { location: other.baseUrl } } })
    expect(elsewhere).toBe(0)
  })

  test('may be compressed, which is asked for and undone', async () => {
    const text = 'x'.repeat(50_000)
    const { baseUrl } = await serve((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip')
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text))
    })
    const sent = await send(get(baseUrl))
    expect(sent.kind === 'answer' && Buffer.from(sent.answer.body).toString()).toBe(text)
  })

  test('that is larger than an answer may be is given up, compressed or not', async () => {
    let written = 0
    const plain = await serve((_, response) => {
      const more = () => {
        written += 16_384
        if (!response.destroyed && written < 64 * 1024 * 1024)
          response.write(Buffer.alloc(16_384), () => setImmediate(more))
      }
      more()
    })
    expect(await send(get(plain.baseUrl))).toEqual(failure('too_large', false))
    expect(written).toBeLessThan(64 * 1024 * 1024)
    const packed = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1024 * 1024))),
    )
    expect(await send(get(packed.baseUrl))).toEqual(failure('too_large', false))
  })

  test('whose compression is damaged, or was not asked for, is told from one that is none', async () => {
    const damaged = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'))
    expect(await send(get(damaged.baseUrl))).toEqual(failure('undecodable', false))
    const other = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'br' }).end('xyz'))
    expect(await send(get(other.baseUrl))).toEqual(failure('undecodable', false))
  })
})

describe('what never left this machine is told from what may have arrived', () => {
  test('nobody listens', async () => {
    expect(await send(post(await nobody()))).toEqual(failure('refused', true))
  })

  test('the name is not known', async () => {
    expect(await send(post('http://no-such-host.invalid'), 5_000)).toEqual(failure('unresolved', true))
  })

  test('somebody listens and speaks no TLS', async () => {
    const { baseUrl } = await serveSockets((socket) => socket.once('data', () => socket.end('what?')))
    const sent = await send(post(baseUrl.replace('http:', 'https:')))
    expect(sent).toMatchObject({ kind: 'failure', failure: { code: 'tls', neverSent: true } })
  })

  test('a character that may not stand in a header', async () => {
    const request = { ...get(await nobody()), headers: { authorization: 'Bearer a\nb' } }
    expect(await send(request)).toEqual(failure('unsendable', true))
  })

  test('the server takes the call and says nothing until the time is over', async () => {
    let calls = 0
    const { baseUrl } = await serve(() => {
      calls += 1
    })
    expect(await send(post(baseUrl), 150)).toEqual(failure('timed_out', false))
    expect(calls).toBe(1)
  })

  test('the server sends a byte now and then: the time allowed is for all of it', async () => {
    const { baseUrl } = await serve((_, response) => {
      const drip = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(drip))
    })
    expect(await send(get(baseUrl), 300)).toEqual(failure('timed_out', false))
  })

  test('the connection is cut before the first byte, and in the middle of the answer', async () => {
    const before = await serve((request) => request.socket.destroy())
    expect(await send(post(before.baseUrl))).toEqual(failure('cut', false))
    const middle = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"orders":[')
      setTimeout(() => request.socket.destroy(), 20)
    })
    expect(await send(post(middle.baseUrl))).toEqual(failure('cut', false))
  })

  test('an answer that ends before the length it announced is cut and not whole', async () => {
    const { baseUrl } = await serveSockets((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')),
    )
    expect(await send(get(baseUrl))).toEqual(failure('cut', false))
  })

  test('an answer in pieces whose last piece never comes is cut and not whole', async () => {
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'
    const { baseUrl } = await serveSockets((socket) => socket.once('data', () => socket.end(`${head}5\r\nhello\r\n`)))
    expect(await send(get(baseUrl))).toEqual(failure('cut', false))
  })

  test('what answers is no HTTP', async () => {
    const { baseUrl } = await serveSockets((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')))
    expect(await send(get(baseUrl))).toEqual(failure('not_http', false))
  })
})

describe('a call to an address that a tenant named', () => {
  const guarded = (baseUrl: string) => send({ ...post(baseUrl), guarded: true })

  test.each(['localhost', '127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'])(
    'does not reach %s, and nothing leaves this machine',
    async (host) => {
      let calls = 0
      const { baseUrl } = await serve((_, response) => {
        calls += 1
        response.end()
      })
      expect(await guarded(baseUrl.replace('127.0.0.1', host))).toEqual(failure('private_address', true))
      expect(calls).toBe(0)
    },
  )

  test('does not use a connection that another call has opened to there', async () => {
    const { baseUrl } = await serve((_, response) => response.end('{}'))
    const named = baseUrl.replace('127.0.0.1', 'localhost')
    expect(await send(get(named))).toMatchObject({ kind: 'answer' })
    expect(await guarded(named)).toEqual(failure('private_address', true))
  })

  test('to a name that nobody knows is told as such', async () => {
    expect(await guarded('http://no-such-host.invalid')).toEqual(failure('unresolved', true))
  })
})

describe('a caller that gives up', () => {
  test('hears its own reason, and the server sees the call end', async () => {
    const ended = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    const { baseUrl } = await serve((_, response) => {
      response.on('close', ended.resolve)
      arrived.resolve()
    })
    const given = new AbortController()
    const sending = sender.send(get(baseUrl), { timeoutMs: 5_000, signal: given.signal })
    await arrived.promise
    given.abort(new Error('the shop was closed'))
    await expect(sending).rejects.toThrow('the shop was closed')
    await ended.promise
  })

  test('before it began sends nothing', async () => {
    let calls = 0
    const { baseUrl } = await serve((_, response) => {
      calls += 1
      response.end()
    })
    const signal = AbortSignal.abort(new Error('too late'))
    await expect(sender.send(get(baseUrl), { timeoutMs: 1_000, signal })).rejects.toThrow('too late')
    expect(await send(get(baseUrl))).toMatchObject({ kind: 'answer' })
    expect(calls).toBe(1)
  })
})

test('connections are kept and used again', async () => {
  const ports = new Set<number | undefined>()
  const { baseUrl } = await serve((request, response) => {
    ports.add(request.socket.remotePort)
    response.end('{}')
  })
  for (let count = 0; count < 20; count++) expect(await send(get(baseUrl))).toMatchObject({ kind: 'answer' })
  // A call that follows at once may find the first connection not quite free again.
  expect(ports.size).toBeLessThanOrEqual(2)
})
