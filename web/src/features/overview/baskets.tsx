import type { ReactNode } from 'react'
import { formatNumber, formatShare } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { Figures } from '../../app/wire.ts'
import { Card } from '../../ui/card.tsx'
import { Table } from '../../ui/table.tsx'

/** What goes together, counted among the newest sales of the range. */
export function Pairs(props: { figures: Figures; className: string }): ReactNode {
  const { baskets, basket } = props.figures
  return (
    <Card
      title={texts.overview.baskets}
      say={texts.overview.basketsSay(formatNumber(basket.sales_looked_at))}
      className={props.className}
    >
      <Table
        label={texts.overview.baskets}
        dense
        rows={baskets.slice(0, 6)}
        rowKey={(pair) => pair.items.join(' + ')}
        empty={texts.overview.noPairs}
        columns={[
          {
            key: 'pair',
            head: texts.overview.pair,
            cell: (pair) => (
              <span className="flex flex-wrap gap-x-1.5">
                <span>{pair.items[0]}</span>
                <span className="text-faint" aria-hidden="true">
                  +
                </span>
                <span>{pair.items[1]}</span>
              </span>
            ),
          },
          { key: 'sales', head: texts.overview.transactions, align: 'end', cell: (pair) => formatNumber(pair.sales) },
          {
            key: 'support',
            head: texts.overview.support,
            align: 'end',
            shown: 'wide',
            cell: (pair) => formatShare(pair.support),
          },
          {
            key: 'lift',
            head: texts.overview.lift,
            align: 'end',
            cell: (pair) => <span title={texts.overview.liftSay}>×{formatNumber(pair.lift, 1)}</span>,
          },
        ]}
      />
    </Card>
  )
}

/** How large a sale is, and how many are by people whom the source knows. */
export function AverageBasket(props: { figures: Figures; className: string }): ReactNode {
  const { basket, customers } = props.figures
  const rows = [
    { label: texts.overview.basketLines, value: numberOr(basket.average_lines) },
    { label: texts.overview.basketUnits, value: numberOr(basket.average_units) },
    ...(customers === null
      ? []
      : [
          {
            label: texts.overview.customersKnown,
            value:
              customers.share_of_transactions === null
                ? formatNumber(customers.known)
                : `${formatNumber(customers.known)} · ${texts.overview.customersShare(formatShare(customers.share_of_transactions))}`,
          },
        ]),
  ]
  return (
    <Card title={texts.overview.averageBasket} className={props.className}>
      <dl className="flex flex-col divide-y divide-line text-sm">
        {rows.map((row) => (
          <div key={row.label} className="flex justify-between gap-4 py-2 first:pt-0">
            <dt className="text-muted">{row.label}</dt>
            <dd className="num font-medium">{row.value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

function numberOr(value: number | null): string {
  return value === null ? texts.none : formatNumber(value, 1)
}
