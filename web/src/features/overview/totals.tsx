import { Info } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  formatChange,
  formatDayRange,
  formatMajor,
  formatMajorChange,
  formatNumber,
  formatPercentChange,
} from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { Change, FiguresBlock, Summary } from '../../app/wire.ts'
import { Card } from '../../ui/card.tsx'
import { classes } from '../../ui/classes.ts'
import { Delta } from '../../ui/delta.tsx'
import { Flash } from '../../ui/flash.tsx'
import { Popover } from '../../ui/popover.tsx'
import { isComparable } from './comparable.ts'
import { isPriced } from './priced.ts'

export type Definitions = Readonly<Record<string, string>>
type FigureName = keyof Summary
const HEADLINES = [
  'total_revenue',
  'total_transactions',
  'total_items_sold',
  'average_transaction_value',
] as const satisfies readonly FigureName[]
const COUNTS: readonly FigureName[] = [
  'total_transactions',
  'total_items_sold',
  'refund_count',
  'voided_transactions',
  'unpriced_transactions',
]

function formatFigure(name: FigureName, value: number | null, currency: string): string {
  if (value === null) return texts.none
  return COUNTS.includes(name) ? formatNumber(value, 2) : formatMajor(value, currency)
}

/** The four figures that a merchant looks at first. */
export function Headlines(props: { block: FiguresBlock; definitions: Definitions; scope: string }): ReactNode {
  const { block } = props
  return (
    <section aria-label={texts.overview.totals}>
      <dl className="grid grid-cols-2 overflow-hidden rounded-lg border border-line bg-surface shadow-card xl:grid-cols-4">
        {HEADLINES.map((name) => {
          const unpriced = name === 'total_revenue' && !isPriced(block)
          const value = unpriced ? texts.none : formatFigure(name, block.summary[name], block.currency)
          return (
            <div
              key={name}
              className="-mr-px -mb-px flex min-w-0 flex-col gap-1 border-r border-b border-line px-4 py-4 sm:px-5"
            >
              <dt className="flex items-center gap-1 text-sm text-muted">
                {texts.overview.figures[name]}
                <Definition name={name} definitions={props.definitions} />
              </dt>
              <dd className="num text-xl font-semibold tracking-tight sm:text-2xl">
                <Flash value={value} scope={`${props.scope} ${block.currency}`} />
              </dd>
              <dd className="min-h-5 truncate">
                {unpriced ? (
                  <span className="text-sm text-faint">{texts.overview.unpricedSay}</span>
                ) : (
                  <Compared block={block} name={name} />
                )}
              </dd>
            </div>
          )
        })}
      </dl>
    </section>
  )
}

function Compared(props: { block: FiguresBlock; name: (typeof HEADLINES)[number] }): ReactNode {
  const { block, name } = props
  const { growth, currency } = block
  if (growth === null) return null
  if (!isComparable(block)) return <span className="text-sm text-faint">{texts.overview.partBefore}</span>
  const change: Change | null = growth[name]
  if (change === null || change.percent === null) {
    return <span className="text-sm text-faint">{texts.overview.noneBefore}</span>
  }
  const absolute = COUNTS.includes(name) ? formatChange(change.change, 2) : formatMajorChange(change.change, currency)
  const title = `${absolute} · ${formatDayRange(growth.from, growth.to)}`
  return (
    <span className="flex items-center gap-2">
      <Delta change={change.change} title={title}>
        {formatPercentChange(change.percent)}
      </Delta>
      <span className="num truncate text-xs text-faint max-sm:hidden">
        {texts.overview.before(formatFigure(name, change.before, currency))}
      </span>
    </span>
  )
}

const STATEMENT: readonly (readonly { readonly name: FigureName; readonly sign?: '−'; readonly sum?: true }[])[] = [
  [
    { name: 'gross_sales' },
    { name: 'discounts', sign: '−' },
    { name: 'tax_in_prices', sign: '−' },
    { name: 'refunds_of_goods', sign: '−' },
    { name: 'net_sales', sum: true },
  ],
  [
    { name: 'tax' },
    { name: 'service_charges' },
    { name: 'tips' },
    { name: 'rounding' },
    { name: 'gift_cards_sold' },
    { name: 'total_collected', sum: true },
  ],
  [{ name: 'refunds' }, { name: 'refund_count' }, { name: 'voided_transactions' }, { name: 'unpriced_transactions' }],
]

/** All totals, like the foot of a till's report; each opens to its written definition. */
export function Statement(props: { block: FiguresBlock; definitions: Definitions; className?: string }): ReactNode {
  const { summary, currency } = props.block
  return (
    <Card
      title={texts.overview.totals}
      say={texts.overview.totalsSay}
      {...(props.className === undefined ? {} : { className: props.className })}
    >
      <dl className="flex flex-col text-sm">
        {STATEMENT.map((part, place) => (
          <div key={part[0]?.name} className={classes(place > 0 && 'mt-2 border-t border-line pt-2')}>
            {part.map(({ name, sign, sum }) => {
              const value = summary[name]
              return (
                <div key={name} className="flex items-center justify-between gap-3 py-0.5">
                  <dt className={classes('flex items-center gap-1', sum ? 'font-semibold' : 'text-muted')}>
                    {texts.overview.figures[name]}
                    <Definition name={name} definitions={props.definitions} />
                  </dt>
                  <dd className={classes('num', sum && 'font-semibold', value === 0 && 'text-faint')}>
                    {sign !== undefined && value !== 0 ? sign : ''}
                    {formatFigure(name, value, currency)}
                  </dd>
                </div>
              )
            })}
          </div>
        ))}
      </dl>
    </Card>
  )
}

function Definition(props: { name: FigureName; definitions: Definitions }): ReactNode {
  const label = texts.overview.figures[props.name]
  return (
    <Popover
      label={texts.overview.definition(label)}
      className="w-72"
      trigger={
        <button
          type="button"
          aria-label={texts.overview.definition(label)}
          className="inline-flex size-6 items-center justify-center rounded-full text-faint hover:text-ink"
        >
          <Info className="size-3.5" aria-hidden="true" />
        </button>
      }
    >
      <p className="font-semibold">{label}</p>
      <p className="mt-1 text-pretty text-muted">{props.definitions[props.name] ?? texts.overview.noDefinition}</p>
    </Popover>
  )
}
