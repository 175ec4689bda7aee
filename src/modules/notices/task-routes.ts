import { z } from 'zod'
import { cursorText, readCursor } from '#kernel/cursor.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { instant, instantText } from '#kernel/instant.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { NoticesDesk } from './desk.ts'
import { NOTICE_FAULTS, type NoticeFaultCode } from './faults.ts'
import { settleTask } from './notices.ts'
import { assignTask, countOpenTasks, findTask, listTasks, type Task } from './store-tasks.ts'

// What waits for a person. A task is mostly settled where it is decided; by hand it is settled here.

const TAGS = ['Tasks'] as const

const wireTask = z
  .strictObject({
    id: z.string(),
    kind: z.string().meta({ examples: ['push.undecided'] }),
    title: z.string(),
    say: z.string().meta({ description: 'What happened and what to do' }),
    subject: z.string().meta({ description: 'What it is about', examples: ['order/0192…'] }),
    link: z.string().nullable().meta({ description: 'Path in the dashboard where it is decided' }),
    data: z.record(z.string(), z.unknown()),
    state: z.enum(['open', 'settled']),
    times: z.int().meta({ description: 'How often it was raised while open' }),
    raised_at: z.string(),
    raised_again_at: z.string().nullable(),
    assigned_to: z.string().nullable().meta({ description: 'Id of a member' }),
    settled_at: z.string().nullable(),
    settled_by: z.string().nullable(),
    settled_how: z.string().nullable(),
    note: z.string().nullable(),
  })
  .meta({ id: 'Task' })

export function taskRoutes(desk: NoticesDesk): Route[] {
  return [listRoute(desk), oneRoute(desk), settleRoute(desk), assignRoute(desk)]
}

function listRoute({ database }: NoticesDesk): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/tenants/:tenant_id/tasks',
    scope: 'tasks:read',
    summary: 'What waits for a person, newest first',
    tags: TAGS,
    query: z.strictObject({
      state: z.enum(['open', 'settled', 'all']).default('open'),
      kind: z.string().max(60).optional(),
      subject: z.string().max(120).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(50),
      cursor: z.string().max(300).optional(),
    }),
    answers: {
      200: z.strictObject({
        data: z.array(wireTask),
        next_cursor: z.string().nullable(),
        open: z.record(z.string(), z.int()).meta({ description: 'How many are open, by kind' }),
      }),
    },
    async handler({ tenant, query }) {
      const { limit, cursor, state } = query
      const [at, id] = cursor === undefined ? [] : readCursor(cursor, 2)
      const after = at === undefined ? null : { at: instant(Number(at)), id: String(id) as Id }
      const filter = { state: state === 'all' ? null : state, kind: query.kind ?? null, subject: query.subject ?? null }
      const { tasks, open } = await database.tenant(tenant.id, async (tx) => ({
        tasks: await listTasks(tx, tenant.id, filter, { limit: limit + 1, after }),
        open: await countOpenTasks(tx, tenant.id),
      }))
      const shown = tasks.slice(0, limit)
      const last = tasks.length > limit ? shown.at(-1) : undefined
      const next_cursor = last === undefined ? null : cursorText([last.raisedAt, last.id])
      return { status: 200, body: { data: shown.map(toWire), next_cursor, open: Object.fromEntries(open) } } as const
    },
  })
}

function oneRoute({ database }: NoticesDesk): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/tenants/:tenant_id/tasks/:task_id',
    scope: 'tasks:read',
    summary: 'Show a task',
    tags: TAGS,
    answers: { 200: wireTask },
    async handler({ tenant, params }) {
      const task = await database.tenant(tenant.id, (tx) => getTask(tx, tenant.id, params.task_id))
      return { status: 200, body: toWire(task) } as const
    },
  })
}

function settleRoute({ database }: NoticesDesk): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/v1/tenants/:tenant_id/tasks/:task_id/settle',
    scope: 'tasks:write',
    summary: 'Say that a task is done',
    description: 'For what was mended elsewhere. A decision about an order is made at the order.',
    tags: TAGS,
    body: z.strictObject({ note: z.string().trim().max(1_000).nullish() }),
    answers: { 200: wireTask },
    async handler({ tenant, params, body, caller, now }) {
      return database.tenant(tenant.id, async (tx) => {
        const { key, state, id } = await getTask(tx, tenant.id, params.task_id)
        const settlement = { how: 'by_hand', by: caller.actor, now, note: body.note ?? null }
        if (state !== 'open' || !(await settleTask(tx, tenant.id, key, settlement)))
          throw fault('conflict', 'task.settled')
        return { status: 200, body: toWire(await getTask(tx, tenant.id, id)) } as const
      })
    },
  })
}

function assignRoute({ database, peopleOf }: NoticesDesk): Route {
  return defineRoute({
    method: 'PUT',
    path: '/api/v1/tenants/:tenant_id/tasks/:task_id/assignee',
    scope: 'tasks:write',
    summary: 'Give a task to a member, or to nobody',
    tags: TAGS,
    body: z.strictObject({ person_id: z.string().nullable() }),
    answers: { 200: wireTask },
    async handler({ tenant, params, body }) {
      const { person_id: wanted } = body
      const people = wanted === null ? [] : await peopleOf(tenant.id)
      const person = people.find(({ id }) => id === wanted)
      if (wanted !== null && person === undefined) throw fault('invalid', 'task.assignee')
      return database.tenant(tenant.id, async (tx) => {
        const { id } = await getTask(tx, tenant.id, params.task_id)
        if (!(await assignTask(tx, tenant.id, id, person?.id ?? null))) throw fault('conflict', 'task.settled')
        return { status: 200, body: toWire(await getTask(tx, tenant.id, id)) } as const
      })
    },
  })
}

async function getTask(tx: Tx, tenantId: TenantId, id: string): Promise<Task> {
  const task = isId(id) ? await findTask(tx, tenantId, id) : null
  if (task === null) throw fault('missing', 'task.missing')
  return task
}

function fault(kind: 'missing' | 'conflict' | 'invalid', code: NoticeFaultCode): Fault {
  return new Fault(kind, code, { say: NOTICE_FAULTS[code] })
}

function toWire(task: Task): z.output<typeof wireTask> {
  const time = (at: Task['settledAt']) => (at === null ? null : instantText(at))
  const { id, kind, title, say, subject, link, data, state, times, note } = task
  return {
    ...{ id, kind, title, say, subject, link, data, state, times },
    raised_at: instantText(task.raisedAt),
    raised_again_at: time(task.raisedAgainAt),
    assigned_to: task.assignedTo,
    settled_at: time(task.settledAt),
    settled_by: task.settledBy,
    settled_how: task.settledHow,
    note,
  }
}
