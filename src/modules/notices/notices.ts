import { sql } from 'kysely'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { JsonObject } from '#platform/outbox/event.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { NoticeKind } from './kinds.ts'

// The door: what other modules say to people. All of it happens within the caller's transaction, so that a person is
// told if and only if what they are told of has happened. Nothing is sent from here.

export type TaskDraft = {
  /** `push.undecided`. */
  readonly kind: string
  /** What it is about: while a task with this key is open, raising it again counts and changes its words. */
  readonly key: string
  readonly title: string
  /** What happened and what to do, in sentences, without personal data. */
  readonly say: string
  /** As in the outbox: `order/<id>`. */
  readonly subject: string
  /** Path in the dashboard where it can be settled. */
  readonly link?: string | null
  readonly data?: JsonObject
  readonly now: Instant
}

/** Raises a task, or counts one more time on the open one with its key; its id. Those who want to know are told once. */
export async function raiseTask(tx: Tx, tenantId: TenantId, draft: TaskDraft): Promise<Id> {
  const { kind, key, title, say, subject, link = null, data = {}, now } = draft
  const fresh = newId()
  const { rows } = await sql<{ id: Id }>`
    insert into pos.tasks as t (tenant_id, id, kind, key, title, say, subject, link, data, state, raised_at)
    values (${tenantId}, ${fresh}, ${kind}, ${key}, ${title}, ${say}, ${subject}, ${link}, ${JSON.stringify(data)}, 'open',
      ${instantText(now)})
    on conflict (tenant_id, key) where state = 'open' do update
    set times = t.times + 1, raised_again_at = excluded.raised_at, title = excluded.title, say = excluded.say,
      link = excluded.link, data = excluded.data
    returning id`.execute(tx)
  const id = rows[0]?.id
  if (id === undefined) throw new Error('an upsert answers its row')
  if (id !== fresh) return id
  await notify(tx, tenantId, { kind: 'task', key: `task:${id}`, title, say, subject, link, taskId: id, now })
  await appendEvents(tx, tenantId, [
    {
      type: 'task.raised',
      subject: `task/${id}`,
      occurredAt: now,
      actor: 'hub',
      data: { task_id: id, kind, about: subject },
    },
  ])
  return id
}

export type Settlement = {
  /** Short: `mended`, `decided`, `cancelled`. */
  readonly how: string
  /** As in the outbox: `person:<id>`, `job:<name>`. */
  readonly by: string
  readonly now: Instant
  readonly note?: string | null
}

/** Settles the open task with this key. False when there is none. */
export async function settleTask(tx: Tx, tenantId: TenantId, key: string, settlement: Settlement): Promise<boolean> {
  const { how, by, now, note = null } = settlement
  const { rows } = await sql<{ id: Id; kind: string; subject: string }>`
    update pos.tasks set state = 'settled', settled_at = ${instantText(now)}, settled_by = ${by}, settled_how = ${how},
      note = ${note}
    where tenant_id = ${tenantId} and key = ${key} and state = 'open'
    returning id, kind, subject`.execute(tx)
  const [task] = rows
  if (task === undefined) return false
  const { id, kind, subject } = task
  await appendEvents(tx, tenantId, [
    {
      type: 'task.settled',
      subject: `task/${id}`,
      occurredAt: now,
      actor: by,
      data: { task_id: id, kind, about: subject, how },
    },
  ])
  return true
}

export type NoticeDraft = {
  readonly kind: NoticeKind
  /** Whatever happens twice under one key is told once. */
  readonly key: string
  readonly title: string
  readonly say: string
  readonly subject: string
  readonly link?: string | null
  readonly taskId?: Id | null
  readonly now: Instant
}

/** Tells those who want to know, each once and by the ways they chose. False when this was told before. */
export async function notify(tx: Tx, tenantId: TenantId, draft: NoticeDraft): Promise<boolean> {
  const { kind, key, title, say, subject, link = null, taskId = null, now } = draft
  const id = newId()
  const { numAffectedRows } = await sql`
    insert into pos.notices (tenant_id, id, kind, key, title, say, subject, link, task_id, created_at)
    values (${tenantId}, ${id}, ${kind}, ${key}, ${title}, ${say}, ${subject}, ${link}, ${taskId}, ${instantText(now)})
    on conflict (tenant_id, key) do nothing`.execute(tx)
  if (numAffectedRows !== 1n) return false
  await appendEvents(tx, tenantId, [
    {
      type: 'notice.made',
      subject: `notice/${id}`,
      occurredAt: now,
      actor: 'hub',
      data: { notice_id: id, kind, about: subject },
    },
  ])
  return true
}
