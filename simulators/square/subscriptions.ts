import { createHmac } from 'node:crypto'
import { serialIdOf } from './application.ts'
import { mixedId } from './ids.ts'
import { invalid, notFound } from './refusal.ts'

// The application's webhook subscriptions. They serve every seller that has authorised it.

export type Subscription = {
  readonly id: string
  name: string
  enabled: boolean
  eventTypes: readonly string[]
  notificationUrl: string
  apiVersion: string
  signatureKey: string
  readonly createdAt: number
  updatedAt: number
  /** Since when no delivery has been accepted; null after a success. */
  failingSince: number | null
}

export type SubscriptionDraft = Pick<Subscription, 'name' | 'eventTypes' | 'notificationUrl' | 'apiVersion'> & {
  readonly enabled?: boolean
  /** Made up if not given; a test may want a known one. */
  readonly signatureKey?: string
}

export class Subscriptions {
  readonly #seed: string
  readonly #standing = new Map<string, Subscription>()
  #serial = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  list(): readonly Subscription[] {
    return [...this.#standing.values()]
  }

  get(id: string): Subscription {
    const found = this.#standing.get(id)
    if (found === undefined) throw notFound(`Webhook subscription ${id} not found.`)
    return found
  }

  add(draft: SubscriptionDraft, now: number): Subscription {
    checkUrl(draft.notificationUrl)
    const serial = ++this.#serial
    const made: Subscription = {
      id: serialIdOf('wbhk', this.#seed, serial),
      name: draft.name,
      enabled: draft.enabled ?? true,
      eventTypes: draft.eventTypes,
      notificationUrl: draft.notificationUrl,
      apiVersion: draft.apiVersion,
      signatureKey: draft.signatureKey ?? this.#key(`${serial}`),
      createdAt: now,
      updatedAt: now,
      failingSince: null,
    }
    this.#standing.set(made.id, made)
    return made
  }

  rotateKey(id: string, now: number): string {
    const subscription = this.get(id)
    subscription.signatureKey = this.#key(`${id} ${++this.#serial}`)
    subscription.updatedAt = now
    return subscription.signatureKey
  }

  remove(id: string): void {
    this.get(id)
    this.#standing.delete(id)
  }

  removeAll(): void {
    this.#standing.clear()
  }

  #key(of: string): string {
    return mixedId(22, 'signature key', this.#seed, of)
  }
}

/** HTTPS, or plain HTTP to this very machine. */
export function checkUrl(text: string): void {
  const url = URL.parse(text)
  const local =
    url !== null && (url.hostname === 'localhost' || url.hostname === '127.0.0.1' || url.hostname === '[::1]')
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && local)) return
  throw invalid('INVALID_VALUE', 'The notification URL must be an HTTPS address.', 'subscription.notification_url')
}

/** Both signatures of a delivery: over the subscription's URL and the body, byte for byte as sent. */
export function signaturesOf(key: string, notificationUrl: string, body: string): { sha256: string; sha1: string } {
  const sign = (algorithm: string) => createHmac(algorithm, key).update(notificationUrl).update(body).digest('base64')
  return { sha256: sign('sha256'), sha1: sign('sha1') }
}
