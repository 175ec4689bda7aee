import { hash } from 'node:crypto'
import type { StageClock } from '../stage/clock.ts'
import { Switchboard } from '../stage/faults.ts'
import { RequestLedger } from '../stage/requests.ts'
import { Storm } from '../stage/storm.ts'
import { WHATSAPP_FAULTS } from './faults.ts'
import { GraphRefusal } from './graph-error.ts'
import type { Draft, TemplateDraft } from './message.ts'

// One business's number at WhatsApp: its templates, who wrote to it and when, who has no WhatsApp, and what it sent.

/** A message of one's own words may go to whoever wrote within that time. */
export const WINDOW_MS = 24 * 3_600_000

export type Template = { readonly name: string; readonly language: string; readonly parameters: number }

export type SentMessage = {
  readonly id: string
  /** Digits alone. */
  readonly to: string
  readonly type: 'text' | 'template'
  readonly at: string
  /** Of a text. */
  readonly text: string | null
  readonly template: { readonly name: string; readonly language: string; readonly parameters: readonly string[] } | null
}

export type CloudOptions = {
  readonly clock: StageClock
  readonly seed: string
  readonly templates: readonly Template[]
}

export class Cloud {
  readonly clock: StageClock
  readonly faults = new Switchboard(WHATSAPP_FAULTS)
  readonly requests: RequestLedger
  readonly storm: Storm
  readonly phoneNumberId: string
  accessToken: string
  /** What the simulator itself did wrong; `close` throws it, so that no test passes over it. */
  readonly bugs: unknown[] = []
  readonly sent: SentMessage[] = []
  readonly #seed: string
  readonly #templates: Template[]
  readonly #wroteAt = new Map<string, number>()
  readonly #unreachable = new Set<string>()
  #serial = 0

  constructor({ clock, seed, templates }: CloudOptions) {
    this.clock = clock
    this.#seed = seed
    this.#templates = [...templates]
    this.requests = new RequestLedger(clock.now())
    this.storm = new Storm(this.faults, clock, 'rate-limit-storm')
    this.phoneNumberId = String(BigInt(`0x${hash('sha256', `number ${seed}`, 'hex').slice(0, 14)}`)).slice(0, 15)
    this.accessToken = this.#token()
  }

  /** The old token ends. */
  renewToken(): string {
    this.accessToken = this.#token()
    return this.accessToken
  }

  addTemplate(template: Template): void {
    this.#templates.push(template)
  }

  /** Somebody writes to the business, which opens its window for a day. */
  wrote(from: string): void {
    this.#wroteAt.set(digitsOf(from), this.clock.now())
  }

  setReachable(number: string, reachable: boolean): void {
    if (reachable) this.#unreachable.delete(digitsOf(number))
    else this.#unreachable.add(digitsOf(number))
  }

  nextSerial(): number {
    return ++this.#serial
  }

  /** Keeps a message as sent, or says why it cannot be. */
  send(draft: Draft): SentMessage {
    const to = digitsOf(draft.to)
    if (this.#unreachable.has(to) || this.faults.strikes('undeliverable', 'messages.send')) {
      throw new GraphRefusal(131026, 'Message Undeliverable.')
    }
    if (draft.type === 'template') this.#checkTemplate(draft.template)
    else this.#checkWindow(to)
    const message: SentMessage = {
      id: `wamid.${hash('sha256', `${this.#seed} ${this.nextSerial()}`, 'base64')}`,
      to,
      type: draft.type,
      at: new Date(this.clock.now()).toISOString(),
      text: draft.type === 'text' ? draft.text : null,
      template: draft.type === 'template' ? draft.template : null,
    }
    this.sent.push(message)
    return message
  }

  #checkWindow(to: string): void {
    const wroteAt = this.#wroteAt.get(to) ?? Number.NEGATIVE_INFINITY
    if (this.clock.now() - wroteAt < WINDOW_MS) return
    throw new GraphRefusal(
      131047,
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
    )
  }

  #checkTemplate({ name, language, parameters }: TemplateDraft): void {
    const found = this.#templates.find((each) => each.name === name && each.language === language)
    if (found === undefined) {
      throw new GraphRefusal(132001, `template name (${name}) does not exist in ${language}`)
    }
    if (this.faults.strikes('template-paused', 'messages.send')) {
      throw new GraphRefusal(132015, `template (${name}) is paused due to low quality`)
    }
    if (found.parameters !== parameters.length) {
      const expected = `number of localizable_params (${parameters.length}) does not match the expected number of params (${found.parameters})`
      throw new GraphRefusal(132000, `body: ${expected}`)
    }
  }

  #token(): string {
    return `EAA${hash('sha512', `token ${this.#seed} ${this.nextSerial()}`, 'hex')}`
  }
}

export function digitsOf(number: string): string {
  return number.replace(/\D/g, '')
}
