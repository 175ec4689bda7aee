import { sql } from 'kysely'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import type { CallWatch } from '#modules/connections/live.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import type { OutgoingOrder } from '../../../connectors/contract.ts'
import { type ClaimedPush, extendClaim, LEASE_MS } from './claim.ts'
import type { PushDesk } from './desk.ts'
import { sealIntent } from './intent.ts'
import { beginCall, type CallPlace, type EndedCall, endCall } from './store-attempts.ts'
import type { MadeCall } from './verdict.ts'

// Puts each call of a try down before its first byte leaves, in a transaction of its own that also asks whether the claim
// still holds. What came back is put down with the next call, or with how the try ended.

/** The claim is somebody else's by now: nothing more is sent, and nothing is recorded. */
export class Fenced extends Error {
  override readonly name = 'Fenced'
}

export type Recording = {
  readonly watch: CallWatch
  readonly calls: readonly MadeCall[]
  /** When something was last sent that may have arrived; null: nothing was in this try. */
  readonly lastSentAt: Instant | null
  /** Puts down what was not yet. */
  flush(tx: Tx): Promise<void>
  end(): void
}

export function startRecording(
  desk: PushDesk,
  sealer: Sealer,
  push: ClaimedPush,
  outgoing: OutgoingOrder | null,
  orderVersion: number | null,
): Recording {
  const { database, clock } = desk
  const calls: MadeCall[] = []
  const unwritten: EndedCall[] = []
  let lastSentAt: Instant | null = null
  let isFenced = false
  const attemptNo = push.attempts

  const beating = setInterval(() => {
    database
      .tenant(push.tenantId, (tx) => extendClaim(tx, push, clock.now()))
      .then((holds) => {
        isFenced ||= !holds
      })
      // The claim may end meanwhile; the next call finds out.
      .catch(() => undefined)
  }, LEASE_MS / 3)
  beating.unref()

  async function flush(tx: Tx): Promise<void> {
    for (const call of unwritten) await endCall(tx, sealer, call)
  }

  async function put(tx: Tx, place: CallPlace, call: Parameters<CallWatch['before']>[0], now: Instant): Promise<void> {
    const at = instantText(now)
    const until = instantText(instant(now + LEASE_MS))
    const isSent = call.writes === true
    if (isSent && outgoing === null) throw new Error('only what was prepared is sent')
    // Before the first byte leaves it is known what was meant to be sent, word for word.
    const intent = isSent && outgoing !== null && push.intent === null ? sealIntent(sealer, push.id, outgoing) : null
    const { numAffectedRows } = await sql`
      update pos.pushes set claimed_until = ${until}, due_at = ${until}
        ${
          isSent && push.status !== 'success'
            ? sql`, first_sent_at = coalesce(first_sent_at, ${at}), last_sent_at = ${at},
                intent = coalesce(intent, ${intent}), order_version = coalesce(order_version, ${orderVersion})`
            : sql``
        }
      where tenant_id = ${push.tenantId} and id = ${push.id} and claim_no = ${push.claimNo}
        and claimed_until is not null`.execute(tx)
    if (numAffectedRows !== 1n) throw new Fenced()
    await flush(tx)
    await beginCall(tx, sealer, place, call, now)
  }

  return {
    calls,
    get lastSentAt() {
      return lastSentAt
    },
    watch: {
      async before(call) {
        if (isFenced) throw new Fenced()
        const now = clock.now()
        const place = { tenantId: push.tenantId, id: push.id, attemptNo, no: calls.length + 1 }
        await desk.at?.('push.before-call')
        await database.tenant(push.tenantId, (tx) => put(tx, place, call, now))
        unwritten.length = 0
        calls.push({ name: call.name, writes: call.writes === true, verdict: null, neverSent: false })
        if (call.writes === true) lastSentAt = now
        if (attemptNo === 1 && calls.length === 1) desk.meter.begun(push.posSystem, (now - push.createdAt) / 1_000)
        await desk.at?.('push.before-send')
      },
      async after(call, ended) {
        const no = calls.length
        calls[no - 1] = {
          name: call.name,
          writes: call.writes === true,
          verdict: ended.verdict.kind,
          neverSent: ended.neverSent,
        }
        const place = { tenantId: push.tenantId, id: push.id, attemptNo, no }
        unwritten.push({ place, writes: call.writes === true, ended })
        if (call.writes === true && !ended.neverSent) lastSentAt = clock.now()
        await desk.at?.('push.after-answer')
      },
    },
    flush,
    end: () => clearInterval(beating),
  }
}
