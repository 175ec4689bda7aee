import { createHmac, timingSafeEqual } from 'node:crypto'
import type {
  Delivery,
  Subscription,
  Subscriptions,
  Talk,
  Verification,
  WebhookReading,
  Webhooks,
} from '../../connectors/contract.ts'
import { Garbled } from '../../connectors/contract.ts'
import type { Instant } from '../../src/kernel/instant.ts'
import { findTextOf, isObject, type Json, listOf, momentOf, objectOf, textOf, wordsOf } from './api.ts'
import { recordsOf } from './read.ts'

// Acme signs `<seconds>.<address>.<body>` with the subscription's secret: `acme-signature: t=<seconds>,v1=<hex>`. It tells
// of a receipt by its id alone, and of a refund or an order by the whole of it.

const AGE_MAX_MS = 5 * 60_000
const EVENTS = ['receipt.changed', 'refund.changed', 'order.changed', 'access.revoked'] as const

export const webhooks: Webhooks = { verify, read, subscriptions: subscriptionsOf() }

function verify({ headers, body }: Delivery, secrets: readonly string[], url: string, now: Instant): Verification {
  const header = headers['acme-signature']
  if (header === undefined) return 'unsigned'
  const [, seconds, hex] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) ?? []
  if (seconds === undefined || hex === undefined) return 'forged'
  const presented = Buffer.from(hex, 'hex')
  const signed = Buffer.concat([Buffer.from(`${seconds}.${url}.`), body])
  let genuine = false
  for (const secret of secrets.filter((one) => one !== '')) {
    if (timingSafeEqual(createHmac('sha256', secret).update(signed).digest(), presented)) genuine = true
  }
  if (!genuine) return 'forged'
  return Math.abs(now - Number(seconds) * 1_000) <= AGE_MAX_MS ? 'genuine' : 'stale'
}

function read(body: Uint8Array): WebhookReading {
  const event = objectOf(body)
  const type = textOf(event, 'type')
  const said = {
    eventId: findTextOf(event, 'id'),
    type,
    account: findTextOf(event, 'account'),
    occurredAt: event.at === undefined ? null : momentOf(event, 'at'),
    records: [],
    fetch: [],
    signal: null,
    ignored: null,
  }
  const data = isObject(event.data) ? event.data : null
  switch (type) {
    case 'receipt.changed':
      if (data === null) throw new Garbled('the event brings nothing')
      return { ...said, fetch: [{ kind: 'receipt', id: textOf(data, 'id') }] }
    case 'refund.changed':
      if (data === null) throw new Garbled('the event brings nothing')
      return { ...said, records: recordsOf('refund', data), fetch: [{ kind: 'receipt', id: textOf(data, 'receipt') }] }
    case 'order.changed':
      if (data === null) throw new Garbled('the event brings nothing')
      return { ...said, records: recordsOf('order', data) }
    case 'access.revoked':
      return { ...said, signal: 'revoked' }
    default:
      return { ...said, ignored: 'Events of this type say nothing about sales.' }
  }
}

function subscriptionsOf(): Subscriptions {
  const call = (name: string, method: 'GET' | 'POST' | 'DELETE', path: string, body: Json | null) =>
    ({ name, method, path, body: body === null ? null : JSON.stringify(body), repeatable: true }) as const
  return {
    by: 'connection',
    events: EVENTS,
    *list(): Talk<readonly Subscription[]> {
      const told = objectOf((yield call('hooks.list', 'GET', '/v1/hooks', null)).body)
      return listOf(told, 'hooks').map(hookOf)
    },
    *subscribe(_, url, key): Talk<Subscription> {
      return hookOf(objectOf((yield call('hooks.make', 'POST', '/v1/hooks', { url, key, events: EVENTS })).body))
    },
    *unsubscribe(_, id): Talk<void> {
      yield call('hooks.end', 'DELETE', `/v1/hooks/${encodeURIComponent(id)}`, null)
    },
    *rotate(_, id, key): Talk<string> {
      const path = `/v1/hooks/${encodeURIComponent(id)}/secret`
      return textOf(objectOf((yield call('hooks.turn', 'POST', path, { key })).body), 'secret')
    },
  }
}

function hookOf(hook: Json): Subscription {
  return {
    id: textOf(hook, 'id'),
    url: textOf(hook, 'url'),
    enabled: hook.on === true,
    events: wordsOf(hook, 'events'),
    secret: findTextOf(hook, 'secret'),
  }
}
