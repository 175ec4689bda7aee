import { z } from 'zod'
import { cursorText, readCursor } from '#kernel/cursor.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId } from '#kernel/ids.ts'
import { instant, instantText } from '#kernel/instant.ts'
import type { Caller } from '#platform/http/caller.ts'
import { defineRoute, EMPTY, type Route } from '#platform/http/route.ts'
import type { NoticesDesk } from './desk.ts'
import { NOTICE_FAULTS } from './faults.ts'
import { NOTICE_KINDS } from './kinds.ts'
import { countUnread, listNotices, markRead, type ReadableNotice } from './store-notices.ts'

// The badge in the dashboard and what stands behind it.

const TAGS = ['Notices'] as const

const wireNotice = z
  .strictObject({
    id: z.string(),
    kind: z.enum(NOTICE_KINDS),
    title: z.string(),
    say: z.string(),
    subject: z.string(),
    link: z.string().nullable().meta({ description: 'Path in the dashboard' }),
    task_id: z.string().nullable(),
    created_at: z.string(),
    read_at: z.string().nullable(),
  })
  .meta({ id: 'Notice' })

export function noticeRoutes(desk: NoticesDesk): Route[] {
  return [listRoute(desk), readRoute(desk)]
}

function listRoute({ database }: NoticesDesk): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/tenants/:tenant_id/notices',
    scope: 'notices:read',
    summary: 'What you were told, newest first',
    tags: TAGS,
    query: z.strictObject({
      unread: z.enum(['true', 'false']).default('false'),
      limit: z.coerce.number().int().min(1).max(500).default(50),
      cursor: z.string().max(300).optional(),
    }),
    answers: {
      200: z.strictObject({
        data: z.array(wireNotice),
        next_cursor: z.string().nullable(),
        unread: z.int().meta({ description: 'Counted up to 100' }),
      }),
    },
    async handler({ tenant, caller, query }) {
      const personId = personOf(caller)
      const { limit, cursor } = query
      const [at, id] = cursor === undefined ? [] : readCursor(cursor, 2)
      const after = at === undefined ? null : { at: instant(Number(at)), id: String(id) as Id }
      const page = { unread: query.unread === 'true', limit: limit + 1, after }
      const { notices, unread } = await database.tenant(tenant.id, async (tx) => ({
        notices: await listNotices(tx, tenant.id, personId, page),
        unread: await countUnread(tx, tenant.id, personId),
      }))
      const shown = notices.slice(0, limit)
      const last = notices.length > limit ? shown.at(-1) : undefined
      const next_cursor = last === undefined ? null : cursorText([last.createdAt, last.id])
      return { status: 200, body: { data: shown.map(toWire), next_cursor, unread } } as const
    },
  })
}

function readRoute({ database }: NoticesDesk): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/v1/tenants/:tenant_id/notices/read',
    scope: 'notices:read',
    summary: 'Say that you have read notices',
    description: 'Those that are named, or with `all` every one there is.',
    tags: TAGS,
    body: z.union([
      z.strictObject({ ids: z.array(z.string().refine(isId, 'not an id')).min(1).max(500) }),
      z.strictObject({ all: z.literal(true) }),
    ]),
    answers: { 204: EMPTY },
    async handler({ tenant, caller, body, now }) {
      const which = 'ids' in body ? (body.ids as Id[]) : 'all'
      await database.tenant(tenant.id, (tx) => markRead(tx, tenant.id, personOf(caller), which, now))
      return { status: 204 } as const
    },
  })
}

/** Throws `notice.person-needed`. */
export function personOf(caller: Caller): Id {
  if (caller.kind === 'person') return caller.id
  throw new Fault('denied', 'notice.person-needed', { say: NOTICE_FAULTS['notice.person-needed'] })
}

function toWire(notice: ReadableNotice): z.output<typeof wireNotice> {
  const { id, kind, title, say, subject, link, taskId, createdAt, readAt } = notice
  return {
    ...{ id, kind, title, say, subject, link },
    task_id: taskId,
    created_at: instantText(createdAt),
    read_at: readAt === null ? null : instantText(readAt),
  }
}
