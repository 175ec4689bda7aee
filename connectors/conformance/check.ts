import { isDeepStrictEqual } from 'node:util'
import type { Live } from '../contract.ts'
import type { Act, Candidate, FaultName, Situation, Stage } from './stage.ts'
import type { Trial } from './trial.ts'

// A check is a promise of the contract, the means that it takes to look whether it is kept, and the look.

/** `part/what-is-promised`. */
export type Check = {
  readonly name: string
  /** The promise, as a sentence without its subject: `an altered byte anywhere is noticed`. */
  readonly says: string
  readonly needs: readonly Need[]
  /** Throws `Broken`, or whatever the connector throws, when the promise is not kept. */
  run(trial: Trial): Promise<void>
}

/** Parts of the connector, and means of the stage. */
export type Need =
  | 'live'
  | 'sales'
  | 'records'
  | 'catalog'
  | 'webhooks'
  | 'subscriptions'
  | 'rotate'
  | 'books'
  | 'oauth'
  | 'orders'
  | `orders.${'find' | 'report' | 'cancel' | 'amend' | 'menu'}`
  | 'signing'
  | 'signed-url'
  | 'signed-time'
  | `act:${Act}`
  | `fault:${FaultName}`
  | `situation:${Situation}`
  | `currency:${string}`
  | `places:${number}`

/**
 * Why a check cannot be run. `part`: the connector does not promise it. `stage`: the stage cannot play it. `sales`: there
 * are no sales to read, which is said of every single check, since nobody may take it for read.
 */
export type Lack = { readonly of: 'part' | 'sales' | 'stage'; readonly why: string }

/** A promise that is not kept: what was expected, and what there was. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

/**
 * Thrown where it only shows while looking that nothing is promised, as what depends on how a sign-in was set up: the check
 * is then neither kept nor broken. `message` is a sentence.
 */
export class NotPromised extends Error {
  override readonly name = 'NotPromised'
}

export function lackOf(connector: Candidate, stage: Stage, need: Need): Lack | null {
  const { live } = connector
  if (need === 'sales' && live !== undefined && !readsSales(live)) return { of: 'sales', why: READS_NOTHING }
  if (need === 'records' && live !== undefined && !readsSales(live) && !worksOnOrders(live, stage)) {
    return { of: 'sales', why: READS_NOTHING }
  }
  return partLack(live, need) ?? stageLack(stage, need)
}

/** Records come of orders too, where they are put in and somebody works on them. */
function worksOnOrders({ orders }: Live, { acts }: Stage): boolean {
  return orders !== undefined && acts.includes('takeOrders') && acts.includes('moveOrders')
}

/** The provider shows its sales to whoever asks. */
export function readsSales({ pull }: Pick<Live, 'pull'>): boolean {
  return pull.streams.some(({ dataType }) => dataType === 'sales')
}

const READS_NOTHING = 'The provider shows no sales: no stream of the connector reads any.'

function partLack(live: Live | undefined, need: Need): Lack | null {
  const parts: Partial<Record<Need, readonly [boolean, string]>> = {
    live: [live !== undefined, 'It is not asked live.'],
    catalog: [live?.pull.streams.some(({ dataType }) => dataType === 'catalog') === true, 'It reads no catalogue.'],
    webhooks: [live?.webhooks !== undefined, 'It has no webhooks.'],
    subscriptions: [live?.webhooks?.subscriptions !== undefined, 'It makes no subscriptions.'],
    rotate: [live?.webhooks?.subscriptions?.rotate !== undefined, 'It turns no secrets.'],
    books: [live?.books !== undefined, 'It tells no figures of the provider’s own.'],
    oauth: [live?.signIn.oauth !== undefined, 'It has no OAuth.'],
    orders: [live?.orders !== undefined, 'It puts no orders in.'],
    'orders.find': [live?.orders?.find !== undefined, 'It cannot look for an order.'],
    'orders.report': [live?.orders?.report !== undefined, 'It cannot ask how far an order is.'],
    'orders.cancel': [live?.orders?.cancel !== undefined, 'It takes no order back.'],
    'orders.amend': [live?.orders?.amend !== undefined, 'It changes no order that is in.'],
    'orders.menu': [live?.orders?.menu !== undefined, 'It reads no menu beside a catalogue.'],
  }
  const [present, why] = parts[need] ?? [true, '']
  return present ? null : { of: 'part', why }
}

function stageLack(stage: Stage, need: Need): Lack | null {
  const [kind = '', what = ''] = need.split(':')
  const lacks = (has: boolean, why: string): Lack | null => (has ? null : { of: 'stage', why })
  const { signing } = stage
  switch (kind) {
    case 'signing':
      return lacks(signing !== null, 'The stage signs no deliveries.')
    case 'signed-url':
      return lacks(signing?.url === true, 'The provider does not sign the address.')
    case 'signed-time':
      return lacks(typeof signing?.staleAfterMs === 'number', 'The provider does not sign the time.')
    case 'act':
      return lacks((stage.acts as readonly string[]).includes(what), ACTS[what] ?? `The stage cannot ${what}.`)
    case 'fault':
      return lacks((stage.faults as readonly string[]).includes(what), `The stage does not play ${what}.`)
    case 'situation':
      return lacks((stage.situations as readonly string[]).includes(what), `The stage does not sell ${what}.`)
    case 'currency':
      return lacks(stage.currencies.includes(what), `The stage does not trade in ${what}.`)
    case 'places':
      return lacks(stage.placesMax >= Number(what), `The stage has ${stage.placesMax} places at most.`)
    default:
      return null
  }
}

const ACTS: Readonly<Record<string, string>> = {
  takeOrders: 'The stage takes no orders.',
  moveOrders: 'The stage works on no orders.',
}

// ── What a look expects ─────────────────────────────────────────────────────────────────────────────────────────────

export function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Broken(otherwise)
}

export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) {
    throw new Broken(`${what}: expected ${shown(expected)}, there was ${shown(actual)}`)
  }
}

export function expectNone(what: string, found: readonly string[]): void {
  if (found.length === 0) return
  const more = found.length > LISTED_MAX ? ` (and ${found.length - LISTED_MAX} more)` : ''
  throw new Broken(`${what}: ${found.slice(0, LISTED_MAX).join('; ')}${more}`)
}

/** The failure that the action ends in. Throws `Broken` when it ends well. */
export async function failureOf(what: string, action: () => unknown): Promise<unknown> {
  try {
    await action()
  } catch (failure) {
    return failure
  }
  throw new Broken(`${what}: it went well, and must not`)
}

const LISTED_MAX = 4
const SHOWN_MAX = 300

export function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part)) ?? String(value)
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text
}

export function nameOf(failure: unknown): string {
  return failure instanceof Error ? `${failure.name} (${failure.message.slice(0, 120)})` : String(failure)
}

/** Chance that repeats: the same seed, the same numbers. Answers whole numbers below `below`. */
export function dice(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % below
  }
}
