import { createHash } from 'node:crypto'
import {
  CallFailed,
  Garbled,
  type Link,
  type ProviderCall,
  type Subscription,
  type Subscriptions,
  type Talk,
} from '../contract.ts'
import { type Json, jsonOf, objectsIn, query, textIn } from './answers.ts'
import { SQUARE_VERSION } from './api.ts'
import { EVENT_TYPES } from './events.ts'
import { isObject } from './read/drift.ts'

// Subscriptions belong to the application that made them, and one serves every merchant who signed in to it. They are
// managed with the application's personal token: a merchant who brought such a token manages them with his own.

const PATH = '/v2/webhooks/subscriptions'
const KEY_CHARS_MAX = 45
const PAGES_MAX = 50

export const subscriptions: Subscriptions = {
  by: 'application',
  events: EVENT_TYPES,
  list,
  subscribe,
  unsubscribe,
  rotate,
}

function* list(_link: Link): Talk<readonly Subscription[]> {
  const found: Subscription[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const path = query(PATH, { include_disabled: 'true', limit: 100, cursor })
    const answer: Json = jsonOf(yield callOf('webhooks.list', 'GET', path, null))
    found.push(...objectsIn(answer.subscriptions).map(subscriptionOf))
    cursor = textIn(answer.cursor)
    if (cursor === null) return found
  }
  throw new Garbled(`subscriptions go on after ${PAGES_MAX} pages`)
}

/**
 * One subscription for an address, however often this is asked: how long Square remembers a key is not known, so what is
 * there already is looked up first, and mended where it was disabled or lacks an event.
 */
function* subscribe(link: Link, url: string, key: string): Talk<Subscription> {
  const standing = (yield* list(link)).find((one) => one.url === url)
  if (standing === undefined) {
    const wish = { name: 'Tillwire', enabled: true, event_types: EVENT_TYPES, notification_url: url }
    const subscription = { ...wish, api_version: SQUARE_VERSION }
    const body = { idempotency_key: shortKey(key), subscription }
    return yield* askForOne('webhooks.subscribe', 'POST', PATH, body)
  }
  const isWhole = standing.enabled && EVENT_TYPES.every((type) => standing.events.includes(type))
  if (isWhole && standing.secret !== null) return standing
  if (isWhole) return yield* askForOne('webhooks.get', 'GET', pathOf(standing.id), null)
  const events = [...new Set([...standing.events, ...EVENT_TYPES])]
  const mended = { enabled: true, event_types: events }
  const updated = yield* askForOne('webhooks.update', 'PUT', pathOf(standing.id), { subscription: mended })
  return { ...updated, secret: updated.secret ?? standing.secret }
}

/** One that is gone already is as good. */
function* unsubscribe(_link: Link, id: string): Talk<void> {
  try {
    yield callOf('webhooks.unsubscribe', 'DELETE', pathOf(id), null)
  } catch (failure) {
    if (!(failure instanceof CallFailed && failure.verdict.kind === 'missing')) throw failure
  }
}

/** Whether the old key still signs for a while is not known: keep both. */
function* rotate(_link: Link, id: string, key: string): Talk<string> {
  const body = { idempotency_key: shortKey(key) }
  const answer = jsonOf(yield callOf('webhooks.rotate', 'POST', `${pathOf(id)}/signature-key`, body))
  const secret = textIn(answer.signature_key)
  if (secret === null) throw new Garbled('the answer brings no signature key')
  return secret
}

function* askForOne(name: string, method: ProviderCall['method'], path: string, body: unknown): Talk<Subscription> {
  const { subscription } = jsonOf(yield callOf(name, method, path, body))
  if (!isObject(subscription)) throw new Garbled('the answer brings no subscription')
  return subscriptionOf(subscription)
}

function subscriptionOf({ id, notification_url, enabled, event_types, signature_key }: Json): Subscription {
  const known = textIn(id)
  if (known === null) throw new Garbled('a subscription says no id')
  return {
    id: known,
    url: textIn(notification_url) ?? '',
    enabled: enabled !== false,
    events: Array.isArray(event_types) ? event_types.flatMap((type) => textIn(type) ?? []) : [],
    secret: textIn(signature_key),
  }
}

function callOf(name: string, method: ProviderCall['method'], path: string, body: unknown): ProviderCall {
  return { name, method, path, body: body === null ? null : JSON.stringify(body), repeatable: true }
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`
}

/** Square takes 45 characters: a longer key is told apart by its hash. */
function shortKey(key: string): string {
  return key.length <= KEY_CHARS_MAX ? key : createHash('sha256').update(key).digest('base64url')
}
