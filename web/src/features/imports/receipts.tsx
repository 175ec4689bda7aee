import { type ReactNode, useState } from 'react'
import { formatDay, formatMoney, formatMoneyOr, formatQuantity, formatTime } from '../../app/format.ts'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts, wordFor } from '../../app/texts.ts'
import type { Import, PreviewSale } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { classes } from '../../ui/classes.ts'

const SHOWN_FIRST = 4

/** The first sales of the file as they will stand, each like the receipt it comes from. */
export function Receipts(props: { run: Import; busy: boolean }): ReactNode {
  const { run } = props
  const { tenant } = useSession()
  const site = useSites().find((one) => one.id === run.site_id)
  const timeZone = site?.time_zone ?? tenant.time_zone
  const [all, setAll] = useState(false)
  const words = texts.imports.preview
  const sales = run.preview ?? []
  const shown = all ? sales : sales.slice(0, SHOWN_FIRST)
  return (
    <Card title={words.title} say={words.say} busy={props.busy}>
      {sales.length === 0 ? <p className="text-muted">{words.none}</p> : null}
      <div
        className={classes(
          'grid gap-3 transition-opacity sm:grid-cols-2 xl:grid-cols-1 2xl:grid-cols-2',
          props.busy && 'opacity-50',
        )}
      >
        {shown.map((sale, place) => (
          // Two sales of one file may share an id while it is misread: that is what a person looks for here.
          // biome-ignore lint/suspicious/noArrayIndexKey: the order of the file is what tells them apart
          <Receipt key={`${place} ${sale.external_id}`} sale={sale} timeZone={timeZone} />
        ))}
      </div>
      {sales.length <= SHOWN_FIRST || all ? null : (
        <Button size="sm" className="mt-3" onClick={() => setAll(true)}>
          {words.more(sales.length - SHOWN_FIRST)}
        </Button>
      )}
    </Card>
  )
}

function Receipt(props: { sale: PreviewSale; timeZone: string }): ReactNode {
  const { sale, timeZone } = props
  const number = sale.number ?? sale.external_id
  const when =
    sale.time_precision === 'day'
      ? formatDay(sale.business_date, 'weekday')
      : `${formatDay(sale.business_date, 'weekday')}, ${formatTime(sale.closed_at ?? sale.opened_at, timeZone)}`
  return (
    <article
      aria-label={texts.sale.title(number)}
      className="flex min-w-0 flex-col rounded-md border border-line bg-canvas px-3.5 py-3 text-sm"
    >
      <header className="flex items-baseline justify-between gap-3 border-b border-dashed border-edge pb-1.5">
        <span className="num font-medium">{when}</span>
        <span className="num min-w-0 truncate text-xs text-muted" title={number}>
          {number}
        </span>
      </header>
      <ul className="num py-1.5">
        {sale.items.length === 0 ? <li className="text-xs text-muted">{texts.sale.noItems}</li> : null}
        {sale.items.map((item) => (
          <li key={item.position} className="flex items-baseline gap-2">
            <span className="min-w-8 shrink-0 text-right text-muted">{formatQuantity(item.quantity)}×</span>
            <span className="min-w-0 flex-1 break-words">
              {item.article.name ?? texts.overview.unnamedItem}
              {item.article.variant === null ? null : <span className="text-muted"> {item.article.variant}</span>}
              {item.modifiers.map((one) => (
                <span key={one.name} className="block text-xs text-muted">
                  + {one.name}
                </span>
              ))}
            </span>
            <span className="shrink-0 whitespace-nowrap">{formatMoneyOr(item.gross, texts.none)}</span>
          </li>
        ))}
      </ul>
      <Amounts sale={sale} />
    </article>
  )
}

function Amounts(props: { sale: PreviewSale }): ReactNode {
  const { sale } = props
  const parts = texts.sale.parts
  const lines = [
    { name: parts.discount, amount: sale.discount, sign: '−' },
    { name: parts.tax_added, amount: sale.tax_added, sign: '' },
    { name: parts.service_charge, amount: sale.service_charge, sign: '' },
    { name: parts.tip, amount: sale.tip, sign: '' },
    { name: parts.rounding, amount: sale.rounding, sign: '' },
    { name: parts.deferred, amount: sale.deferred, sign: '' },
  ].filter((line) => line.amount.amount !== 0)
  const paid = [...new Set(sale.payments.map((payment) => wordFor(texts.tenders, payment.tender)))]
  return (
    <div className="num mt-auto border-t border-dashed border-edge pt-1.5">
      {lines.map((line) => (
        <p key={line.name} className="flex justify-between gap-3 text-muted">
          <span>{line.name}</span>
          <span>
            {line.sign}
            {formatMoney(line.amount)}
          </span>
        </p>
      ))}
      <p className="flex justify-between gap-3 font-semibold">
        <span>{parts.total}</span>
        <span>{formatMoneyOr(sale.total, texts.sales.unpriced)}</span>
      </p>
      {sale.tax_included.amount === 0 ? null : (
        <p className="flex justify-between gap-3 text-xs text-muted">
          <span>{parts.tax_included}</span>
          <span>{formatMoney(sale.tax_included)}</span>
        </p>
      )}
      {sale.refunds.map((refund) => (
        <p key={refund.external_id} className="flex justify-between gap-3 text-bad">
          <span>{parts.refunded}</span>
          <span>−{formatMoney(refund.amount)}</span>
        </p>
      ))}
      <p className="mt-1.5 flex flex-wrap items-center gap-1.5 text-xs text-muted">
        {sale.status === 'closed' ? null : <Badge>{texts.sales.statuses[sale.status]}</Badge>}
        {paid.map((tender) => (
          <Badge key={tender}>{tender}</Badge>
        ))}
        <span className="ml-auto">{texts.imports.preview.rows(rowsWords(sale.rows))}</span>
      </p>
    </div>
  )
}

/** `row 7`, `rows 7 to 9`, or how many where they lie apart. */
function rowsWords(rows: readonly number[]): string {
  const words = texts.imports.preview
  const [first, last] = [rows[0], rows.at(-1)]
  if (first === undefined || last === undefined) return words.rowCount(0)
  if (first === last) return words.row(first)
  return last - first === rows.length - 1 ? words.rowRange(first, last) : words.rowCount(rows.length)
}
