import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { History } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatMoment, formatNumber, formatShare } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Import } from '../../app/wire.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { DropZone } from './drop-zone.tsx'
import { importsQuery } from './queries.ts'

const TONES: Readonly<Record<Import['state'], Tone>> = {
  receiving: 'info',
  detected: 'warn',
  queued: 'info',
  running: 'info',
  done: 'good',
  failed: 'bad',
}

export function StateBadge(props: { run: Import }): ReactNode {
  const { run } = props
  return (
    <Badge tone={TONES[run.state]}>
      {texts.imports.states[run.state]}
      {run.state === 'running' ? ` ${formatShare(run.progress)}` : ''}
    </Badge>
  )
}

export function Imports(): ReactNode {
  const { api } = useSession()
  const imports = useQuery(importsQuery(api))
  return (
    <>
      <title>{texts.title(texts.imports.title)}</title>
      <header className="mb-5">
        <h1 className="text-xl font-semibold tracking-tight">{texts.imports.title}</h1>
        <p className="text-sm text-muted">{texts.imports.intro}</p>
      </header>
      <DropZone />
      <div className="mt-4">
        {imports.isError ? (
          <ProblemNotice
            title={texts.imports.failedTitle}
            error={imports.error}
            onRetry={() => imports.refetch()}
            compact={imports.data !== undefined}
          />
        ) : null}
        {imports.isPending && !imports.isError ? <SkeletonLines lines={4} label={texts.loading} /> : null}
        {imports.data === undefined ? null : <Earlier runs={imports.data} />}
      </div>
    </>
  )
}

function Earlier(props: { runs: readonly Import[] }): ReactNode {
  const { tenant } = useSession()
  if (props.runs.length === 0) {
    return (
      <Empty
        icon={<History className="size-6" aria-hidden="true" />}
        title={texts.imports.emptyTitle}
        say={texts.imports.emptySay}
      />
    )
  }
  return (
    <Card title={texts.imports.history} bodyClassName="pt-1 pb-2">
      <Table
        label={texts.imports.history}
        inset
        rows={props.runs}
        rowKey={(run) => run.id}
        columns={[
          {
            key: 'file',
            head: texts.imports.file,
            className: 'w-full max-w-0',
            cell: (run) => (
              <Link
                to="/imports/$importId"
                params={{ importId: run.id }}
                aria-label={texts.imports.open(run.file_name)}
                className="block truncate rounded-sm font-medium hover:underline"
              >
                {run.file_name}
              </Link>
            ),
          },
          { key: 'state', head: texts.imports.state, cell: (run) => <StateBadge run={run} /> },
          {
            key: 'sales',
            head: texts.imports.result.sales_created,
            align: 'end',
            cell: (run) => formatNumber(run.sales_created),
          },
          {
            key: 'rows',
            head: texts.imports.rowsRead,
            align: 'end',
            shown: 'wide',
            cell: (run) => formatNumber(run.rows_read),
          },
          {
            key: 'rejected',
            head: texts.imports.result.rows_rejected,
            align: 'end',
            shown: 'wide',
            cell: (run) => formatNumber(run.rows_rejected),
          },
          {
            key: 'when',
            head: texts.imports.when,
            align: 'end',
            shown: 'wide',
            cell: (run) => formatMoment(run.created_at, tenant.time_zone),
          },
        ]}
      />
    </Card>
  )
}
