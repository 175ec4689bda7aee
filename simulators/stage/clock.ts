// One clock for all simulators of a process, and for a hub that is told to take its time from it. It runs like real
// time with an offset, or stands still until it is moved. Whoever wants to be woken asks the clock, so that moving it
// by a day lets that day happen: every waker rings at its own instant, in order, and the clock shows that instant
// while it does.

type Waker = { readonly due: number; readonly order: number; readonly ring: () => unknown; silent: boolean }

/** Node's longest timer. */
const WAIT_MAX_MS = 2 ** 31 - 1

export class StageClock {
  readonly #frozen: boolean
  #offset = 0
  #stoodAt: number
  #wakers: Waker[] = []
  #count = 0
  #timer: NodeJS.Timeout | null = null
  #moving: Promise<void> = Promise.resolve()
  #moves = 0
  readonly #work = new Set<Promise<unknown>>()

  /** `at` is where it starts (epoch milliseconds); a frozen clock moves only when told to. */
  constructor(options: { readonly at?: number; readonly frozen?: boolean } = {}) {
    this.#frozen = options.frozen ?? false
    this.#stoodAt = options.at ?? Date.now()
    if (options.at !== undefined) this.#offset = options.at - Date.now()
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.#frozen ? this.#stoodAt : Date.now() + this.#offset
  }

  /** Rings once, when the clock reaches that instant; at the next turn if it has passed. Answers how to call it off. */
  at(due: number, ring: () => unknown): () => void {
    const waker = { due, order: this.#count++, ring, silent: false }
    this.#push(waker)
    this.#rearm()
    return () => {
      waker.silent = true
    }
  }

  /** Something that was begun at this instant and takes real time: while the clock is moved, it waits for it. */
  hold(work: Promise<unknown>): void {
    this.#work.add(work)
    void work.catch(() => {}).then(() => this.#work.delete(work))
  }

  advance(ms: number): Promise<void> {
    return this.#move(() => this.now() + ms)
  }

  /** Backwards too: then nothing rings, and what was due stays due. */
  moveTo(at: number): Promise<void> {
    return this.#move(() => at)
  }

  /** Lets everything ring that is due by now. A frozen clock rings by itself only when it is moved or settled. */
  settle(): Promise<void> {
    return this.#move(() => this.now())
  }

  /** Nothing rings any more. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#wakers = []
  }

  /** Moves wait for each other: two that cross would show time going back and forth. */
  #move(target: () => number): Promise<void> {
    this.#moves++
    this.#moving = this.#moving
      .then(() => this.#goTo(target()))
      .finally(() => {
        this.#moves--
        this.#rearm()
      })
    return this.#moving
  }

  async #goTo(target: number): Promise<void> {
    // What was begun before may ask to be woken on the way, when it ends.
    await Promise.allSettled(this.#work)
    for (let next = this.#wakers[0]; next !== undefined && next.due <= target; next = this.#wakers[0]) {
      if (next.due > this.now()) this.#show(next.due)
      await Promise.allSettled(this.#takeDue())
      await Promise.allSettled(this.#work)
    }
    if (this.#frozen || Math.abs(this.now() - target) > 0) this.#show(target)
  }

  #show(at: number): void {
    if (this.#frozen) this.#stoodAt = at
    else this.#offset = at - Date.now()
  }

  /** Rings all that is due, and answers what they have begun. */
  #takeDue(): Promise<unknown>[] {
    const begun: Promise<unknown>[] = []
    const now = this.now()
    for (let next = this.#wakers[0]; next !== undefined && next.due <= now; next = this.#wakers[0]) {
      this.#pop()
      if (!next.silent) begun.push(begin(next.ring))
    }
    return begun
  }

  #rearm(): void {
    if (this.#frozen || this.#moves > 0) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    const next = this.#wakers[0]
    this.#timer = next === undefined ? null : setTimeout(() => this.#ring(), waitFor(next.due - this.now()))
    this.#timer?.unref()
  }

  #ring(): void {
    if (this.#moves === 0) void Promise.allSettled(this.#takeDue())
    this.#rearm()
  }

  #push(waker: Waker): void {
    const heap = this.#wakers
    let at = heap.push(waker) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!rings(waker, heap[parent])) break
      heap[at] = heap[parent] as Waker
      at = parent
    }
    heap[at] = waker
  }

  #pop(): void {
    const heap = this.#wakers
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && rings(heap[child + 1] as Waker, heap[child])) child++
      if (!rings(heap[child] as Waker, last)) break
      heap[at] = heap[child] as Waker
      at = child
    }
    heap[at] = last
  }
}

/** What it throws at once is a rejection like any other: one waker's failure keeps no other from ringing. */
async function begin(ring: () => unknown): Promise<unknown> {
  return ring()
}

/** Whether one rings before the other; of one instant, the one that asked first. */
function rings(one: Waker, other: Waker | undefined): boolean {
  return other === undefined || one.due < other.due || (one.due === other.due && one.order < other.order)
}

function waitFor(ms: number): number {
  return Math.min(WAIT_MAX_MS, Math.max(0, ms))
}

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** '26h', '90s', '15min', '3d' in milliseconds. Refuses anything else. */
export function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)$/.exec(text)
  if (match === null) throw new RangeError(`"${text}" is not a duration such as 90s, 15min, 26h or 3d.`)
  return Math.round(Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS])
}
