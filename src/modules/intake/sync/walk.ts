import type { Desk } from './desk.ts'
import { type Armful, createHand, type Hand, type Horizons, horizonsOf } from './hand.ts'
import { keepPages } from './keep-pages.ts'
import { cutAt, tendPeriods } from './periods.ts'
import { readyWindows } from './plan.ts'
import { type Read, readPage } from './read-page.ts'
import { dropStream, type Ending } from './settle.ts'
import type { SyncWindow } from './window.ts'

// Walking the windows of a run. Pages are read ahead while earlier ones are being kept, so that a call always waits for its
// turn in the budget: of every window the next page, those first that the others of their period wait for. What is read
// goes into a hand (`hand.ts`) and is kept from there (`keep-pages.ts`). Plans change in the loop below alone, and only
// while nobody reads and the hand is empty where they change windows that are being walked.

/** Pages that are being asked for at once. More than a provider answers at once, so that its budget never waits for us. */
const READS_MAX = 6
/** Armfuls that are being kept at once: while the database is busy with one, the next is made ready. */
const KEEPS_MAX = 2
/** An armful is one transaction or a few. */
const ARMFUL = 400
/** Records in hand from which on nothing more is asked for: some ten megabytes. */
const HELD_MAX = 3_000

type Walking = {
  readonly desk: Desk
  readonly hand: Hand
  /** Where windows stand with the pages in hand; others stand as they are recorded. */
  readonly heads: Map<number, SyncWindow>
  readonly reads: Map<number, Promise<void>>
  readonly keeps: Set<Promise<void>>
  readonly news: News[]
  hasRead: boolean
}

/** A page that means more than a step of its window. */
type News = { readonly window: SyncWindow; readonly read: Exclude<Read, { kind: 'dropped' }> }

/** Walks until the step is over, nothing is ready, or something stops it. Null: the run simply goes on. */
export async function walk(desk: Desk): Promise<Ending | null> {
  const hand = createHand()
  const walking: Walking = {
    desk,
    hand,
    heads: new Map(),
    reads: new Map(),
    keeps: new Set(),
    news: [],
    hasRead: false,
  }
  const { heads, reads, keeps, news } = walking
  try {
    for (;;) {
      await tendPeriods(desk, () => ready(walking).length + reads.size, READS_MAX)
      if (news.length === 0) readAhead(walking)
      keepWhatIsRipe(walking)
      if (reads.size + keeps.size > 0) {
        await Promise.race([...reads.values(), ...keeps])
        continue
      }
      // Nobody reads, so what is left in hand waits for pages that this step will not bring.
      if (desk.isOver()) hand.putDownEarly(horizons(walking))
      await keepRest(walking)
      heads.clear()
      const [first] = news.splice(0)
      const ending = first === undefined ? null : await heed(desk, first)
      if (ending !== null) return ending
      if (first === undefined && (desk.isOver() || ready(walking).length === 0)) return null
    }
  } finally {
    // Nobody reads or keeps any more when the run is given back.
    await Promise.allSettled([...reads.values(), ...keeps])
  }
}

/** Windows as they stand with the pages in hand. */
function standing({ desk, heads }: Walking): SyncWindow[] {
  return [...desk.windows.values()].map((window) => heads.get(window.no) ?? window)
}

function horizons(walking: Walking): Horizons {
  return horizonsOf(standing(walking), walking.desk.syncing.clock.now())
}

/** Windows whose next page may be asked for, those first that others wait for. */
function ready(walking: Walking): readonly SyncWindow[] {
  const { desk, hand, reads } = walking
  const waiting = hand.waiting(horizons(walking))
  const windows = readyWindows(standing(walking), new Set(reads.keys()), desk.syncing.clock.now())
  return windows.filter(({ no }) => !waiting.has(no))
}

/**
 * In the last moments of a step only what pages in hand wait for: the rest can as well be asked for by the next step. A step
 * asks for something, however short it is, or a slow machine would come to no end.
 */
function readAhead(walking: Walking): void {
  const { desk, hand, heads, reads, news } = walking
  const isFirst = !walking.hasRead && !desk.signal.aborted
  if ((desk.isLate() && !isFirst) || hand.count() >= HELD_MAX) return
  const next = ready(walking).filter((window) => isFirst || !desk.isOver() || hand.awaits(window))
  if (next.length > 0) walking.hasRead = true
  for (const window of next.slice(0, READS_MAX - reads.size)) {
    const reading = readPage(desk, window).then((read) => {
      reads.delete(window.no)
      if (read.kind === 'dropped') return
      hand.put(read.leg)
      heads.set(window.no, read.leg.window)
      if (read.kind === 'trouble' || read.cut !== null) news.push({ window, read })
    })
    reads.set(window.no, reading)
  }
}

function keepWhatIsRipe(walking: Walking): void {
  const open = horizons(walking)
  while (walking.keeps.size < KEEPS_MAX) {
    const armful = walking.hand.takeRipe(open, ARMFUL)
    if (armful === null) return
    keep(walking, armful)
  }
}

async function keepRest(walking: Walking): Promise<void> {
  const { hand, keeps } = walking
  for (;;) {
    while (keeps.size < KEEPS_MAX) {
      const armful = hand.takeRest(ARMFUL)
      if (armful === null) break
      keep(walking, armful)
    }
    if (keeps.size === 0) return
    await Promise.race(keeps)
  }
}

/** One that fails stays among the others, where the loop comes upon it. */
function keep({ desk, keeps }: Walking, armful: Armful): void {
  const earlier = keeps.size === 0 ? null : Promise.all(keeps)
  // Whoever waits for it hears of a failure; where nobody does any more, the loop does.
  earlier?.catch(() => undefined)
  const keeping: Promise<void> = keepPages(desk, armful, earlier).then(() => void keeps.delete(keeping))
  keeps.add(keeping)
}

/** What a page means for more than its window. Nobody walks meanwhile. */
async function heed(desk: Desk, { window, read }: News): Promise<Ending | null> {
  if (read.kind === 'leg') {
    if (read.cut !== null) await cutAt(desk, window.dataType, window.round, read.cut)
    return null
  }
  if (read.trouble.kind !== 'stream') return read.trouble
  await dropStream(desk, window, read.trouble)
  return null
}
