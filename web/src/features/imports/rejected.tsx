import { Download } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { formatNumber } from '../../app/format.ts'
import { texts, wordFor } from '../../app/texts.ts'
import type { Rejection } from '../../app/wire.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { Table } from '../../ui/table.tsx'

/** Rows with what is wrong with each; one reason at a time where a person wants that. */
export function RejectedRows(props: {
  label: string
  rows: readonly Rejection[]
  /** Of all rejected rows, not only of those that are listed; null where that is not known. */
  byCode: Readonly<Record<string, number>> | null
  total: number
}): ReactNode {
  const { rows, total } = props
  const words = texts.imports.rejected
  const [code, setCode] = useState<string | null>(null)
  const reasons = Object.entries(props.byCode ?? {}).sort(([, a], [, b]) => b - a)
  const shown = code === null ? rows : rows.filter((one) => one.code === code)
  return (
    <>
      {reasons.length < 2 ? null : (
        <fieldset className="mb-2 flex flex-wrap gap-1.5 px-5">
          <legend className="mb-1 text-xs text-muted">{words.byReason}</legend>
          <Reason on={code === null} onPress={() => setCode(null)} label={words.everyReason} count={total} />
          {reasons.map(([reason, count]) => (
            <Reason
              key={reason}
              on={code === reason}
              onPress={() => setCode(code === reason ? null : reason)}
              label={reasonName(reason, rows)}
              count={count}
            />
          ))}
        </fieldset>
      )}
      <div className="max-h-96 overflow-y-auto">
        <Table
          label={props.label}
          inset
          dense
          stickyHead
          empty={<span className="block px-5">{words.none}</span>}
          rows={shown}
          rowKey={(one) => `${one.row} ${one.code}`}
          columns={[
            { key: 'row', head: words.row, className: 'num', cell: (one) => formatNumber(one.row) },
            {
              key: 'reason',
              head: words.reason,
              className: 'min-w-48 sm:min-w-72',
              cell: (one) => (
                <>
                  {one.say}
                  {one.column === null ? null : <span className="block text-xs text-muted">{one.column}</span>}
                </>
              ),
            },
            {
              key: 'raw',
              head: words.content,
              shown: 'wide',
              className: 'w-full max-w-0',
              cell: (one) => <code className="block truncate font-mono text-xs text-muted">{one.raw}</code>,
            },
          ]}
        />
      </div>
      {rows.length < total ? (
        <p className="num px-5 pt-2 text-xs text-muted">
          {words.first(formatNumber(rows.length), formatNumber(total))}
        </p>
      ) : null}
    </>
  )
}

function Reason(props: { on: boolean; onPress: () => void; label: string; count: number }): ReactNode {
  return (
    <button
      type="button"
      aria-pressed={props.on}
      onClick={props.onPress}
      className="inline-flex h-7 items-center gap-1.5 rounded-full border border-edge px-2.5 text-xs font-medium transition-colors hover:bg-sunken aria-pressed:border-accent aria-pressed:bg-accent-soft"
    >
      {props.label}
      <span className="num text-muted">{formatNumber(props.count)}</span>
    </button>
  )
}

/** A reason in few words; one that no catalogue knows is told by the sentence of its first row. */
function reasonName(code: string, rows: readonly Rejection[]): string {
  const known = wordFor(texts.rejections, code)
  return known === code ? (rows.find((row) => row.code === code)?.say ?? code) : known
}

export function DownloadRejected(props: { href: string }): ReactNode {
  return (
    <a href={props.href} download className={buttonClasses('plain', 'sm')}>
      <Download className="size-4 text-muted" aria-hidden="true" />
      {texts.imports.rejected.download}
    </a>
  )
}
