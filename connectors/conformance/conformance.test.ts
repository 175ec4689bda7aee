import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acme } from '../../examples/acme-connector/connector.ts'
import { stage } from '../../examples/acme-connector/stage.ts'
import type { FoundOrder, OutgoingOrder } from '../contract.ts'
import { CHECKS, type CheckResult, type Conformance, runCheck, runConformance } from './conformance.ts'
import { conforms } from './conforms.ts'
import type { Candidate, Stage } from './stage.ts'
import { SABOTAGE } from './test-sabotage.ts'

// The kit, held to its own promise: a connector that keeps all of the contract passes, and for each check there is one
// that fails it.

conforms(acme, { stage })

describe('every check can fail', () => {
  test('each check has its saboteur, and none is left without a check', () => {
    expect(Object.keys(SABOTAGE).sort()).toEqual(CHECKS.map(({ name }) => name).sort())
  })

  for (const check of CHECKS) {
    test(`${check.name} finds its saboteur`, async () => {
      const result = await runCheck(SABOTAGE[check.name] ?? acme, check, { stage }, null)
      expect(result).toMatchObject({ check: check.name, outcome: 'broken', why: expect.stringMatching(/\S/) })
    })
  }
})

test('names of checks are their own, in the form part/promise', () => {
  const names = CHECKS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.filter((name) => !/^[a-z-]+\/[a-z-]+$/.test(name))).toEqual([])
})

test('whatever the seed, a connector that keeps its promises passes', async () => {
  const only = ['pull/every-sale-once', 'money/mix', 'reading/any-order-of-records', 'webhooks/brings-every-sale']
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
      expect((await resultsOf(acme, { stage, seed, only })).filter(({ outcome }) => outcome !== 'kept')).toEqual([])
    }),
    { numRuns: 12 },
  )
})

describe('skips', () => {
  const broken = SABOTAGE['money/tips'] ?? acme

  test('a skip with a sentence is told with it, and is not a failure', async () => {
    const skip = [{ check: 'money/tips', why: 'Its tips come a day later; see its README.' }]
    const [result] = await resultsOf(broken, { stage, skip, only: ['money/tips'] })
    expect(result).toMatchObject({ outcome: 'skipped', why: 'Its tips come a day later; see its README.' })
  })

  test('a skip of a promise that is kept is a failure', async () => {
    const skip = [{ check: 'money/tips', why: 'Its tips come a day later; see its README.' }]
    const [result] = await resultsOf(acme, { stage, skip, only: ['money/tips'] })
    expect(result).toMatchObject({ outcome: 'broken', why: expect.stringContaining('take the skip away') })
  })

  test.each([
    ['no check of that name', [{ check: 'money/tulips', why: 'They are flowers.' }], /no check "money\/tulips"/],
    ['no reason', [{ check: 'money/tips', why: '' }], /needs a sentence/],
    ['no sentence', [{ check: 'money/tips', why: 'flaky' }], /needs a sentence/],
    ['a check named twice', twice({ check: 'money/tips', why: 'Tips are late.' }), /skipped twice/],
  ])('%s is refused before anything runs', async (_, skip, says) => {
    await expect(resultsOf(broken, { stage, skip })).rejects.toThrow(says)
  })

  test('a check that does not run anyway needs no skip', async () => {
    const skip = [{ check: 'money/tips', why: 'Tips are late.' }]
    const poor = { ...stage, situations: [] }
    await expect(resultsOf(broken, { stage: poor, skip })).rejects.toThrow(/does not run here anyway/)
  })
})

describe('what is missing', () => {
  test('a part that a connector does not have is absent, and nothing else is asked of it', async () => {
    const { webhooks: _, books: __, ...live } = acme.live ?? {}
    const mute = { ...acme, live } as Candidate
    const only = CHECKS.map(({ name }) => name).filter((name) => !name.startsWith('failures/'))
    const absent = (await resultsOf(mute, { stage, only })).filter(({ outcome }) => outcome !== 'kept')
    expect(absent.length).toBeGreaterThan(0)
    expect(new Set(absent.map(({ outcome }) => outcome))).toEqual(new Set(['absent']))
    expect(new Set(absent.map(({ check }) => check.split('/')[0]))).toEqual(
      new Set(['webhooks', 'subscriptions', 'books', 'pull']),
    )
  })

  test('what a stage cannot play is skipped with that as its reason, never passed', async () => {
    const poor: Stage = {
      ...stage,
      situations: ['plain'],
      faults: [],
      acts: [],
      currencies: ['EUR'],
      signing: null,
      placesMax: 3,
    }
    const results = await resultsOf(acme, { stage: poor })
    const skipped = results.filter(({ outcome }) => outcome === 'skipped')
    expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([])
    expect(skipped.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'money/tips',
        'money/no-decimals',
        'pull/clipped-page',
        'webhooks/genuine',
        'oauth/refresh',
      ]),
    )
    expect(skipped.every(({ why }) => /^The (?:stage|provider) .*\.$/.test(why ?? ''))).toBe(true)
  })

  test('where a provider shows no sales every check of them says so, and what is told of orders is looked at', async () => {
    const { live } = acme
    if (live === undefined) throw new Error('Acme is live')
    const closed = { ...acme, live: { ...live, pull: { ...live.pull, streams: [] } } }
    const results = await resultsOf(closed, { stage })
    expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([])
    const parts = (outcome: string) =>
      new Set(results.filter((one) => one.outcome === outcome).map(({ check }) => check.split('/')[0]))
    // Articles stand in a stream of their own, which is gone as well.
    expect(results.flatMap(({ check, outcome }) => (outcome === 'absent' ? check : []))).toEqual(['reading/articles'])
    expect([...parts('skipped')]).toEqual(expect.arrayContaining(['pull', 'money', 'time', 'drift']))
    const skipped = results.filter(({ outcome }) => outcome === 'skipped').map(({ why }) => why)
    expect(new Set(skipped)).toEqual(new Set([expect.stringMatching(/^The provider shows no sales: .*\.$/)]))
    expect([...parts('kept')]).toEqual(expect.arrayContaining(['orders', 'webhooks', 'secrecy', 'failures', 'reading']))
  })

  test('what only a sign-in in hand shows not to be promised is absent, with the reason', async () => {
    const { live } = acme
    if (live?.orders === undefined) throw new Error('Acme takes orders')
    const assurance = { ...live.orders.assurance, keyLifeMs: null }
    const unsure = { ...acme, live: { ...live, orders: { ...live.orders, assuranceOf: () => assurance } } }
    const [result] = await resultsOf(unsure, { stage, only: ['orders/same-key-once'] })
    expect(result).toMatchObject({ outcome: 'absent', why: expect.stringContaining('a person decides') })
  })

  test('a stage that says it plays a situation and does not breaks the check', async () => {
    const idle: Stage = {
      ...stage,
      open: async (wishes) => {
        const provider = await stage.open(wishes)
        return { ...provider, sell: async (wish) => provider.sell({ ...wish, situation: 'plain' }) }
      },
    }
    const [result] = await resultsOf(acme, { stage: idle, only: ['money/tips'] })
    expect(result).toMatchObject({ outcome: 'broken', why: expect.stringContaining('in the books of the stage') })
  })
})

describe('orders that hold nothing of ours', () => {
  const { live } = acme
  const orders = live?.orders
  if (live === undefined || orders?.find === undefined) throw new Error('Acme finds orders')
  const { find, assurance } = orders
  /** Looks by place and total, as where a provider keeps no reference. */
  const byLikeness = (match: 'certain' | 'likely'): Candidate => {
    const all: OutgoingOrder[] = []
    return {
      ...acme,
      live: {
        ...live,
        orders: {
          ...orders,
          assurance: { ...assurance, findBy: 'fingerprint' },
          push: (link, outgoing) => {
            all.push(outgoing)
            return orders.push(link, outgoing)
          },
          *find(link, outgoing, sent) {
            const alike = all.filter(({ order }) => order.total === outgoing.order.total)
            const found: FoundOrder[] = []
            for (const one of new Map(alike.map((each) => [each.key, each])).values()) {
              found.push(...(yield* find(link, one, sent)))
            }
            return found.map((one) => ({ ...one, match }))
          },
        },
      },
    }
  }
  const only = CHECKS.map(({ name }) => name).filter((name) => name.startsWith('orders/'))

  test('are found by likeness, as long as that is said', async () => {
    const results = await resultsOf(byLikeness('likely'), { stage, only })
    expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([])
  })

  test('are not to be called certain', async () => {
    const results = await resultsOf(byLikeness('certain'), { stage, only: ['orders/found-again'] })
    expect(results).toMatchObject([{ outcome: 'broken' }])
  })
})

function twice<T>(one: T): T[] {
  return [one, one]
}

async function resultsOf(connector: Candidate, options: Conformance): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for await (const result of runConformance(connector, options)) results.push(result)
  return results
}
