import { expect, test } from 'vitest'
import type { ProviderCall } from '../contract.ts'
import { EVENT_TYPES } from './events.ts'
import { subscriptions } from './subscriptions.ts'
import { type Answer, bodyOf, have, LINK } from './test-talk.ts'

const URL_OF_HUB = 'https://hub.example.com/api/v1/webhooks/square'
const STANDING = {
  ...{ id: 'wbhk_1', enabled: true, event_types: [...EVENT_TYPES], notification_url: URL_OF_HUB },
  signature_key: 'key-1',
}

function subscribe(listed: readonly unknown[], key = 'connection-1') {
  const answer = (call: ProviderCall): Answer => {
    if (call.name === 'webhooks.list') return { body: { subscriptions: listed } }
    return { body: { subscription: { ...STANDING, ...(bodyOf(call).subscription as object | undefined) } } }
  }
  return have(subscriptions.subscribe(LINK, URL_OF_HUB, key), answer)
}

test('a new address is subscribed to, with a key that Square takes', () => {
  const { calls, value } = subscribe(
    [{ ...STANDING, notification_url: 'https://elsewhere.example.com' }],
    'k'.repeat(80),
  )
  expect(calls.map(({ name }) => name)).toEqual(['webhooks.list', 'webhooks.subscribe'])
  const body = bodyOf(calls[1]) as { idempotency_key: string; subscription: object }
  expect(body.idempotency_key.length).toBeLessThanOrEqual(45)
  expect(body.subscription).toMatchObject({ notification_url: URL_OF_HUB, enabled: true, event_types: EVENT_TYPES })
  expect(value).toEqual({ id: 'wbhk_1', url: URL_OF_HUB, enabled: true, events: EVENT_TYPES, secret: 'key-1' })
  const again = bodyOf(subscribe([], 'k'.repeat(80)).calls[1])
  expect(again.idempotency_key).toBe(body.idempotency_key)
})

test('an address that has its subscription keeps it', () => {
  const { calls, value } = subscribe([STANDING])
  expect(calls.map(({ name }) => name)).toEqual(['webhooks.list'])
  expect(value.secret).toBe('key-1')
})

test('a subscription that was disabled, or lacks an event, is mended and no second one made', () => {
  for (const worn of [{ enabled: false }, { event_types: ['payment.created', 'dispute.created'] }]) {
    const { calls, value } = subscribe([{ ...STANDING, ...worn }])
    expect(calls.map(({ name, method }) => `${method} ${name}`)).toEqual(['GET webhooks.list', 'PUT webhooks.update'])
    expect(value).toMatchObject({ id: 'wbhk_1', enabled: true, secret: 'key-1' })
    expect(EVENT_TYPES.every((type) => value.events.includes(type))).toBe(true)
  }
})

test('a list goes on over its pages, disabled ones are on it', () => {
  const { calls, value } = have(subscriptions.list(LINK), (_call, no) => ({
    body: no === 0 ? { subscriptions: [STANDING], cursor: 'c' } : { subscriptions: [{ id: 'wbhk_2', enabled: false }] },
  }))
  expect(calls.map(({ path }) => path)).toEqual([
    '/v2/webhooks/subscriptions?include_disabled=true&limit=100',
    '/v2/webhooks/subscriptions?include_disabled=true&limit=100&cursor=c',
  ])
  expect(value.map(({ id, enabled, secret }) => [id, enabled, secret])).toEqual([
    ['wbhk_1', true, 'key-1'],
    ['wbhk_2', false, null],
  ])
})

test('ending one that is gone is no failure; any other refusal is', () => {
  const end = (answer: Answer) => have(subscriptions.unsubscribe(LINK, 'wbhk/1'), () => answer)
  expect(end({}).calls[0]?.path).toBe('/v2/webhooks/subscriptions/wbhk%2F1')
  expect(end({ status: 404, body: { errors: [{ code: 'NOT_FOUND' }] } }).value).toBeUndefined()
  expect(() => end({ status: 403, body: { errors: [{ code: 'FORBIDDEN' }] } })).toThrow(/forbidden/)
})

test('a turned key is answered', () => {
  const { rotate } = subscriptions
  if (rotate === undefined) throw new Error('keys can be turned')
  const { calls, value } = have(rotate(LINK, 'wbhk_1', 'turn-1'), () => ({ body: { signature_key: 'key-2' } }))
  expect(value).toBe('key-2')
  expect([calls[0]?.path, bodyOf(calls[0])]).toEqual([
    '/v2/webhooks/subscriptions/wbhk_1/signature-key',
    { idempotency_key: 'turn-1' },
  ])
})
