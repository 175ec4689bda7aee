import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft, FileQuestion } from 'lucide-react'
import type { ReactNode } from 'react'
import { Problem } from '../../app/api.ts'
import { formatDay, formatMoment, formatMoney, formatMoneyOr } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { readable, texts, wordFor } from '../../app/texts.ts'
import type { SaleDetail } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { buttonClasses } from '../../ui/button.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Amounts } from './amounts.tsx'
import { Items } from './items.tsx'
import { Payments, Refunds } from './payments.tsx'
import { saleQuery } from './queries.ts'
import { Revisions } from './revisions.tsx'
import { Sources } from './sources.tsx'

export function SalePage(): ReactNode {
  const { saleId = '' } = useParams({ strict: false })
  const { api } = useSession()
  const sale = useQuery(saleQuery(api, saleId))
  const missing = sale.error instanceof Problem && sale.error.status === 404
  return (
    <>
      <Link to="/sales" className="mb-3 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink">
        <ArrowLeft className="size-4" aria-hidden="true" />
        {texts.sale.back}
      </Link>
      {missing ? (
        <>
          <title>{texts.title(texts.sale.missingTitle)}</title>
          <Empty
            icon={<FileQuestion className="size-6" aria-hidden="true" />}
            title={texts.sale.missingTitle}
            say={texts.sale.missingSay}
          >
            <Link to="/sales" className={buttonClasses('primary')}>
              {texts.sale.back}
            </Link>
          </Empty>
        </>
      ) : sale.isError ? (
        <div className="mb-4">
          <ProblemNotice
            title={texts.sale.failedTitle}
            error={sale.error}
            onRetry={() => sale.refetch()}
            compact={sale.data !== undefined}
          />
        </div>
      ) : null}
      {sale.isPending && !sale.isError ? <SkeletonLines lines={10} label={texts.loading} /> : null}
      {sale.data === undefined || missing ? null : <Detail sale={sale.data} />}
    </>
  )
}

function Detail(props: { sale: SaleDetail }): ReactNode {
  const { sale } = props
  const { tenant } = useSession()
  const site = useSites().find((one) => one.id === sale.location_id)
  const timeZone = site?.time_zone ?? tenant.time_zone
  const number = sale.number ?? sale.external_id
  const dayOnly = sale.time_precision === 'day'
  const when = dayOnly
    ? formatDay(sale.business_date, 'long')
    : formatMoment(sale.closed_at ?? sale.opened_at, timeZone)
  const moment = (at: string | null): string =>
    at === null ? texts.none : dayOnly ? texts.sales.dayOnly : formatMoment(at, timeZone)

  return (
    <article>
      <title>{texts.title(texts.sale.title(number))}</title>
      <header className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <h1 className="num flex flex-wrap items-center gap-x-3 gap-y-1 text-xl font-semibold tracking-tight">
            {texts.sale.title(number)}
            <Badge tone={sale.status === 'closed' ? 'good' : sale.status === 'open' ? 'info' : 'plain'}>
              {texts.sales.statuses[sale.status]}
            </Badge>
            <IdentityBadge sale={sale} />
          </h1>
          <p className="num text-sm text-muted">
            {when}
            {site === undefined ? '' : ` · ${site.name}`}
          </p>
        </div>
        <p className="num text-2xl font-semibold tracking-tight">{formatMoneyOr(sale.total, texts.sales.unpriced)}</p>
      </header>
      {sale.identity_reasons.length === 0 ? null : (
        <ul className="mb-4 rounded-lg bg-warn-soft px-5 py-3 text-sm text-warn">
          {sale.identity_reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-3">
        <div className="flex min-w-0 flex-col gap-4 xl:col-span-2">
          <Items sale={sale} />
          <Payments sale={sale} timeZone={timeZone} />
          <Refunds sale={sale} timeZone={timeZone} />
          <Revisions sale={sale} timeZone={timeZone} />
        </div>
        <div className="flex min-w-0 flex-col gap-4 max-xl:order-first">
          <Amounts sale={sale} />
          <Card title={texts.sale.facts} say={texts.time.zone(timeZone)}>
            <Facts
              className="sm:grid-cols-2"
              rows={[
                { label: texts.sale.fact.opened, value: moment(sale.opened_at) },
                { label: texts.sale.fact.closed, value: moment(sale.closed_at) },
                { label: texts.sale.fact.businessDate, value: formatDay(sale.business_date, 'weekday') },
                { label: texts.sale.fact.site, value: site?.name ?? texts.none },
                { label: texts.sale.fact.register, value: sale.register ?? texts.none },
                { label: texts.sale.fact.staff, value: sale.staff ?? texts.none },
                { label: texts.sale.fact.channel, value: sale.channel === null ? texts.none : readable(sale.channel) },
                { label: texts.sale.fact.customer, value: sale.customer ?? texts.none },
                { label: texts.sale.fact.system, value: wordFor(texts.systems, sale.pos_system) },
                { label: texts.sale.fact.externalId, value: <code className="text-xs">{sale.external_id}</code> },
              ]}
            />
          </Card>
        </div>
      </div>
      <Sources sale={sale} timeZone={timeZone} />
    </article>
  )
}

function IdentityBadge(props: { sale: SaleDetail }): ReactNode {
  const { identity, difference } = props.sale
  const tone = { holds: 'good', differs: 'bad', incomplete: 'warn' } as const
  const off = identity === 'differs' && difference !== null && difference.amount !== 0
  return (
    <Badge tone={tone[identity]}>
      {off ? texts.sale.difference(formatMoney(difference)) : texts.sales.identity[identity]}
    </Badge>
  )
}
