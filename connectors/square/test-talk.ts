import { type Instant, instant } from '#kernel/instant.ts'
import { CallFailed, type Link, type ProviderAnswer, type ProviderCall, type Talk } from '../contract.ts'
import { api } from './api.ts'

// A talk had with a provider that is a function: what is asked is kept, what it answers is judged as it would be.

export const LINK: Link = {
  environment: 'sandbox',
  credentials: { access_token: 'EAAA-test-token' },
  account: 'MTESTMERCHANT1',
  application: null,
}

export const RECEIVED_AT: Instant = instant(Date.UTC(2026, 9, 1, 12))

export type Answer = {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text as it stands, anything else as JSON. */
  readonly body?: unknown
}

export function answerOf({ status = 200, headers = {}, body = {} }: Answer): ProviderAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status, headers, body: Buffer.from(text), receivedAt: RECEIVED_AT }
}

export function have<T>(
  talk: Talk<T>,
  answer: (call: ProviderCall, no: number) => Answer,
): { calls: ProviderCall[]; value: T } {
  const calls: ProviderCall[] = []
  let step = talk.next()
  while (!step.done) {
    const call = step.value
    const answered = answerOf(answer(call, calls.push(call) - 1))
    const verdict = api.judge(call, answered)
    step = verdict.kind === 'ok' ? talk.next(answered) : talk.throw(new CallFailed(call.name, verdict))
  }
  return { calls, value: step.value }
}

export function bodyOf(call: ProviderCall | undefined): Record<string, unknown> {
  return JSON.parse(call?.body ?? '{}') as Record<string, unknown>
}

export function parametersOf(call: ProviderCall | undefined): Record<string, string> {
  return Object.fromEntries(new URL(call?.path ?? '/', 'https://square.test').searchParams)
}
