import type { Clock, Instant } from '#kernel/instant.ts'

// The hub's heartbeat. Business due times stand in tables; a step looks what is due at `now` and does it. Which step ran
// when is only kept in memory: after a start every step is due.

export type TickStep = {
  readonly name: string
  readonly everyMs: number
  run(now: Instant): Promise<void>
}

export type Ticker = {
  /** Runs every step that is due and not still running. Answers when those are done; a failed one was reported. */
  tick(now: Instant): Promise<void>
  /** Ticks by the clock, a few times a second. Tests call `tick` themselves instead. */
  start(): void
  /** Ticks no more and waits for the steps that run. */
  stop(): Promise<void>
}

// Shorter than the shortest step: a timer that fires a moment early would otherwise skip a step of one second.
const TICK_MS = 250

export function createTicker(
  clock: Clock,
  steps: readonly TickStep[],
  report: (step: string, error: unknown) => void = () => undefined,
): Ticker {
  const lastRun = new Map<TickStep, Instant>()
  const running = new Map<TickStep, Promise<void>>()
  let timer: NodeJS.Timeout | null = null

  function isDue(step: TickStep, now: Instant): boolean {
    const last = lastRun.get(step)
    // A clock that was set back must not silence a step until it has caught up.
    return last === undefined || now - last >= step.everyMs || now < last
  }

  async function run(step: TickStep, now: Instant): Promise<void> {
    try {
      await step.run(now)
    } catch (error) {
      report(step.name, error)
    }
  }

  async function tick(now: Instant): Promise<void> {
    const begun = steps
      .filter((step) => !running.has(step) && isDue(step, now))
      .map((step) => {
        lastRun.set(step, now)
        const done = run(step, now).finally(() => running.delete(step))
        running.set(step, done)
        return done
      })
    await Promise.all(begun)
  }

  return {
    tick,
    start() {
      timer ??= setInterval(() => void tick(clock.now()), TICK_MS)
    },
    async stop() {
      if (timer) clearInterval(timer)
      timer = null
      await Promise.all(running.values())
    },
  }
}
