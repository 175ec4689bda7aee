import type { Id } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { ConnectionRef } from '#modules/connections/live.ts'
import { type ClaimedPush, claimPushes, connectionsWithDue } from './claim.ts'
import type { PushDesk } from './desk.ts'
import { runFollowUp } from './follow-up.ts'
import { runTry } from './send.ts'
import type { Settled } from './settle.ts'
import { tellErrorRate } from './tell.ts'

// Works at what is due. Each connection has a lane with few tries at once, so that a system that answers slowly, or not at
// all, holds up nobody else; lanes take turns. A lane whose system is known not to answer, or asked for a pause, is shut
// until then, and what is due in it waits: the oldest promise goes first when it opens.

export type Worker = {
  /** Something of a connection is due now. */
  wake(ref: ConnectionRef): void
  /** Finds what is due, whoever put it down. Does not wait for the work. */
  tick(now: Instant): Promise<void>
  /** Something is being worked at. */
  isBusy(): boolean
  /** Answers when nothing is being worked at. */
  idle(): Promise<void>
  stop(): Promise<void>
}

const OF_LANE_MAX = 4
const OF_ALL_MAX = 200
const LANES_MAX = 2_000
const RATE_LOOK_MS = 10_000

type Lane = {
  readonly ref: ConnectionRef
  running: number
  /** Something may be due: look. */
  wanted: boolean
  claiming: boolean
  /** Nothing goes before then. */
  shutUntil: Instant | null
  /** After a pause one goes ahead of the others. */
  probing: boolean
  rateLookedAt: Instant | null
}

export function createWorker(desk: PushDesk): Worker {
  const lanes = new Map<Id, Lane>()
  const waiting: (() => void)[] = []
  let running = 0
  let stopped = false

  function laneOf(ref: ConnectionRef): Lane {
    let lane = lanes.get(ref.id)
    if (lane === undefined) {
      lane = { ref, running: 0, wanted: false, claiming: false, shutUntil: null, probing: false, rateLookedAt: null }
      lanes.set(ref.id, lane)
    }
    return lane
  }

  function roomOf(lane: Lane): number {
    if (lane.shutUntil !== null && lane.shutUntil > desk.clock.now()) return 0
    if (lane.probing) return lane.running > 0 ? 0 : 1
    return OF_LANE_MAX - lane.running
  }

  function pump(): void {
    for (const lane of lanes.values()) {
      if (stopped || running >= OF_ALL_MAX) break
      if (!lane.wanted || lane.claiming || roomOf(lane) <= 0) continue
      // Who was served goes to the end.
      lanes.delete(lane.ref.id)
      lanes.set(lane.ref.id, lane)
      void serve(lane)
    }
    if (running === 0 && [...lanes.values()].every((lane) => !lane.claiming)) {
      for (const done of waiting.splice(0)) done()
    }
  }

  async function serve(lane: Lane): Promise<void> {
    lane.claiming = true
    lane.wanted = false
    const room = Math.min(roomOf(lane), OF_ALL_MAX - running)
    const { tenantId, id } = lane.ref
    const now = desk.clock.now()
    const claimed = await desk.database
      .tenant(tenantId, (tx) => claimPushes(tx, { tenantId, connectionId: id }, now, room))
      .catch((error: unknown) => {
        desk.log.warn({ err: error }, 'pushes that are due could not be taken; the next look does')
        return []
      })
    lane.claiming = false
    if (claimed.length === room) lane.wanted = true
    for (const push of claimed) begin(lane, push)
    pump()
  }

  function begin(lane: Lane, push: ClaimedPush): void {
    lane.running++
    running++
    void work(lane, push).finally(() => {
      lane.running--
      running--
      pump()
    })
  }

  async function work(lane: Lane, push: ClaimedPush): Promise<void> {
    try {
      await desk.at?.('push.claimed')
      const isTry = push.nextStep === 'send' || push.nextStep === 'look'
      const settled = await (isTry ? runTry(desk, push) : runFollowUp(desk, push))
      if (settled !== null) await after(lane, push, settled)
    } catch (error) {
      // Its claim ends by itself, and then it is looked at what had begun.
      desk.log.error({ err: error, push: push.id }, 'a push could not be worked at')
    }
  }

  async function after(lane: Lane, before: ClaimedPush, { push, result, pushed, isTold }: Settled): Promise<void> {
    const now = desk.clock.now()
    desk.meter.tried(push.posSystem, before.nextStep ?? 'send', result)
    if (push.completedAt !== null && before.completedAt === null && push.status !== 'retry') {
      const seconds = (push.completedAt - push.createdAt) / 1_000
      desk.meter.ended(push.posSystem, push.status === 'success' ? 'success' : 'failed', seconds)
    }
    shut(lane, push, result)
    if (push.dueAt !== null && push.dueAt <= now) lane.wanted = true
    if (pushed !== null && pushed.records.length > 0 && !isTold) {
      // The sale stands sooner by it; without it the next sync brings the same.
      await desk.keepRecords?.({ tenantId: push.tenantId, id: push.connectionId }, pushed.records).catch((error) => {
        desk.log.warn({ err: error, push: push.id }, 'what the system said of a pushed order was not kept yet')
      })
    }
    if (isBad(result) && (lane.rateLookedAt === null || now - lane.rateLookedAt >= RATE_LOOK_MS)) {
      lane.rateLookedAt = now
      await desk.database.tenant(push.tenantId, (tx) => tellErrorRate(tx, push, now))
    }
  }

  function shut(lane: Lane, push: ClaimedPush | Settled['push'], result: string): void {
    if (result === 'throttled' || result === 'held') {
      lane.shutUntil = push.dueAt
      lane.probing = result === 'held'
    } else if (lane.probing && !isBad(result)) {
      lane.probing = false
      lane.wanted = true
    }
  }

  function idle(): Promise<void> {
    return new Promise((resolve) => {
      waiting.push(resolve)
      pump()
    })
  }

  return {
    wake(ref) {
      laneOf(ref).wanted = true
      pump()
    },
    async tick(now) {
      if (stopped) return
      const busy = [...lanes.values()].filter((lane) => roomOf(lane) <= 0).map(({ ref }) => ref.id)
      const due = await desk.database.system((tx) => connectionsWithDue(tx, now, LANES_MAX, busy))
      for (const { tenantId, connectionId } of due) laneOf({ tenantId, id: connectionId }).wanted = true
      forgetIdle(lanes, now)
      pump()
    },
    isBusy: () => running > 0,
    idle,
    async stop() {
      stopped = true
      await idle()
    },
  }
}

function isBad(result: string): boolean {
  return result === 'not_sent' || result === 'unknown' || result === 'refused'
}

function forgetIdle(lanes: Map<Id, Lane>, now: Instant): void {
  if (lanes.size <= LANES_MAX) return
  for (const [id, lane] of lanes) {
    const isIdle = lane.running === 0 && !lane.wanted && !lane.claiming
    if (isIdle && (lane.shutUntil === null || lane.shutUntil <= now)) lanes.delete(id)
  }
}
