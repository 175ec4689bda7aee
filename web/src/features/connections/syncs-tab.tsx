import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatDuration, formatMoment, formatNumber } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { SYNC_TONES, syncFound } from '../../app/sync-progress.tsx'
import { texts } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { Connection, Sync } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { syncsQuery } from './queries.ts'
import { RunningSyncs } from './running-syncs.tsx'
import type { Standing } from './use-health.ts'

export function SyncsTab(props: { connection: Connection; standing: Standing }): ReactNode {
  const { connection, standing } = props
  const { sync, zone } = standing
  const words = texts.connections.syncs
  const next = sync?.next
  return (
    <div className="flex flex-col gap-4">
      <Card title={words.now}>
        {sync === undefined ? <SkeletonLines lines={2} label={texts.loading} /> : null}
        {sync?.current.length === 0 ? <p className="text-muted">{words.nothing}</p> : null}
        {sync === undefined ? null : <RunningSyncs connection={connection} syncs={sync.current} zone={zone} />}
        {next == null ? null : (
          <div className="mt-4 border-t border-line pt-3">
            <p className="mb-2 text-xs font-medium text-muted">{texts.connections.coverage.next}</p>
            <Facts
              className="sm:grid-cols-4"
              rows={[
                { label: texts.connections.coverage.nextNews, value: <When at={next.news} zone={zone} /> },
                { label: texts.connections.coverage.nextCatalog, value: <When at={next.catalog} zone={zone} /> },
                { label: texts.connections.coverage.nextNightly, value: <When at={next.nightly} zone={zone} /> },
                ...(next.past === null
                  ? []
                  : [{ label: texts.connections.coverage.nextPast, value: <When at={next.past} zone={zone} /> }]),
              ]}
            />
          </div>
        )}
      </Card>
      <History connection={connection} zone={zone} />
    </div>
  )
}

function History(props: { connection: Connection; zone: string }): ReactNode {
  const { connection, zone } = props
  const { api } = useSession()
  const syncs = useInfiniteQuery(syncsQuery(api, connection.id))
  const words = texts.connections.syncs
  const rows = syncs.data?.pages.flatMap((page) => page.data) ?? []
  return (
    <Card title={words.history} say={words.historySay} bodyClassName="pt-1 pb-2">
      {syncs.isError ? (
        <div className="px-5 py-2">
          <ProblemNotice title={words.failedTitle} error={syncs.error} onRetry={() => syncs.refetch()} compact />
        </div>
      ) : null}
      {syncs.isPending && !syncs.isError ? (
        <div className="px-5 pb-3">
          <SkeletonLines lines={4} label={texts.loading} />
        </div>
      ) : null}
      {syncs.data !== undefined && rows.length === 0 ? <p className="px-5 py-3 text-muted">{words.none}</p> : null}
      {rows.length === 0 ? null : (
        <Table
          label={words.history}
          inset
          rows={rows}
          rowKey={(sync) => sync.id}
          columns={[
            {
              key: 'what',
              head: words.what,
              cell: (sync) => (
                <Link
                  to="/connections/$connectionId/syncs/$syncId"
                  params={{ connectionId: connection.id, syncId: sync.id }}
                  aria-label={words.open(words.modes[sync.mode], formatMoment(sync.created_at, zone))}
                  className="rounded-sm font-medium hover:underline"
                >
                  {words.modes[sync.mode]}
                </Link>
              ),
            },
            {
              key: 'state',
              head: words.state,
              cell: (sync) => (
                <>
                  <Badge tone={SYNC_TONES[sync.state]}>{words.states[sync.state]}</Badge>
                  {sync.error === null ? null : (
                    <span className="mt-0.5 block max-w-72 text-xs text-pretty text-muted">{sync.error.detail}</span>
                  )}
                </>
              ),
            },
            { key: 'when', head: words.when, cell: (sync) => <When at={sync.created_at} zone={zone} /> },
            { key: 'found', head: words.found, shown: 'wide', cell: (sync) => syncFound(sync) },
            { key: 'calls', head: words.calls, align: 'end', shown: 'wide', cell: (sync) => formatNumber(sync.calls) },
            { key: 'took', head: words.took, align: 'end', shown: 'wide', cell: tookOf },
          ]}
        />
      )}
      {syncs.hasNextPage ? (
        <div className="flex justify-center py-3">
          <Button size="sm" onClick={() => syncs.fetchNextPage()} busy={syncs.isFetchingNextPage}>
            {words.more}
          </Button>
        </div>
      ) : null}
    </Card>
  )
}

function tookOf(sync: Sync): string {
  if (sync.started_at === null || sync.finished_at === null) return texts.none
  const ms = Date.parse(sync.finished_at) - Date.parse(sync.started_at)
  return ms < 10_000 ? texts.time.milliseconds(ms) : formatDuration(ms / 1000)
}
