import type { ReactNode } from 'react'
import { formatMajor, formatNumber, formatShare } from '../../app/format.ts'
import { texts, wordFor } from '../../app/texts.ts'
import type { FiguresBlock } from '../../app/wire.ts'
import { Bars, PartsBar, partColour } from '../../ui/bars.tsx'
import { ChartCard } from '../../ui/chart/chart-card.tsx'
import { classes } from '../../ui/classes.ts'
import { Table } from '../../ui/table.tsx'
import { isPriced } from './priced.ts'

/** How people paid: parts of a whole, each with its number. */
export function PaymentMix(props: { block: FiguresBlock; className?: string }): ReactNode {
  const { payment_methods: methods, currency } = props.block
  const say = methods.map((one) => `${wordFor(texts.tenders, one.method)} ${formatShare(one.share ?? 0)}`).join(', ')
  return (
    <ChartCard
      title={texts.overview.payments}
      texts={texts}
      {...(props.className === undefined ? {} : { className: props.className })}
      chart={
        methods.length === 0 ? (
          <p className="py-4 text-muted">{texts.overview.noPayments}</p>
        ) : (
          <>
            <PartsBar
              label={`${texts.overview.payments}: ${say}`}
              shares={methods.map((one) => ({ key: one.method, share: one.share ?? 0 }))}
            />
            <ul className="mt-4 flex flex-col gap-2.5 text-sm">
              {methods.map((one, place) => (
                <li key={one.method} className="flex items-center gap-2.5">
                  <span aria-hidden="true" className={classes('size-2.5 shrink-0 rounded-[3px]', partColour(place))} />
                  <span className="min-w-0 flex-1 truncate">{wordFor(texts.tenders, one.method)}</span>
                  <span className="num text-xs text-muted">{one.share === null ? '' : formatShare(one.share)}</span>
                  <span className="num min-w-20 text-right font-medium">{formatMajor(one.amount, currency)}</span>
                </li>
              ))}
            </ul>
          </>
        )
      }
      table={
        <Table
          label={texts.overview.payments}
          dense
          rows={methods}
          rowKey={(one) => one.method}
          empty={texts.overview.noPayments}
          columns={[
            { key: 'method', head: texts.overview.method, cell: (one) => wordFor(texts.tenders, one.method) },
            {
              key: 'payments',
              head: texts.shell.sales,
              align: 'end',
              cell: (one) => formatNumber(one.payments),
            },
            {
              key: 'amount',
              head: texts.overview.amount,
              align: 'end',
              cell: (one) => formatMajor(one.amount, currency),
            },
            {
              key: 'refunded',
              head: texts.overview.refunded,
              align: 'end',
              cell: (one) => formatMajor(one.refunded, currency),
            },
          ]}
        />
      }
    />
  )
}

export function SitesLeague(props: { block: FiguresBlock; className?: string }): ReactNode {
  const { sites, currency } = props.block
  const priced = isPriced(props.block)
  const sizeOf = (one: (typeof sites)[number]): number => (priced ? one.revenue : one.transactions)
  const most = Math.max(0, ...sites.map(sizeOf))
  return (
    <ChartCard
      title={texts.overview.sites}
      texts={texts}
      {...(props.className === undefined ? {} : { className: props.className })}
      chart={
        <Bars
          label={texts.overview.sites}
          bars={sites.map((one) => ({
            key: one.location_id,
            label: one.name,
            aside: priced ? texts.count.sales(one.transactions) : undefined,
            value: priced ? formatMajor(one.revenue, currency) : texts.count.sales(one.transactions),
            share: most > 0 ? sizeOf(one) / most : 0,
          }))}
        />
      }
      table={
        <Table
          label={texts.overview.sites}
          dense
          rows={sites}
          rowKey={(one) => one.location_id}
          columns={[
            { key: 'site', head: texts.overview.site, cell: (one) => one.name },
            {
              key: 'transactions',
              head: texts.overview.transactions,
              align: 'end',
              cell: (one) => formatNumber(one.transactions),
            },
            {
              key: 'revenue',
              head: texts.overview.revenue,
              align: 'end',
              cell: (one) => formatMajor(one.revenue, currency),
            },
            {
              key: 'share',
              head: texts.overview.share,
              align: 'end',
              cell: (one) => (one.share === null ? texts.none : formatShare(one.share)),
            },
          ]}
        />
      }
    />
  )
}
