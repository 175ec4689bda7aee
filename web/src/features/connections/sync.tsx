import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft, FileQuestion } from 'lucide-react'
import type { ReactNode } from 'react'
import { Problem } from '../../app/api.ts'
import { useConnectionZone } from '../../app/connections.ts'
import { formatNumber } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { SYNC_TONES, SyncProgress } from '../../app/sync-progress.tsx'
import { texts } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { SyncDetail } from '../../app/wire.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { Empty, Failed, SkeletonLines } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { syncQuery } from './queries.ts'
import { StopButton } from './running-syncs.tsx'

type Window = SyncDetail['windows'][number]
const WINDOW_TONES: Readonly<Record<Window['state'], Tone>> = { open: 'info', done: 'good', failed: 'bad' }

/** One sync: what it found, and the time that it read, piece by piece. */
export function SyncPage(): ReactNode {
  const { connectionId = '', syncId = '' } = useParams({ strict: false })
  const { api } = useSession()
  const sync = useQuery(syncQuery(api, connectionId, syncId))
  const missing = sync.error instanceof Problem && sync.error.status === 404
  const words = texts.connections.syncs
  return (
    <>
      <Link
        to="/connections/$connectionId"
        params={{ connectionId }}
        search={{ tab: 'syncs' }}
        className="mb-3 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
      >
        <ArrowLeft className="size-4" aria-hidden="true" />
        {words.back}
      </Link>
      {missing ? (
        <Empty icon={<FileQuestion className="size-6" aria-hidden="true" />} title={words.missingTitle} />
      ) : sync.isError ? (
        <ProblemNotice title={words.failedTitle} error={sync.error} onRetry={() => sync.refetch()} compact />
      ) : null}
      {sync.isPending && !sync.isError ? <SkeletonLines lines={10} label={texts.loading} /> : null}
      {sync.data === undefined || missing ? null : <Detail connectionId={connectionId} detail={sync.data} />}
    </>
  )
}

function Detail(props: { connectionId: string; detail: SyncDetail }): ReactNode {
  const { connectionId, detail } = props
  const { sync } = detail
  const zone = useConnectionZone(connectionId)
  const words = texts.connections.syncs
  const title = words.one(words.modes[sync.mode])
  const moving = sync.finished_at === null
  return (
    <article className="flex flex-col gap-4">
      <title>{texts.title(title)}</title>
      <h1 className="flex flex-wrap items-center gap-2 text-xl font-semibold tracking-tight">
        {title}
        <Badge tone={SYNC_TONES[sync.state]}>{words.states[sync.state]}</Badge>
      </h1>
      {sync.error === null || moving ? null : (
        <Failed
          title={words.states[sync.state]}
          say={sync.error.detail}
          code={texts.errors.code(sync.error.code)}
          compact
        />
      )}
      {moving ? (
        <Card title={words.now}>
          <SyncProgress sync={sync} zone={zone} actions={<StopButton connectionId={connectionId} sync={sync} />} />
        </Card>
      ) : null}
      <Counts sync={sync} zone={zone} />
      <Windows windows={detail.windows} zone={zone} />
    </article>
  )
}

function Counts(props: { sync: SyncDetail['sync']; zone: string }): ReactNode {
  const { sync, zone } = props
  const words = texts.connections.syncs
  const names = Object.keys(words.count) as (keyof typeof words.count)[]
  // What is nought is not said, but for the first, which everybody looks for.
  const counted = names.filter((name) => name === 'created' || sync.counts[name] > 0)
  return (
    <Card title={words.counts} say={texts.time.zone(zone)}>
      <Facts
        className="grid-cols-2 sm:grid-cols-3 xl:grid-cols-4"
        rows={[
          ...counted.map((name) => ({ label: words.count[name], value: formatNumber(sync.counts[name]) })),
          { label: words.calls, value: formatNumber(sync.calls) },
          { label: words.pages, value: formatNumber(sync.pages) },
          { label: words.records, value: formatNumber(sync.records) },
          ...(sync.throttled > 0 ? [{ label: words.throttled, value: formatNumber(sync.throttled) }] : []),
          { label: words.when, value: <When at={sync.created_at} zone={zone} /> },
          { label: words.to, value: <When at={sync.to} zone={zone} /> },
          ...(sync.finished_at === null
            ? []
            : [{ label: words.states.done, value: <When at={sync.finished_at} zone={zone} /> }]),
        ]}
      />
    </Card>
  )
}

function Windows(props: { windows: readonly Window[]; zone: string }): ReactNode {
  const { windows, zone } = props
  const words = texts.connections.syncs
  return (
    <Card title={words.windowsTitle} say={words.windowsSay} bodyClassName="pt-1 pb-2">
      {windows.length === 0 ? <p className="px-5 py-3 text-muted">{words.noWindows}</p> : null}
      {windows.length === 0 ? null : (
        <Table
          label={words.windowsTitle}
          inset
          dense
          rows={windows}
          rowKey={(row) => String(row.no)}
          columns={[
            { key: 'stream', head: words.stream, cell: (row) => row.stream },
            {
              key: 'period',
              head: words.period,
              cell: (row) =>
                row.by === 'whole' ? (
                  words.whole
                ) : (
                  <>
                    <When at={row.from} zone={zone} /> – <When at={row.to} zone={zone} />
                    <span className="block text-xs text-muted">{words.by[row.by]}</span>
                  </>
                ),
            },
            {
              key: 'state',
              head: words.state,
              cell: (row) => (
                <>
                  <Badge tone={WINDOW_TONES[row.state]}>{words.windowStates[row.state]}</Badge>
                  {row.error === null ? null : (
                    <span className="mt-0.5 block max-w-80 text-xs text-pretty text-muted">
                      {row.error.detail} <code>{row.error.code}</code>
                    </span>
                  )}
                </>
              ),
            },
            { key: 'pages', head: words.pages, align: 'end', shown: 'wide', cell: (row) => formatNumber(row.pages) },
            { key: 'records', head: words.records, align: 'end', cell: (row) => formatNumber(row.records) },
          ]}
        />
      )}
    </Card>
  )
}
