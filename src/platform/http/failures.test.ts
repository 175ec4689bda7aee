import { describe, expect, test } from 'vitest'
import { asKey, problem, useBakery } from './test-bakery.ts'

const hub = useBakery()

describe('a failure', () => {
  test('names every wrong field at once, by pointer and place', async () => {
    const body = await problem(await hub.bake({ nam: 'rye', flour: { grams: 'many', kind: 'white' } }))
    expect(body).toMatchObject({ status: 400, code: 'http.input-invalid' })
    expect(body.errors).toEqual([
      { pointer: '/name', detail: 'is missing', in: 'body' },
      { pointer: '/flour/grams', detail: 'expected number, received string', in: 'body' },
      { pointer: '/flour/kind', detail: 'is not a known field', in: 'body' },
      { pointer: '/nam', detail: 'is not a known field', in: 'body' },
    ])
  })

  test('names an unknown or wrong part of the query', async () => {
    const answer = await fetch(`${hub.base}/api/v1/tenants/bakery/breads/rye?dayz=1&days=0`, { headers: asKey })
    const { errors } = await problem(answer)
    expect(errors?.map((one) => [one.in, one.pointer])).toEqual([
      ['query', '/days'],
      ['query', '/dayz'],
    ])
  })

  test('of the caller says its code and facts', async () => {
    const answer = await fetch(`${hub.base}/api/v1/tenants/bakery/breads/stone`, { headers: asKey })
    expect(answer.status).toBe(404)
    expect(await problem(answer)).toMatchObject({
      type: 'urn:tillwire:fault:test.bread',
      title: 'Not Found',
      detail: 'no such bread',
      instance: '/api/v1/tenants/bakery/breads/stone',
      oven: 3,
    })
  })

  test('that nobody foresaw says nothing but its request id', async () => {
    const answer = await fetch(`${hub.base}/api/v1/tenants/bakery/breads/bomb`, { headers: asKey })
    expect(answer.status).toBe(500)
    const body = await problem(answer)
    expect(JSON.stringify(body)).not.toContain('hunter2')
    const line = hub.lines.find((one) => one.includes(String(body.request_id)) && one.includes('broke'))
    expect(line).toBeDefined()
    expect(line).not.toContain('hunter2')
  })

  test('wears the envelope under the prefix that was promised with it', async () => {
    const answer = await fetch(`${hub.base}/api/v1/pos/ovens`, { headers: { ...asKey, 'x-fail': '1' } })
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({
      success: false,
      error: { code: 'test.oven', message: 'busy', details: { oven: 3 } },
    })
    const missing = await fetch(`${hub.base}/api/v1/pos/nothing`)
    expect(await missing.json()).toMatchObject({ success: false, error: { code: 'http.address-unknown' } })
  })

  test.each([
    ['broken JSON', '{"name":', 400, 'http.json-malformed'],
    ['JSON that is no object', '[1]', 400, 'http.input-invalid'],
    ['nothing', '', 400, 'http.body-missing'],
    ['a NUL character', '{"name":"r\\u0000ye"}', 400, 'http.input-invalid'],
    ['a poisoned prototype', '{"__proto__":{"admin":true}}', 400, 'http.json-malformed'],
    ['more than a mebibyte', `{"name":"${'x'.repeat(1_100_000)}"}`, 413, 'http.body-too-large'],
  ])('for a body of %s is coded', async (_what, body, status, code) => {
    const answer = await hub.bake(body)
    expect(answer.status).toBe(status)
    expect((await problem(answer)).code).toBe(code)
  })

  test('for bytes that are not UTF-8 is coded', async () => {
    const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
    const answer = await fetch(`${hub.base}/api/v1/tenants/bakery/breads`, {
      method: 'POST',
      headers: { ...asKey, 'content-type': 'application/json' },
      body,
    })
    expect((await problem(answer)).code).toBe('http.json-malformed')
  })

  test('for a body of another type is 415, for another method 405 with Allow, for no address 404', async () => {
    const xml = await hub.bake('<bread/>', { 'content-type': 'text/xml' })
    expect([xml.status, (await problem(xml)).code]).toEqual([415, 'http.media-type'])
    const put = await fetch(`${hub.base}/api/v1/tenants/bakery/breads`, { method: 'PUT', headers: asKey })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await problem(put)).code).toBe('http.method-not-allowed')
    const nowhere = await fetch(`${hub.base}/nowhere`, { method: 'POST', body: 'x' })
    expect([nowhere.status, (await problem(nowhere)).code]).toEqual([404, 'http.address-unknown'])
  })

  test('for an address that cannot be read is 400', async () => {
    for (const path of ['/api/%E0%A4%A', '/api/v1/tenants/bakery/breads/a%00b']) {
      const answer = await fetch(`${hub.base}${path}`, { headers: asKey })
      expect(answer.status).toBe(400)
      expect((await problem(answer)).code).toBe('http.request-malformed')
    }
  })
})
