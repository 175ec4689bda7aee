import { Agent, request } from 'undici'
import type { StageClock } from '../stage/clock.ts'
import type { Switchboard } from '../stage/faults.ts'
import type { RequestLedger } from '../stage/requests.ts'
import { signatureOf } from './signing.ts'

// Carries callbacks to the hub. Waiting follows the shared clock; how long an answer may take is real time, since the
// hub's is.

const ANSWER_MAX_MS = 5000

export type Callback = {
  readonly event: string
  readonly url: string
  readonly body: string
  /** What it is signed with; null: not at all. */
  readonly secret: string | null
}

export type CourierOptions = {
  readonly clock: StageClock
  readonly faults: Switchboard
  readonly requests: RequestLedger
  /** After each failed attempt it waits so long; after the last it gives up. */
  readonly waitsMs: readonly number[]
  readonly concurrency: number
}

type Waiting = { readonly callback: Callback; attempt: number; readonly done: () => void }

export class Courier {
  readonly #options: CourierOptions
  readonly #agent: Agent
  readonly #ready: Waiting[] = []
  #held: { readonly callback: Callback; readonly attempt: number }[] = []
  #inFlight = 0
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
      if (name !== 'outage' || on) return
      for (const { callback, attempt } of this.#held.splice(0)) this.#post(callback, attempt, 0)
    })
  }

  /** Sends it in the way in which the faults of the day let it travel. `forged` is what a stranger would send. */
  deliver(callback: Callback, forged: Callback): void {
    const { faults } = this.#options
    const { event } = callback
    if (faults.strikes('forged-callbacks', event)) this.#post(forged, LAST_ATTEMPT, 0)
    if (faults.strikes('dropped-callbacks', event)) return
    const delay = this.#delayOf(event)
    const sent = faults.strikes('unsigned-callbacks', event) ? { ...callback, secret: null } : callback
    this.#post(sent, 0, delay)
    if (faults.strikes('doubled-callbacks', event)) this.#post(sent, 0, delay)
  }

  /** Resolves when nothing is ready or on its way; what waits for a later time does not count. */
  idle(): Promise<void> {
    if (this.#inFlight === 0 && this.#ready.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idlers.push(resolve))
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#ready.length = 0
    await this.#agent.destroy()
  }

  #delayOf(event: string): number {
    const { faults } = this.#options
    if (faults.strikes('late-callbacks', event)) return 1000 * faults.valueOf('late-callbacks')
    if (!faults.strikes('out-of-order-callbacks', event)) return 0
    return Math.round(faults.draw('out-of-order-callbacks') * 1000 * faults.valueOf('out-of-order-callbacks'))
  }

  #post(callback: Callback, attempt: number, delay: number): void {
    const { clock } = this.#options
    if (delay === 0) clock.hold(this.#queue(callback, attempt))
    else clock.at(clock.now() + delay, () => this.#queue(callback, attempt))
  }

  #queue(callback: Callback, attempt: number): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise((done) => {
      this.#ready.push({ callback, attempt, done })
      this.#pump()
    })
  }

  #pump(): void {
    while (this.#inFlight < this.#options.concurrency) {
      const next = this.#ready.shift()
      if (next === undefined) break
      this.#inFlight++
      void this.#carry(next.callback, next.attempt).finally(() => {
        this.#inFlight--
        next.done()
        this.#pump()
      })
    }
    if (this.#inFlight > 0 || this.#ready.length > 0) return
    for (const resolve of this.#idlers.splice(0)) resolve()
  }

  async #carry(callback: Callback, attempt: number): Promise<void> {
    const { faults, requests, waitsMs } = this.#options
    if (faults.isOn('outage')) {
      this.#held.push({ callback, attempt })
      return
    }
    const status = await this.#send(callback)
    if (this.#closed || attempt === LAST_ATTEMPT) return
    const accepted = status !== null && status >= 200 && status < 300
    requests.delivery(accepted ? 'accepted' : 'failed')
    const wait = waitsMs[attempt]
    if (!accepted && wait !== undefined) this.#post(callback, attempt + 1, wait)
  }

  /** The status that was answered; null without an answer. */
  async #send({ event, url, body, secret }: Callback): Promise<number | null> {
    const { clock, faults } = this.#options
    const back = faults.strikes('stale-signature', event) ? 1000 * faults.valueOf('stale-signature') : 0
    try {
      const answer = await request(url, {
        method: 'POST',
        dispatcher: this.#agent,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'DinePOS-Callback/1.0',
          ...(secret !== null && { 'x-hub-signature': signatureOf(secret, clock.now() - back, body) }),
        },
        body,
      })
      await answer.body.dump()
      return answer.statusCode
    } catch {
      return null
    }
  }
}

/** Neither counted nor tried again. */
const LAST_ATTEMPT = -1
