import type { Id, TenantId } from '#kernel/ids.ts'
import { type Intake, stillReceiving } from './keep.ts'

// A file that is spooled or unpacked for minutes moves, though nothing of it is kept meanwhile. While it still comes, only
// what comes counts as moving.

const BEAT_MS = 10_000

export type Heartbeat = {
  /** Something happened just now. */
  beat(): void
  /** From here on it is this process alone that works: it moves while the process lives. */
  keepBeating(): void
  stop(): Promise<void>
}

export function startHeartbeat(intake: Intake, tenantId: TenantId, id: Id): Heartbeat {
  let beatAt = intake.clock.now()
  let saying: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const say = () => {
    beatAt = intake.clock.now()
    // What fails here fails again, and is heard, where the next piece is kept.
    saying = saying
      .then(() => intake.database.tenant(tenantId, (tx) => stillReceiving(intake, tx, tenantId, id)))
      .catch(() => undefined)
  }
  return {
    beat() {
      if (intake.clock.now() - beatAt >= BEAT_MS) say()
    },
    keepBeating() {
      timer ??= setInterval(say, BEAT_MS).unref()
    },
    async stop() {
      clearInterval(timer)
      await saying
    },
  }
}
