import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useMemo } from 'react'
import { type Range, rangeOf } from '../../app/dates.ts'
import { formatDayRange } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useTenantApi } from '../../app/session.tsx'
import { useBusinessToday } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { Figures, FiguresBlock, FiguresRequest } from '../../app/wire.ts'
import { classes } from '../../ui/classes.ts'
import { Skeleton } from '../../ui/states.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { AverageBasket, Pairs } from './baskets.tsx'
import { Freshness } from './freshness.tsx'
import { Heat } from './heat.tsx'
import { Categories, Items } from './items.tsx'
import { PaymentMix, SitesLeague } from './mix.tsx'
import { figuresQuery } from './queries.ts'
import { Quiet } from './quiet.tsx'
import { comparisonAsked, DEFAULT_RANGE, type OverviewSearch, readOverviewSearch } from './search.ts'
import { Toolbar } from './toolbar.tsx'
import { Headlines, Statement } from './totals.tsx'
import { Trend } from './trend.tsx'

export function Overview(): ReactNode {
  // Two addresses show this screen, so its search is read here as both routes read it.
  const search = readOverviewSearch(useSearch({ strict: false }))
  const api = useTenantApi()
  const today = useBusinessToday(search.site)
  const { from, to } = rangeOf(search, today, DEFAULT_RANGE)
  const compare = comparisonAsked(search)
  const request = useMemo<FiguresRequest>(
    () => ({
      from,
      to,
      ...(search.site === undefined ? {} : { locations: [search.site] }),
      ...(compare === undefined ? {} : { compare }),
    }),
    [from, to, search.site, compare],
  )
  const figures = useQuery(figuresQuery(api, request))
  const answer = figures.data

  return (
    <>
      <title>{texts.title(texts.overview.title)}</title>
      <header className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight">{texts.overview.title}</h1>
          <div className="flex min-h-6 flex-wrap items-center gap-x-3 text-sm text-muted">
            <span className="num">{formatDayRange(from, to)}</span>
            {answer === undefined ? null : (
              <Freshness asOf={answer.as_of} coverage={answer.coverage} growth={answer.growth} today={today} />
            )}
          </div>
        </div>
        <Toolbar search={search} range={{ from, to }} today={today} request={request} />
      </header>
      <output className="sr-only">{figures.isPlaceholderData ? texts.overview.updating : ''}</output>
      {figures.isError ? (
        <div className="mb-5">
          <ProblemNotice
            title={texts.overview.failedTitle}
            error={figures.error}
            onRetry={() => figures.refetch()}
            compact={answer !== undefined}
          />
        </div>
      ) : null}
      {answer === undefined ? (
        figures.isPending ? (
          <Waiting />
        ) : null
      ) : (
        <div
          aria-busy={figures.isPlaceholderData}
          className={classes('transition-opacity', figures.isPlaceholderData && 'opacity-50')}
        >
          <Answer figures={answer} search={search} range={{ from, to }} today={today} />
        </div>
      )}
    </>
  )
}

function Answer(props: { figures: Figures; search: OverviewSearch; range: Range; today: string }): ReactNode {
  const { figures, search } = props
  const navigate = useNavigate()
  const whole: readonly FiguresBlock[] = [figures, ...figures.other_currencies]
  const blocks = search.compare === 'none' ? whole.map(withoutComparison) : whole
  const block = blocks.find((one) => one.currency === search.currency) ?? blocks[0]
  if (block === undefined || blocks.every(isQuiet)) return <Quiet range={props.range} search={search} />
  const screen = <Screen figures={figures} block={block} today={props.today} />
  if (blocks.length === 1) return screen
  return (
    <Tabs
      label={texts.overview.currency}
      value={block.currency}
      onChange={(currency) => navigate({ to: '.', search: { ...search, currency }, replace: true, resetScroll: false })}
      tabs={blocks.map((one) => ({ value: one.currency, label: one.currency }))}
    >
      <div className="pt-4">{screen}</div>
    </Tabs>
  )
}

/** The hub always compares; who asked for none is shown none. */
function withoutComparison(block: FiguresBlock): FiguresBlock {
  const daily_trend = block.daily_trend.map((day) => ({ ...day, compare_date: null, compare_revenue: null }))
  return { ...block, growth: null, daily_trend }
}

function isQuiet({ summary }: FiguresBlock): boolean {
  return summary.total_transactions === 0 && summary.refund_count === 0 && summary.voided_transactions === 0
}

function Screen(props: { figures: Figures; block: FiguresBlock; today: string }): ReactNode {
  const { figures, block } = props
  const range = useMemo(() => ({ from: figures.from, to: figures.to }), [figures.from, figures.to])
  return (
    <div className="grid grid-cols-1 gap-4 xl:grid-cols-6">
      <div className="xl:col-span-6">
        <Headlines block={block} definitions={figures.definitions} scope={`${range.from} ${range.to}`} />
      </div>
      <Trend block={block} range={range} today={props.today} className="xl:col-span-4" />
      <Statement block={block} definitions={figures.definitions} className="xl:col-span-2" />
      <Heat block={block} className="xl:col-span-4" />
      <PaymentMix block={block} className="xl:col-span-2" />
      <Items block={block} range={range} className="xl:col-span-3" />
      <div className="flex min-w-0 flex-col gap-4 xl:col-span-3">
        <Categories block={block} className="flex-1" />
        {block.sites.length === 0 ? null : <SitesLeague block={block} />}
      </div>
      <Pairs figures={figures} className="xl:col-span-4" />
      <AverageBasket figures={figures} className="xl:col-span-2" />
    </div>
  )
}

function Waiting(): ReactNode {
  return (
    <div role="status" aria-label={texts.loading} className="grid grid-cols-1 gap-4 xl:grid-cols-6">
      <Skeleton className="h-30 rounded-lg xl:col-span-6" />
      <Skeleton className="h-88 rounded-lg xl:col-span-4" />
      <Skeleton className="h-88 rounded-lg xl:col-span-2" />
      <Skeleton className="h-72 rounded-lg xl:col-span-4" />
      <Skeleton className="h-72 rounded-lg xl:col-span-2" />
    </div>
  )
}
