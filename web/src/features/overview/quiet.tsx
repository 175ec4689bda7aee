import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { CalendarSearch, FileUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { addDays, type Range } from '../../app/dates.ts'
import { LoadDemoButton } from '../../app/demo.tsx'
import { formatDay, formatDayRange } from '../../app/format.ts'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { Button, buttonClasses } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { newestSaleQuery } from './queries.ts'
import type { OverviewSearch } from './search.ts'

/** Nothing in this range: either nothing at all yet, or the sales lie elsewhere in time, and the way there is offered. */
export function Quiet(props: { range: Range; search: OverviewSearch }): ReactNode {
  const { api, tenant } = useSession()
  const navigate = useNavigate()
  const newest = useQuery(newestSaleQuery(api, props.search.site))
  if (newest.isPending) return <SkeletonLines lines={6} label={texts.loading} />
  const sale = newest.data
  if (sale === null || sale === undefined) {
    return (
      <Empty
        icon={<FileUp className="size-6" aria-hidden="true" />}
        title={texts.overview.emptyTitle}
        say={texts.overview.emptySay}
      >
        <Link to="/connections/new" className={buttonClasses('primary')}>
          {texts.connections.add}
        </Link>
        <Link to="/imports" className={buttonClasses('plain')}>
          {texts.overview.emptyImport}
        </Link>
        {tenant.kind === 'demo' ? null : <LoadDemoButton />}
      </Empty>
    )
  }
  const there = { from: addDays(sale.business_date, -27), to: sale.business_date }
  const { range: _range, ...rest } = props.search
  return (
    <Empty
      icon={<CalendarSearch className="size-6" aria-hidden="true" />}
      title={texts.overview.quietTitle}
      say={`${texts.overview.quietSay(formatDayRange(props.range.from, props.range.to))} ${texts.overview.quietNewest(
        formatDay(sale.business_date),
      )}`}
    >
      <Button look="primary" onClick={() => navigate({ to: '.', search: { ...rest, ...there } })}>
        {texts.overview.quietShow(formatDayRange(there.from, there.to))}
      </Button>
    </Empty>
  )
}
