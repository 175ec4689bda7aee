import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft, ArrowRight, CircleCheckBig } from 'lucide-react'
import type { ReactNode } from 'react'
import { useActorName } from '../../app/actors.ts'
import { Problem } from '../../app/api.ts'
import { PathLink } from '../../app/path-link.tsx'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useMay } from '../../app/scopes.ts'
import { useSession } from '../../app/session.tsx'
import { decidedAt } from '../../app/tasks.ts'
import { texts, wordFor } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { Task } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { buttonClasses } from '../../ui/button.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Assignee } from './assignee.tsx'
import { taskQuery } from './queries.ts'
import { SettleButton } from './settle.tsx'

export function TaskPage(): ReactNode {
  const { taskId = '' } = useParams({ strict: false })
  const { api } = useSession()
  const task = useQuery(taskQuery(api, taskId))
  const missing = task.error instanceof Problem && task.error.status === 404
  const words = texts.tasks.one
  return (
    <>
      <Link to="/tasks" className="mb-3 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink">
        <ArrowLeft className="size-4" aria-hidden="true" />
        {words.back}
      </Link>
      {missing ? (
        <Empty
          icon={<CircleCheckBig className="size-6" aria-hidden="true" />}
          title={words.missingTitle}
          say={words.missingSay}
        />
      ) : task.isError ? (
        <div className="mb-4">
          <ProblemNotice title={texts.tasks.failedTitle} error={task.error} onRetry={() => task.refetch()} compact />
        </div>
      ) : null}
      {task.isPending && !task.isError ? <SkeletonLines lines={6} label={texts.loading} /> : null}
      {task.data === undefined || missing ? null : <Detail task={task.data} />}
    </>
  )
}

function Detail(props: { task: Task }): ReactNode {
  const { task } = props
  const may = useMay('tasks:write')
  const words = texts.tasks.one
  const isOpen = task.state === 'open'
  const where = decidedAt(task)
  return (
    <article className="max-w-4xl">
      <title>{texts.title(task.title)}</title>
      <header className="mb-4">
        <div className="mb-1 flex flex-wrap gap-1.5">
          <Badge tone={isOpen ? 'warn' : 'plain'}>
            {isOpen ? texts.tasks.states.open : texts.tasks.states.settled}
          </Badge>
          <Badge>{wordFor(texts.tasks.kinds, task.kind)}</Badge>
        </div>
        <h1 className="text-xl font-semibold tracking-tight text-pretty">{task.title}</h1>
      </header>
      <div className="flex flex-col gap-4">
        <Card title={words.what}>
          <p className="max-w-prose text-pretty">{task.say}</p>
          <Known task={task} />
          <div className="mt-4 flex flex-wrap gap-2">
            {where === null ? null : (
              <PathLink to={where} className={buttonClasses(isOpen ? 'primary' : 'plain')}>
                {words.decide[placeOf(where)]}
                <ArrowRight className="size-4" aria-hidden="true" />
              </PathLink>
            )}
            {may && isOpen ? <SettleButton task={task} /> : null}
          </div>
        </Card>
        <TaskFacts task={task} mayAssign={may && isOpen} />
      </div>
    </article>
  )
}

function placeOf(path: string): 'order' | 'mapping' | 'connection' | 'other' {
  if (path.startsWith('/orders/')) return 'order'
  if (path.startsWith('/mapping')) return 'mapping'
  return path.startsWith('/connections/') ? 'connection' : 'other'
}

/** What the machine wrote down with the task, as far as it has a meaning to a person. */
function Known(props: { task: Task }): ReactNode {
  const { kind, data } = props.task
  const words = texts.tasks.one
  const problems = Array.isArray(data.problems) ? data.problems.flatMap(sayOf) : []
  const candidates = Array.isArray(data.candidates) ? data.candidates.length : null
  if (problems.length === 0 && (kind !== 'push.undecided' || candidates === null)) return null
  return (
    <section aria-label={words.seen} className="mt-3 rounded-md bg-sunken px-4 py-3 text-sm">
      {candidates === null ? null : <p>{words.candidates(candidates)}</p>}
      <ul className="list-disc pl-4">
        {problems.map((say) => (
          <li key={say}>{say}</li>
        ))}
      </ul>
    </section>
  )
}

function sayOf(problem: unknown): string[] {
  const say = typeof problem === 'object' && problem !== null && 'say' in problem ? problem.say : null
  return typeof say === 'string' ? [say] : []
}

function TaskFacts(props: { task: Task; mayAssign: boolean }): ReactNode {
  const { task } = props
  const { tenant } = useSession()
  const nameOf = useActorName()
  const words = texts.tasks.one
  const zone = tenant.time_zone
  return (
    <Card title={words.facts} say={texts.time.zone(zone)}>
      <Facts
        className="sm:grid-cols-3"
        rows={[
          { label: words.raised, value: <When at={task.raised_at} zone={zone} /> },
          ...(task.times > 1
            ? [
                { label: words.again, value: <When at={task.raised_again_at} zone={zone} /> },
                { label: words.times, value: String(task.times) },
              ]
            : []),
          {
            label: words.assignee,
            value: task.assigned_to === null ? words.nobody : nameOf(`person:${task.assigned_to}`),
          },
          ...(task.settled_at === null
            ? []
            : [
                { label: words.settled, value: <When at={task.settled_at} zone={zone} /> },
                { label: words.settledBy, value: nameOf(task.settled_by) },
                { label: words.settledHow, value: wordFor(words.hows, task.settled_how ?? texts.none) },
              ]),
          ...(task.note === null ? [] : [{ label: words.note, value: task.note }]),
        ]}
      />
      {props.mayAssign ? <Assignee key={task.assigned_to} task={task} /> : null}
    </Card>
  )
}
