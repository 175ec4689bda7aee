import type { Instant } from '#kernel/instant.ts'
import type { SeenRecord } from '../records/kept.ts'
import type { WindowFailure } from './store-windows.ts'
import type { SyncWindow } from './window.ts'

// Pages that are read and not yet kept. Payments, refunds and orders of one stretch of time are read by windows of their
// own; here they wait for each other, so that what speaks of one sale is kept in one transaction and the sale is read
// once. A page is ripe when every window of its period has come as far as the page reaches. What is in hand lies in memory
// alone: a window is recorded only as far as its pages are kept, so a hub that is killed reads them again.

/** What one look at a window brought: a page, or none where something was in the way. */
export type Leg = {
  /** Where the window has come to with it. */
  readonly window: SyncWindow
  readonly records: readonly SeenRecord[]
  readonly isPage: boolean
  readonly calls: number
  readonly failure: WindowFailure | null
}

/** Legs whose windows may be moved once all of `records` are kept. */
export type Armful = { readonly legs: readonly Leg[]; readonly records: readonly SeenRecord[] }

export type Hand = {
  put(leg: Leg): void
  /** Records in hand. */
  count(): number
  /** Windows of which a page waits for others: there is no hurry to ask for their next one. */
  waiting(open: Horizons): ReadonlySet<number>
  /** Whether pages of later stages wait for this window to come as far. */
  awaits(window: SyncWindow): boolean
  /** Takes ripe pages of at least `enough` records, as far as there are. Null: nothing is ripe. */
  takeRipe(open: Horizons, enough: number): Armful | null
  /** Takes pages of at least `enough` records, ripe or not. Null: the hand is empty. */
  takeRest(enough: number): Armful | null
  /**
   * Puts down, unread, pages that are ahead of an earlier stage of their period which came on meanwhile: keeping them now
   * would be reading their sales twice. Their windows go on from where they are recorded.
   */
  putDownEarly(open: Horizons): void
}

/** How far the open windows of each period have come: of every stage the least. */
export type Horizons = ReadonlyMap<string, ReadonlyMap<number, number>>

function periodOf({ dataType, round }: Pick<SyncWindow, 'dataType' | 'round'>): string {
  return `${dataType} ${round}`
}

/** Windows that are put off, and those whose pages do not rise by a time, are waited for by nobody. */
export function horizonsOf(windows: Iterable<SyncWindow>, now: Instant): Horizons {
  const horizons = new Map<string, Map<number, number>>()
  for (const window of windows) {
    const isPutOff = window.dueAt !== null && window.dueAt > now
    if (window.state !== 'open' || isPutOff || !rises(window)) continue
    const stages = horizons.get(periodOf(window)) ?? new Map<number, number>()
    stages.set(window.stage, Math.min(stages.get(window.stage) ?? Number.POSITIVE_INFINITY, reachOf(window)))
    horizons.set(periodOf(window), stages)
  }
  return horizons
}

/** How far a window is read; before its first page, nowhere. */
function reachOf({ reachedAt }: SyncWindow): number {
  return reachedAt ?? Number.NEGATIVE_INFINITY
}

function rises({ by, pages, reachedAt }: SyncWindow): boolean {
  return by !== 'whole' && (pages === 0 || reachedAt !== null)
}

function isRipe({ window }: Leg, open: Horizons): boolean {
  if (window.by === 'whole' || window.reachedAt === null) return true
  return stagesBehind(window, open).length === 0
}

/** Stages of its period of which a window has not come as far. */
function stagesBehind(window: SyncWindow, open: Horizons): number[] {
  const reach = reachOf(window)
  return [...(open.get(periodOf(window)) ?? [])].flatMap(([stage, least]) => (least < reach ? [stage] : []))
}

export function createHand(): Hand {
  // In the order in which they came, so that the legs of a window are in the order of its pages.
  let held: Leg[] = []
  /** Windows of which something was taken, by period and stage: they came on in this step. */
  const cameOn = new Set<string>()

  /** Takes whole legs, and with them whatever else in hand speaks of the same subjects. */
  function take(wanted: (leg: Leg) => boolean, enough: number): Armful | null {
    const legs: Leg[] = []
    const left: Leg[] = []
    const behind = new Set<number>()
    let count = 0
    for (const leg of held) {
      // A window is moved by its pages in their order.
      if (count < enough && !behind.has(leg.window.no) && wanted(leg)) {
        legs.push(leg)
        count += leg.records.length
        continue
      }
      behind.add(leg.window.no)
      left.push(leg)
    }
    if (legs.length === 0) return null
    for (const { window } of legs) cameOn.add(stageKey(window))
    const records = legs.flatMap((leg) => leg.records)
    const subjects = new Set(records.flatMap((record) => record.subjects))
    const isOfThem = (record: SeenRecord) => record.subjects.some((subject) => subjects.has(subject))
    held = left.map((leg) => {
      const along = leg.records.filter(isOfThem)
      if (along.length === 0) return leg
      records.push(...along)
      return { ...leg, records: leg.records.filter((record) => !isOfThem(record)) }
    })
    return { legs, records }
  }

  function isTooEarly({ window }: Leg, open: Horizons): boolean {
    return stagesBehind(window, open).some(
      (stage) => stage < window.stage && cameOn.has(stageKey({ ...window, stage })),
    )
  }

  return {
    put: (leg) => void held.push(leg),
    count: () => held.reduce((sum, { records }) => sum + records.length, 0),
    waiting: (open) => new Set(held.filter((leg) => !isRipe(leg, open)).map(({ window }) => window.no)),
    awaits: (window) =>
      held.some(
        (leg) =>
          leg.window.stage > window.stage &&
          periodOf(leg.window) === periodOf(window) &&
          reachOf(leg.window) > reachOf(window),
      ),
    takeRipe: (open, enough) => take((leg) => isRipe(leg, open), enough),
    takeRest: (enough) => take(() => true, enough),
    putDownEarly(open) {
      const early = new Set<number>()
      held = held.filter((leg) => {
        // With a page go all later ones of its window.
        if (!isRipe(leg, open) && isTooEarly(leg, open)) early.add(leg.window.no)
        return !early.has(leg.window.no)
      })
    },
  }
}

function stageKey(window: Pick<SyncWindow, 'dataType' | 'round' | 'stage'>): string {
  return `${periodOf(window)} ${window.stage}`
}
