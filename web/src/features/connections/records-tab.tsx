import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { connectionPath, useMayConnect } from '../../app/connections.ts'
import { formatNumber } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { Connection, RecordTroubles } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { toast } from '../../ui/toast.tsx'
import { FactRow } from './fact-row.tsx'
import { troublesQuery } from './queries.ts'

/** What could not be read, and what looks otherwise than this version knows it. */
export function RecordsTab(props: { connection: Connection; zone: string }): ReactNode {
  const { connection, zone } = props
  const { api } = useSession()
  const troubles = useQuery(troublesQuery(api, connection.id))
  const words = texts.connections.records
  if (troubles.isPending && !troubles.isError) return <SkeletonLines lines={6} label={texts.loading} />
  return (
    <div className="flex flex-col gap-4">
      {troubles.isError ? (
        <ProblemNotice title={words.failedTitle} error={troubles.error} onRetry={() => troubles.refetch()} compact />
      ) : null}
      {troubles.data === undefined ? null : (
        <>
          <Card title={words.title} say={words.say} bodyClassName="px-5 pb-5">
            <FactRow
              facts={(['filed', 'quarantined', 'unplaced'] as const).map((name) => ({
                label: words[name],
                value: formatNumber(troubles.data.counts[name]),
              }))}
            />
          </Card>
          <Quarantine connection={connection} troubles={troubles.data} zone={zone} />
          <Drift troubles={troubles.data} zone={zone} />
        </>
      )}
    </div>
  )
}

function Quarantine(props: { connection: Connection; troubles: RecordTroubles; zone: string }): ReactNode {
  const { connection, troubles, zone } = props
  const { api } = useSession()
  const client = useQueryClient()
  const mayConnect = useMayConnect()
  const words = texts.connections.records
  const rereading = useMutation({
    mutationFn: () => api.post<{ quarantined: number }>(connectionPath(api, connection.id, '/records/reread')),
    async onSuccess({ quarantined }) {
      await client.invalidateQueries({ queryKey: troublesQuery(api, connection.id).queryKey })
      toast(words.rereadDone(quarantined), quarantined === 0 ? 'good' : 'bad')
    },
  })
  const some = troubles.quarantined.length > 0
  return (
    <Card
      title={words.quarantine}
      say={words.quarantineSay}
      bodyClassName="pt-2 pb-3"
      actions={
        some && mayConnect && connection.state !== 'disconnected' ? (
          <Button size="sm" onClick={() => rereading.mutate()} busy={rereading.isPending}>
            {words.reread}
          </Button>
        ) : undefined
      }
    >
      {rereading.isError ? (
        <div className="px-5 pb-2">
          <ProblemNotice title={words.notReread} error={rereading.error} compact />
        </div>
      ) : null}
      {some ? (
        <Table
          label={words.quarantine}
          inset
          rows={troubles.quarantined}
          rowKey={(row) => row.fact}
          columns={[
            { key: 'fact', head: words.fact, cell: (row) => <code className="text-xs break-all">{row.fact}</code> },
            {
              key: 'why',
              head: words.why,
              cell: (row) => (
                <>
                  {row.say}
                  <code className="block text-xs text-muted">{row.code}</code>
                </>
              ),
            },
            { key: 'at', head: words.readAt, shown: 'wide', cell: (row) => <When at={row.read_at} zone={zone} /> },
          ]}
        />
      ) : (
        <p className="px-5 pb-2 text-muted">{words.noQuarantine}</p>
      )}
    </Card>
  )
}

function Drift(props: { troubles: RecordTroubles; zone: string }): ReactNode {
  const { drift } = props.troubles
  const words = texts.connections.records
  return (
    <Card title={words.drift} say={words.driftSay} bodyClassName="pt-2 pb-3">
      {drift.length === 0 ? (
        <p className="px-5 pb-2 text-muted">{words.noDrift}</p>
      ) : (
        <Table
          label={words.drift}
          inset
          rows={drift}
          rowKey={(row) => `${row.what} ${row.path} ${row.value ?? ''}`}
          columns={[
            {
              key: 'where',
              head: words.where,
              cell: (row) => (
                <>
                  <code className="text-xs break-all">{row.path}</code>
                  {row.value === null ? null : <code className="block text-xs text-muted">{row.value}</code>}
                </>
              ),
            },
            {
              key: 'what',
              head: words.what,
              cell: (row) => <Badge tone={row.what === 'wrong_type' ? 'bad' : 'info'}>{words.whats[row.what]}</Badge>,
            },
            { key: 'seen', head: words.seen, align: 'end', cell: (row) => words.times(row.readings) },
            {
              key: 'last',
              head: words.last,
              align: 'end',
              shown: 'wide',
              cell: (row) => <When at={row.last_at} zone={props.zone} />,
            },
          ]}
        />
      )}
    </Card>
  )
}
