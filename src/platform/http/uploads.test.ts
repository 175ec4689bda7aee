import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { asKey, oven, problem, useBakery } from './test-bakery.ts'

const hub = useBakery()

describe('a file', () => {
  const deliver = (init: RequestInit & { duplex?: 'half' }, query = '') =>
    fetch(`${hub.base}/api/v1/tenants/bakery/deliveries${query}`, { method: 'POST', ...init })

  test('is read as it arrives, larger than any JSON may be', async () => {
    const body = Buffer.alloc(2_500_000, 'a')
    const answer = await deliver({ headers: { ...asKey, 'content-type': 'text/csv' }, body }, '?name=day.csv')
    expect(await answer.json()).toEqual({ bytes: 2_500_000, name: 'day.csv', note: null })
    expect(oven.upload).toMatchObject({ contentType: 'text/csv', sizeBytes: 2_500_000 })
  })

  test('comes in a form too, behind its fields', async () => {
    const form = new FormData()
    form.set('note', 'Tuesday')
    form.set('file', new Blob([Buffer.alloc(2_000_000, 'b')], { type: 'text/csv' }), 'täglich.csv')
    const answer = await deliver({ headers: asKey, body: form })
    expect(await answer.json()).toEqual({ bytes: 2_000_000, name: 'täglich.csv', note: 'Tuesday' })
  })

  test('over its limit is refused, with and without an announced length', async () => {
    const known = await deliver({ headers: { ...asKey, 'content-type': 'text/csv' }, body: Buffer.alloc(4_000_000) })
    expect([known.status, (await problem(known)).code]).toEqual([413, 'http.body-too-large'])
    const body = Readable.toWeb(
      Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(100_000))),
    ) as ReadableStream
    const unknown = await deliver({ headers: { ...asKey, 'content-type': 'text/csv' }, body, duplex: 'half' })
    expect([unknown.status, (await problem(unknown)).code]).toEqual([413, 'http.body-too-large'])
  })

  test('missing from its form is a coded failure', async () => {
    const form = new FormData()
    form.set('note', 'nothing here')
    const answer = await deliver({ headers: asKey, body: form })
    expect([answer.status, (await problem(answer)).code]).toEqual([400, 'http.body-malformed'])
  })
})
