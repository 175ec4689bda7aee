import { Fault } from '#kernel/fault.ts'
import { type Clock, findInstant, type Instant, instant } from '#kernel/instant.ts'

// The hub's time. As a rule the machine's; a demonstration or a test may hand it that of a simulator, which can be moved.

export const SYSTEM_CLOCK: Clock = { now: () => Date.now() as Instant }

export type FollowedClock = { readonly clock: Clock; stop(): void }

const LOOK_MS = 250

/** The clock of a simulator's control address. Throws `clock.unreachable` when it does not answer at first. */
export async function followClock(controlUrl: URL): Promise<FollowedClock> {
  const address = new URL(`${controlUrl.href.replace(/\/+$/, '')}/clock`)
  let aheadMs = await aheadOf(address)
  let isLooking = false
  const look = async () => {
    if (isLooking) return
    isLooking = true
    // A look that fails changes nothing: the clock goes on as it went.
    aheadMs = await aheadOf(address).catch(() => aheadMs)
    isLooking = false
  }
  const timer = setInterval(() => void look(), LOOK_MS).unref()
  return {
    clock: { now: () => instant(Date.now() + aheadMs) },
    stop: () => clearInterval(timer),
  }
}

async function aheadOf(address: URL): Promise<number> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(5_000) })
    const { now } = (await answer.json()) as { now?: unknown }
    const at = typeof now === 'string' ? findInstant(now) : null
    if (!answer.ok || at === null) throw new Error(`it answered ${answer.status}`)
    return at - Date.now()
  } catch (cause) {
    throw new Fault('unavailable', 'clock.unreachable', {
      say: 'TILLWIRE_CLOCK_URL does not lead to a simulator that tells the time. Start it first, or leave the setting out.',
      cause,
    })
  }
}
