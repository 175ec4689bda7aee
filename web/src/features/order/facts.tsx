import type { ReactNode } from 'react'
import { useActorName } from '../../app/actors.ts'
import { readable, texts, wordFor } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { OrderDetail } from '../../app/wire.ts'
import { Card, Facts } from '../../ui/card.tsx'

type Row = { readonly label: string; readonly value: ReactNode }

const ONE_COLUMN = 'sm:grid-cols-2 xl:grid-cols-1'

/** Whoever may read orders sees who ordered: somebody must hand it over. */
export function CustomerCard(props: { order: OrderDetail }): ReactNode {
  const { customer, fulfilment } = props.order
  const words = texts.order
  const { address } = fulfilment
  const lines =
    address === null
      ? []
      : [
          ...address.lines,
          [address.postal_code, address.city].filter((one) => one !== null).join(' '),
          [address.region, address.country].filter((one) => one !== null).join(', '),
        ].filter((line) => line !== '')
  const rows: readonly Row[] = [
    ...(customer === null ? [] : [{ label: words.name, value: customer.name }]),
    ...(customer?.phone == null
      ? []
      : [
          {
            label: words.phone,
            value: (
              <a href={`tel:${customer.phone}`} className="text-accent hover:underline">
                {customer.phone}
              </a>
            ),
          },
        ]),
    ...(customer?.email == null
      ? []
      : [
          {
            label: words.email,
            value: (
              <a href={`mailto:${customer.email}`} className="break-all text-accent hover:underline">
                {customer.email}
              </a>
            ),
          },
        ]),
    ...(lines.length === 0
      ? []
      : [{ label: words.address, value: <span className="whitespace-pre-line">{lines.join('\n')}</span> }]),
  ]
  return (
    <Card title={words.customer} className="max-xl:order-3">
      {rows.length === 0 ? (
        <p className="text-muted">{words.customerNone}</p>
      ) : (
        <Facts rows={rows} className={ONE_COLUMN} />
      )}
    </Card>
  )
}

export function FactsCard(props: { order: OrderDetail; site: string; zone: string }): ReactNode {
  const { order, zone } = props
  const nameOf = useActorName()
  const words = texts.order.fact
  const { fulfilment, payment } = order
  const said = (label: string, value: ReactNode): readonly Row[] =>
    value === null || value === '' ? [] : [{ label, value }]
  const method = wordFor(texts.tenders, payment.method)
  const rows: readonly Row[] = [
    {
      label: words.promised,
      value: fulfilment.at === null ? words.soonest : <When at={fulfilment.at} zone={zone} />,
    },
    { label: words.fulfilment, value: texts.orderStates.fulfilments[fulfilment.kind] },
    ...said(words.table, fulfilment.table),
    ...said(words.guests, fulfilment.guests),
    {
      label: words.payment,
      value: `${payment.state === 'paid' ? texts.orderStates.paid : texts.orderStates.due} · ${
        method === payment.method ? readable(method) : method
      }`,
    },
    ...said(words.reference, payment.reference),
    { label: words.site, value: props.site },
    { label: words.channel, value: order.channel },
    { label: words.externalId, value: <code className="text-xs break-all">{order.external_id}</code> },
    { label: words.placed, value: <When at={order.placed_at} zone={zone} as="exact" /> },
    { label: words.received, value: <When at={order.created_at} zone={zone} as="exact" /> },
    ...(order.version > 1 ? said(words.version, order.version) : []),
    ...(order.handled_by === null ? [] : said(words.handledBy, nameOf(order.handled_by))),
  ]
  return (
    <Card title={texts.order.facts} say={texts.time.zone(zone)} className="max-xl:order-5">
      <Facts rows={rows} className={ONE_COLUMN} />
    </Card>
  )
}
