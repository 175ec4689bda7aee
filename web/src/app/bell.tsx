import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Bell as BellIcon, Check } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Button, IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Popover } from '../ui/popover.tsx'
import { SkeletonLines } from '../ui/states.tsx'
import type { TenantApi } from './api.ts'
import { formatAgo } from './format.ts'
import { PathLink } from './path-link.tsx'
import { useMay } from './scopes.ts'
import { useSession } from './session.tsx'
import { useNow } from './sites.ts'
import { texts } from './texts.ts'
import type { Notice, Page } from './wire.ts'

const SHOWN = 15
/** A badge says no more than that. */
const UNREAD_SHOWN_MAX = 99

type Notices = Page<Notice> & { readonly unread: number }

function noticesQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'notices'],
    queryFn: ({ signal }) => api.get<Notices>(api.path('notices'), { signal, query: { limit: SHOWN } }),
    placeholderData: keepPreviousData,
    meta: { follows: ['notice.made', 'task.settled'] },
  })
}

/** What the person was told and has not read yet: a number on a bell, and the newest of it behind. */
export function Bell(props: { align?: 'start' | 'end' }): ReactNode {
  const { api } = useSession()
  const may = useMay('notices:read')
  const [open, setOpen] = useState(false)
  const notices = useQuery({ ...noticesQuery(api), enabled: may })
  const unread = notices.data?.unread ?? 0
  if (!may) return null
  return (
    <Popover
      label={texts.notices.title}
      open={open}
      onOpenChange={setOpen}
      align={props.align ?? 'start'}
      className="w-96 p-0!"
      trigger={
        <IconButton label={texts.notices.bell(unread)} className="relative">
          <BellIcon className="size-4.5" strokeWidth={1.75} aria-hidden="true" />
          {unread === 0 ? null : (
            <span
              aria-hidden="true"
              className="num absolute -top-0.5 -right-0.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-bad px-1 text-[0.625rem] leading-none font-semibold text-surface"
            >
              {unread > UNREAD_SHOWN_MAX ? '99+' : unread}
            </span>
          )}
        </IconButton>
      }
    >
      <Panel notices={notices.data} failed={notices.isError} onLeave={() => setOpen(false)} />
    </Popover>
  )
}

function Panel(props: { notices: Notices | undefined; failed: boolean; onLeave: () => void }): ReactNode {
  const { notices, failed, onLeave } = props
  const read = useRead()
  const words = texts.notices
  return (
    <div className="flex max-h-[min(34rem,75dvh)] flex-col">
      <header className="flex items-center justify-between gap-3 border-b border-line py-2 pr-2 pl-4">
        <h2 className="font-semibold">{words.title}</h2>
        {(notices?.unread ?? 0) === 0 ? null : (
          <Button look="quiet" size="sm" onClick={() => read.mutate({ all: true })} busy={read.isPending}>
            <Check className="size-3.5" aria-hidden="true" />
            {words.markAll}
          </Button>
        )}
      </header>
      {failed && notices === undefined ? <p className="p-4 text-bad">{words.failed}</p> : null}
      {notices === undefined && !failed ? (
        <div className="p-4">
          <SkeletonLines lines={4} label={texts.loading} />
        </div>
      ) : null}
      {notices?.data.length === 0 ? <p className="px-4 py-6 text-center text-muted">{words.empty}</p> : null}
      <ul aria-label={words.title} className="min-h-0 flex-1 overflow-y-auto">
        {notices?.data.map((notice) => (
          <Row key={notice.id} notice={notice} onLeave={onLeave} onRead={() => read.mutate({ ids: [notice.id] })} />
        ))}
      </ul>
      <footer className="flex justify-between gap-3 border-t border-line px-4 py-2.5 text-xs font-medium">
        <Link to="/tasks" onClick={onLeave} className="rounded-sm text-accent hover:underline">
          {words.all}
        </Link>
        <Link to="/settings/notices" onClick={onLeave} className="rounded-sm text-accent hover:underline">
          {words.settings}
        </Link>
      </footer>
    </div>
  )
}

function Row(props: { notice: Notice; onLeave: () => void; onRead: () => void }): ReactNode {
  const { notice, onLeave, onRead } = props
  const now = useNow(30_000)
  const unread = notice.read_at === null
  const to = notice.task_id === null ? (notice.link ?? '/tasks') : `/tasks/${notice.task_id}`
  return (
    <li className="relative flex items-start gap-2 border-b border-line px-4 py-2.5 last:border-b-0 hover:bg-sunken has-focus-visible:bg-sunken">
      <span
        aria-hidden="true"
        className={classes('mt-1.5 size-2 shrink-0 rounded-full', unread ? 'bg-accent' : 'bg-transparent')}
      />
      <div className="min-w-0 flex-1">
        <PathLink
          to={to}
          onClick={() => {
            if (unread) onRead()
            onLeave()
          }}
          className={classes('block text-pretty after:absolute after:inset-0', unread && 'font-semibold')}
        >
          {unread ? <span className="sr-only">{texts.notices.isUnread}: </span> : null}
          {notice.title}
        </PathLink>
        <p className="line-clamp-2 text-xs text-muted">{notice.say}</p>
        <p className="mt-0.5 text-2xs text-faint">{formatAgo(notice.created_at, now)}</p>
      </div>
      {unread ? (
        <IconButton
          label={texts.notices.markOne(notice.title)}
          onClick={onRead}
          className="relative z-10 -mr-2 size-7!"
        >
          <Check className="size-3.5" aria-hidden="true" />
        </IconButton>
      ) : null}
    </li>
  )
}

/** Read at once on the screen; the hub is told meanwhile. */
function useRead() {
  const { api } = useSession()
  const client = useQueryClient()
  const { queryKey } = noticesQuery(api)
  return useMutation({
    mutationFn: (which: { readonly all: true } | { readonly ids: readonly string[] }) =>
      api.post(api.path('notices/read'), which),
    onMutate(which) {
      const now = new Date().toISOString()
      client.setQueryData<Notices>(queryKey, (before) => {
        if (before === undefined) return before
        const meant = (one: Notice): boolean => one.read_at === null && ('all' in which || which.ids.includes(one.id))
        const count = 'all' in which ? before.unread : before.data.filter(meant).length
        return {
          ...before,
          unread: before.unread - count,
          data: before.data.map((one) => (meant(one) ? { ...one, read_at: now } : one)),
        }
      })
    },
    onSettled: () => client.invalidateQueries({ queryKey }),
  })
}
