import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { Problem } from '../../app/api.ts'
import { formatBytes, formatDuration, formatMoment, formatNumber } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { Import } from '../../app/wire.ts'
import { Button, buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Empty, Failed, SkeletonLines } from '../../ui/states.tsx'
import { Confirm } from './confirm.tsx'
import { Detection, Preview } from './detection.tsx'
import { StateBadge } from './imports.tsx'
import { importQuery } from './queries.ts'
import { Counts, Rejections, Result } from './result.tsx'

/** One import, from what was understood of its file to what came of it. */
export function ImportRun(): ReactNode {
  const { importId = '' } = useParams({ strict: false })
  const { api } = useSession()
  const run = useQuery(importQuery(api, importId))
  const missing = run.error instanceof Problem && run.error.status === 404
  return (
    <>
      <Link
        to="/imports"
        className="mb-3 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
      >
        <ArrowLeft className="size-4" aria-hidden="true" />
        {texts.imports.back}
      </Link>
      {missing ? (
        <Empty title={texts.imports.missingTitle} say={texts.sale.missingSay}>
          <Link to="/imports" className={buttonClasses('primary')}>
            {texts.imports.back}
          </Link>
        </Empty>
      ) : run.isError ? (
        <ProblemNotice
          title={texts.imports.failedTitle}
          error={run.error}
          onRetry={() => run.refetch()}
          compact={run.data !== undefined}
        />
      ) : null}
      {run.isPending && !run.isError ? <SkeletonLines lines={8} label={texts.loading} /> : null}
      {run.data === undefined || missing ? null : <Run run={run.data} />}
    </>
  )
}

function Run(props: { run: Import }): ReactNode {
  const { run } = props
  const { tenant } = useSession()
  const site = useSites().find((one) => one.id === run.site_id)
  const small = [formatBytes(run.file_bytes), site?.name, formatMoment(run.created_at, tenant.time_zone)]
  return (
    <article className="flex flex-col gap-4">
      <title>{texts.title(run.file_name)}</title>
      <header>
        <h1 className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-xl font-semibold tracking-tight">
          <span className="min-w-0 break-all">{run.file_name}</span>
          <StateBadge run={run} />
        </h1>
        <p className="num text-sm text-muted">{small.filter((one) => one !== undefined).join(' · ')}</p>
      </header>
      <output aria-live="polite" className="sr-only">
        {texts.imports.states[run.state]}
      </output>
      {run.state === 'failed' ? <Failure run={run} /> : null}
      {run.state === 'queued' || run.state === 'running' ? <Running run={run} /> : null}
      {run.state === 'done' ? <Result run={run} /> : null}
      {run.rows_rejected > 0 ? <Rejections run={run} /> : null}
      {run.state === 'detected' ? <Confirm run={run} /> : null}
      {run.state === 'detected' ? <Preview run={run} /> : null}
      {run.detection === null ? null : <Detection detection={run.detection} open={run.state === 'detected'} />}
    </article>
  )
}

function Running(props: { run: Import }): ReactNode {
  const { run } = props
  const small = [
    texts.imports.reading(texts.count.rows(run.rows_read)),
    run.rows_per_second === null ? null : texts.imports.rate(formatNumber(run.rows_per_second)),
    run.seconds_left === null ? null : texts.imports.left(formatDuration(run.seconds_left)),
  ]
  return (
    <Card title={texts.imports.progress}>
      <Progress label={texts.imports.progress} value={run.progress} />
      <p className="num mt-2 mb-5 text-sm text-muted">
        {run.state === 'queued' ? texts.imports.waiting : small.filter((one) => one !== null).join(' · ')}
      </p>
      <Counts run={run} />
    </Card>
  )
}

function Failure(props: { run: Import }): ReactNode {
  const { run } = props
  const { api } = useSession()
  const client = useQueryClient()
  const going = useMutation({
    mutationFn: () => api.post<Import>(api.path(`imports/${run.id}/confirm`)),
    onSettled: () => client.invalidateQueries({ queryKey: importQuery(api, run.id).queryKey }),
  })
  // A file that was understood was received whole: the run can go on after what is recorded.
  const canGoOn = run.detection !== null
  return (
    <Failed
      title={texts.imports.failed}
      say={run.fault?.detail ?? texts.errors.brokenSay}
      code={run.fault === null ? undefined : texts.errors.code(run.fault.code)}
    >
      {canGoOn ? <p className="w-full text-sm text-muted">{texts.imports.failedSay}</p> : null}
      {canGoOn ? (
        <Button look="primary" size="sm" onClick={() => going.mutate()} busy={going.isPending}>
          {texts.imports.goOn}
        </Button>
      ) : null}
      <Link to="/imports" className={buttonClasses('plain', 'sm')}>
        {texts.imports.another}
      </Link>
      {going.isError ? <p className="w-full text-sm text-bad">{going.error.message}</p> : null}
    </Failed>
  )
}
