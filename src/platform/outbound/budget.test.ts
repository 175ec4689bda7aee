import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { type Budget, createBudget, type Permit, type Wish } from './budget.ts'

const ANSWERED = { kind: 'answered', hint: null } as const
const FAST = { requestsPerSecond: 10_000, concurrent: 4 }

function budget(pace: { requestsPerSecond: number; concurrent: number }): Budget {
  const now = () => instant(0)
  return createBudget({ pace, now, monotonicMs: () => performance.now(), random: () => 0.5 })
}

/** Asks for a turn, and notes when it came. */
function ask(of: Budget, entered: string[], name: string, wish: Partial<Wish> = {}): Promise<Permit> {
  return of.admit({ urgency: 'backfill', share: 'bakery', ...wish }).then((permit) => {
    entered.push(name)
    return permit
  })
}

describe('places', () => {
  test('no more calls run at once than may, whatever is asked for and however calls end', async () => {
    const wishes = fc.array(
      fc.record({
        urgency: fc.constantFrom('live' as const, 'repair' as const, 'backfill' as const),
        share: fc.constantFrom('bakery', 'butcher'),
        ends: fc.constantFrom(ANSWERED, { kind: 'lost' } as const, { kind: 'unused' } as const),
      }),
      { maxLength: 30 },
    )
    await fc.assert(
      fc.asyncProperty(wishes, fc.integer({ min: 1, max: 6 }), async (asked, concurrent) => {
        const ours = budget({ requestsPerSecond: 10_000, concurrent })
        let [running, most] = [0, 0]
        await Promise.all(
          asked.map(async ({ ends, ...wish }) => {
            const permit = await ours.admit(wish)
            running += 1
            most = Math.max(most, running)
            await new Promise((resolve) => setImmediate(resolve))
            running -= 1
            permit.done(ends)
          }),
        )
        expect(most).toBeLessThanOrEqual(concurrent)
        expect(ours.state()).toMatchObject({ running: 0, waiting: 0 })
      }),
      { numRuns: 40 },
    )
  })

  test('the last one is kept for what just happened, so that a backfill never makes a sale wait for it', async () => {
    const ours = budget(FAST)
    const entered: string[] = []
    const pages = [1, 2, 3, 4, 5].map((page) => ask(ours, entered, `page ${page}`))
    const sale = ask(ours, entered, 'sale', { urgency: 'live', share: 'butcher' })
    ;(await sale).done(ANSWERED)
    expect(entered).toEqual(['page 1', 'page 2', 'page 3', 'sale'])
    for (const page of pages) (await page).done(ANSWERED)
  })

  test('with one place, a sale waits for the call that runs and goes before all that wait', async () => {
    const ours = budget({ requestsPerSecond: 10_000, concurrent: 1 })
    const entered: string[] = []
    const pages = [1, 2, 3].map((page) => ask(ours, entered, `page ${page}`))
    const repair = ask(ours, entered, 'repair', { urgency: 'repair' })
    const sale = ask(ours, entered, 'sale', { urgency: 'live' })
    for (const one of [pages[0], sale, repair, pages[1], pages[2]]) (await one)?.done(ANSWERED)
    expect(entered).toEqual(['page 1', 'sale', 'repair', 'page 2', 'page 3'])
  })

  test('a permit is given back once', async () => {
    const permit = await budget(FAST).admit({ urgency: 'live', share: 'bakery' })
    permit.done(ANSWERED)
    expect(() => permit.done(ANSWERED)).toThrow('once')
  })
})

test('twenty tenants that share one budget each get a twentieth of it, however much each asks for', async () => {
  const ours = budget({ requestsPerSecond: 10_000, concurrent: 2 })
  const turns = new Map<string, number>()
  const waits: Promise<void>[] = []
  let left = 400
  for (let tenant = 0; tenant < 20; tenant++) {
    // The first asks for a hundred times what the last one does.
    for (let count = 0; count < (tenant === 0 ? 2_000 : 25); count++) {
      const share = `tenant ${tenant}`
      const signal = AbortSignal.timeout(30_000)
      const wait = ours.admit({ urgency: 'backfill', share, signal }).then(async (permit) => {
        if (left > 0) turns.set(share, (turns.get(share) ?? 0) + 1)
        left -= 1
        await new Promise((resolve) => setImmediate(resolve))
        permit.done(ANSWERED)
        if (left === 0) ours.close()
      })
      waits.push(wait.catch(() => undefined))
    }
  }
  await Promise.all(waits)
  expect(turns.size).toBe(20)
  for (const count of turns.values()) {
    expect(count).toBeGreaterThanOrEqual(18)
    expect(count).toBeLessThanOrEqual(22)
  }
})

describe('a refusal for too many calls', () => {
  test('stops everybody for as long as was said; then the one that was refused goes first', async () => {
    const ours = budget(FAST)
    const entered: string[] = []
    const begunAt = performance.now()
    const refused = await ours.admit({ urgency: 'backfill', share: 'bakery' })
    refused.done({ kind: 'refused', retryAfterMs: 300, hint: null })
    expect(ours.state().pausedMs).toBeGreaterThan(0)
    const others = [
      ask(ours, entered, 'next page'),
      ask(ours, entered, 'same page', { again: true }),
      ask(ours, entered, 'sale', { urgency: 'live' }),
    ]
    for (const permit of await Promise.all(others)) permit.done(ANSWERED)
    // Not how quick it is, but that nobody went before the time: timers are never early by more than a millisecond.
    expect(performance.now() - begunAt).toBeGreaterThanOrEqual(299)
    expect(entered).toEqual(['sale', 'same page', 'next page'])
  })
})

describe('who no longer wants to wait', () => {
  test('leaves with its own reason and lets the next one in', async () => {
    const ours = budget({ requestsPerSecond: 10_000, concurrent: 1 })
    const entered: string[] = []
    const running = await ask(ours, entered, 'first')
    const given = new AbortController()
    const leaving = ask(ours, entered, 'second', { signal: given.signal })
    const third = ask(ours, entered, 'third')
    given.abort(new Error('the lease ran out'))
    await expect(leaving).rejects.toThrow('the lease ran out')
    running.done(ANSWERED)
    ;(await third).done(ANSWERED)
    expect(entered).toEqual(['first', 'third'])
    expect(ours.state()).toMatchObject({ running: 0, waiting: 0 })
  })

  test('or is sent home when the hub stops', async () => {
    const ours = budget({ requestsPerSecond: 10_000, concurrent: 1 })
    await ours.admit({ urgency: 'live', share: 'bakery' })
    const waiting = ours.admit({ urgency: 'live', share: 'bakery' })
    ours.close()
    await expect(waiting).rejects.toMatchObject({ code: 'outbound.closed' })
    await expect(ours.admit({ urgency: 'live', share: 'bakery' })).rejects.toMatchObject({ code: 'outbound.closed' })
  })

  test('and where ten thousand wait already, nobody else is taken in', async () => {
    const ours = budget({ requestsPerSecond: 10_000, concurrent: 1 })
    const waits = Array.from({ length: 10_001 }, () => ours.admit({ urgency: 'backfill', share: 'bakery' }))
    await expect(ours.admit({ urgency: 'live', share: 'bakery' })).rejects.toMatchObject({
      code: 'outbound.too-many-waiting',
      kind: 'throttled',
    })
    ours.close()
    await Promise.allSettled(waits)
  })
})
