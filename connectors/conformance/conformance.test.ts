import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acme } from '../../examples/acme-connector/connector.ts'
import { stage } from '../../examples/acme-connector/stage.ts'
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

function twice<T>(one: T): T[] {
  return [one, one]
}

async function resultsOf(connector: Candidate, options: Conformance): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for await (const result of runConformance(connector, options)) results.push(result)
  return results
}
