import { instant } from '#kernel/instant.ts'
import {
  CallFailed,
  type Credentials,
  type Link,
  type Live,
  type ProviderAnswer,
  type ProviderCall,
  type Talk,
} from '../contract.ts'
import type { Provider } from './stage.ts'

// The kit's own way of holding a talk: one call at a time over HTTP, waiting by the stage's clock and never by ours. It
// does what a hub does, in its plainest form, and writes down all that a connector says.

/** Comes between a call and its answer: hands on another answer, or none at all. */
export type Meddler = (call: ProviderCall, answer: ProviderAnswer, nth: number) => ProviderAnswer | 'cut'

export type Line = {
  readonly live: Live
  /** What calls are made with; a refresh puts new credentials in. */
  link: Link
  meddle: Meddler | null
  /** Calls that never get to the provider: no answer comes, and nothing was done. */
  lose: ((call: ProviderCall) => boolean) | null
  /** Calls that change something are sent once, however they end: whoever holds the talk knows better when to try again. */
  once: boolean
  /** Calls that were sent. */
  readonly calls: ProviderCall[]
  /** Paths, names and sentences that a log would hold. */
  readonly said: string[]
  /** Every secret that the line has seen. */
  readonly secrets: Set<string>
  /** Calls that were not answered well at first. */
  troubles: number
}

const TRIES_MAX = 12
const CALLS_MAX = 20_000
// A provider that plays dead must not cost a run its patience.
const TIMEOUT_MS = 750
const WAIT_MS = 1_000

export function openLine(live: Live, provider: Provider): Line {
  const line: Line = {
    live,
    link: provider.link,
    meddle: null,
    lose: null,
    once: false,
    calls: [],
    said: [],
    secrets: new Set(),
    troubles: 0,
  }
  for (const secret of Object.values(provider.link.credentials)) line.secrets.add(secret)
  const application = provider.application
  if (application?.secret) line.secrets.add(application.secret)
  for (const secret of Object.values(application?.credentials ?? {})) line.secrets.add(secret)
  return line
}

/** Holds the talk to its end: repeats what may be repeated, refreshes once, and throws what the talk throws. */
export async function converse<T>(line: Line, provider: Provider, begin: (link: Link) => Talk<T>): Promise<T> {
  const talk = begin(line.link)
  let step = talk.next()
  for (let calls = 0; !step.done; calls++) {
    if (calls > CALLS_MAX) throw new Error(`${step.value.name}: the talk made ${CALLS_MAX} calls and does not end`)
    let answer: ProviderAnswer
    try {
      answer = await answered(line, provider, step.value)
    } catch (failure) {
      if (failure instanceof CallFailed) noteFailure(line, failure)
      step = talk.throw(failure)
      continue
    }
    step = talk.next(answer)
  }
  return step.value
}

/** One call until it is answered well. Throws `CallFailed`. */
async function answered(line: Line, provider: Provider, call: ProviderCall): Promise<ProviderAnswer> {
  let refreshed = false
  for (let tries = 1; ; tries++) {
    const isOnce = line.once && call.writes === true
    const answer = await send(line, provider, call).catch((failure: unknown) => {
      if (!(failure instanceof CallFailed) || !call.repeatable || isOnce || tries >= TRIES_MAX) throw failure
      return null
    })
    if (answer === null) {
      line.troubles++
      await provider.advance(WAIT_MS)
      continue
    }
    const verdict = line.live.api.judge(call, answer)
    if (verdict.kind === 'ok') return answer
    line.troubles++
    if (tries < TRIES_MAX && !isOnce) {
      if (verdict.kind === 'throttled' || (verdict.kind === 'unavailable' && call.repeatable)) {
        await provider.advance(verdict.retryAfterMs ?? WAIT_MS * 2 ** Math.min(tries, 4))
        continue
      }
      if (verdict.kind === 'unauthorized' && !verdict.revoked && !refreshed && call.unsigned !== true) {
        refreshed = true
        if (await refresh(line, provider)) continue
      }
    }
    throw new CallFailed(call.name, verdict)
  }
}

/** One call, sent once. Throws `CallFailed` when no answer came. */
export async function send(line: Line, provider: Provider, call: ProviderCall): Promise<ProviderAnswer> {
  const { live, link } = line
  line.said.push(call.name, call.path)
  const nth = line.calls.push(call)
  if (line.lose?.(call)) return unreachable(call)
  const signed = live.api.body === undefined ? call : { ...call, body: live.api.body(link, call) }
  const answer = await exchange(provider, signed, { ...live.api.headers(link, call), ...call.headers })
  if (answer === null || line.meddle === null) return answer ?? unreachable(call)
  const handed = line.meddle(call, answer, nth)
  return handed === 'cut' ? unreachable(call) : handed
}

async function exchange(
  provider: Provider,
  call: ProviderCall,
  headers: Readonly<Record<string, string>>,
): Promise<ProviderAnswer | null> {
  try {
    const response = await fetch(provider.baseUrl + call.path, {
      method: call.method,
      headers: { ...headers },
      body: call.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const body = new Uint8Array(await response.arrayBuffer())
    return { status: response.status, headers: Object.fromEntries(response.headers), body, receivedAt: provider.now() }
  } catch {
    return null
  }
}

function unreachable(call: ProviderCall): never {
  throw new CallFailed(call.name, { kind: 'unreachable', code: 'network' })
}

async function refresh(line: Line, provider: Provider): Promise<boolean> {
  const oauth = line.live.signIn.oauth
  const application = line.link.application
  if (oauth === undefined || application === null) return false
  const tokens = await converse(line, provider, (link) => oauth.refresh(application, link.credentials)).catch(
    () => null,
  )
  if (tokens === null) return false
  line.link = { ...line.link, credentials: tokens.credentials }
  for (const secret of Object.values(tokens.credentials)) line.secrets.add(secret)
  return true
}

function noteFailure(line: Line, failure: CallFailed): void {
  line.said.push(failure.message)
  if ('say' in failure.verdict) line.said.push(failure.verdict.say)
}

/** The same line for a while, signed in with other credentials that nobody refreshes. */
export async function asSignedIn<T>(line: Line, credentials: Credentials, run: () => Promise<T>): Promise<T> {
  const before = line.link
  line.link = { ...before, application: null, credentials }
  try {
    return await run()
  } finally {
    line.link = before
  }
}

/** An answer as no provider would have it on purpose; for judging without sending. */
export function madeUpAnswer(
  status: number,
  body: string | Uint8Array = '',
  headers: Readonly<Record<string, string>> = {},
): ProviderAnswer {
  return { status, headers, body: typeof body === 'string' ? Buffer.from(body) : body, receivedAt: instant(MADE_UP_AT) }
}

/** 2026-05-20T12:00:00Z. */
const MADE_UP_AT = 1_779_278_400_000
