import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { formatMoney } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { OrderDetail, PushRehearsal, PushRemark } from '../../app/wire.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { Body } from './attempt.tsx'
import { rehearsalQuery } from './queries.ts'

export function RehearsalDialog(props: {
  order: OrderDetail
  open: boolean
  onOpenChange: (open: boolean) => void
}): ReactNode {
  const { order, open, onOpenChange } = props
  const { api } = useSession()
  const rehearsal = useQuery({ ...rehearsalQuery(api, order.id, order.version), enabled: open, staleTime: 0 })
  const words = texts.order.rehearsal
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={words.title}
      say={words.say}
      closeLabel={texts.close}
      width="wide"
    >
      {rehearsal.isError ? (
        <ProblemNotice title={words.failed} error={rehearsal.error} onRetry={() => rehearsal.refetch()} compact />
      ) : rehearsal.data === undefined ? (
        <SkeletonLines lines={6} label={texts.loading} />
      ) : (
        <Rehearsal rehearsal={rehearsal.data} />
      )}
    </Dialog>
  )
}

function Rehearsal(props: { rehearsal: PushRehearsal }): ReactNode {
  const { rehearsal } = props
  const words = texts.order.rehearsal
  return (
    <div className="flex flex-col gap-5">
      <Remarks title={words.problems} remarks={rehearsal.problems} tone="bad" />
      <Remarks title={words.warnings} remarks={rehearsal.warnings} tone="warn" />
      {rehearsal.price_differences.length === 0 ? null : (
        <section aria-label={words.prices}>
          <h3 className="font-semibold">{words.prices}</h3>
          <p className="text-xs text-muted">{words.pricesSay}</p>
          <Table
            label={words.prices}
            dense
            rows={rehearsal.price_differences}
            rowKey={(row) => row.pointer}
            columns={[
              { key: 'name', head: words.item, cell: (row) => row.name },
              { key: 'ours', head: words.ours, align: 'end', cell: (row) => formatMoney(row.ours) },
              { key: 'theirs', head: words.theirs, align: 'end', cell: (row) => formatMoney(row.theirs) },
            ]}
          />
        </section>
      )}
      <section aria-label={words.mapping}>
        <h3 className="font-semibold">{words.mapping}</h3>
        <Table
          label={words.mapping}
          dense
          rows={rehearsal.mapping}
          rowKey={(row) => row.pointer}
          columns={[
            { key: 'name', head: words.item, cell: (row) => row.name },
            {
              key: 'article',
              head: words.article,
              cell: (row) =>
                row.pos_item_id === null ? (
                  <span className="text-warn">{words.byName}</span>
                ) : (
                  <span title={row.pos_item_id}>{row.pos_name ?? row.pos_item_id}</span>
                ),
            },
          ]}
        />
      </section>
      <section aria-label={words.calls}>
        <h3 className="font-semibold">{words.calls}</h3>
        {rehearsal.location_id === null ? null : (
          <p className="text-xs text-muted">{words.place(rehearsal.location_id)}</p>
        )}
        {rehearsal.calls.length === 0 ? <p className="text-muted">{words.none}</p> : null}
        <ol className="mt-1 flex flex-col gap-3">
          {rehearsal.calls.map((call) => (
            <li key={call.name}>
              <Body label={`${call.method} ${call.path}`} value={call.body} />
            </li>
          ))}
        </ol>
      </section>
    </div>
  )
}

function Remarks(props: { title: string; remarks: readonly PushRemark[]; tone: 'bad' | 'warn' }): ReactNode {
  const { title, remarks, tone } = props
  if (remarks.length === 0) return null
  return (
    <section
      aria-label={title}
      className={tone === 'bad' ? 'rounded-md bg-bad-soft px-4 py-3' : 'rounded-md bg-warn-soft px-4 py-3'}
    >
      <h3 className={tone === 'bad' ? 'font-semibold text-bad' : 'font-semibold text-warn'}>{title}</h3>
      <ul className="mt-1 flex list-disc flex-col gap-1 pl-4 text-sm text-pretty">
        {remarks.map((one) => (
          <li key={one.code + one.pointer}>
            {one.say} {one.pointer === '' ? null : <code className="text-xs text-muted">{one.pointer}</code>}
          </li>
        ))}
      </ul>
    </section>
  )
}
