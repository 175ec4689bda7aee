import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { formatNumber } from '../../app/format.ts'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { classes } from '../../ui/classes.ts'
import { Flash } from '../../ui/flash.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { statisticsQuery } from './queries.ts'
import { summed } from './sum.ts'

/** How the last day went, in one line: what needs somebody stands out. */
export function Strip(): ReactNode {
  const { api } = useSession()
  const day = useQuery(statisticsQuery(api, 1))
  const words = texts.orders.strip
  // Without figures the list is still the list.
  if (day.isError && day.data === undefined) return null
  const sum = day.data === undefined ? null : summed(day.data.data)
  const figures = [
    { name: words.total, value: sum?.total, tone: '' },
    { name: words.success, value: sum?.successful, tone: '' },
    { name: words.open, value: sum === null ? undefined : sum.open - sum.person, tone: '' },
    { name: words.person, value: sum?.person, tone: (sum?.person ?? 0) > 0 ? 'text-bad' : '' },
    { name: words.failed, value: sum?.failed, tone: (sum?.failed ?? 0) > 0 ? 'text-bad' : '' },
  ]
  return (
    <section aria-label={words.title} className="mb-4 rounded-lg border border-line bg-surface px-5 py-3 shadow-card">
      <h2 className="text-xs font-medium text-muted">{words.title}</h2>
      <dl className="mt-1.5 grid grid-cols-3 gap-x-4 gap-y-2 md:grid-cols-6">
        {figures.map(({ name, value, tone }) => (
          <div key={name} className="flex min-w-0 flex-col-reverse justify-end">
            <dt className="text-xs text-pretty text-muted">{name}</dt>
            <dd className={classes('num text-lg font-semibold', tone)}>
              {value === undefined ? (
                <Skeleton className="h-5 w-8" />
              ) : (
                <Flash value={formatNumber(value)} scope={name} />
              )}
            </dd>
          </div>
        ))}
        <div className="flex min-w-0 flex-col-reverse justify-end">
          <dt className="text-xs text-pretty text-muted">{words.p95}</dt>
          <dd className="num text-lg font-semibold">
            {sum === null ? (
              <Skeleton className="h-5 w-12" />
            ) : sum.p95 === null ? (
              <span className="text-muted">{texts.none}</span>
            ) : (
              texts.time.milliseconds(sum.p95)
            )}
          </dd>
        </div>
      </dl>
    </section>
  )
}
