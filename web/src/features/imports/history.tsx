import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { History } from 'lucide-react'
import type { ReactNode } from 'react'
import { useActorName } from '../../app/actors.ts'
import { formatMoment, formatNumber } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Import } from '../../app/wire.ts'
import { Button, buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { importsQuery } from './queries.ts'
import { IMPORT_STATES, type ImportsSearch } from './search.ts'
import { StateBadge } from './state-badge.tsx'

/** Every import there was, newest first; one state of them where the address says so. */
export function HistoryList(props: { search: ImportsSearch }): ReactNode {
  const { search } = props
  const { api } = useSession()
  const navigate = useNavigate()
  const words = texts.imports.history
  const imports = useInfiniteQuery(importsQuery(api, search))
  const runs = imports.data?.pages.flatMap((page) => page.data)
  const filtered = search.state !== undefined
  if (runs?.length === 0 && !filtered) {
    return (
      <Empty icon={<History className="size-6" aria-hidden="true" />} title={words.emptyTitle} say={words.emptySay} />
    )
  }
  return (
    <Card
      title={words.title}
      bodyClassName="pt-1 pb-2"
      actions={
        <SelectField
          label={words.filter}
          hideLabel
          value={search.state ?? ''}
          onChange={(event) => {
            const state = IMPORT_STATES.find((one) => one === event.target.value)
            navigate({
              to: '/imports',
              search: state === undefined ? {} : { state },
              replace: true,
              resetScroll: false,
            })
          }}
          fieldClassName="w-40"
        >
          <option value="">{words.any}</option>
          {IMPORT_STATES.map((state) => (
            <option key={state} value={state}>
              {state === 'running' ? texts.imports.underWay : texts.imports.states[state]}
            </option>
          ))}
        </SelectField>
      }
    >
      {imports.isError ? (
        <div className="px-5 py-2">
          <ProblemNotice
            title={texts.imports.failedTitle}
            error={imports.error}
            onRetry={() => imports.refetch()}
            compact
          />
        </div>
      ) : null}
      {imports.isPending && !imports.isError ? (
        <div className="px-5">
          <SkeletonLines lines={4} label={texts.loading} />
        </div>
      ) : null}
      {runs?.length === 0 ? (
        <Empty title={words.noneTitle}>
          <Link to="/imports" search={{}} className={buttonClasses('plain')}>
            {words.clear}
          </Link>
        </Empty>
      ) : null}
      {runs === undefined || runs.length === 0 ? null : <Rows runs={runs} />}
      {imports.hasNextPage ? (
        <div className="flex justify-center py-3">
          <Button onClick={() => imports.fetchNextPage()} busy={imports.isFetchingNextPage}>
            {words.next}
          </Button>
        </div>
      ) : null}
    </Card>
  )
}

function Rows(props: { runs: readonly Import[] }): ReactNode {
  const { tenant } = useSession()
  const nameOf = useActorName()
  const words = texts.imports.history
  return (
    <Table
      label={words.title}
      inset
      rows={props.runs}
      rowKey={(run) => run.id}
      columns={[
        { key: 'file', head: words.file, className: 'w-full max-w-0', cell: (run) => <FileCell run={run} /> },
        { key: 'state', head: words.state, cell: (run) => <StateBadge run={run} /> },
        { key: 'sales', head: words.newSales, align: 'end', cell: (run) => formatNumber(run.sales_created) },
        {
          key: 'rows',
          head: words.rowsRead,
          align: 'end',
          shown: 'wide',
          cell: (run) => formatNumber(run.rows_read),
        },
        {
          key: 'rejected',
          head: words.rejected,
          align: 'end',
          shown: 'wide',
          cell: (run) => formatNumber(run.rows_rejected),
        },
        {
          key: 'who',
          head: words.who,
          shown: 'wide',
          className: 'max-w-36 truncate',
          cell: (run) => nameOf(run.actor),
        },
        {
          key: 'when',
          head: words.when,
          align: 'end',
          shown: 'wide',
          cell: (run) => formatMoment(run.created_at, tenant.time_zone),
        },
      ]}
    />
  )
}

function FileCell(props: { run: Import }): ReactNode {
  const { run } = props
  const words = texts.imports.history
  const table = run.tables.length < 2 ? null : (run.tables.find((one) => one.index === run.table)?.name ?? null)
  return (
    <>
      <Link
        to="/imports/$importId"
        params={{ importId: run.id }}
        aria-label={words.open(run.file_name)}
        className="block truncate rounded-sm font-medium hover:underline"
      >
        {run.file_name}
      </Link>
      <span className="block truncate text-xs text-muted">
        {table === null ? null : `${table} · `}
        {run.file_sha256 === null ? null : (
          <code className="font-mono" title={`${words.fingerprint}: ${run.file_sha256}`}>
            {run.file_sha256.slice(0, 8)}
          </code>
        )}
      </span>
    </>
  )
}
