import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { PushedOrder } from '../../../connectors/contract.ts'
import type { PushDesk, Ready } from './desk.ts'
import type { Push } from './push-row.ts'
import { isTaken } from './settle.ts'
import { changePush } from './write-push.ts'

// Of a system that shows no order again, its own word by callback is all that will ever be known of one whose try nobody
// saw the end of. It carries our reference, so the order is there: its number is put down at once, and what is to be known
// of it is made by the next look.

/** Hears such a word. False: it says nothing new. */
export async function hearSpoken(tx: Tx, push: Push, posOrderId: string, now: Instant): Promise<boolean> {
  if (push.status === 'failed' || push.firstSentAt === null) return false
  if (push.posOrderId !== posOrderId && (await isTaken(tx, push, posOrderId))) return false
  // While a try is under way its own end comes first.
  const isLeft = push.status === 'retry' && push.outcome === 'unknown' && push.claimedUntil === null
  // A person who was asked stays asked until it is put down that it is there, which is in a moment.
  const look = { nextStep: 'look', dueAs: 'follow_up', dueAt: now } as const
  await changePush(tx, push, { posOrderId, ...(isLeft ? look : {}) }, now)
  return true
}

/** An order that is there by somebody's word, with what is to be kept of it. Throws what opening the connection throws. */
export async function spokenOrder(
  desk: PushDesk,
  push: Pick<Push, 'tenantId' | 'connectionId'>,
  { connection, outgoing }: Pick<Ready, 'connection' | 'outgoing'>,
  posOrderId: string,
): Promise<PushedOrder> {
  const { orders } = connection.live
  // A talk without a call: it is only had for the link.
  // biome-ignore lint/correctness/useYield: as above.
  const records = await desk.converse({ tenantId: push.tenantId, id: push.connectionId }, 'order', function* (link) {
    return orders?.recordsOf?.(outgoing, posOrderId, link) ?? []
  })
  const number = posOrderId === outgoing.reference ? null : posOrderId
  return { externalId: posOrderId, number, progress: 'placed', total: null, records }
}
