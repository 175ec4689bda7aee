import { type JsonObject, ok } from './answer.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { EVENT_TYPES, eventOf } from './events.ts'
import { withKey } from './idempotency.ts'
import { mixedId } from './ids.ts'
import { flagOf, neededText, objectOf, textOf, textsOf } from './reads/request.ts'
import { invalid } from './refusal.ts'
import { checkUrl, type Subscription } from './subscriptions.ts'

// The application's webhook subscriptions, managed with its own token and with no seller's.

const BASE = '/v2/webhooks/subscriptions'
const ONE = `${BASE}/:subscription_id`

export const webhookEndpoints: readonly Endpoint[] = [
  { method: 'GET', path: BASE, name: 'webhooks.list', scopes: 'application', answer: list },
  { method: 'POST', path: BASE, name: 'webhooks.create', scopes: 'application', answer: create },
  { method: 'GET', path: ONE, name: 'webhooks.get', scopes: 'application', answer: read },
  { method: 'PUT', path: ONE, name: 'webhooks.update', scopes: 'application', answer: update },
  { method: 'DELETE', path: ONE, name: 'webhooks.delete', scopes: 'application', answer: remove },
  { method: 'POST', path: `${ONE}/signature-key`, name: 'webhooks.rotate', scopes: 'application', answer: rotate },
  { method: 'POST', path: `${ONE}/test`, name: 'webhooks.test', scopes: 'application', answer: test },
]

const NAME_MAX = 64

function list({ square, query }: Call) {
  const disabled = flagOf(query, 'include_disabled')
  const subscriptions = square.subscriptions.list().filter(({ enabled }) => enabled || disabled)
  return ok(subscriptions.length === 0 ? {} : { subscriptions: subscriptions.map(keyless) })
}

function create(call: Call) {
  const { square, body, now } = call
  const wanted = objectOf(body, 'subscription')
  if (wanted === undefined) throw invalid('MISSING_REQUIRED_PARAMETER', 'Missing subscription.', 'subscription')
  return withKey(call, 'webhooks.create', 45, () => {
    const made = square.subscriptions.add(
      {
        name: nameOf(neededText(wanted, 'name')),
        enabled: wanted.enabled !== false,
        eventTypes: typesOf(wanted) ?? missingTypes(),
        notificationUrl: neededText(wanted, 'notification_url'),
        apiVersion: textOf(wanted, 'api_version') ?? square.version,
      },
      now,
    )
    return { subscription: { ...keyless(made), signature_key: made.signatureKey } }
  })
}

function read({ square, params }: Call) {
  const found = square.subscriptions.get(idIn(params))
  return ok({ subscription: { ...keyless(found), signature_key: found.signatureKey } })
}

function update({ square, params, body, now }: Call) {
  const found = square.subscriptions.get(idIn(params))
  const wanted = objectOf(body, 'subscription') ?? {}
  const url = textOf(wanted, 'notification_url')
  if (url !== undefined) checkUrl(url)
  const name = textOf(wanted, 'name')
  found.eventTypes = typesOf(wanted) ?? found.eventTypes
  found.name = name === undefined ? found.name : nameOf(name)
  found.notificationUrl = url ?? found.notificationUrl
  found.apiVersion = textOf(wanted, 'api_version') ?? found.apiVersion
  if (wanted.enabled !== undefined) found.enabled = flagOf(wanted, 'enabled')
  found.updatedAt = now
  return ok({ subscription: keyless(found) })
}

function remove({ square, params }: Call) {
  square.subscriptions.remove(idIn(params))
  return ok({})
}

/** The old key ends at once; whether it does at Square is not known. */
function rotate({ square, params, now }: Call) {
  return ok({ signature_key: square.subscriptions.rotateKey(idIn(params), now) })
}

async function test({ square, params, body, now, seller }: Call) {
  const subscription = square.subscriptions.get(idIn(params))
  const type = textOf(body, 'event_type') ?? subscription.eventTypes[0] ?? 'payment.created'
  if (!EVENT_TYPES.includes(type)) throw invalid('INVALID_VALUE', `There is no event type ${type}.`, 'event_type')
  const group = type.slice(0, type.indexOf('.'))
  const happening = { type, dataType: group, id: 'TEST', object: { [group]: { id: 'TEST' } } }
  const event = eventOf(seller.merchantId, happening, now, now % 1000)
  const status = await square.courier.attempt(event, subscription)
  const stamp = new Date(now).toISOString()
  return ok({
    subscription_test_result: {
      id: mixedId(22, 'test result', subscription.id, event.eventId),
      ...(status !== null && { status_code: status }),
      payload: event.text,
      created_at: stamp,
      updated_at: stamp,
    },
  })
}

/** Lists and updates do not show the signature key. */
function keyless(subscription: Subscription): JsonObject {
  return {
    id: subscription.id,
    name: subscription.name,
    enabled: subscription.enabled,
    event_types: subscription.eventTypes,
    notification_url: subscription.notificationUrl,
    api_version: subscription.apiVersion,
    created_at: new Date(subscription.createdAt).toISOString(),
    updated_at: new Date(subscription.updatedAt).toISOString(),
  }
}

function idIn(params: Call['params']): string {
  return params.subscription_id ?? ''
}

function nameOf(name: string): string {
  if (name.length > NAME_MAX) throw invalid('VALUE_TOO_LONG', `At most ${NAME_MAX} characters.`, 'subscription.name')
  return name
}

function typesOf(wanted: JsonObject): readonly string[] | null {
  if (wanted.event_types === undefined) return null
  const types = textsOf(wanted, 'event_types')
  const unknown = types.find((type) => !EVENT_TYPES.includes(type))
  if (unknown !== undefined) {
    throw invalid('INVALID_VALUE', `There is no event type ${unknown}.`, 'subscription.event_types')
  }
  return types
}

function missingTypes(): never {
  throw invalid('MISSING_REQUIRED_PARAMETER', 'Missing event_types.', 'subscription.event_types')
}
