import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { TenantApi } from '../../app/api.ts'
import { TASK_EVENTS, type TaskPage } from '../../app/tasks.ts'
import type { Task } from '../../app/wire.ts'
import type { TasksSearch } from './search.ts'

export function tasksQuery(api: TenantApi, { state = 'open', kind }: Omit<TasksSearch, 'state'> & { state?: string }) {
  return infiniteQueryOptions({
    queryKey: [api.tenantId, 'tasks', 'list', state, kind ?? null],
    queryFn: ({ signal, pageParam }) =>
      api.get<TaskPage>(api.path('tasks'), { signal, query: { state, kind, limit: 50, cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    meta: { follows: TASK_EVENTS },
  })
}

export function taskQuery(api: TenantApi, id: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'tasks', 'one', id],
    queryFn: ({ signal }) => api.get<Task>(api.path(`tasks/${encodeURIComponent(id)}`), { signal }),
    meta: { follows: TASK_EVENTS },
  })
}
