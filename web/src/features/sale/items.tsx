import type { ReactNode } from 'react'
import { formatMoney, formatMoneyOr, formatQuantity } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { SaleDetail, SaleItem } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { Table } from '../../ui/table.tsx'

/** What was sold, with what was added to it and the taxes of each line. */
export function Items(props: { sale: SaleDetail }): ReactNode {
  const { sale } = props
  return (
    <Card title={texts.sale.items} say={texts.count.items(sale.items.length)} bodyClassName="pt-1 pb-3">
      {sale.items.length === 0 ? <p className="px-5 py-3 text-muted">{texts.sale.noItems}</p> : null}
      {sale.items.length === 0 ? null : (
        <Table
          label={texts.sale.items}
          inset
          rows={sale.items}
          rowKey={(item) => String(item.position)}
          columns={[
            { key: 'item', head: texts.sale.item, className: 'w-full', cell: (item) => <ItemCell item={item} /> },
            {
              key: 'quantity',
              head: texts.sale.quantity,
              align: 'end',
              cell: (item) => formatQuantity(item.quantity),
            },
            {
              key: 'unit',
              head: texts.sale.unitPrice,
              align: 'end',
              shown: 'wide',
              cell: (item) => formatMoneyOr(item.unit_price, texts.none),
            },
            {
              key: 'amount',
              head: texts.sale.amount,
              align: 'end',
              cell: (item) => (
                <>
                  {formatMoneyOr(item.gross, texts.sales.unpriced)}
                  {item.discount.amount === 0 ? null : (
                    <span className="block text-xs text-muted">−{formatMoney(item.discount)}</span>
                  )}
                </>
              ),
            },
          ]}
        />
      )}
    </Card>
  )
}

function ItemCell(props: { item: SaleItem }): ReactNode {
  const { article, modifiers, taxes, kind } = props.item
  const small = [article.variant, article.category, article.sku].filter((one) => one !== null).join(' · ')
  return (
    <>
      <span className="flex flex-wrap items-center gap-2 font-medium">
        {article.name ?? texts.overview.unnamedItem}
        {kind === 'gift_card' ? <Badge tone="info">{texts.sale.giftCard}</Badge> : null}
      </span>
      {small === '' ? null : <span className="block text-xs text-muted">{small}</span>}
      {modifiers.map((one) => (
        <span key={one.name} className="num block text-xs text-muted">
          + {one.quantity === '1' ? '' : `${formatQuantity(one.quantity)} × `}
          {one.name}
          {one.price.amount === 0 ? '' : ` ${formatMoney(one.price)}`}
        </span>
      ))}
      {taxes.map((tax) => (
        <span key={`${tax.name} ${tax.rate} ${tax.included}`} className="num block text-xs text-faint">
          {tax.name ?? texts.sale.taxes}
          {tax.rate === null ? '' : ` ${formatQuantity(tax.rate)} %`} · {formatMoney(tax.amount)}{' '}
          {tax.included ? texts.sale.taxIncluded : texts.sale.taxAdded}
        </span>
      ))}
    </>
  )
}
