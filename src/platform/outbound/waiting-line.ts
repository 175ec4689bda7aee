/** What somebody waits for, what just happened, what is missing, the past: each goes before the next. */
export type Urgency = 'order' | 'live' | 'repair' | 'backfill'

const URGENCIES: readonly Urgency[] = ['order', 'live', 'repair', 'backfill']

export type WaitingLine<T> = {
  /** `first`: before the others of its share. Answers a function by which it leaves again. */
  join(urgency: Urgency, share: string, first: boolean, waiter: T): () => void
  /** The urgency of whoever is next; null when nobody waits. */
  peek(): Urgency | null
  shift(): T | null
  size(): number
}

/** Those who wait, most urgent first; those of one urgency take turns by share, so that none waits behind another's many. */
export function createWaitingLine<T>(): WaitingLine<T> {
  // A share stands in its map while somebody of it waits; the map's order is the order of turns.
  const lanes = new Map(URGENCIES.map((urgency) => [urgency, new Map<string, T[]>()]))
  let size = 0

  const laneOf = (urgency: Urgency) => {
    const lane = lanes.get(urgency)
    if (lane === undefined) throw new Error(`there is no urgency ${urgency}`)
    return lane
  }
  const nextLane = () => URGENCIES.find((urgency) => laneOf(urgency).size > 0) ?? null

  return {
    join(urgency, share, first, waiter) {
      const lane = laneOf(urgency)
      const waiting = lane.get(share) ?? []
      if (first) waiting.unshift(waiter)
      else waiting.push(waiter)
      lane.set(share, waiting)
      size += 1
      return () => {
        const index = waiting.indexOf(waiter)
        if (index < 0) return
        waiting.splice(index, 1)
        size -= 1
        if (waiting.length === 0 && lane.get(share) === waiting) lane.delete(share)
      }
    },
    peek: nextLane,
    shift() {
      const urgency = nextLane()
      if (urgency === null) return null
      const lane = laneOf(urgency)
      for (const [share, waiting] of lane) {
        const waiter = waiting.shift()
        lane.delete(share)
        // Its next turn comes after everybody else's. The list keeps being the share's: whoever leaves finds it.
        if (waiting.length > 0) lane.set(share, waiting)
        if (waiter === undefined) continue
        size -= 1
        return waiter
      }
      return null
    },
    size: () => size,
  }
}
