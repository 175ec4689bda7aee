import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { businessToday } from '../../app/dates.ts'
import { formatDayRange, formatMoney, formatNumber, formatQuantity } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts, wordFor } from '../../app/texts.ts'
import type { Import } from '../../app/wire.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { rejectionsCsvHref, rejectionsQuery } from './queries.ts'

/** What came of it, and the two ways on: to the sales, and to their figures. */
export function Result(props: { run: Import }): ReactNode {
  const { run } = props
  const days = useDays(run)
  const nothingNew = run.sales_created + run.sales_updated + run.refunds_created === 0 && run.sales_unchanged > 0
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          <CircleCheck className="size-5 text-good" aria-hidden="true" />
          {texts.imports.done}
        </span>
      }
    >
      {nothingNew ? <p className="mb-4 text-muted">{texts.imports.nothingNew}</p> : null}
      <Counts run={run} />
      {days === null ? null : (
        <p className="num mt-4 text-sm text-muted">
          {texts.imports.span}: {formatDayRange(days.from, days.to)}
        </p>
      )}
      <Noticed run={run} />
      <div className="mt-5 flex flex-wrap gap-2">
        <Link
          to="/sales"
          search={run.sales_created > 0 ? { import: run.id } : days === null ? {} : days}
          className={buttonClasses('primary')}
        >
          {texts.imports.openSales}
        </Link>
        <Link to="/" search={days ?? {}} className={buttonClasses('plain')}>
          {texts.imports.openFigures}
        </Link>
        <Link to="/imports" className={buttonClasses('quiet')}>
          {texts.imports.another}
        </Link>
      </div>
    </Card>
  )
}

/** The business days from the first sale of the file to its last. */
function useDays(run: Import): { from: string; to: string } | null {
  const { tenant } = useSession()
  const site = useSites().find((one) => one.id === run.site_id)
  if (run.first_at === null || run.last_at === null) return null
  const dayOf = (at: string): string =>
    businessToday(new Date(at).getTime(), site?.time_zone ?? tenant.time_zone, site?.close_out ?? tenant.close_out)
  return { from: dayOf(run.first_at), to: dayOf(run.last_at) }
}

export function Counts(props: { run: Import }): ReactNode {
  const { run } = props
  const words = texts.imports.result
  const counts: readonly { label: string; value: string }[] = [
    { label: words.sales_created, value: formatNumber(run.sales_created) },
    { label: words.sales_updated, value: formatNumber(run.sales_updated) },
    { label: words.sales_unchanged, value: formatNumber(run.sales_unchanged) },
    { label: words.refunds_created, value: formatNumber(run.refunds_created) },
    { label: words.items, value: formatNumber(run.items) },
    { label: words.units, value: formatQuantity(run.units) },
    ...(run.gross === null || run.gross.amount === 0 ? [] : [{ label: words.gross, value: formatMoney(run.gross) }]),
    { label: words.rows_read, value: formatNumber(run.rows_read) },
    { label: words.rows_rejected, value: formatNumber(run.rows_rejected) },
  ]
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:grid-cols-5">
      {counts.map((count) => (
        <div key={count.label} className="flex flex-col-reverse">
          <dt className="text-xs text-muted">{count.label}</dt>
          <dd className="num text-xl font-semibold tracking-tight">{count.value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Noticed(props: { run: Import }): ReactNode {
  const noticed = Object.entries(props.run.noticed).filter(([, count]) => count > 0)
  if (noticed.length === 0) return null
  return (
    <div className="mt-4 border-t border-line pt-3 text-sm">
      <p className="mb-1 font-medium">{texts.imports.noticed}</p>
      <ul className="text-muted">
        {noticed.map(([code, count]) => (
          <li key={code} className="num">
            {noticedName(code)}: {formatNumber(count)}
          </li>
        ))}
      </ul>
    </div>
  )
}

function noticedName(code: string): string {
  const known = wordFor(texts.noticed, code)
  if (known !== code) return known
  const words = code.replaceAll(/[_.]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function Rejections(props: { run: Import }): ReactNode {
  const { run } = props
  const { api } = useSession()
  const rejections = useQuery(rejectionsQuery(api, run.id, run.finished_at !== null))
  return (
    <Card
      title={texts.imports.rejected}
      say={texts.imports.rejectedSay}
      bodyClassName="pt-1 pb-2"
      actions={
        <a href={rejectionsCsvHref(api, run.id)} download className={buttonClasses('plain', 'sm')}>
          <Download className="size-4 text-muted" aria-hidden="true" />
          {texts.imports.rejectedCsv}
        </a>
      }
    >
      {rejections.isError ? (
        <div className="px-5 py-2">
          <ProblemNotice title={texts.imports.failedTitle} error={rejections.error} compact />
        </div>
      ) : rejections.data === undefined ? (
        <div className="px-5">
          <SkeletonLines lines={3} label={texts.loading} />
        </div>
      ) : (
        <div className="max-h-96 overflow-y-auto">
          <Table
            label={texts.imports.rejected}
            inset
            dense
            rows={rejections.data.data}
            rowKey={(one) => `${one.row} ${one.code}`}
            columns={[
              { key: 'row', head: texts.imports.row, className: 'num', cell: (one) => formatNumber(one.row) },
              {
                key: 'reason',
                head: texts.imports.reason,
                className: 'min-w-48',
                cell: (one) => (
                  <>
                    {one.say}
                    {one.column === null ? null : <span className="block text-xs text-muted">{one.column}</span>}
                  </>
                ),
              },
              {
                key: 'raw',
                head: texts.imports.content,
                shown: 'wide',
                className: 'w-full max-w-0',
                cell: (one) => <code className="block truncate font-mono text-xs text-muted">{one.raw}</code>,
              },
            ]}
          />
        </div>
      )}
    </Card>
  )
}
