import { isUtf8 } from 'node:buffer'
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { type Delivery, Garbled, type Verification, type WebhookReading, type Webhooks } from '../contract.ts'
import { type Json, textIn } from './answers.ts'
import { readEvent } from './events.ts'
import { isObject } from './read/drift.ts'
import { momentOf } from './read/moments.ts'
import { subscriptions } from './subscriptions.ts'

// Square signs the address that it delivers to, followed by the body as it sends it, with the subscription's key as it is
// shown: it looks like base64 and must not be decoded. No time is signed, so nothing is ever stale; a repeat is known by
// its event id.

export const SIGNATURE_HEADER = 'x-square-hmacsha256-signature'

export const webhooks: Webhooks = { verify, read, subscriptions }

function verify(delivery: Delivery, secrets: readonly string[], url: string): Verification {
  const presented = headerOf(delivery, SIGNATURE_HEADER)?.trim() ?? ''
  if (presented === '') return 'unsigned'
  // As it is written, and not what it stands for: reading base64 forgives much, and would take what Square never wrote.
  const signature = Buffer.from(presented, 'latin1')
  let isGenuine = false
  for (const secret of secrets) {
    // An empty key would let everybody sign.
    if (secret === '') continue
    const digest = createHmac('sha256', keyOf(secret)).update(url, 'utf8').update(delivery.body).digest('base64')
    const expected = Buffer.from(digest, 'latin1')
    if (expected.length === signature.length && timingSafeEqual(expected, signature)) isGenuine = true
  }
  return isGenuine ? 'genuine' : 'forged'
}

// Node looks at a text from all sides each time that it is used as a key. There are few of them, and they seldom change.
const keys = new Map<string, KeyObject>()
const KEYS_MAX = 1_000

function keyOf(secret: string): KeyObject {
  let key = keys.get(secret)
  if (key === undefined) {
    if (keys.size >= KEYS_MAX) keys.clear()
    key = createSecretKey(secret, 'utf8')
    keys.set(secret, key)
  }
  return key
}

function headerOf({ headers }: Delivery, name: string): string | undefined {
  const exact = headers[name]
  if (exact !== undefined) return exact
  const found = Object.keys(headers).find((key) => key.toLowerCase() === name)
  return found === undefined ? undefined : headers[found]
}

function read(body: Uint8Array): WebhookReading {
  const event = eventIn(body)
  const type = textIn(event.type)
  if (type === null) throw new Garbled('the event says no type')
  return {
    eventId: textIn(event.event_id),
    type,
    account: textIn(event.merchant_id),
    occurredAt: momentOf(event.created_at),
    ...readEvent(type, event),
  }
}

function eventIn(body: Uint8Array): Json {
  try {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    const value: unknown = isUtf8(bytes) ? JSON.parse(bytes.toString('utf8')) : null
    if (isObject(value)) return value
  } catch {
    // Said below: what was received is of no use in a message.
  }
  throw new Garbled('the event is no JSON object')
}
