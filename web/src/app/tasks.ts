import { queryOptions, useQuery } from '@tanstack/react-query'
import type { TenantApi } from './api.ts'
import type { EventType } from './live.ts'
import { useMay } from './scopes.ts'
import { useSession } from './session.tsx'
import type { Page, Task } from './wire.ts'

// What the shell and several screens ask of tasks.

export const TASK_EVENTS: readonly EventType[] = ['task.raised', 'task.settled']

export type TaskPage = Page<Task> & { readonly open: Readonly<Record<string, number>> }

/** How many are open, by kind. */
export function openTasksQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'tasks', 'open'],
    queryFn: ({ signal }) => api.get<TaskPage>(api.path('tasks'), { signal, query: { limit: 1 } }),
    select: (page) => page.open,
    meta: { follows: TASK_EVENTS },
  })
}

export function useOpenTasks(): number {
  const { api } = useSession()
  const may = useMay('tasks:read')
  const open = useQuery({ ...openTasksQuery(api), enabled: may }).data ?? {}
  return Object.values(open).reduce((sum, count) => sum + count, 0)
}

/** The open tasks of one order or connection: `order/<id>`. */
export function tasksAboutQuery(api: TenantApi, subject: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'tasks', 'about', subject],
    queryFn: ({ signal }) => api.get<TaskPage>(api.path('tasks'), { signal, query: { subject } }),
    select: (page) => page.data,
    meta: { follows: TASK_EVENTS },
  })
}

const STATE_OF_MAPPING: Readonly<Record<string, string>> = {
  'matching.unmapped': 'open',
  'matching.removed': 'broken',
  'matching.repriced': 'repriced',
}

/** Where a task is decided: a path of the dashboard. */
export function decidedAt({
  kind,
  link,
  subject,
  data,
}: Pick<Task, 'kind' | 'link' | 'subject' | 'data'>): string | null {
  if (link !== null) return link
  const [noun, id = ''] = subject.split('/')
  if (kind.startsWith('matching.') && typeof data.channel === 'string') {
    const search = new URLSearchParams({ connection: id, channel: data.channel })
    const state = STATE_OF_MAPPING[kind]
    if (state !== undefined) search.set('show', state)
    return `/mapping?${search}`
  }
  if (noun === 'order') return `/orders/${id}`
  return noun === 'connection' ? `/connections/${id}` : null
}
