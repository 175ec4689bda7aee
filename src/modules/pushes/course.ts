import { type Instant, instant } from '#kernel/instant.ts'
import type { OrderAssurance, PushedOrder } from '../../../connectors/contract.ts'
import type { Looked } from './look.ts'
import type { DueAs, PushState, Step } from './states.ts'
import { FIRST_MS, lookSoon, nextFirstTry, nextRetry, type Random, throttledUntil } from './timing.ts'
import type { Trouble } from './verdict.ts'

// From how a try ended to what is done next. Pure: the same ending at the same moment leads to the same move.
//
//   sent, accepted ───────────────────────────────────────────────▶ success
//   sent, refused ────────────────────────────────────────────────▶ failed
//   not sent ──────▶ send again, at once a few times, then the twelve ─▶ failed
//   unknown ───────▶ look ─┬ found ───────────────────────────────▶ success
//                          ├ stands half ──▶ send again, same key
//                          ├ absent and settled ──▶ send again
//                          ├ not there yet ──▶ look again
//                          └ nobody can tell ─────────────────────▶ a person
//   unknown, and only a key to go by ──▶ send again, same key, while the key lives ─▶ a person

/** Where a push stands when its try ends. */
export type Course = {
  readonly outcome: 'unknown' | null
  readonly dueAs: DueAs
  readonly retryCount: number
  readonly resends: number
  readonly throttles: number
  readonly firstTryAt: Instant
  readonly gridAt: Instant
  readonly firstSentAt: Instant | null
}

export type Ending = { readonly kind: 'accepted'; readonly pushed: PushedOrder } | Trouble | Looked

export type Move = {
  readonly status: Exclude<PushState, 'pending' | 'syncing'>
  readonly outcome: 'unknown' | null
  readonly waitsFor: 'person' | 'sign_in' | null
  readonly nextStep: Step | null
  readonly dueAs: DueAs
  readonly dueAt: Instant | null
  readonly retryCount: number
  readonly resends: number
  readonly throttles: number
  /** Nothing that was sent is in the POS: the next try begins anew. */
  readonly forgetSent: boolean
  readonly pushed: PushedOrder | null
  readonly code: string | null
  readonly say: string | null
}

export type CourseRules = {
  readonly step: 'send' | 'look'
  readonly assurance: OrderAssurance
  readonly canFind: boolean
  readonly now: Instant
  readonly random: Random
}

const RESENDS_MAX = 1
const TWINS_MS = 2_000
/** When the twelve are over and nobody knows: a person is asked, and now and then the POS as well. */
const LATE_LOOK_MS = 30 * 60_000
const LATE_LOOKS_MS = 24 * 3_600_000

export function moveAfter(course: Course, ending: Ending, rules: CourseRules): Move {
  switch (ending.kind) {
    case 'accepted':
    case 'found':
      return succeeded(course, ending.pushed)
    case 'refused':
      // An earlier try may stand all the same: that question comes first.
      if (course.outcome === 'unknown') return unknown(course, ending.code, ending.say, null, rules)
      return failed(course, ending.code, ending.say)
    case 'not_sent':
      return again(course, ending.code, rules)
    case 'unknown':
      return unknown(course, ending.code, null, ending.afterMs, rules)
    case 'throttled': {
      const dueAt = throttledUntil(rules.now, ending.afterMs, course.throttles, rules.random)
      return { ...putOff(course, 'push.throttled', dueAt, rules), throttles: course.throttles + 1 }
    }
    case 'held':
      return putOff(course, 'push.held', instant(rules.now + ending.afterMs), rules)
    case 'sign_in':
      return { ...putOff(course, 'push.sign-in-ended', null, rules), waitsFor: 'sign_in' }
    case 'half':
      return half(course, rules)
    case 'absent':
      return absent(course, rules)
    case 'unsettled':
      return { ...waiting(course, 'look', 'push.unknown'), dueAt: ending.until, dueAs: 'follow_up' }
    case 'twins':
      return { ...waiting(course, 'look', 'push.unknown'), dueAt: instant(rules.now + TWINS_MS), dueAs: 'follow_up' }
    case 'undecidable':
      return person(course, 'push.undecided', null)
  }
}

/** Whether the provider still makes one order of the key. */
export function isKeyAlive({ firstSentAt }: Pick<Course, 'firstSentAt'>, { keyLifeMs }: OrderAssurance, now: Instant) {
  if (keyLifeMs === null) return false
  return firstSentAt === null || now < firstSentAt + keyLifeMs
}

function waiting(course: Course, nextStep: Step, code: string): Move {
  const { outcome, retryCount, resends, throttles } = course
  return {
    status: 'retry',
    outcome,
    waitsFor: null,
    nextStep,
    dueAs: 'follow_up',
    dueAt: null,
    retryCount,
    resends,
    throttles,
    // Where nobody has to ask whether something arrived, nothing did.
    forgetSent: outcome === null,
    pushed: null,
    code,
    say: null,
  }
}

function succeeded(course: Course, pushed: PushedOrder): Move {
  return {
    ...waiting(course, 'send', ''),
    status: 'success',
    outcome: null,
    nextStep: null,
    forgetSent: false,
    pushed,
    code: null,
  }
}

function failed(course: Course, code: string, say: string | null): Move {
  return { ...waiting(course, 'send', code), status: 'failed', outcome: null, nextStep: null, forgetSent: true, say }
}

function person(course: Course, code: string, say: string | null): Move {
  return { ...waiting({ ...course, outcome: 'unknown' }, 'look', code), waitsFor: 'person', nextStep: null, say }
}

/** It did not come to a try: what was to be counted is not. */
function putOff(course: Course, code: string, dueAt: Instant | null, { step }: CourseRules): Move {
  const retryCount = course.dueAs === 'retry' ? course.retryCount - 1 : course.retryCount
  return { ...waiting(course, step, code), retryCount, dueAs: course.dueAs, dueAt }
}

/** What goes on in the same state of knowledge: the next try, or the end of them. */
function again(course: Course, code: string, rules: CourseRules): Move {
  const { firstTryAt, gridAt, retryCount, outcome } = course
  const { now, random, canFind } = rules
  const nextStep = outcome === 'unknown' && canFind ? 'look' : 'send'
  const first = retryCount === 0 ? nextFirstTry(firstTryAt, now, random) : null
  if (first !== null) return { ...waiting(course, nextStep, code), dueAt: first, dueAs: 'first' }
  const retryAt = nextRetry(gridAt, retryCount, now)
  if (retryAt !== null) return { ...waiting(course, nextStep, code), dueAt: retryAt, dueAs: 'retry' }
  if (outcome !== 'unknown') return failed(course, 'push.gave-up', null)
  const lookAt = canFind && now < firstTryAt + LATE_LOOKS_MS ? instant(now + LATE_LOOK_MS) : null
  return { ...person(course, 'push.undecided', null), nextStep: lookAt === null ? null : 'look', dueAt: lookAt }
}

function unknown(course: Course, code: string, say: string | null, afterMs: number | null, rules: CourseRules): Move {
  const { now, random, canFind, assurance } = rules
  const known: Course = { ...course, outcome: 'unknown' }
  if (canFind) {
    const soon = lookSoon(now, random)
    const dueAt = afterMs === null ? soon : instant(Math.max(soon, now + afterMs))
    // A look that met trouble is a try like any other; the one right after a send is not.
    if (rules.step === 'look') return { ...again(known, code, rules), say }
    return { ...waiting(known, 'look', code), dueAt, dueAs: 'follow_up', say }
  }
  if (isKeyAlive(course, assurance, now)) return { ...again(known, code, rules), say }
  return person(known, 'push.undecided', say)
}

function half(course: Course, rules: CourseRules): Move {
  const known: Course = { ...course, outcome: 'unknown' }
  if (!isKeyAlive(course, rules.assurance, rules.now)) return person(known, 'push.undecided', null)
  return resend(known, 'push.half-done', rules)
}

function absent(course: Course, rules: CourseRules): Move {
  const known: Course = { ...course, outcome: null, firstSentAt: null }
  return resend(known, 'push.absent', rules)
}

/** At once while that is not too often: within the first half minute, and once after each of the twelve. */
function resend(course: Course, code: string, rules: CourseRules): Move {
  const { now } = rules
  const isFirst = now < course.firstTryAt + FIRST_MS && course.retryCount === 0
  if (isFirst || course.resends < RESENDS_MAX) {
    const resends = isFirst ? course.resends : course.resends + 1
    return { ...waiting({ ...course, resends }, 'send', code), dueAt: now, dueAs: isFirst ? 'first' : 'follow_up' }
  }
  return again(course, code, { ...rules, canFind: false })
}
