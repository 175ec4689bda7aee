import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { BellRing, CircleCheckBig } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useActorName } from '../../app/actors.ts'
import { useArrived } from '../../app/arrived.ts'
import { formatAgo } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { useNow } from '../../app/sites.ts'
import { texts, wordFor } from '../../app/texts.ts'
import type { Task } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { buttonClasses } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { Segments, SelectField } from '../../ui/field.tsx'
import { More } from '../../ui/more.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { tasksQuery } from './queries.ts'
import { readTasksSearch, type TasksSearch } from './search.ts'

export function Tasks(): ReactNode {
  const search = readTasksSearch(useSearch({ strict: false }))
  const { api } = useSession()
  const tasks = useInfiniteQuery(tasksQuery(api, search))
  const rows = useMemo(() => tasks.data?.pages.flatMap((page) => page.data) ?? [], [tasks.data])
  const open = tasks.data?.pages.at(-1)?.open ?? {}
  return (
    <>
      <title>{texts.title(texts.tasks.title)}</title>
      <header className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{texts.tasks.title}</h1>
          <p className="max-w-prose text-sm text-pretty text-muted">{texts.tasks.intro}</p>
        </div>
        <Link to="/settings/notices" className={buttonClasses('plain')}>
          <BellRing className="size-4 text-muted" aria-hidden="true" />
          {texts.tasks.waysLink}
        </Link>
      </header>
      <Choice search={search} open={open} />
      {tasks.isError ? (
        <div className="mb-4">
          <ProblemNotice
            title={texts.tasks.failedTitle}
            error={tasks.error}
            onRetry={() => tasks.refetch()}
            compact={rows.length > 0}
          />
        </div>
      ) : null}
      {tasks.isPending && !tasks.isError ? (
        <div className="rounded-lg border border-line bg-surface p-5">
          <SkeletonLines lines={6} label={texts.loading} />
        </div>
      ) : rows.length > 0 ? (
        <div
          aria-busy={tasks.isPlaceholderData}
          className={classes('transition-opacity', tasks.isPlaceholderData && 'opacity-50')}
        >
          <List rows={rows} scope={JSON.stringify(search)} settled={!tasks.isPlaceholderData} />
          <More
            more={tasks.hasNextPage}
            label={texts.tasks.next}
            end={texts.tasks.end}
            busy={tasks.isFetchingNextPage}
            onMore={() => {
              if (!tasks.isFetching) tasks.fetchNextPage()
            }}
          />
        </div>
      ) : tasks.isError ? null : (
        <NoTasks search={search} />
      )}
    </>
  )
}

function Choice(props: { search: TasksSearch; open: Readonly<Record<string, number>> }): ReactNode {
  const { search, open } = props
  const navigate = useNavigate()
  const go = (change: { state?: string; kind?: string }): void => {
    navigate({ to: '/tasks', search: readTasksSearch({ ...search, ...change }), replace: true, resetScroll: false })
  }
  const kinds = new Set([...Object.keys(texts.tasks.kinds), ...Object.keys(open)])
  const nameOf = (kind: string): string => {
    const name = wordFor(texts.tasks.kinds, kind)
    return open[kind] === undefined ? name : `${name} (${open[kind]})`
  }
  return (
    <search className="mb-4 flex flex-wrap items-center gap-2">
      <Segments
        label={texts.tasks.state}
        value={search.state ?? 'open'}
        onChange={(state) => go({ state })}
        choices={(['open', 'settled', 'all'] as const).map((value) => ({ value, label: texts.tasks.states[value] }))}
      />
      <SelectField
        label={texts.tasks.kind}
        hideLabel
        value={search.kind ?? ''}
        onChange={(event) => go({ kind: event.target.value })}
        fieldClassName="w-60"
      >
        <option value="">{texts.tasks.anyKind}</option>
        {[...kinds].map((kind) => (
          <option key={kind} value={kind}>
            {nameOf(kind)}
          </option>
        ))}
      </SelectField>
    </search>
  )
}

function NoTasks(props: { search: TasksSearch }): ReactNode {
  const plain = props.search.state === undefined && props.search.kind === undefined
  return (
    <Empty
      icon={<CircleCheckBig className="size-6" aria-hidden="true" />}
      title={plain ? texts.tasks.emptyOpen : texts.tasks.emptyOther}
      say={plain ? texts.tasks.emptyOpenSay : texts.tasks.emptyOtherSay}
    />
  )
}

function List(props: { rows: readonly Task[]; scope: string; settled: boolean }): ReactNode {
  const arrived = useArrived(props.rows, props.scope, props.settled)
  return (
    <ul aria-label={texts.tasks.list} className="overflow-hidden rounded-lg border border-line bg-surface shadow-card">
      {props.rows.map((task) => (
        <Row key={task.id} task={task} arrived={arrived.has(task.id)} />
      ))}
    </ul>
  )
}

/** The whole row leads to the task; its link is the title, for keyboards and screen readers. */
function Row(props: { task: Task; arrived: boolean }): ReactNode {
  const { task } = props
  const now = useNow(30_000)
  const nameOf = useActorName()
  const isOpen = task.state === 'open'
  const notes = [
    formatAgo(task.raised_at, now),
    ...(task.times > 1 ? [texts.tasks.times(task.times)] : []),
    ...(task.assigned_to === null ? [] : [texts.tasks.assignedTo(nameOf(`person:${task.assigned_to}`))]),
  ]
  return (
    <li
      className={classes(
        'relative flex flex-wrap items-start gap-x-4 gap-y-1 border-b border-line px-5 py-3 transition-colors last:border-b-0',
        'hover:bg-sunken has-focus-visible:bg-sunken',
        props.arrived && 'animate-arrive',
      )}
    >
      <div className="min-w-0 flex-1 basis-80">
        <Link
          to="/tasks/$taskId"
          params={{ taskId: task.id }}
          aria-label={texts.tasks.openOne(task.title)}
          className={classes('font-medium text-pretty after:absolute after:inset-0', !isOpen && 'text-muted')}
        >
          {task.title}
        </Link>
        <p className="line-clamp-2 text-sm text-pretty text-muted">{task.say}</p>
        <p className="mt-0.5 text-xs text-faint">{notes.join(' · ')}</p>
      </div>
      <Badge tone={isOpen ? 'warn' : 'plain'}>
        {isOpen ? wordFor(texts.tasks.kinds, task.kind) : texts.tasks.states.settled}
      </Badge>
    </li>
  )
}
