import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatMoment } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { Revision, SaleDetail } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'

/** Every version as it came, newest first, each with the source's own words. */
export function Revisions(props: { sale: SaleDetail; timeZone: string }): ReactNode {
  const revisions = [...props.sale.revisions].sort((a, b) => b.version - a.version)
  return (
    <Card title={texts.sale.revisions} say={texts.sale.revisionsSay}>
      <ol className="divide-y divide-line">
        {revisions.map((revision) => (
          <li key={revision.version} className="py-3 first:pt-0 last:pb-0">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="num font-medium">{texts.sale.version(revision.version)}</span>
              <Standing revision={revision} />
              <span className="num text-xs text-muted">
                {texts.sale.recorded} {formatMoment(revision.recorded_at, props.timeZone)}
              </span>
              {revision.source_updated_at === null ? null : (
                <span className="num text-xs text-muted">
                  {texts.sale.sourceUpdated} {formatMoment(revision.source_updated_at, props.timeZone)}
                </span>
              )}
            </div>
            <Source revision={revision} isTold={props.sale.sources.length > 0} />
          </li>
        ))}
      </ol>
    </Card>
  )
}

function Standing(props: { revision: Revision }): ReactNode {
  if (props.revision.stands) return <Badge tone="good">{texts.sale.stands}</Badge>
  if (props.revision.withdrawn_at !== null) return <Badge tone="warn">{texts.sale.withdrawn}</Badge>
  if (props.revision.late) return <Badge tone="warn">{texts.sale.late}</Badge>
  return <Badge>{texts.sale.superseded}</Badge>
}

/** `isTold`: a live system's own words stand side by side with the sale, above. */
function Source(props: { revision: Revision; isTold: boolean }): ReactNode {
  const { source, sale } = props.revision
  return (
    <div className="mt-1.5 flex flex-col gap-1.5 text-sm">
      {source.import_id === null ? null : (
        <p className="num text-xs text-muted">
          <Link
            to="/imports/$importId"
            params={{ importId: source.import_id }}
            className="rounded-sm underline underline-offset-2 hover:text-ink"
          >
            {texts.sale.fromImport}
          </Link>
          {source.rows === null || source.rows.length === 0 ? '' : ` · ${texts.sale.rows(rowsText(source.rows))}`}
        </p>
      )}
      {source.raw === null && props.isTold ? null : source.raw === null ? (
        <p className="text-xs text-faint">{texts.sale.noRaw}</p>
      ) : (
        <Disclosure title={texts.sale.raw} content={source.raw} />
      )}
      {sale === null || sale === undefined ? null : (
        <Disclosure title={texts.sale.reading} content={JSON.stringify(sale, null, 2)} />
      )}
    </div>
  )
}

function Disclosure(props: { title: string; content: string }): ReactNode {
  return (
    <details className="group">
      <summary className="w-fit rounded-sm text-sm text-accent hover:underline">{props.title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard */}
      <pre tabIndex={0} className="mt-2 max-h-80 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs">
        {props.content}
      </pre>
    </details>
  )
}

/** `18–20, 24`: neighbours in one. */
export function rowsText(rows: readonly number[]): string {
  const spans: [number, number][] = []
  for (const row of [...rows].sort((a, b) => a - b)) {
    const last = spans.at(-1)
    if (last !== undefined && row <= last[1] + 1) last[1] = row
    else spans.push([row, row])
  }
  return spans.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(', ')
}
