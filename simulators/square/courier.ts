import { Agent, request } from 'undici'
import type { StageClock } from '../stage/clock.ts'
import type { Switchboard } from '../stage/faults.ts'
import type { RequestLedger } from '../stage/requests.ts'
import { DAY_MS, HOUR_MS } from '../trade/calendar.ts'
import type { Environment } from './application.ts'
import type { SquareEvent } from './events.ts'
import { type Subscription, signaturesOf } from './subscriptions.ts'

// Carries events to subscribers. One delivery is one event for one subscription:
//
//   waiting ─ due ─▶ in flight ─ 2xx ─▶ accepted
//      ▲                 │
//      └── 1, 2, 4 … 32 min, then hourly ── anything else, until 24 h after the first attempt ─▶ given up
//
// Waiting follows the shared clock, so that moving it by a day plays a day of retries. How long an answer may take is
// real time, since the receiver's is.

const MINUTE_MS = 60_000
const FIRST_WAITS_MS = [1, 2, 4, 8, 16, 32].map((minutes) => minutes * MINUTE_MS)
const GIVE_UP_MS = DAY_MS
const ANSWER_MAX_MS = 10_000
const DISABLED_AFTER_MS = 21 * DAY_MS

export type Delivery = {
  readonly event: SquareEvent
  readonly subscription: Subscription
  /** Differs from the event's own where it is forged. */
  readonly text: string
  readonly forged: boolean
  attempts: number
  firstAt: number | null
  lastFailure: string | null
}

export type CourierOptions = {
  readonly clock: StageClock
  readonly faults: Switchboard
  readonly requests: RequestLedger
  readonly environment: Environment
  /** Deliveries in flight at once. */
  readonly concurrency: number
}

export class Courier {
  readonly #options: CourierOptions
  readonly #agent: Agent
  #ready: { delivery: Delivery; done: () => void }[] = []
  #next = 0
  #inFlight = 0
  /** Kept back while the provider is out of reach. */
  #held: Delivery[] = []
  #idlers: (() => void)[] = []
  #closed = false

  constructor(options: CourierOptions) {
    this.#options = options
    this.#agent = new Agent({
      connections: options.concurrency,
      pipelining: 1,
      headersTimeout: ANSWER_MAX_MS,
      bodyTimeout: ANSWER_MAX_MS,
      connect: { timeout: ANSWER_MAX_MS },
    })
    options.faults.onSwitch(({ name, on }) => {
      if (name === 'outage' && !on) this.#release()
    })
  }

  /** Sends an event to that subscription, in the way in which the faults of the day let it travel. */
  deliver(event: SquareEvent, subscription: Subscription): void {
    const { faults, clock } = this.#options
    if (faults.strikes('forged-delivery', event.type)) this.#post(deliveryOf(event, subscription, true), 0)
    if (faults.strikes('dropped-delivery', event.type)) return
    const delay = this.#delayOf(event)
    const delivery = deliveryOf(event, subscription, false)
    this.#post(delivery, delay === 0 ? 0 : clock.now() + delay)
    if (faults.strikes('duplicate-delivery', event.type)) {
      const apart = faults.draw('duplicate-delivery') * 1000 * faults.valueOf('duplicate-delivery')
      this.#post(deliveryOf(event, subscription, false), clock.now() + delay + Math.round(apart))
    }
  }

  /** Resolves when nothing is ready or on its way; what waits for a later time does not count. */
  idle(): Promise<void> {
    if (this.#inFlight === 0 && this.#next >= this.#ready.length) return Promise.resolve()
    return new Promise((resolve) => this.#idlers.push(resolve))
  }

  /** One attempt outside of all queues: the test of a subscription. Answers the status, or null without an answer. */
  async attempt(event: SquareEvent, subscription: Subscription): Promise<number | null> {
    const outcome = await this.#send(deliveryOf(event, subscription, false))
    return typeof outcome === 'number' ? outcome : null
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#ready = []
    this.#next = 0
    await this.#agent.destroy()
  }

  /** How late the faults make it, in milliseconds. */
  #delayOf(event: SquareEvent): number {
    const { faults } = this.#options
    const seconds = (name: string) => faults.valueOf(name)
    if (event.type.endsWith('.created') && faults.strikes('stale-version-late', event.type)) {
      return 1000 * seconds('stale-version-late')
    }
    if (faults.strikes('late-delivery', event.type)) return 1000 * seconds('late-delivery')
    if (faults.strikes('reordered-delivery', event.type)) {
      return Math.round(faults.draw('reordered-delivery') * 1000 * seconds('reordered-delivery'))
    }
    return 0
  }

  /** `due` 0 is at once. */
  #post(delivery: Delivery, due: number): void {
    const { clock } = this.#options
    if (due <= clock.now()) clock.hold(this.#queue(delivery))
    else clock.at(due, () => this.#queue(delivery))
  }

  #queue(delivery: Delivery): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise((done) => {
      this.#ready.push({ delivery, done })
      this.#pump()
    })
  }

  #pump(): void {
    while (this.#inFlight < this.#options.concurrency && this.#next < this.#ready.length) {
      const { delivery, done } = this.#ready[this.#next++] as { delivery: Delivery; done: () => void }
      this.#inFlight++
      void this.#carry(delivery).finally(() => {
        this.#inFlight--
        done()
        this.#pump()
      })
    }
    if (this.#next < this.#ready.length) return
    this.#ready = []
    this.#next = 0
    if (this.#inFlight > 0) return
    for (const resolve of this.#idlers.splice(0)) resolve()
  }

  async #carry(delivery: Delivery): Promise<void> {
    const { clock, faults, requests } = this.#options
    if (faults.isOn('outage')) {
      this.#held.push(delivery)
      return
    }
    const { subscription } = delivery
    if (!subscription.enabled) return
    delivery.firstAt ??= clock.now()
    const outcome = await this.#send(delivery)
    if (this.#closed || delivery.forged) return
    delivery.attempts++
    const accepted = typeof outcome === 'number' && outcome >= 200 && outcome < 300
    requests.delivery(accepted ? 'accepted' : 'failed')
    if (accepted) subscription.failingSince = null
    else this.#retry(delivery, typeof outcome === 'number' ? 'http_error' : outcome)
  }

  #retry(delivery: Delivery, failure: string): void {
    const { clock } = this.#options
    const { subscription } = delivery
    const now = clock.now()
    subscription.failingSince ??= now
    if (now - subscription.failingSince > DISABLED_AFTER_MS) subscription.enabled = false
    delivery.lastFailure = failure
    const due = now + (FIRST_WAITS_MS[delivery.attempts - 1] ?? HOUR_MS)
    if (due - (delivery.firstAt ?? now) <= GIVE_UP_MS) this.#post(delivery, due)
  }

  #release(): void {
    for (const delivery of this.#held.splice(0)) this.#options.clock.hold(this.#queue(delivery))
  }

  /** The status that was answered, or why there is none. */
  async #send(delivery: Delivery): Promise<number | 'http_timeout' | 'ssl_error' | 'other_error'> {
    const { subscription, text } = delivery
    try {
      const { statusCode, body } = await request(subscription.notificationUrl, {
        method: 'POST',
        dispatcher: this.#agent,
        headers: this.#headersOf(delivery),
        body: text,
      })
      await body.dump()
      return statusCode
    } catch (error) {
      return reasonOf(error)
    }
  }

  #headersOf({ subscription, text, forged, attempts, firstAt, lastFailure }: Delivery): Record<string, string> {
    const { clock, environment, faults } = this.#options
    const key = forged ? 'not-the-signature-key' : subscription.signatureKey
    const { sha256, sha1 } = signaturesOf(key, subscription.notificationUrl, text)
    return {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Square Connect v2',
      ...(faults.isOn('proxied-delivery') && { host: 'internal.invalid', 'x-forwarded-proto': 'http' }),
      'square-environment': environment,
      'square-version': subscription.apiVersion,
      'square-initial-delivery-timestamp': new Date(firstAt ?? clock.now()).toISOString(),
      'x-square-hmacsha256-signature': sha256,
      'x-square-signature': sha1,
      ...(attempts > 0 && {
        'square-retry-number': String(attempts),
        'square-retry-reason': lastFailure ?? 'other_error',
      }),
    }
  }
}

function deliveryOf(event: SquareEvent, subscription: Subscription, forged: boolean): Delivery {
  const text = forged ? event.text.replaceAll(/"amount":\d+/g, '"amount":999999') : event.text
  return { event, subscription, text, forged, attempts: 0, firstAt: null, lastFailure: null }
}

function reasonOf(error: unknown): 'http_timeout' | 'ssl_error' | 'other_error' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.includes('TIMEOUT')) return 'http_timeout'
  return code.includes('TLS') || code.includes('CERT') || code.includes('SSL') ? 'ssl_error' : 'other_error'
}
