import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatAgo, formatNumber } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useMay } from '../../app/scopes.ts'
import { useSession } from '../../app/session.tsx'
import { useNow } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { ItemPreflight } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { classes } from '../../ui/classes.ts'
import { SkeletonLines } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { type Pair, preflightQuery } from './queries.ts'
import { type MappingSearch, readMappingSearch } from './search.ts'

/** What stands in the way of the next order, and a way to each of it. */
export function PreflightCard(props: { pair: Pair; search: MappingSearch }): ReactNode {
  const { pair, search } = props
  const { api } = useSession()
  const client = useQueryClient()
  const may = useMay('mapping:write')
  const preflight = useQuery(preflightQuery(api, pair))
  const now = useNow(30_000)
  const words = texts.mapping.preflight
  const running = useMutation({
    mutationFn: () => api.post(api.path('preflights'), { connection_id: pair.connection, channel: pair.channel }),
    onSuccess: () => toast(words.ran),
    onError: (error) => toast(`${words.notRun}: ${error.message}`, 'bad'),
    onSettled: () => client.invalidateQueries({ queryKey: preflightQuery(api, pair).queryKey }),
  })
  const found = preflight.data ?? null
  return (
    <Card
      title={words.title}
      say={found === null ? words.never : words.say(formatAgo(found.ran_at, now), words.reasons[found.reason])}
      className="mb-4"
      bodyClassName="px-5 pt-2 pb-4"
      actions={
        may ? (
          <Button size="sm" onClick={() => running.mutate()} busy={running.isPending}>
            {words.run}
          </Button>
        ) : null
      }
    >
      {preflight.isError ? (
        <ProblemNotice
          title={texts.mapping.failedTitle}
          error={preflight.error}
          onRetry={() => preflight.refetch()}
          compact
        />
      ) : null}
      {preflight.isPending && !preflight.isError ? <SkeletonLines lines={2} label={texts.loading} /> : null}
      {found === null ? null : <Findings found={found} pair={pair} search={search} />}
    </Card>
  )
}

function Findings(props: { found: ItemPreflight; pair: Pair; search: MappingSearch }): ReactNode {
  const { found, pair, search } = props
  const words = texts.mapping.preflight
  const isWell = found.unmapped + found.unmapped_modifiers + found.removed + found.repriced === 0
  const parts = [
    { name: words.items, value: found.items, show: 'all', bad: false },
    { name: words.mapped, value: found.mapped, show: 'mapped', bad: false },
    { name: words.unmapped, value: found.unmapped, show: 'open', bad: true },
    { name: words.unmapped_modifiers, value: found.unmapped_modifiers, show: 'open', bad: true },
    { name: words.removed, value: found.removed, show: 'broken', bad: true },
    { name: words.repriced, value: found.repriced, show: 'repriced', bad: true },
  ] as const
  return (
    <>
      {isWell ? (
        <p className="mb-2 flex items-center gap-1.5 text-sm text-good">
          <CircleCheck className="size-4" aria-hidden="true" />
          {words.well}
        </p>
      ) : null}
      <dl className="grid grid-cols-3 gap-x-4 gap-y-2 lg:grid-cols-6">
        {parts.map(({ name, value, show, bad }) => (
          <div key={name} className="flex min-w-0 flex-col-reverse justify-end">
            <dt className="text-xs text-pretty text-muted">{name}</dt>
            <dd className={classes('num text-lg font-semibold', bad && value > 0 && 'text-warn')}>
              <Link
                to="/mapping"
                search={readMappingSearch({ ...search, ...pair, show, q: undefined })}
                aria-label={`${formatNumber(value)}. ${words.showOnly(name)}`}
                resetScroll={false}
                className="rounded-sm hover:underline"
              >
                {formatNumber(value)}
              </Link>
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}
