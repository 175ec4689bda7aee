import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMay } from '../../app/scopes.ts'
import { useSession } from '../../app/session.tsx'
import { tasksAboutQuery } from '../../app/tasks.ts'
import { texts } from '../../app/texts.ts'

/** Shown by parts of the page that say more than the task does. */
const SAID_ELSEWHERE = new Set(['push.undecided', 'push.failed'])

/** What waits for a person about this order and is not decided on this page. */
export function OpenTasks(props: { orderId: string }): ReactNode {
  const { api } = useSession()
  const may = useMay('tasks:read')
  const tasks = useQuery({ ...tasksAboutQuery(api, `order/${props.orderId}`), enabled: may })
  const open = (tasks.data ?? []).filter(({ state, kind }) => state === 'open' && !SAID_ELSEWHERE.has(kind))
  if (open.length === 0) return null
  return (
    <section aria-label={texts.order.openTasks} className="flex flex-col gap-2">
      {open.map((task) => (
        <div key={task.id} className="flex items-start gap-3 rounded-lg bg-warn-soft px-5 py-3">
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden="true" />
          <div className="min-w-0">
            <Link
              to="/tasks/$taskId"
              params={{ taskId: task.id }}
              className="rounded-sm font-semibold text-warn hover:underline"
            >
              {task.title}
            </Link>
            <p className="text-sm text-pretty">{task.say}</p>
          </div>
        </div>
      ))}
    </section>
  )
}
