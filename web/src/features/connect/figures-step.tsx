import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { TenantApi } from '../../app/api.ts'
import { connectionPath, SYNC_EVENTS, syncStatusQuery, useConnectionZone } from '../../app/connections.ts'
import { formatDay, formatMoment } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Connection, FirstFigures, Page } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { TextArea } from '../../ui/field.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { FiguresTable } from './figures-table.tsx'
import { StepHeading } from './steps.tsx'

function firstFiguresQuery(api: TenantApi, connectionId: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'connection', connectionId, 'first-figures'],
    queryFn: ({ signal }) =>
      api.get<Page<FirstFigures>>(connectionPath(api, connectionId, '/first-figures'), { signal }),
    select: (page) => page.data,
    staleTime: 10_000,
    meta: { follows: SYNC_EVENTS },
  })
}

/** The newest closed day as the provider reports it, beside what stands here: is this right? */
export function FiguresStep(props: { connection: Connection; systemName: string }): ReactNode {
  const { connection, systemName } = props
  const { api } = useSession()
  const figures = useQuery(firstFiguresQuery(api, connection.id))
  const status = useQuery(syncStatusQuery(api, connection.id))
  const zone = useConnectionZone(connection.id)
  const words = texts.connect.figures
  const reading = status.data !== undefined && status.data.current.length > 0
  const empty = figures.data?.every(({ theirs, ours }) => theirs.length === 0 && ours.length === 0) === true
  return (
    <div className="max-w-3xl">
      <StepHeading step="figures" title={words.title} say={words.say(systemName)} />
      <div className="flex flex-col gap-4">
        {figures.isError ? (
          <ProblemNotice title={words.failed} error={figures.error} onRetry={() => figures.refetch()} />
        ) : null}
        {figures.isPending && !figures.isError ? <SkeletonLines lines={6} label={texts.loading} /> : null}
        {figures.data?.length === 0 ? <p className="text-muted">{words.noPlaces}</p> : null}
        {figures.data?.length !== 0 && empty ? <p className="text-muted">{words.nothing}</p> : null}
        {empty
          ? null
          : figures.data?.map((one) => (
              <Card
                key={one.site_id}
                title={one.site_name}
                say={words.day(formatDay(one.business_date, 'long'))}
                actions={<Badge tone={one.agrees ? 'good' : 'warn'}>{one.agrees ? words.agrees : words.differs}</Badge>}
                busy={figures.isFetching}
                bodyClassName="pt-1 pb-3"
              >
                <FiguresTable figures={one} systemName={systemName} />
                {!one.agrees && reading ? <p className="px-5 pt-2 text-sm text-muted">{words.reading}</p> : null}
              </Card>
            ))}
        {figures.data === undefined ? null : (
          <Button size="sm" className="self-start" onClick={() => figures.refetch()} busy={figures.isFetching}>
            {words.again}
          </Button>
        )}
        <Question connection={connection} zone={zone} />
      </div>
    </div>
  )
}

function Question(props: { connection: Connection; zone: string }): ReactNode {
  const { connection, zone } = props
  const { api } = useSession()
  const client = useQueryClient()
  const navigate = useNavigate()
  const words = texts.connect.figures
  const [doubts, setDoubts] = useState(connection.doubt !== null)
  const [note, setNote] = useState(connection.doubt?.note ?? '')
  const params = { connectionId: connection.id }
  const refresh = () => client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connection.id] })
  const confirming = useMutation({
    mutationFn: () => api.post(connectionPath(api, connection.id, '/confirm')),
    async onSuccess() {
      await refresh()
      toast(words.confirmed)
      await navigate({ to: '/connections/$connectionId', params })
    },
  })
  const doubting = useMutation({
    mutationFn: () => api.post(connectionPath(api, connection.id, '/doubt'), { note }),
    async onSuccess() {
      await refresh()
      toast(words.kept)
    },
  })
  const error = confirming.error ?? doubting.error
  return (
    <section aria-labelledby="is-it-right" className="rounded-lg border border-line bg-surface p-5 shadow-card">
      <h2 id="is-it-right" className="text-lg font-semibold">
        {words.question}
      </h2>
      {error === null ? null : (
        <div className="mt-3">
          <ProblemNotice title={texts.connect.places.notSaved} error={error} compact />
        </div>
      )}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button look="primary" onClick={() => confirming.mutate()} busy={confirming.isPending}>
          {words.yes}
        </Button>
        <Button aria-expanded={doubts} onClick={() => setDoubts(true)}>
          {words.no}
        </Button>
        <Link
          to="/connections/$connectionId/setup"
          params={params}
          search={{ step: 'sync' }}
          className={buttonClasses('quiet')}
        >
          {words.back}
        </Link>
      </div>
      {doubts ? (
        <div className="mt-5 border-t border-line pt-4">
          <h3 className="font-semibold">{words.look}</h3>
          <ul className="mt-1.5 flex list-disc flex-col gap-1 pl-5 text-sm">
            {words.hints.map((hint) => (
              <li key={hint}>{hint}</li>
            ))}
          </ul>
          {connection.doubt === null ? null : (
            <p className="mt-3 text-sm text-muted">{words.doubt(formatMoment(connection.doubt.at, zone))}</p>
          )}
          <TextArea
            label={words.note}
            hint={words.noteHint}
            value={note}
            rows={3}
            maxLength={1_000}
            onChange={(event) => setNote(event.target.value)}
            fieldClassName="mt-3"
          />
          <div className="mt-3 flex flex-wrap gap-2">
            <Button onClick={() => doubting.mutate()} busy={doubting.isPending}>
              {words.keep}
            </Button>
            <Link to="/connections/$connectionId" params={params} className={buttonClasses('quiet')}>
              {words.finish}
            </Link>
          </div>
        </div>
      ) : null}
    </section>
  )
}
