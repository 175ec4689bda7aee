// Group commit: what arrives while a write is under way is gathered and written together by the next one. A lone item is
// written at once, without waiting for company; under load the groups grow by themselves until the disk keeps up.

export type GroupCommitOptions<Item, Done> = {
  /** Writes all or none, and answers for each item in the order given. */
  write(items: readonly Item[]): Promise<readonly Done[]>
  /** A failure that says nothing about the items: the database is away. Any other one may be the fault of one item. */
  isOutage(error: unknown): boolean
  readonly itemsMax: number
  /** Writes at once. While one waits for the disk, the next is put together. */
  readonly writesMax: number
  /**
   * So many must wait for a write to begin beside another one; fewer are sooner committed by going with those that come
   * while it ends, for each write costs a wait for the disk. One when left out.
   */
  readonly besideMin?: number
  /**
   * Lets a write begin when it is its turn among others that this knows nothing of. What comes until then goes with it.
   * At once when left out.
   */
  readonly inTurn?: <T>(work: () => Promise<T>) => Promise<T>
  /** Items that may wait; one more is refused at once. */
  readonly waitingMax: number
  /** How long an item waits for its write to end before it is given up; it may still be written. */
  readonly patienceMs: number
  /** What is thrown for an item that is refused or given up. */
  refusal(): Error
}

export type GroupCommit<Item, Done> = {
  /** Answers once the item is committed. */
  commit(item: Item): Promise<Done>
  /** Takes no more and answers when everything taken was written or has failed. */
  stop(): Promise<void>
}

function atOnce<T>(work: () => Promise<T>): Promise<T> {
  return work()
}

type Waiting<Item, Done> = {
  readonly item: Item
  readonly resolve: (done: Done) => void
  readonly reject: (error: unknown) => void
  readonly giveUpAtMs: number
}

export function createGroupCommit<Item, Done>(options: GroupCommitOptions<Item, Done>): GroupCommit<Item, Done> {
  const { itemsMax, writesMax, besideMin = 1, inTurn = atOnce, patienceMs } = options
  let waiting: Waiting<Item, Done>[] = []
  // All that nobody has answered yet, those that came first in front: a Set keeps the order of writing.
  const open = new Set<Waiting<Item, Done>>()
  let impatience: NodeJS.Timeout | null = null
  const writing = new Set<Promise<void>>()
  let stopped = false

  function pump(): void {
    while (waiting.length > 0 && writing.size < writesMax) {
      if (writing.size > 0 && waiting.length < besideMin) return
      const write: Promise<void> = inTurn(writeNext).finally(() => {
        writing.delete(write)
        pump()
      })
      writing.add(write)
    }
  }

  async function writeNext(): Promise<void> {
    const group = waiting.slice(0, itemsMax)
    waiting = waiting.slice(itemsMax)
    if (group.length > 0) await writeGroup(group)
  }

  async function writeGroup(group: readonly Waiting<Item, Done>[]): Promise<void> {
    try {
      const done = await options.write(group.map(({ item }) => item))
      for (const [index, one] of group.entries()) {
        open.delete(one)
        one.resolve(done[index] as Done)
      }
    } catch (error) {
      // One of several cannot be written, perhaps. Alone, it fails alone.
      if (options.isOutage(error) || group.length === 1) for (const one of group) fail(one, error)
      else for (const one of group) await writeGroup([one])
    }
  }

  function fail(one: Waiting<Item, Done>, error: unknown): void {
    open.delete(one)
    one.reject(error)
  }

  /** One timer for all: it is set for whoever has waited longest, and thousands a second come and go meanwhile. */
  function watch(): void {
    const [oldest] = open
    if (oldest === undefined) {
      impatience = null
      return
    }
    impatience = setTimeout(giveUp, Math.max(1, oldest.giveUpAtMs - performance.now()))
  }

  function giveUp(): void {
    const now = performance.now()
    for (const one of open) {
      if (one.giveUpAtMs > now) break
      fail(one, options.refusal())
    }
    watch()
  }

  return {
    commit(item) {
      if (stopped || waiting.length >= options.waitingMax) return Promise.reject(options.refusal())
      return new Promise<Done>((resolve, reject) => {
        const one = { item, resolve, reject, giveUpAtMs: performance.now() + patienceMs }
        waiting.push(one)
        open.add(one)
        if (impatience === null) watch()
        pump()
      })
    },
    async stop() {
      stopped = true
      while (writing.size > 0) await Promise.all(writing)
      if (impatience !== null) clearTimeout(impatience)
      impatience = null
    },
  }
}
