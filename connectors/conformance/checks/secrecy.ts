import { CallFailed, type ProviderAnswer } from '../../contract.ts'
import { type Check, expect, expectNone } from '../check.ts'
import { asSignedIn, converse, madeUpAnswer } from '../line.ts'
import { ago, type Hub, type Trial } from '../trial.ts'
import { busyHub } from './busy.ts'
import { someCall, talksOf, withMeddler } from './failures.ts'
import { looksLikeWord, masked, valuesOf } from './mutations.ts'
import { readMutated } from './reading.ts'
import { MONTH, pullAll, traded } from './shop.ts'
import { requestOf, withSecrets } from './tokens.ts'

// What a log, an error or a fact may hold: no secret, and nothing of a person. Markers are planted and looked for.

const PERSON = 'ada.lovelace@customer.example'
const PHONE = '+15555550123'
const SHORT_SECRET = 6

export const SECRECY_CHECKS: readonly Check[] = [
  {
    name: 'secrecy/calls',
    says: 'no path and no name of a call holds a secret or a personal datum',
    needs: ['live'],
    run: async (trial) => {
      const hub = await busyHub(trial, 10)
      await pullAll(hub)
      await hub.fetch(hub.keeper.records().filter(({ kind }) => trial.live.pull.fetchMax(kind) > 0))
      for (const [, talk] of talksOf(trial, hub)) await converse(hub.line, hub.provider, talk)
      const { oauth } = trial.live.signIn
      const { application } = hub.provider
      if (oauth !== undefined && application !== null) {
        hub.line.said.push(oauth.authorizePath(application, requestOf(oauth)))
      }
      expect(hub.line.said.length > 0, 'nobody was asked anything')
      expectNothingTold(hub, hub.line.said)
    },
  },
  {
    name: 'secrecy/failures',
    says: 'whatever a provider answers, what is said of it quotes no secret and no personal datum',
    needs: ['live'],
    run: async (trial) => {
      const hub = await busyHub(trial, 3)
      const call = someCall(hub)
      for (const secret of hub.line.secrets) {
        const words = `${secret} was sent for ${PERSON} (${PHONE})`
        for (const body of await errorBodies(trial, hub, words)) {
          for (const status of [400, 401, 403, 404, 409, 422, 429, 500]) {
            const verdict = trial.live.api.judge(call, madeUpAnswer(status, body))
            hub.line.said.push(verdict.kind === 'ok' ? '' : new CallFailed(call.name, verdict).message)
            if ('say' in verdict) hub.line.said.push(verdict.say)
          }
        }
      }
      expectNothingTold(hub, hub.line.said, [PERSON, PHONE])
    },
  },
  {
    name: 'secrecy/thrown',
    says: 'a failure that a talk or a reader throws quotes nothing of what it failed on',
    needs: ['live'],
    run: async (trial) => {
      const hub = await busyHub(trial, 3)
      await pullAll(hub)
      const planted = (answer: ProviderAnswer) => ({ ...answer, body: Buffer.from(`{"a":"${PERSON}`) })
      for (const [, talk] of talksOf(trial, hub)) {
        await withMeddler(
          hub,
          (_, answer) => planted(answer),
          () => converse(hub.line, hub.provider, talk),
        ).catch((failure: unknown) => hub.line.said.push(String(failure)))
      }
      for (const kind of trial.live.reader.kinds) {
        for (const json of [PERSON, [PERSON], { id: { mail: PERSON } }, { id: 7, name: PERSON }]) {
          try {
            trial.live.reader.recordsOf(kind, json)
          } catch (failure) {
            hub.line.said.push(String(failure))
          }
        }
      }
      expectNothingTold(hub, hub.line.said, [PERSON])
    },
  },
  {
    name: 'secrecy/drift',
    says: 'what is counted as drift is a word or nothing, never a value that may be personal',
    needs: ['live', 'sales'],
    run: async (trial) => {
      const { hub } = await traded(trial, 6)
      await pullAll(hub)
      const said: string[] = []
      for (const record of hub.keeper.records().filter(({ subjects }) => subjects.length > 0)) {
        for (const { path, value } of valuesOf(JSON.parse(record.body))) {
          const replacements = looksLikeWord(value) ? [`Ada Lovelace ${PERSON}`] : [{ mail: PERSON }, [PERSON]]
          for (const now of replacements) {
            const { drift } = readMutated(hub, record, { path, was: value, now })
            said.push(...drift.flatMap((one) => [one.path, one.value ?? '']))
          }
        }
      }
      expectNothingTold(hub, said, [PERSON, 'Ada Lovelace'])
    },
  },
  {
    name: 'secrecy/facts',
    says: 'no sale, refund or article holds a name, an address or a number of a customer',
    needs: ['live', 'sales'],
    run: async (trial) => {
      const { hub } = await traded(trial, 25)
      await readEverything(hub)
      expectPlanted(hub)
      const facts = hub.facts()
      const told = [...facts.sales.values(), ...facts.refunds.values(), ...hub.articles()]
      expectNothingTold(
        hub,
        told.map((fact) => JSON.stringify(fact, numbers)),
      )
    },
  },
  {
    name: 'secrecy/personal-paths',
    says: 'with the reader’s personal paths masked, nothing of a customer is left in a record',
    needs: ['live', 'sales'],
    run: async (trial) => {
      const { hub } = await traded(trial, 25)
      await readEverything(hub)
      expectPlanted(hub)
      const { personal } = trial.live.reader
      const left = hub.keeper
        .records()
        .map(({ kind, body }) => JSON.stringify(masked(JSON.parse(body), personal[kind] ?? [])))
      expectNothingTold(hub, left)
    },
  },
]

/** Bodies of errors as this provider writes them and as any might, with these words wherever words stand. */
async function errorBodies(trial: Trial, hub: Hub, words: string): Promise<readonly string[]> {
  const real: string[] = []
  const wrong = withSecrets(trial.live.signIn, hub.line.link.credentials, 'not-a-credential')
  await withMeddler(
    hub,
    (_, answer) => {
      real.push(Buffer.from(answer.body).toString())
      return answer
    },
    () => asSignedIn(hub.line, wrong, () => converse(hub.line, hub.provider, (link) => trial.live.signIn.check(link))),
  ).catch(() => undefined)
  const said = JSON.stringify(words)
  return [
    ...real.flatMap((body) => withWords(body, words)),
    words,
    `<html><body>${words}</body></html>`,
    `{"errors":[{"category":"INVALID_REQUEST_ERROR","code":"BAD_REQUEST","detail":${said},"field":${said}}]}`,
    `{"error":"invalid_request","error_description":${said},"message":${said}}`,
  ]
}

/** A body of JSON whose sentences are these words; what is one word stays, for it says what the error is. */
function withWords(body: string, words: string): readonly string[] {
  try {
    const put = (_: string, value: unknown) => (typeof value === 'string' && value.includes(' ') ? words : value)
    return [JSON.stringify(JSON.parse(body), put)]
  } catch {
    return []
  }
}

/** The people whom a provider knows too. */
async function readEverything(hub: Hub): Promise<void> {
  await pullAll(hub)
  const to = hub.provider.now()
  await hub.pull({ from: ago(to, MONTH), to }, ['customers', 'inventory'])
}

function expectPlanted({ provider, keeper }: Hub): void {
  const bodies = keeper.records().map(({ body }) => body)
  const there = provider.personal.filter((text) => bodies.some((body) => body.includes(text)))
  expect(there.length > 0, 'the stage planted nothing personal in what was read')
}

export function expectNothingTold(
  { line, provider }: Hub,
  said: readonly string[],
  markers: readonly string[] = [],
): void {
  const secrets = [...line.secrets].filter((secret) => secret.length >= SHORT_SECRET)
  const leaks = (told: string, among: readonly string[]) =>
    among.some((text) => told.includes(text) || told.includes(encodeURIComponent(text)))
  const found = said.flatMap((told) => [
    ...(leaks(told, secrets) ? [`a secret in "${without(told, secrets)}"`] : []),
    ...(leaks(told, [...provider.personal, ...markers]) ? [`a personal datum in "${told.slice(0, 80)}"`] : []),
  ])
  expectNone('it was told', [...new Set(found)])
}

function without(text: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, '…'), text).slice(0, 80)
}

function numbers(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}
