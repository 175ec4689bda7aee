// Work that goes on after its request was answered: a packed file that is still being kept. It ends with the process, and
// whoever stops the process waits for it, so that nothing asks a database that is closed.

export type Background = {
  /** Aborts when the process wants to stop. */
  readonly signal: AbortSignal
  /** What becomes of the work is recorded by the work itself; a failure is no news here. */
  go(work: Promise<unknown>): void
  stop(): Promise<void>
}

export function createBackground(): Background {
  const stopping = new AbortController()
  const underWay = new Set<Promise<unknown>>()
  return {
    signal: stopping.signal,
    go(work) {
      const settled: Promise<unknown> = work.catch(() => undefined).then(() => underWay.delete(settled))
      underWay.add(settled)
    },
    async stop() {
      stopping.abort()
      await Promise.all(underWay)
    },
  }
}
