import { CallFailed, Garbled, type ProviderAnswer, type ProviderCall, type Verdict } from '../../contract.ts'
import { type Check, expect, expectSame, nameOf, readsSales } from '../check.ts'
import { converse, type Meddler, madeUpAnswer } from '../line.ts'
import type { FaultName } from '../stage.ts'
import { ago, DAY, type Hub, openHub, type Trial } from '../trial.ts'
import { lotsOf } from '../walk.ts'
import { busyHub } from './busy.ts'
import { expectBooksAgree, pullAll, timed, traded } from './shop.ts'

// Networks and gateways: what an answer means that is none, and that nothing is ever read by halves.

const HTML = '<!doctype html><html><body><h1>Not now</h1></body></html>'
const TEXTS = ['', HTML, 'upstream connect error', '{"errors":[]}', '{', 'null', '[]']

export const FAILURE_CHECKS: readonly Check[] = [
  {
    name: 'failures/throttled',
    says: 'a 429 is a delay, as long as it is told: in seconds, as a date, or not at all',
    needs: ['live'],
    run: async (trial) => {
      const { live } = trial
      const call = someCall(await trial.open())
      for (const body of TEXTS) {
        const told = judged(live.api.judge, call, 429, body, { 'retry-after': '7' })
        expect(
          told.kind === 'throttled' && told.retryAfterMs === 7_000,
          'a 429 of 7 seconds is not a delay of 7 seconds',
        )
        const bare = judged(live.api.judge, call, 429, body)
        expect(bare.kind === 'throttled', `a 429 without a time is ${bare.kind} and no delay`)
        const at = new Date(madeUpAnswer(429).receivedAt + 30_000).toUTCString()
        const dated = judged(live.api.judge, call, 429, body, { 'retry-after': at })
        expect(
          dated.kind === 'throttled' && near(dated.retryAfterMs, 30_000),
          'a 429 until a date is not a delay until then',
        )
      }
    },
  },
  {
    name: 'failures/unavailable',
    says: 'a 500, 502, 503 or 504 may pass, whatever stands in its body',
    needs: ['live'],
    run: async (trial) => {
      const { live } = trial
      const call = someCall(await trial.open())
      for (const status of [500, 502, 503, 504]) {
        for (const body of TEXTS) {
          const verdict = judged(live.api.judge, call, status, body)
          expect(verdict.kind === 'unavailable', `a ${status} is ${verdict.kind} and not unavailable`)
        }
      }
      const told = judged(live.api.judge, call, 503, HTML, { 'retry-after': '3' })
      expect(told.kind === 'unavailable' && told.retryAfterMs === 3_000, 'a 503 of 3 seconds does not say so')
    },
  },
  {
    name: 'failures/refused',
    says: 'a 4xx is never a success, a 401 is about the sign-in and a 403 about what it may do',
    needs: ['live'],
    run: async (trial) => {
      const { live } = trial
      const call = someCall(await trial.open())
      for (const body of TEXTS) {
        for (const status of [301, 302, 400, 402, 405, 410, 418, 422]) {
          const { kind } = judged(live.api.judge, call, status, body)
          expect(kind !== 'ok' && kind !== 'throttled', `a ${status} is ${kind}`)
        }
        const kinds = [401, 403, 404].map((status) => judged(live.api.judge, call, status, body).kind)
        expectSame('what a 401, a 403 and a 404 are', kinds, ['unauthorized', 'forbidden', 'missing'])
      }
    },
  },
  {
    name: 'failures/torn-answer',
    says: 'a body that breaks off, is HTML or no object is garbled, and nothing of it is read',
    needs: ['live'],
    run: async (trial) => {
      const hub = await busyHub(trial, 6)
      await hub.locations()
      for (const [what, tear] of Object.entries(TEARS)) {
        for (const [name, talk] of talksOf(trial, hub)) await expectNoHalf(hub, `${name}, ${what}`, talk, tear)
      }
    },
  },
  {
    name: 'failures/no-answer',
    says: 'a call without an answer fails its talk, which begins anew as if it had never been',
    needs: ['live'],
    run: async (trial) => {
      const hub = await busyHub(trial, 6)
      await hub.locations()
      for (const [name, talk] of talksOf(trial, hub)) {
        await expectNoHalf(hub, `${name}, cut`, talk, () => 'cut')
        await converse(hub.line, hub.provider, talk)
      }
      if (!readsSales(trial.live)) return
      await pullAll(hub)
      await expectBooksAgree(hub)
    },
  },
  ...(
    ['rate-limit', 'server-error', 'gateway-html', 'cut-connection', 'timeout', 'slow-drip', 'invalid-json'] as const
  ).map(playedWhileReading),
]

function playedWhileReading(fault: FaultName): Check {
  return {
    name: `failures/${fault}`,
    says: `a month is read whole while the provider plays ${fault}`,
    needs: ['live', 'sales', `fault:${fault}`],
    run: async (trial) => {
      const { hub } = await traded(trial, 25)
      let struck = 0
      for (let round = 0; round < ROUNDS && struck < STRIKES; round++) {
        const again = openHub(trial.live, hub.provider)
        await hub.provider.play(fault, true, { rate: 0.3, seed: trial.seed + round })
        struck += (await patiently(() => pullAll(again))) + again.line.troubles
        await hub.provider.play(fault, false)
        await expectBooksAgree(again)
      }
      expect(struck > 0, 'the stage was to play it and nothing was amiss')
    },
  }
}

const ROUNDS = 6
const STRIKES = 5
const PATIENCE = 12

/** A hub begins anew what a garbled or missing answer cut short, and keeps what it read before: how often it had to. */
async function patiently(run: () => Promise<void>): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      await run()
      return tries - 1
    } catch (failure) {
      if (tries >= PATIENCE || !isPassing(failure)) throw failure
    }
  }
}

function isPassing(failure: unknown): boolean {
  if (failure instanceof Garbled) return true
  return (
    failure instanceof CallFailed &&
    ['garbled', 'unavailable', 'unreachable', 'throttled'].includes(failure.verdict.kind)
  )
}

const TEARS: Readonly<Record<string, (answer: ProviderAnswer) => ProviderAnswer>> = {
  'an answer broken off after its first byte': (answer) => withBody(answer, answer.body.subarray(0, 1)),
  'an answer broken off in the middle': (answer) => withBody(answer, answer.body.subarray(0, answer.body.length >> 1)),
  'an answer without its last byte': (answer) => withBody(answer, withoutLast(answer.body)),
  'a page of HTML that says 200': (answer) => withBody(answer, Buffer.from(HTML)),
  'a list where an object is promised': (answer) => withBody(answer, Buffer.from('[]')),
  'null where an object is promised': (answer) => withBody(answer, Buffer.from('null')),
}

function withBody(answer: ProviderAnswer, body: Uint8Array): ProviderAnswer {
  return { ...answer, body }
}

function withoutLast(body: Uint8Array): Uint8Array {
  const text = Buffer.from(body).toString().trimEnd()
  return Buffer.from(text.slice(0, -1))
}

type AnyTalk = Parameters<typeof converse<unknown>>[2]

/** Every talk that only reads, by name. */
export function talksOf({ live }: Trial, hub: Hub): readonly (readonly [string, AnyTalk])[] {
  const now = hub.provider.now()
  const talks: [string, AnyTalk][] = [
    ['the check of the sign-in', (link) => live.signIn.check(link)],
    ['the list of locations', (link) => live.locations(link)],
  ]
  for (const stream of timed(hub)) {
    const [locations = null] = lotsOf(
      stream,
      hub.provider.places.map(({ id }) => id),
    )
    const window = { by: stream.backfillBy, from: ago(now, 31 * DAY), to: now, locations }
    talks.push([`a page of ${stream.name}`, (link) => stream.page(link, window, null)])
  }
  const { books, orders } = live
  if (orders?.menu !== undefined) {
    const { menu } = orders
    talks.push(['the menu', (link) => menu(link)])
  }
  const [place] = hub.provider.places
  if (books !== undefined && place !== undefined) {
    const request = { location: place.id, from: ago(now, DAY), to: now }
    talks.push(['the provider’s figures', (link) => books.figures(link, request)])
  }
  return talks
}

/** With its answers meddled with, the talk fails as garbled or unreachable, or tells all that it tells otherwise. */
async function expectNoHalf(
  hub: Hub,
  what: string,
  talk: AnyTalk,
  meddle: (answer: ProviderAnswer) => ProviderAnswer | 'cut',
): Promise<void> {
  const whole = await converse(hub.line, hub.provider, talk)
  const told = await withMeddler(
    hub,
    (_, answer) => meddle(answer),
    () =>
      converse(hub.line, hub.provider, talk).catch((failure: unknown) => {
        const right = failure instanceof Garbled || (failure instanceof CallFailed && isPassing(failure))
        expect(right, `${what}: it ends in ${nameOf(failure)}`)
        return whole
      }),
  )
  expectSame(`${what}: it is told as if nothing were missing`, told, whole)
}

export async function withMeddler<T>(hub: Hub, meddle: Meddler, run: () => Promise<T>): Promise<T> {
  const before = hub.line.meddle
  hub.line.meddle = meddle
  try {
    return await run()
  } finally {
    hub.line.meddle = before
  }
}

/** The first call of the talk that asks who it is: every connector has that one. */
export function someCall({ live, provider }: Hub): ProviderCall {
  const step = live.signIn.check(provider.link).next()
  if (step.done) throw new Error('the check of the sign-in asks nobody')
  return step.value
}

function judged(
  judge: (call: ProviderCall, answer: ProviderAnswer) => Verdict,
  call: ProviderCall,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Verdict {
  return judge(call, madeUpAnswer(status, body, headers))
}

function near(ms: number | null, wanted: number): boolean {
  return ms !== null && Math.abs(ms - wanted) <= 1_000
}
