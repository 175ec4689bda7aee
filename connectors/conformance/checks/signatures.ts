import { type Instant, instant } from '#kernel/instant.ts'
import type { Delivery, Verification, Webhooks } from '../../contract.ts'
import { type Check, dice, expect, expectNone } from '../check.ts'
import type { CapturedDelivery, Signing } from '../stage.ts'
import { asDelivered, type Hub, SECOND, type Trial } from '../trial.ts'
import { toldOfSomething } from './busy.ts'

// Whether a delivery is from the provider, decided over its bytes before anybody parses them.

const NEEDS = ['live', 'webhooks', 'signing'] as const
const POSITIONS_MAX = 96

export const SIGNATURE_CHECKS: readonly Check[] = [
  {
    name: 'webhooks/genuine',
    says: 'what the provider delivers is genuine',
    needs: NEEDS,
    run: async (trial) => {
      const { hub, all } = await delivered(trial)
      for (const one of all) expectVerdict(trial, hub, one, {}, ['genuine'], 'a delivery as it came')
    },
  },
  {
    name: 'webhooks/header-names',
    says: 'however the provider spells the names of headers, lower case is all that is looked for',
    needs: NEEDS,
    run: async (trial) => {
      const { hub, one } = await delivered(trial)
      const loud = Object.fromEntries(Object.entries(one.headers).map(([name, value]) => [name.toUpperCase(), value]))
      expectVerdict(trial, hub, { ...one, headers: loud }, {}, ['genuine'], 'a delivery with names in capitals')
      const more = { ...one.headers, 'x-forwarded-for': '192.0.2.7', 'content-length': String(one.body.length) }
      expectVerdict(trial, hub, { ...one, headers: more }, {}, ['genuine'], 'a delivery with a proxy’s headers')
    },
  },
  {
    name: 'webhooks/unsigned',
    says: 'a delivery without its signature is told from a forged one, and refused',
    needs: NEEDS,
    run: async (trial) => {
      const { hub, one, signing } = await delivered(trial)
      const { [signing.header]: _, ...others } = asDelivered(one).headers
      expectVerdict(trial, hub, { ...one, headers: others }, {}, ['unsigned'], 'a delivery without a signature')
      expectVerdict(trial, hub, { ...one, headers: {} }, {}, ['unsigned'], 'a delivery without headers')
    },
  },
  {
    name: 'webhooks/forged',
    says: 'a signature by another secret, cut short, or altered anywhere is refused',
    needs: NEEDS,
    run: async (trial) => {
      const { hub, one, signing } = await delivered(trial)
      const stranger = signed(signing, one, 'another-secret-000', hub.provider.now())
      expectVerdict(trial, hub, stranger, { secrets: [one.secret] }, ['forged'], 'a delivery signed by somebody else')
      const signature = asDelivered(one).headers[signing.header] ?? ''
      const bad = [signature.slice(0, -4), `${signature}A`, ' ', 'é', signature.toLowerCase(), '='.repeat(44)]
      for (const at of samples(signature.length, trial.seed)) bad.push(swap(signature, at))
      for (const value of bad) {
        if (value === signature) continue
        const headers = { ...asDelivered(one).headers, [signing.header]: value }
        expectNotGenuine(trial, hub, { ...one, headers }, {}, `the signature "${value}"`)
      }
    },
  },
  {
    name: 'webhooks/altered-byte',
    says: 'a byte that is altered, left out or added anywhere in the body is noticed',
    needs: NEEDS,
    run: async (trial) => {
      const { hub, one } = await delivered(trial)
      for (const at of samples(one.body.length, trial.seed)) {
        const altered = Buffer.from(one.body)
        altered[at] = (altered[at] ?? 0) ^ 1
        expectNotGenuine(trial, hub, { ...one, body: altered }, {}, `a body altered at byte ${at}`)
        const shorter = Buffer.concat([one.body.subarray(0, at), one.body.subarray(at + 1)])
        expectNotGenuine(trial, hub, { ...one, body: shorter }, {}, `a body without its byte ${at}`)
      }
      for (const more of [' ', '\n', '\0']) {
        const longer = Buffer.concat([one.body, Buffer.from(more)])
        expectNotGenuine(trial, hub, { ...one, body: longer }, {}, 'a body with a byte more')
      }
      expectNotGenuine(trial, hub, { ...one, body: new Uint8Array() }, {}, 'an empty body')
    },
  },
  {
    name: 'webhooks/wrong-url',
    says: 'a delivery that was signed for another address is refused',
    needs: [...NEEDS, 'signed-url'],
    run: async (trial) => {
      const { hub, one } = await delivered(trial)
      const others = [
        `${one.url}/`,
        `${one.url}?a=1`,
        one.url.replace(/^http/, 'HTTP'),
        'https://elsewhere.example/hook',
      ]
      for (const url of others) expectNotGenuine(trial, hub, one, { url }, `the address ${url}`)
    },
  },
  {
    name: 'webhooks/no-secret',
    says: 'without a secret nothing is genuine, not even what was signed with none',
    needs: NEEDS,
    run: async (trial) => {
      const { hub, one, signing } = await delivered(trial)
      expectNotGenuine(trial, hub, one, { secrets: [] }, 'no secret')
      expectNotGenuine(trial, hub, one, { secrets: [''] }, 'an empty secret')
      const empty = signed(signing, one, '', hub.provider.now())
      for (const secrets of [[], [''], ['', one.secret]]) {
        expectNotGenuine(trial, hub, empty, { secrets }, 'a delivery signed with an empty secret')
      }
    },
  },
  {
    name: 'webhooks/two-secrets',
    says: 'while secrets turn, a delivery signed with either is genuine',
    needs: NEEDS,
    run: async (trial) => {
      const { hub, one, signing } = await delivered(trial)
      const next = signed(signing, one, 'the-next-secret-01', hub.provider.now())
      for (const secrets of [
        [one.secret, 'the-next-secret-01'],
        ['the-next-secret-01', one.secret],
      ]) {
        expectVerdict(trial, hub, one, { secrets }, ['genuine'], 'a delivery signed with the old secret')
        expectVerdict(trial, hub, next, { secrets }, ['genuine'], 'a delivery signed with the new secret')
      }
    },
  },
  {
    name: 'webhooks/stale',
    says: 'a genuine delivery of another day is stale',
    needs: [...NEEDS, 'signed-time'],
    run: async (trial) => {
      const { hub, one, signing } = await delivered(trial)
      const far = (signing.staleAfterMs ?? 0) + 5 * SECOND
      const now = instant(hub.provider.now() + far)
      expectVerdict(trial, hub, one, { now }, ['stale'], 'a delivery played again later')
      const early = signed(signing, one, one.secret, now)
      expectNotGenuine(trial, hub, early, {}, 'a delivery from the future')
    },
  },
  {
    name: 'webhooks/before-parsing',
    says: 'bytes that are no JSON, signed well, are genuine: nothing is parsed before it is verified',
    needs: NEEDS,
    run: async (trial) => {
      const { hub, one, signing } = await delivered(trial)
      for (const body of [Buffer.from('no json {'), Buffer.from([0xff, 0xfe, 0x00, 0x80]), Buffer.alloc(0)]) {
        const strange = signed(signing, { ...one, body }, one.secret, hub.provider.now())
        expectVerdict(trial, hub, strange, {}, ['genuine'], 'a signed body that is no JSON')
      }
    },
  },
]

async function delivered(trial: Trial): Promise<{
  hub: Hub
  one: CapturedDelivery
  all: readonly CapturedDelivery[]
  signing: Signing
}> {
  const { signing } = trial.stage
  if (signing === null) throw new Error('needs a stage that delivers')
  const { hub, deliveries: all } = await toldOfSomething(trial)
  const [one] = all
  expect(one !== undefined, 'the stage delivered nothing')
  return { hub, one, all, signing }
}

type Otherwise = { readonly secrets?: readonly string[]; readonly url?: string; readonly now?: Instant }

function verdictOf(trial: Trial, hub: Hub, one: CapturedDelivery, otherwise: Otherwise): Verification {
  const { secrets = [one.secret], url = one.url, now = hub.provider.now() } = otherwise
  return webhooksOf(trial).verify(asDelivered(one), secrets, url, now)
}

function expectVerdict(
  trial: Trial,
  hub: Hub,
  one: CapturedDelivery,
  otherwise: Otherwise,
  wanted: readonly Verification[],
  what: string,
): void {
  const verdict = verdictOf(trial, hub, one, otherwise)
  expectNone(what, wanted.includes(verdict) ? [] : [`it is called ${verdict} and is ${wanted.join(' or ')}`])
}

function expectNotGenuine(trial: Trial, hub: Hub, one: CapturedDelivery, otherwise: Otherwise, what: string): void {
  expect(verdictOf(trial, hub, one, otherwise) !== 'genuine', `${what} is called genuine`)
}

function webhooksOf({ live }: Trial): Webhooks {
  if (live.webhooks === undefined) throw new Error('needs webhooks')
  return live.webhooks
}

function signed(signing: Signing, one: CapturedDelivery, secret: string, at: Instant): CapturedDelivery {
  const headers: Delivery['headers'] = { ...one.headers, ...signing.sign({ body: one.body, url: one.url, secret, at }) }
  return { ...one, headers, secret }
}

/** Positions from 0 to `length`, the first and the last among them. */
function samples(length: number, seed: number): readonly number[] {
  if (length <= POSITIONS_MAX) return Array.from({ length }, (_, at) => at)
  const roll = dice(seed)
  const found = new Set([0, length - 1])
  while (found.size < POSITIONS_MAX) found.add(roll(length))
  return [...found]
}

function swap(text: string, at: number): string {
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}
