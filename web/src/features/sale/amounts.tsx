import type { ReactNode } from 'react'
import { formatMoney, formatMoneyOr } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { Money, SaleDetail } from '../../app/wire.ts'
import { Card } from '../../ui/card.tsx'
import { classes } from '../../ui/classes.ts'

/** The sale as on its receipt: the parts, then what they make. Parts of nothing are left out. */
export function Amounts(props: { sale: SaleDetail }): ReactNode {
  const { sale } = props
  const parts: readonly { name: keyof typeof texts.sale.parts; amount: Money; sign: '' | '−' }[] = [
    { name: 'discount', amount: sale.discount, sign: '−' },
    { name: 'tax_added', amount: sale.tax_added, sign: '' },
    { name: 'service_charge', amount: sale.service_charge, sign: '' },
    { name: 'tip', amount: sale.tip, sign: '' },
    { name: 'rounding', amount: sale.rounding, sign: '' },
    { name: 'deferred', amount: sale.deferred, sign: '' },
  ]
  return (
    <Card title={texts.sale.amounts}>
      <dl className="flex flex-col gap-1 text-base">
        <Line name={texts.sale.parts.gross} value={formatMoneyOr(sale.gross, texts.notStated)} />
        {parts
          .filter((part) => part.amount.amount !== 0)
          .map((part) => (
            <Line
              key={part.name}
              name={texts.sale.parts[part.name]}
              value={`${part.sign}${formatMoney(part.amount)}`}
            />
          ))}
        <Line name={texts.sale.parts.total} value={formatMoneyOr(sale.total, texts.notStated)} strong />
        {sale.tax_included.amount === 0 ? null : (
          <Line name={texts.sale.parts.tax_included} value={formatMoney(sale.tax_included)} faint />
        )}
        {sale.refunded.amount === 0 ? null : (
          <Line name={texts.sale.parts.refunded} value={`−${formatMoney(sale.refunded)}`} />
        )}
      </dl>
    </Card>
  )
}

function Line(props: { name: string; value: string; strong?: boolean; faint?: boolean }): ReactNode {
  return (
    <div
      className={classes(
        'flex justify-between gap-4',
        props.strong === true && 'mt-1 border-t border-line pt-2 font-semibold',
        props.faint === true && 'text-sm text-muted',
      )}
    >
      <dt className={props.strong === true ? undefined : 'text-muted'}>{props.name}</dt>
      <dd className="num">{props.value}</dd>
    </div>
  )
}
