import type { ReactNode } from 'react'
import { formatMoney, formatNumber } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { BookFigures, FirstFigures, Money } from '../../app/wire.ts'
import { Table } from '../../ui/table.tsx'

type Row = {
  readonly key: string
  readonly label: string
  readonly theirs: string
  readonly ours: string
  readonly difference: string | null
}

const AMOUNTS = ['paid', 'tips', 'refunded'] as const
const COUNTS = ['payments', 'refunds'] as const

/** Both readings of a day, one currency after the other. */
export function FiguresTable(props: { figures: FirstFigures; systemName: string }): ReactNode {
  const { figures, systemName } = props
  const words = texts.connect.figures
  return (
    <Table
      label={`${figures.site_name}, ${figures.business_date}`}
      inset
      dense
      rows={rowsOf(figures)}
      rowKey={(row) => row.key}
      columns={[
        { key: 'what', head: '', cell: (row) => row.label },
        { key: 'theirs', head: words.theirs(systemName), align: 'end', cell: (row) => row.theirs },
        {
          key: 'ours',
          head: words.ours,
          align: 'end',
          className: 'max-sm:pr-5',
          cell: (row) => (
            <>
              {row.ours}
              {row.difference === null ? null : (
                <span className="block text-xs font-medium text-warn sm:hidden">{row.difference}</span>
              )}
            </>
          ),
        },
        {
          key: 'difference',
          head: words.difference,
          align: 'end',
          shown: 'wide',
          cell: (row) =>
            row.difference === null ? (
              <span className="text-faint">{texts.none}</span>
            ) : (
              <span className="font-medium text-warn">{row.difference}</span>
            ),
        },
      ]}
    />
  )
}

export function rowsOf({ theirs, ours }: Pick<FirstFigures, 'theirs' | 'ours'>): Row[] {
  const currencies = [...new Set([...theirs, ...ours].map(({ currency }) => currency))].sort()
  return currencies.flatMap((currency) => {
    const of = (all: readonly BookFigures[]): BookFigures =>
      all.find((one) => one.currency === currency) ?? nothingIn(currency)
    const several = currencies.length > 1 ? ` (${currency})` : ''
    return ([...AMOUNTS, ...COUNTS] as const).map((name) =>
      rowOf(`${currency} ${name}`, texts.connect.figures.row[name] + several, of(theirs)[name], of(ours)[name]),
    )
  })
}

function rowOf(key: string, label: string, theirs: Money | number, ours: Money | number): Row {
  const show = (value: Money | number) => (typeof value === 'number' ? formatNumber(value) : formatMoney(value))
  const plain = (value: Money | number) => (typeof value === 'number' ? value : value.amount)
  const off = plain(ours) - plain(theirs)
  const difference = typeof theirs === 'number' ? off : { amount: off, currency: theirs.currency }
  const sign = off > 0 ? '+' : ''
  return { key, label, theirs: show(theirs), ours: show(ours), difference: off === 0 ? null : sign + show(difference) }
}

function nothingIn(currency: string): BookFigures {
  const nothing = { amount: 0, currency }
  return { currency, payments: 0, paid: nothing, tips: nothing, refunds: 0, refunded: nothing }
}
