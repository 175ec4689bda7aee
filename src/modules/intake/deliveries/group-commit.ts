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

type Waiting<Item, Done> = {
  readonly item: Item
  readonly resolve: (done: Done) => void
  readonly reject: (error: unknown) => void
}

export function createGroupCommit<Item, Done>(options: GroupCommitOptions<Item, Done>): GroupCommit<Item, Done> {
  let waiting: Waiting<Item, Done>[] = []
  const writing = new Set<Promise<void>>()
  let stopped = false

  function pump(): void {
    while (waiting.length > 0 && writing.size < options.writesMax) {
      const group = waiting.slice(0, options.itemsMax)
      waiting = waiting.slice(options.itemsMax)
      const write: Promise<void> = writeGroup(group).finally(() => {
        writing.delete(write)
        pump()
      })
      writing.add(write)
    }
  }

  async function writeGroup(group: readonly Waiting<Item, Done>[]): Promise<void> {
    try {
      const done = await options.write(group.map(({ item }) => item))
      for (const [index, { resolve }] of group.entries()) resolve(done[index] as Done)
    } catch (error) {
      if (options.isOutage(error) || group.length === 1) for (const { reject } of group) reject(error)
      // One of them cannot be written. Alone, it fails alone.
      else for (const one of group) await writeGroup([one])
    }
  }

  return {
    commit(item) {
      if (stopped || waiting.length >= options.waitingMax) return Promise.reject(options.refusal())
      return new Promise<Done>((resolve, reject) => {
        const impatience = setTimeout(() => reject(options.refusal()), options.patienceMs)
        const settled = <T>(settle: (value: T) => void) => {
          return (value: T) => {
            clearTimeout(impatience)
            settle(value)
          }
        }
        waiting.push({ item, resolve: settled(resolve), reject: settled(reject) })
        pump()
      })
    },
    async stop() {
      stopped = true
      while (writing.size > 0) await Promise.all(writing)
    },
  }
}
