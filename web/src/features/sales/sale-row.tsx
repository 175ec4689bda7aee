import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatDay, formatMoney, formatMoneyOr, formatTime } from '../../app/format.ts'
import { texts, wordFor } from '../../app/texts.ts'
import type { Sale } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { classes } from '../../ui/classes.ts'

export function saleNumber(sale: { readonly number: string | null; readonly external_id: string }): string {
  return sale.number ?? sale.external_id
}

/** What needs a second look: everything ordinary goes without a badge. */
export function SaleBadges(props: { sale: Sale }): ReactNode {
  const { sale } = props
  return (
    <>
      {sale.status === 'closed' ? null : (
        <Badge tone={sale.status === 'open' ? 'info' : 'plain'}>{texts.sales.statuses[sale.status]}</Badge>
      )}
      {sale.identity === 'differs' ? <Badge tone="bad">{texts.sales.identity.differs}</Badge> : null}
      {sale.identity === 'incomplete' && sale.total !== null ? (
        <Badge tone="warn">{texts.sales.identity.incomplete}</Badge>
      ) : null}
      {sale.refunded.amount > 0 ? <Badge tone="warn">{texts.sales.refunded(formatMoney(sale.refunded))}</Badge> : null}
    </>
  )
}

function itemsText(sale: Sale): string {
  return sale.items
    .slice(0, 3)
    .map((item) => {
      const name = item.article.name ?? texts.overview.unnamedItem
      return item.quantity === '1' ? name : `${item.quantity} × ${name}`
    })
    .join(', ')
}

function tendersText(sale: Sale): string {
  const names = sale.payments.map((one) => wordFor(texts.tenders, one.tender))
  return [...new Set(names)].join(', ')
}

/** The whole row leads to the sale; its link is in the first cell, for keyboards and screen readers. */
export function SaleRow(props: { sale: Sale; site: string; timeZone: string; arrived: boolean }): ReactNode {
  const { sale, timeZone } = props
  const at = sale.closed_at ?? sale.opened_at
  const dayOnly = sale.time_precision === 'day'
  const more = sale.items.length - 3
  const struck = sale.status === 'voided'
  return (
    <tr
      className={classes(
        'relative border-b border-line transition-colors last:border-b-0 hover:bg-sunken',
        'has-focus-visible:bg-sunken',
        props.arrived && 'animate-arrive',
      )}
    >
      <th scope="row" className="py-2 pr-2.5 pl-5 text-left align-top font-normal whitespace-nowrap">
        <Link
          to="/sales/$saleId"
          params={{ saleId: sale.id }}
          aria-label={texts.sales.open(saleNumber(sale))}
          className="num font-medium after:absolute after:inset-0"
        >
          {dayOnly ? formatDay(sale.business_date, 'short') : formatTime(at, timeZone)}
        </Link>
        <span className="block text-xs text-faint">
          {dayOnly ? texts.sales.dayOnly : formatDay(sale.business_date, 'weekday')}
        </span>
      </th>
      <td className="num max-w-40 truncate px-2.5 py-2 align-top text-muted max-md:hidden">{saleNumber(sale)}</td>
      <td className="w-full max-w-0 px-2.5 py-2 align-top">
        <span className={classes('block truncate', struck && 'text-muted line-through')}>
          {itemsText(sale)}
          {more > 0 ? <span className="text-faint"> {texts.sales.moreItems(more)}</span> : null}
        </span>
        <span className="mt-0.5 flex flex-wrap items-center gap-1.5 text-xs text-muted">
          {props.site}
          <SaleBadges sale={sale} />
        </span>
      </td>
      <td className="px-2.5 py-2 align-top whitespace-nowrap text-muted max-lg:hidden">{tendersText(sale)}</td>
      <td
        className={classes(
          'num py-2 pr-5 pl-2.5 text-right align-top font-medium whitespace-nowrap',
          struck && 'text-muted line-through',
        )}
      >
        {formatMoneyOr(sale.total, texts.sales.unpriced)}
      </td>
    </tr>
  )
}
