import { type Check, type Lack, lackOf, NotPromised } from './check.ts'
import { DELIVERY_CHECKS } from './checks/deliveries.ts'
import { FAILURE_CHECKS } from './checks/failures.ts'
import { IDENTITY_CHECKS } from './checks/identity.ts'
import { MONEY_CHECKS } from './checks/money.ts'
import { ORDER_AMOUNT_CHECKS } from './checks/order-amounts.ts'
import { ORDER_CHANGE_CHECKS } from './checks/order-changes.ts'
import { ORDER_OUTCOME_CHECKS } from './checks/order-outcomes.ts'
import { ORDER_WORD_CHECKS } from './checks/order-words.ts'
import { ORDER_CHECKS } from './checks/orders.ts'
import { PAGE_CHECKS } from './checks/pages.ts'
import { PLACE_CHECKS } from './checks/places.ts'
import { READING_CHECKS } from './checks/reading.ts'
import { SECRECY_CHECKS } from './checks/secrecy.ts'
import { SIGNATURE_CHECKS } from './checks/signatures.ts'
import { FIGURE_CHECKS, SUBSCRIPTION_CHECKS } from './checks/subscriptions.ts'
import { TOKEN_CHECKS } from './checks/tokens.ts'
import type { Candidate, Provider, Stage } from './stage.ts'
import { type Hub, NOON, openHub, type Trial } from './trial.ts'

// The kit: one list of checks, which a test runner or a command runs against a connector and its stage. A part that is
// present is a promise and is checked; what the stage cannot play is skipped and says so.

export const CHECKS: readonly Check[] = [
  ...IDENTITY_CHECKS,
  ...TOKEN_CHECKS,
  ...PLACE_CHECKS,
  ...PAGE_CHECKS,
  ...MONEY_CHECKS,
  ...READING_CHECKS,
  ...SIGNATURE_CHECKS,
  ...DELIVERY_CHECKS,
  ...SUBSCRIPTION_CHECKS,
  ...FIGURE_CHECKS,
  ...ORDER_CHECKS,
  ...ORDER_WORD_CHECKS,
  ...ORDER_AMOUNT_CHECKS,
  ...ORDER_OUTCOME_CHECKS,
  ...ORDER_CHANGE_CHECKS,
  ...FAILURE_CHECKS,
  ...SECRECY_CHECKS,
]

/** A promise that a connector cannot keep, and why: a sentence. */
export type Skip = { readonly check: string; readonly why: string }

/** `absent`: the connector has no such part. `skipped`: it could not be looked at, or is known not to be kept. */
export type Outcome = 'kept' | 'broken' | 'skipped' | 'absent'

export type CheckResult = {
  readonly check: string
  readonly says: string
  readonly outcome: Outcome
  /** What is broken, missing or skipped and why; null for a promise that is kept. */
  readonly why: string | null
  /** The failure itself where something was thrown, for whoever wants to see where. */
  readonly cause: unknown
}

export type Conformance = {
  readonly stage: Stage
  readonly skip?: readonly Skip[]
  /** What all chance of a run comes from. */
  readonly seed?: number
  /** Only these checks; all when left out. */
  readonly only?: readonly string[]
}

/** Runs every check after the other. Throws, before the first, when a skip is no good. */
export async function* runConformance(connector: Candidate, options: Conformance): AsyncGenerator<CheckResult> {
  const skips = skipsOf(connector, options)
  for (const check of CHECKS) {
    if (options.only === undefined || options.only.includes(check.name)) {
      yield await runCheck(connector, check, options, skips.get(check.name) ?? null)
    }
  }
}

/** The skips by their check. A skip of a check that there is not, that does not run anyway, or without a reason throws. */
export function skipsOf(connector: Candidate, { stage, skip = [] }: Conformance): ReadonlyMap<string, string> {
  const skips = new Map<string, string>()
  for (const { check: name, why } of skip) {
    const check = CHECKS.find((one) => one.name === name)
    if (check === undefined) throw new Error(`There is no check "${name}" to skip.`)
    if (!/\S.*[.!]$/.test(why.trim())) throw new Error(`The skip of "${name}" needs a sentence that says why.`)
    if (skips.has(name)) throw new Error(`"${name}" is skipped twice.`)
    const lack = whyNot(connector, stage, check)
    if (lack !== null) throw new Error(`"${name}" does not run here anyway: ${lack.why}`)
    skips.set(name, why)
  }
  return skips
}

/** One check. With a skip it is run all the same: a skip of a promise that is kept has outlived its reason. */
export async function runCheck(
  connector: Candidate,
  check: Check,
  { stage, seed = 1 }: Conformance,
  skip: string | null,
): Promise<CheckResult> {
  const result = (outcome: Outcome, why: string | null, cause: unknown = null): CheckResult => {
    return { check: check.name, says: check.says, outcome, why, cause }
  }
  const lack = whyNot(connector, stage, check)
  if (lack !== null) return result(lack.of === 'part' ? 'absent' : 'skipped', lack.why)
  try {
    await runWithStage(connector, check, stage, seed)
  } catch (cause) {
    if (cause instanceof NotPromised) return result('absent', cause.message)
    return skip === null ? result('broken', sentenceOf(cause), cause) : result('skipped', skip)
  }
  if (skip === null) return result('kept', null)
  return result('broken', 'It is skipped and would pass: take the skip away.')
}

/** The first of its needs that is not met. Parts that are absent go before means that the stage lacks. */
export function whyNot(connector: Candidate, stage: Stage, check: Check): Lack | null {
  const lacks = check.needs.flatMap((need) => lackOf(connector, stage, need) ?? [])
  return lacks.find(({ of }) => of === 'part') ?? lacks.find(({ of }) => of === 'sales') ?? lacks[0] ?? null
}

async function runWithStage(connector: Candidate, check: Check, stage: Stage, seed: number): Promise<void> {
  const { live } = connector
  if (live === undefined) throw new Error('a check of the live part needs it')
  const opened: Provider[] = []
  const open = async (wishes: Parameters<Trial['open']>[0]): Promise<Hub> => {
    const provider = await stage.open({ places: [stage.home], at: NOON, seed, ...wishes })
    opened.push(provider)
    return openHub(live, provider)
  }
  try {
    await check.run({ connector, live, stage, seed, open })
  } finally {
    for (const provider of opened) await provider.close()
  }
}

function sentenceOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.name === 'Broken' ? cause.message : `${cause.name}: ${cause.message}`
}
