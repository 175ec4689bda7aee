import { z } from 'zod'
import type { OutboxEvent } from '#platform/outbox/event.ts'
import type { Follower } from '#platform/outbox/follow.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { notify, raiseTask, settleTask } from './notices.ts'

// What the rest of the hub does not know that people want to hear: a sign-in that ended.

const about = z.object({ connection_id: z.string(), name: z.string().optional() })

export const SIGN_IN_FOLLOWER: Follower = {
  name: 'notices.sign-ins',
  types: ['connection.needs_sign_in', 'connection.created', 'connection.changed', 'connection.disconnected'],
  from: 'head',
  async handle(tx, events) {
    for (const event of events) await tell(tx, event)
  },
}

async function tell(tx: Tx, { tenantId, id, type, occurredAt: now, data, actor }: OutboxEvent): Promise<void> {
  const { connection_id: connectionId, name = 'A system' } = about.parse(data)
  const key = `connection.sign_in:${connectionId}`
  const subject = `connection/${connectionId}`
  const link = `/connections/${connectionId}`
  if (type === 'connection.needs_sign_in') {
    const title = `Sign in again: ${name}`
    const say =
      `The system of “${name}” no longer accepts the hub’s sign-in. Nothing is lost: sales are read and orders are put ` +
      'in as soon as somebody signs in again on the connection’s page.'
    await raiseTask(tx, tenantId, { kind: 'connection.sign_in', key, title, say, subject, link, now })
    await notify(tx, tenantId, { kind: 'sign_in_ended', key: `sign-in-ended:${id}`, title, say, subject, link, now })
    return
  }
  const changed = z.object({ changed: z.array(z.string()) }).safeParse(data).data?.changed
  if (type === 'connection.changed' && changed?.includes('credentials') !== true) return
  const how = type === 'connection.disconnected' ? 'disconnected' : 'signed_in'
  await settleTask(tx, tenantId, key, { how, by: actor, now })
}
