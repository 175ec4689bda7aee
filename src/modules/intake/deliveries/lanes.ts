// Who is worked at next. Every connection has a lane: what waits in it is taken in groups, so that a busy one needs fewer
// turns and not more, and a lane has few groups at once, so that one provider that answers slowly holds up nobody else.
// Lanes that are ready take turns.

export type Lane = {
  readonly name: string
  /** Lanes of one class share its limit: the connections of one provider, which may be slow for all of them. */
  readonly class: string
}

export type LanesOptions<Item> = {
  /** Works at some items of one lane. Whatever it throws is its own affair: it has put down what became of them. */
  work(lane: Lane, items: readonly Item[]): Promise<void>
  readonly groupMax: number
  readonly groupsOfLane: number
  readonly groupsOfClass: number
  readonly groupsOfAll: number
}

export type Lanes<Item> = {
  put(lane: Lane, items: readonly Item[]): void
  /** Items that wait or are worked at. */
  held(): readonly Item[]
  readonly size: number
  /** Takes nothing new from the lanes and answers when what is being worked at is done. What waited is left behind. */
  stop(): Promise<void>
}

type LaneState<Item> = { readonly lane: Lane; waiting: Item[]; running: number }

export function createLanes<Item>(options: LanesOptions<Item>): Lanes<Item> {
  // In the order in which they get their turn: who was served goes to the end.
  const lanes = new Map<string, LaneState<Item>>()
  const runningOfClass = new Map<string, number>()
  const groups = new Set<{ readonly items: readonly Item[]; done: Promise<void> }>()
  let size = 0
  let stopped = false

  function next(): LaneState<Item> | undefined {
    for (const state of lanes.values()) {
      const classRuns = runningOfClass.get(state.lane.class) ?? 0
      const isFree = state.running < options.groupsOfLane && classRuns < options.groupsOfClass
      if (state.waiting.length > 0 && isFree) return state
    }
    return undefined
  }

  function pump(): void {
    while (!stopped && groups.size < options.groupsOfAll) {
      const state = next()
      if (state === undefined) return
      lanes.delete(state.lane.name)
      lanes.set(state.lane.name, state)
      begin(state)
    }
  }

  function begin(state: LaneState<Item>): void {
    const items = state.waiting.slice(0, options.groupMax)
    state.waiting = state.waiting.slice(options.groupMax)
    count(state, 1)
    const group = { items, done: Promise.resolve() }
    groups.add(group)
    group.done = options
      .work(state.lane, items)
      .catch(() => undefined)
      .then(() => {
        groups.delete(group)
        size -= items.length
        count(state, -1)
        if (state.running === 0 && state.waiting.length === 0) lanes.delete(state.lane.name)
        pump()
      })
  }

  function count(state: LaneState<Item>, by: 1 | -1): void {
    state.running += by
    const { class: kind } = state.lane
    runningOfClass.set(kind, (runningOfClass.get(kind) ?? 0) + by)
  }

  return {
    put(lane, items) {
      const state = lanes.get(lane.name) ?? { lane, waiting: [], running: 0 }
      lanes.set(lane.name, state)
      state.waiting.push(...items)
      size += items.length
      pump()
    },
    held: () => [
      ...[...groups].flatMap(({ items }) => items),
      ...[...lanes.values()].flatMap(({ waiting }) => waiting),
    ],
    get size() {
      return size
    },
    async stop() {
      stopped = true
      await Promise.all([...groups].map(({ done }) => done))
    },
  }
}
