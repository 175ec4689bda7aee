import { describe, expect, test } from 'vitest'
import { asKey, oven, problem, useBakery } from './test-bakery.ts'

const hub = useBakery()

describe('a repeated write', () => {
  test('with the same key and body is oven.done once and answered the same', async () => {
    const headers = { 'idempotency-key': 'order-1' }
    const before = oven.done
    const first = await hub.bake({ name: 'rye' }, headers)
    const again = await hub.bake('{ "name": "rye" }', headers)
    expect([first.status, again.status, oven.done - before]).toEqual([201, 201, 1])
    expect(await again.json()).toEqual(await first.json())
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([
      null,
      'true',
    ])
  })

  test('with the same key and another body or address is refused', async () => {
    await hub.bake({ name: 'rye' }, { 'idempotency-key': 'order-2' })
    const other = await hub.bake({ name: 'spelt' }, { 'idempotency-key': 'order-2' })
    expect([other.status, (await problem(other)).code]).toEqual([422, 'http.idempotency-key-reused'])
  })

  test('while the first still runs waits for it', async () => {
    const headers = { 'idempotency-key': 'order-3' }
    const first = hub.bake({ name: 'slow' }, headers)
    await new Promise((resolve) => setTimeout(resolve, 60))
    const second = await hub.bake({ name: 'slow' }, headers)
    expect([second.status, second.headers.get('retry-after')]).toEqual([409, '1'])
    expect((await first).status).toBe(201)
    expect((await hub.bake({ name: 'slow' }, headers)).status).toBe(201)
  })

  test('repeats a fault of the caller’s making, and tries again after one of ours', async () => {
    const before = oven.done
    const burnt = await hub.bake({ name: 'burnt' }, { 'idempotency-key': 'order-4' })
    const again = await hub.bake({ name: 'burnt' }, { 'idempotency-key': 'order-4' })
    expect([burnt.status, again.status, oven.done - before]).toEqual([422, 422, 1])
    expect(again.headers.get('content-type')).toContain('application/problem+json')
    await hub.bake({ name: 'oven-off' }, { 'idempotency-key': 'order-5' })
    await hub.bake({ name: 'oven-off' }, { 'idempotency-key': 'order-5' })
    expect(oven.done - before).toBe(3)
  })

  test('of a file is told by its headers', async () => {
    const headers = { ...asKey, 'content-type': 'text/csv', 'idempotency-key': 'file-1' }
    const send = (body: string) =>
      fetch(`${hub.base}/api/v1/tenants/bakery/deliveries`, { method: 'POST', headers, body })
    const before = oven.done
    const first = await (await send('a,b\n')).json()
    expect(await (await send('a,b\n')).json()).toEqual(first)
    expect(oven.done - before).toBe(1)
    expect((await send('a,b,c\n')).status).toBe(422)
  })

  test('with a malformed key is refused', async () => {
    const answer = await hub.bake({ name: 'rye' }, { 'idempotency-key': 'x'.repeat(300) })
    expect((await problem(answer)).code).toBe('http.idempotency-key-malformed')
  })

  test('leaves neither its key nor its answer readable in the table', async () => {
    await hub.bake({ name: 'secret-bread' }, { 'idempotency-key': 'secret-key' })
    const rows = await hub.db.query<{ key: string; answer: Buffer | null }>(
      'select key, answer from hub.idempotency_keys',
    )
    const text = rows.map((row) => row.key + (row.answer?.toString('latin1') ?? '')).join('\n')
    expect(text).not.toMatch(/secret-key|secret-bread/)
  })
})
