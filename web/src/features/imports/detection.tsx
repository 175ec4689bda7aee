import type { ReactNode } from 'react'
import { formatDay, formatMoneyOr, formatShare, formatTime } from '../../app/format.ts'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts, wordFor } from '../../app/texts.ts'
import type { FileDetection, Import, PreviewSale } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { Table } from '../../ui/table.tsx'

const SURE = 0.75

/** How the file was read: what a person would correct if it were wrong. */
export function Detection(props: { detection: FileDetection; open: boolean }): ReactNode {
  const { detection } = props
  const rows = texts.count.rows(detection.rows_looked_at)
  return (
    <Card
      title={texts.imports.detected}
      say={detection.whole_file ? texts.imports.detectedWhole(rows) : texts.imports.detectedSay(rows)}
    >
      <Facts
        className="sm:grid-cols-3 lg:grid-cols-4"
        rows={[
          { label: texts.imports.grain, value: wordFor(texts.imports.grains, detection.grain) },
          {
            label: texts.imports.dates,
            value: detection.date_order === null ? texts.none : wordFor(texts.imports.dateOrders, detection.date_order),
          },
          { label: texts.imports.decimal, value: wordFor(texts.imports.decimals, detection.decimal_mark) },
          {
            label: texts.imports.currency,
            value: `${detection.currency}, ${texts.imports.currencyFrom[detection.currency_from]}`,
          },
          { label: texts.imports.delimiter, value: wordFor(texts.imports.delimiters, detection.delimiter) },
          { label: texts.imports.encoding, value: detection.encoding },
          { label: texts.imports.headerRow, value: detection.header_row },
        ]}
      />
      <details className="mt-5" open={props.open}>
        <summary className="w-fit rounded-sm text-sm font-medium text-accent hover:underline">
          {texts.imports.columns} ({detection.columns.length})
        </summary>
        <div className="mt-2">
          <Table
            label={texts.imports.columns}
            dense
            rows={detection.columns}
            rowKey={(column) => String(column.index)}
            columns={[
              { key: 'column', head: texts.imports.column, cell: (column) => column.header },
              {
                key: 'role',
                head: texts.imports.role,
                cell: (column) => (
                  <Badge tone={column.role === 'ignore' ? 'plain' : column.confidence >= SURE ? 'good' : 'warn'}>
                    {wordFor(texts.roles, column.role)}
                  </Badge>
                ),
              },
              {
                key: 'sure',
                head: texts.imports.sure,
                align: 'end',
                cell: (column) => formatShare(column.confidence),
              },
              {
                key: 'because',
                head: texts.imports.because,
                shown: 'wide',
                className: 'text-muted',
                cell: (column) => column.because,
              },
            ]}
          />
        </div>
      </details>
    </Card>
  )
}

/** The first sales of the file, read and not yet stored. */
export function Preview(props: { run: Import }): ReactNode {
  const { tenant } = useSession()
  const site = useSites().find((one) => one.id === props.run.site_id)
  const timeZone = site?.time_zone ?? tenant.time_zone
  const sales = props.run.preview ?? []
  if (sales.length === 0) return null
  const itemsText = (sale: PreviewSale): string =>
    sale.items
      .map((item) => {
        const name = item.article.name ?? texts.overview.unnamedItem
        return item.quantity === '1' ? name : `${item.quantity} × ${name}`
      })
      .join(', ')
  return (
    <Card title={texts.imports.preview} bodyClassName="pt-1 pb-2">
      <Table
        label={texts.imports.preview}
        inset
        dense
        rows={sales.slice(0, 10)}
        rowKey={(sale) => sale.external_id}
        columns={[
          {
            key: 'when',
            head: texts.sales.when,
            className: 'num whitespace-nowrap',
            cell: (sale) =>
              sale.time_precision === 'day'
                ? formatDay(sale.business_date)
                : `${formatDay(sale.business_date)}, ${formatTime(sale.closed_at ?? sale.opened_at, timeZone)}`,
          },
          {
            key: 'number',
            head: texts.sales.number,
            shown: 'wide',
            className: 'num max-w-32 truncate',
            cell: (sale) => sale.number ?? texts.none,
          },
          { key: 'items', head: texts.sales.what, className: 'w-full min-w-40', cell: itemsText },
          {
            key: 'total',
            head: texts.sales.total,
            align: 'end',
            cell: (sale) => formatMoneyOr(sale.total, texts.sales.unpriced),
          },
        ]}
      />
    </Card>
  )
}
