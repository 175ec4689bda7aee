import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatMoney, formatQuantity } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { Money, OrderDetail, OrderItem, PushRehearsal } from '../../app/wire.ts'
import { Card } from '../../ui/card.tsx'
import { classes } from '../../ui/classes.ts'

/** What was ordered, what each of it stands for in the POS, and how the total comes about. */
export function ItemsCard(props: {
  order: OrderDetail
  rehearsal: PushRehearsal | undefined
  posTotal: Money | null
}): ReactNode {
  const { order, rehearsal, posTotal } = props
  const words = texts.order
  const cell = 'py-2 align-top'
  return (
    <Card title={words.items} className="max-xl:order-1" bodyClassName="pt-2 pb-4">
      <Notes order={order} />
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{words.items}</caption>
        <thead>
          <tr className="border-b border-line text-left text-xs text-muted">
            <th scope="col" className="py-2 pr-2 pl-5 font-medium">
              {words.quantity}
            </th>
            <th scope="col" className="px-2 py-2 font-medium">
              {words.item}
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium max-sm:hidden">
              {words.unitPrice}
            </th>
            <th scope="col" className="py-2 pr-5 pl-2 text-right font-medium">
              {words.amount}
            </th>
          </tr>
        </thead>
        <tbody>
          {order.items.map((item, index) => (
            <tr key={item.line_id} className="border-b border-line">
              <td className={classes(cell, 'num w-px pr-2 pl-5 font-medium whitespace-nowrap')}>
                {formatQuantity(item.quantity)} ×
              </td>
              <th scope="row" className={classes(cell, 'px-2 text-left font-normal')}>
                <Item item={item} pointer={`/items/${index}`} rehearsal={rehearsal} />
              </th>
              <td className={classes(cell, 'num px-2 text-right whitespace-nowrap text-muted max-sm:hidden')}>
                {formatMoney(item.unit_price)}
              </td>
              <td className={classes(cell, 'num pr-5 pl-2 text-right font-medium whitespace-nowrap')}>
                {formatMoney(item.total)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Sums order={order} posTotal={posTotal} />
    </Card>
  )
}

/** What the customer wrote, before what is made of it. */
function Notes(props: { order: OrderDetail }): ReactNode {
  const notes = [props.order.note, props.order.fulfilment.note].filter((note) => note !== null)
  if (notes.length === 0) return null
  return (
    <div className="mx-5 mb-2 rounded-md bg-warn-soft px-3 py-2 text-sm text-pretty">
      {notes.map((note) => (
        <p key={note}>{texts.order.noteOfItem(note)}</p>
      ))}
    </div>
  )
}

function Item(props: { item: OrderItem; pointer: string; rehearsal: PushRehearsal | undefined }): ReactNode {
  const { item, pointer, rehearsal } = props
  const words = texts.order
  const own = (rehearsal?.warnings ?? []).filter(
    (one) => one.pointer.startsWith(`${pointer}/`) || one.pointer === pointer,
  )
  const problems = (rehearsal?.problems ?? []).filter(
    (one) => one.pointer.startsWith(`${pointer}/`) || one.pointer === pointer,
  )
  return (
    <>
      <span className="font-medium">{item.name}</span>
      <Article pointer={pointer} rehearsal={rehearsal} />
      {item.modifiers.map((modifier, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a modifier may be there twice, and is never moved
        <span key={at} className="num block text-muted">
          + {modifier.quantity === '1' ? '' : `${formatQuantity(modifier.quantity)} × `}
          {modifier.name}
          {modifier.unit_price.amount === 0 ? '' : ` ${formatMoney(modifier.unit_price)}`}
          <Article pointer={`${pointer}/modifiers/${at}`} rehearsal={rehearsal} />
        </span>
      ))}
      {item.note === null ? null : <span className="block text-pretty italic">{words.noteOfItem(item.note)}</span>}
      {item.discount.amount === 0 ? null : (
        <span className="num block text-muted">{words.discountOf(formatMoney(item.discount))}</span>
      )}
      {[...problems, ...own].map((one) => (
        <span
          key={one.code + one.pointer}
          className={classes(
            'mt-1 flex items-start gap-1.5 text-xs text-pretty',
            problems.includes(one) ? 'text-bad' : 'text-warn',
          )}
        >
          <TriangleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden="true" />
          {one.say}
        </span>
      ))}
    </>
  )
}

/** What it stands for now; a word only where that is another name or none. */
function Article(props: { pointer: string; rehearsal: PushRehearsal | undefined }): ReactNode {
  const found = props.rehearsal?.mapping.find((one) => one.pointer === props.pointer)
  if (found === undefined) return null
  const { pos_item_id: id, pos_name: name } = found
  const words = texts.order
  return (
    <span className="block text-xs text-faint" title={id ?? undefined}>
      {words.article}: {id === null ? words.noArticle : (name ?? id)}
    </span>
  )
}

function Sums(props: { order: OrderDetail; posTotal: Money | null }): ReactNode {
  const { order, posTotal } = props
  const words = texts.order.sums
  const items = order.items.reduce((sum, item) => sum + item.total.amount, 0)
  const minus = (money: Money): string => formatMoney({ ...money, amount: -money.amount })
  const rows = [
    { key: 'items', name: words.items, value: formatMoney({ amount: items, currency: order.currency }) },
    ...order.discounts.map((one, at) => ({ key: `d${at}`, name: one.name, value: minus(one.amount) })),
    ...order.charges.map((one, at) => ({ key: `c${at}`, name: one.name, value: formatMoney(one.amount) })),
    ...order.taxes
      .filter(({ included }) => !included)
      .map((one, at) => ({ key: `t${at}`, name: words.tax(one.name), value: formatMoney(one.amount) })),
    ...(order.tip.amount === 0 ? [] : [{ key: 'tip', name: words.tip, value: formatMoney(order.tip) }]),
  ]
  const inside = order.taxes.filter(({ included }) => included)
  const differs = posTotal !== null && posTotal.amount !== order.total.amount
  return (
    <dl className="num mt-2 ml-auto flex w-full max-w-xs flex-col gap-1 px-5 text-sm">
      {rows.length < 2
        ? null
        : rows.map(({ key, name, value }) => (
            <div key={key} className="flex justify-between gap-4 text-muted">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      <div className="flex justify-between gap-4 text-base font-semibold">
        <dt>{words.total}</dt>
        <dd>{formatMoney(order.total)}</dd>
      </div>
      {inside.map((one) => (
        <div key={one.name} className="flex justify-between gap-4 text-xs text-faint">
          <dt>{words.taxIncluded(one.name)}</dt>
          <dd>{formatMoney(one.amount)}</dd>
        </div>
      ))}
      {differs ? (
        <div className="flex justify-between gap-4 font-medium text-bad">
          <dt>{words.posTotal}</dt>
          <dd>{formatMoney(posTotal)}</dd>
        </div>
      ) : null}
    </dl>
  )
}
