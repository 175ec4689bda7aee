import { Scale } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatMoney, formatNumber, formatQuantity, formatShare } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { FileDetection, ImportCheck } from '../../app/wire.ts'
import { Card } from '../../ui/card.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Failed } from '../../ui/states.tsx'
import { type Count, Counts } from './counts.tsx'
import { Days } from './days.tsx'
import { Noticed } from './noticed.tsx'
import { paceWords, quarterOf } from './pace-words.ts'
import { RejectedRows } from './rejected.tsx'

/** The whole file read as if for real: what would be new, what each day comes to, what cannot be read. */
export function Trial(props: { check: ImportCheck; detection: FileDetection }): ReactNode {
  const { check, detection } = props
  const words = texts.imports.check
  if (check.state === 'failed') {
    return (
      <Failed
        title={words.failed}
        say={check.fault?.detail ?? words.failedSay}
        code={check.fault === null ? undefined : texts.errors.code(check.fault.code)}
      />
    )
  }
  const done = check.state === 'done'
  return (
    <>
      <Card title={words.title} say={words.say} busy={!done}>
        <output className="sr-only" aria-live="polite">
          {check.state === 'waiting'
            ? words.waiting
            : done
              ? `${words.title}: ${texts.imports.run.percent(formatShare(1))}`
              : texts.imports.run.percent(formatShare(quarterOf(check.progress)))}
        </output>
        {done ? null : (
          <div className="mb-4">
            <Progress label={words.running} value={check.progress} />
            <p className="num mt-2 text-sm text-muted">
              {check.state === 'waiting' ? words.waiting : paceWords(check)}
            </p>
          </div>
        )}
        <Counts counts={countsOf(check)} />
        {done ? <Noticed noticed={check.noticed} /> : null}
        {done && check.days.length > 0 ? (
          <section aria-label={words.days} className="mt-5 border-t border-line pt-4">
            <h3 className="flex items-center gap-2 font-semibold">
              <Scale className="size-4 text-accent" aria-hidden="true" />
              {words.compare}
            </h3>
            <p className="mb-3 max-w-2xl text-sm text-pretty text-muted">{words.compareSay}</p>
            <Days check={check} currency={detection.currency} />
          </section>
        ) : null}
      </Card>
      {check.rejected.length === 0 ? null : (
        <Card title={texts.imports.rejected.title} say={texts.imports.rejected.say} bodyClassName="pt-2 pb-3">
          <RejectedRows
            label={texts.imports.rejected.title}
            rows={check.rejected}
            byCode={check.rejected_by_code}
            total={check.rows_rejected}
          />
        </Card>
      )}
    </>
  )
}

function countsOf(check: ImportCheck): readonly Count[] {
  const words = texts.imports.check.counts
  return [
    { label: words.new_sales, value: formatNumber(check.new_sales) },
    ...(check.changed_sales === 0 ? [] : [{ label: words.changed_sales, value: formatNumber(check.changed_sales) }]),
    { label: words.same_sales, value: formatNumber(check.same_sales) },
    { label: words.refunds, value: formatNumber(check.refunds) },
    { label: words.items, value: formatNumber(check.items) },
    { label: words.units, value: formatQuantity(check.units) },
    ...(check.gross === null ? [] : [{ label: words.gross, value: formatMoney(check.gross) }]),
    ...(check.total === null ? [] : [{ label: words.total, value: formatMoney(check.total) }]),
    { label: words.rows_read, value: formatNumber(check.rows_read) },
    {
      label: words.rows_rejected,
      value: formatNumber(check.rows_rejected),
      tone: check.rows_rejected > 0 ? 'bad' : undefined,
    },
  ]
}
