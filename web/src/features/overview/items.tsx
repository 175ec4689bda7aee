import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { Range } from '../../app/dates.ts'
import { formatDay, formatMajor, formatNumber, formatShare } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { FiguresBlock, ItemFigure } from '../../app/wire.ts'
import { Bars } from '../../ui/bars.tsx'
import { ChartCard } from '../../ui/chart/chart-card.tsx'
import { Segments } from '../../ui/field.tsx'
import { Table } from '../../ui/table.tsx'
import { isPriced } from './priced.ts'

function itemName(item: ItemFigure): string {
  const name = item.item_name ?? texts.overview.unnamedItem
  return item.variant === null ? name : `${name}, ${item.variant}`
}

/** What sells and what does not. Without prices, units are ranked. */
export function Items(props: { block: FiguresBlock; range: Range; className?: string }): ReactNode {
  const { block } = props
  const [which, setWhich] = useState<'top' | 'slow'>('top')
  const items = which === 'top' ? block.top_items : block.slow_items
  const priced = items.some((item) => item.revenue !== null && item.revenue !== 0)
  const sizeOf = (item: ItemFigure): number => (priced ? (item.revenue ?? 0) : item.quantity_sold)
  const most = Math.max(0, ...items.map(sizeOf))
  const title = which === 'top' ? texts.overview.topItems : texts.overview.slowItems
  return (
    <ChartCard
      title={title}
      texts={texts}
      {...(props.className === undefined ? {} : { className: props.className })}
      actions={
        <Segments
          label={texts.overview.items}
          value={which}
          onChange={setWhich}
          choices={[
            { value: 'top', label: texts.overview.topItems },
            { value: 'slow', label: texts.overview.slowItems },
          ]}
        />
      }
      chart={
        items.length === 0 ? (
          <p className="py-4 text-muted">{texts.overview.noItems}</p>
        ) : (
          <Bars
            label={title}
            tone={which === 'top' ? 'accent' : 'muted'}
            bars={items.slice(0, 10).map((item, place) => ({
              key: `${place} ${itemName(item)}`,
              label: <ItemLink item={item} range={props.range} />,
              note:
                which === 'slow' ? `${texts.overview.lastSold} ${formatDay(item.last_sold_on, 'short')}` : undefined,
              aside: priced ? texts.count.units(item.quantity_sold) : undefined,
              value: figureOf(item, priced, block.currency),
              share: most > 0 ? sizeOf(item) / most : 0,
            }))}
          />
        )
      }
      table={
        <Table
          label={title}
          dense
          stickyHead
          rows={items}
          rowKey={(item, place) => `${place} ${itemName(item)}`}
          empty={texts.overview.noItems}
          columns={[
            { key: 'item', head: texts.overview.item, cell: itemName },
            {
              key: 'category',
              head: texts.overview.category,
              shown: 'wide',
              cell: (item) => item.category ?? texts.none,
            },
            {
              key: 'units',
              head: texts.overview.units,
              align: 'end',
              cell: (item) => formatNumber(item.quantity_sold, 3),
            },
            {
              key: 'revenue',
              head: texts.overview.revenue,
              align: 'end',
              cell: (item) =>
                item.revenue === null ? texts.overview.unpriced : formatMajor(item.revenue, block.currency),
            },
            {
              key: 'share',
              head: texts.overview.share,
              align: 'end',
              cell: (item) => (item.share === null ? texts.none : formatShare(item.share)),
            },
            {
              key: 'last',
              head: texts.overview.lastSold,
              align: 'end',
              shown: 'wide',
              cell: (item) => formatDay(item.last_sold_on),
            },
          ]}
        />
      }
    />
  )
}

/** Leads to the sales that hold it; an item without a name cannot be asked for. */
function ItemLink(props: { item: ItemFigure; range: Range }): ReactNode {
  const { item, range } = props
  if (item.item_name === null) return itemName(item)
  return (
    <Link
      to="/sales"
      search={{ ...range, item: item.item_name }}
      title={texts.overview.itemSales(item.item_name)}
      className="rounded-sm hover:underline"
    >
      {itemName(item)}
    </Link>
  )
}

function figureOf(item: ItemFigure, priced: boolean, currency: string): string {
  if (!priced) return texts.count.units(item.quantity_sold)
  return item.revenue === null ? texts.overview.unpriced : formatMajor(item.revenue, currency)
}

export function Categories(props: { block: FiguresBlock; className?: string }): ReactNode {
  const { categories, currency } = props.block
  const priced = isPriced(props.block)
  const sizeOf = (one: (typeof categories)[number]): number => (priced ? one.revenue : one.quantity_sold)
  const most = Math.max(0, ...categories.map(sizeOf))
  return (
    <ChartCard
      title={texts.overview.categories}
      texts={texts}
      {...(props.className === undefined ? {} : { className: props.className })}
      chart={
        categories.length === 0 ? (
          <p className="py-4 text-muted">{texts.overview.noItems}</p>
        ) : (
          <Bars
            label={texts.overview.categories}
            bars={categories.slice(0, 10).map((one) => ({
              key: one.category ?? '',
              label: one.category ?? texts.overview.noCategory,
              aside: one.share === null ? undefined : formatShare(one.share),
              value: priced ? formatMajor(one.revenue, currency) : texts.count.units(one.quantity_sold),
              share: most > 0 ? sizeOf(one) / most : 0,
            }))}
          />
        )
      }
      table={
        <Table
          label={texts.overview.categories}
          dense
          stickyHead
          rows={categories}
          rowKey={(one) => one.category ?? ''}
          empty={texts.overview.noItems}
          columns={[
            {
              key: 'category',
              head: texts.overview.category,
              cell: (one) => one.category ?? texts.overview.noCategory,
            },
            {
              key: 'units',
              head: texts.overview.units,
              align: 'end',
              cell: (one) => formatNumber(one.quantity_sold, 3),
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
