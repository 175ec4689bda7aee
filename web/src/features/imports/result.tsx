import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useRouter } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { type ReactNode, useCallback } from 'react'
import { businessToday } from '../../app/dates.ts'
import { formatDayRange, formatMoney, formatNumber, formatQuantity } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { Import, Rejection } from '../../app/wire.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { useMayImport } from './actor.ts'
import { type Count, Counts } from './counts.tsx'
import { FileButton } from './file-button.tsx'
import { useGive, usePageDrop } from './giving.ts'
import { Noticed } from './noticed.tsx'
import { rejectionsCsvHref, rejectionsQuery } from './queries.ts'
import { DownloadRejected, RejectedRows } from './rejected.tsx'
import { UndoButton } from './undo.tsx'

/** What came of it, and the ways on: to the sales, to their figures, and back. */
export function Result(props: { run: Import }): ReactNode {
  const { run } = props
  const days = useDays(run)
  const mayImport = useMayImport()
  const words = texts.imports.result
  const nothingNew = run.sales_created + run.sales_updated + run.refunds_created === 0 && run.sales_unchanged > 0
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          <CircleCheck className="size-5 text-good" aria-hidden="true" />
          {words.title}
        </span>
      }
    >
      {nothingNew ? <p className="mb-4 text-muted">{words.nothingNew}</p> : null}
      <Counts counts={resultCounts(run)} />
      {days === null ? null : (
        <p className="num mt-4 text-sm text-muted">
          {words.span}: {formatDayRange(days.from, days.to)}
        </p>
      )}
      <Noticed noticed={run.noticed} />
      <div className="mt-5 flex flex-wrap gap-2">
        <Link
          to="/sales"
          search={run.sales_created > 0 ? { import: run.id } : days === null ? {} : days}
          className={buttonClasses('primary')}
        >
          {words.openSales}
        </Link>
        <Link to="/" search={days ?? {}} className={buttonClasses('plain')}>
          {words.openFigures}
        </Link>
        {mayImport ? <UndoButton run={run} /> : null}
        <Link to="/imports" className={buttonClasses('quiet')}>
          {words.another}
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

export function resultCounts(run: Import): readonly Count[] {
  const words = texts.imports.result.counts
  return [
    { label: words.sales_created, value: formatNumber(run.sales_created) },
    { label: words.sales_updated, value: formatNumber(run.sales_updated) },
    { label: words.sales_unchanged, value: formatNumber(run.sales_unchanged) },
    { label: words.refunds_created, value: formatNumber(run.refunds_created) },
    { label: words.items, value: formatNumber(run.items) },
    { label: words.units, value: formatQuantity(run.units) },
    ...(run.gross === null || run.gross.amount === 0 ? [] : [{ label: words.gross, value: formatMoney(run.gross) }]),
    { label: words.rows_read, value: formatNumber(run.rows_read) },
    {
      label: words.rows_rejected,
      value: formatNumber(run.rows_rejected),
      tone: run.rows_rejected > 0 ? 'bad' : undefined,
    },
  ]
}

/** The rows that are in no figure, to be taken home, mended, and given again. */
export function Rejections(props: { run: Import }): ReactNode {
  const { run } = props
  const { api } = useSession()
  const words = texts.imports.rejected
  const rejections = useQuery(rejectionsQuery(api, run.id, run.finished_at !== null))
  const page = rejections.data
  const mayImport = useMayImport()
  return (
    <Card
      title={words.titleDone}
      say={words.say}
      bodyClassName="pt-2 pb-3"
      actions={<DownloadRejected href={rejectionsCsvHref(api, run.id)} />}
    >
      {rejections.isError ? (
        <div className="px-5 py-2">
          <ProblemNotice title={texts.imports.failedTitle} error={rejections.error} compact />
        </div>
      ) : page === undefined ? (
        <div className="px-5">
          <SkeletonLines lines={3} label={texts.loading} />
        </div>
      ) : (
        <RejectedRows
          label={words.titleDone}
          rows={page.data}
          byCode={page.next_cursor === null ? countByCode(page.data) : null}
          total={run.rows_rejected}
        />
      )}
      {mayImport ? <GiveMended run={run} /> : null}
    </Card>
  )
}

function GiveMended(props: { run: Import }): ReactNode {
  const { run } = props
  const navigate = useNavigate()
  const router = useRouter()
  const words = texts.imports.rejected
  const onOnly = useCallback(
    (next: Import) => {
      if (router.state.location.pathname !== `/imports/${run.id}`) return
      navigate({ to: '/imports/$importId', params: { importId: next.id } })
    },
    [navigate, router, run.id],
  )
  const give = useGive(run.site_id, onOnly)
  const over = usePageDrop(give)
  return (
    <div
      className={`mx-5 mt-4 flex flex-wrap items-center justify-between gap-3 rounded-md border-2 border-dashed px-4 py-3 ${over ? 'border-accent bg-accent-soft' : 'border-edge'}`}
    >
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">{words.mended}</p>
        <p className="text-sm text-pretty text-muted">{words.mendedSay}</p>
      </div>
      <FileButton label={texts.imports.give.choose} give={give} look="plain" />
    </div>
  )
}

function countByCode(rows: readonly Rejection[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { code } of rows) counts[code] = (counts[code] ?? 0) + 1
  return counts
}
