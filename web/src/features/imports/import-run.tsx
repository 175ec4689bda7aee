import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useActorName } from '../../app/actors.ts'
import { Problem } from '../../app/api.ts'
import { formatBytes, formatMoment } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { Import, ImportState } from '../../app/wire.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Failure } from './failure.tsx'
import { NextFile } from './next-file.tsx'
import { importQuery } from './queries.ts'
import { Rejections, Result } from './result.tsx'
import { Receiving, Running } from './running.tsx'
import { StateBadge } from './state-badge.tsx'
import { Steps } from './steps.tsx'
import { Undoing } from './undo.tsx'
import { Wizard } from './wizard.tsx'

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
        <>
          <title>{texts.title(texts.imports.missingTitle)}</title>
          <Empty title={texts.imports.missingTitle} say={texts.sale.missingSay}>
            <Link to="/imports" className={buttonClasses('primary')}>
              {texts.imports.back}
            </Link>
          </Empty>
        </>
      ) : run.isError ? (
        <div className="mb-4">
          <ProblemNotice
            title={texts.imports.failedTitle}
            error={run.error}
            onRetry={() => run.refetch()}
            compact={run.data !== undefined}
          />
        </div>
      ) : null}
      {run.isPending && !run.isError ? <SkeletonLines lines={8} label={texts.loading} /> : null}
      {run.data === undefined || missing ? null : <Run key={run.data.id} run={run.data} />}
    </>
  )
}

function Run(props: { run: Import }): ReactNode {
  const { run } = props
  const heading = useHeading(run.state)
  return (
    <article className="flex flex-col gap-4">
      <title>{texts.title(run.file_name)}</title>
      <header className="flex flex-col gap-2">
        <h1
          ref={heading}
          tabIndex={-1}
          className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 rounded-sm text-xl font-semibold tracking-tight outline-none"
        >
          <span className="min-w-0 break-all">{run.file_name}</span>
          <StateBadge run={run} />
        </h1>
        <Origin run={run} />
        <Steps state={run.state} />
      </header>
      <output aria-live="polite" className="sr-only">
        {texts.imports.states[run.state]}
      </output>
      <Stage run={run} />
      <NextFile run={run} />
    </article>
  )
}

/** What there is to see and to do in the state that the import is in. */
function Stage(props: { run: Import }): ReactNode {
  const { run } = props
  switch (run.state) {
    case 'receiving':
      return run.detection === null ? <Receiving run={run} /> : <Wizard run={run} detection={run.detection} />
    case 'detected':
      return run.detection === null ? null : <Wizard run={run} detection={run.detection} />
    case 'queued':
    case 'running':
      return <Running run={run} />
    case 'done':
      return (
        <>
          <Result run={run} />
          {run.rows_rejected > 0 ? <Rejections run={run} /> : null}
        </>
      )
    case 'failed':
      return (
        <>
          <Failure run={run} />
          {run.rows_rejected > 0 ? <Rejections run={run} /> : null}
        </>
      )
    case 'undoing':
    case 'undone':
      return <Undoing run={run} />
  }
}

/** Size, place, giver and time; the beginning of the fingerprint tells files of one name apart. */
function Origin(props: { run: Import }): ReactNode {
  const { run } = props
  const { tenant } = useSession()
  const nameOf = useActorName()
  const site = useSites().find((one) => one.id === run.site_id)
  const facts = [
    formatBytes(run.file_bytes),
    site?.name,
    formatMoment(run.created_at, tenant.time_zone),
    nameOf(run.actor),
  ]
  return (
    <p className="num text-sm text-muted">
      {facts.filter((one) => one !== undefined).join(' · ')}
      {run.file_sha256 === null ? null : (
        <>
          {' · '}
          <code className="font-mono text-xs" title={`${texts.imports.history.fingerprint}: ${run.file_sha256}`}>
            {run.file_sha256.slice(0, 8)}
          </code>
        </>
      )}
    </p>
  )
}

/**
 * The page's heading, which takes the focus when a step takes away what had it: who pressed "Import" with the keyboard
 * must not find themselves at the top of the browser. The page is scrolled only after what the person did themselves.
 */
function useHeading(state: ImportState) {
  const heading = useRef<HTMLHeadingElement>(null)
  const before = useRef(state)
  useEffect(() => {
    if (before.current === state) return
    const byPerson = ['detected', 'done', 'failed'].includes(before.current)
    before.current = state
    const lost = document.activeElement === null || document.activeElement === document.body
    if (lost) heading.current?.focus({ preventScroll: !byPerson })
  }, [state])
  return heading
}
