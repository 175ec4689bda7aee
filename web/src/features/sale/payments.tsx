import type { ReactNode } from 'react'
import { formatDay, formatMoment, formatMoney, formatQuantity } from '../../app/format.ts'
import { readable, texts, wordFor } from '../../app/texts.ts'
import type { SaleDetail } from '../../app/wire.ts'
import { Card } from '../../ui/card.tsx'

export function Payments(props: { sale: SaleDetail; timeZone: string }): ReactNode {
  const { payments } = props.sale
  return (
    <Card title={texts.sale.payments}>
      {payments.length === 0 ? <p className="text-muted">{texts.sale.noPayments}</p> : null}
      <ul className="divide-y divide-line">
        {payments.map((payment, place) => {
          const card = [
            payment.brand === null ? null : readable(payment.brand),
            payment.last4 === null ? null : `•••• ${payment.last4}`,
          ]
          const small = [
            ...card,
            payment.paid_at === null || props.sale.time_precision === 'day'
              ? null
              : formatMoment(payment.paid_at, props.timeZone),
          ]
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a payment may have no id of its own
            <li key={place} className="flex items-start justify-between gap-4 py-2 first:pt-0 last:pb-0">
              <div>
                <p className="font-medium">{wordFor(texts.tenders, payment.tender)}</p>
                <p className="num text-xs text-muted">{small.filter((one) => one !== null).join(' · ')}</p>
              </div>
              <p className="num text-right font-medium">
                {formatMoney(payment.amount)}
                {payment.tip.amount === 0 ? null : (
                  <span className="block text-xs font-normal text-muted">
                    {texts.sale.tip} {formatMoney(payment.tip)}
                  </span>
                )}
                {payment.fee === null || payment.fee.amount === 0 ? null : (
                  <span className="block text-xs font-normal text-muted">
                    {texts.sale.fee} {formatMoney(payment.fee)}
                  </span>
                )}
              </p>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}

export function Refunds(props: { sale: SaleDetail; timeZone: string }): ReactNode {
  const { refunds } = props.sale
  if (refunds.length === 0) return null
  return (
    <Card title={texts.sale.refunds}>
      <ul className="divide-y divide-line">
        {refunds.map((refund) => (
          <li key={refund.id} className="py-3 first:pt-0 last:pb-0">
            <div className="flex items-start justify-between gap-4">
              <div>
                <p className="font-medium">{wordFor(texts.tenders, refund.tender)}</p>
                <p className="num text-xs text-muted">
                  {formatMoment(refund.refunded_at, props.timeZone)} · {texts.sale.fact.businessDate}{' '}
                  {formatDay(refund.business_date, 'weekday')}
                </p>
                {refund.reason === null ? null : (
                  <p className="text-sm text-muted">
                    {texts.sale.reason}: {refund.reason}
                  </p>
                )}
              </div>
              <p className="num font-medium text-bad">−{formatMoney(refund.amount)}</p>
            </div>
            {refund.items.length === 0 ? null : (
              <ul className="num mt-2 text-sm text-muted">
                {refund.items.map((item, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: lines of a refund may be alike
                  <li key={place} className="flex justify-between gap-4">
                    <span>
                      {formatQuantity(item.quantity)} × {item.name ?? texts.overview.unnamedItem}
                    </span>
                    <span>−{formatMoney(item.amount)}</span>
                  </li>
                ))}
              </ul>
            )}
            {refund.unallocated.amount === 0 ? null : (
              <p className="num mt-1 flex justify-between gap-4 text-sm text-muted">
                <span>{texts.sale.unallocated}</span>
                <span>−{formatMoney(refund.unallocated)}</span>
              </p>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
