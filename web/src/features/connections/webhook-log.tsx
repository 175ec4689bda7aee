import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { formatMoment } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { Connection, WebhookDelivery } from '../../app/wire.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { deliveriesQuery } from './queries.ts'
import { type ConnectionSearch, OUTCOMES, type Outcome } from './search.ts'

export const OUTCOME_TONES: Readonly<Record<Outcome, Tone>> = {
  received: 'info',
  processed: 'good',
  ignored: 'plain',
  failed: 'bad',
}

/** Each message of the provider, newest first, by outcome, type and time. */
export function WebhookLog(props: { connection: Connection; zone: string; search: ConnectionSearch }): ReactNode {
  const { connection, zone, search } = props
  const { api } = useSession()
  const log = useInfiniteQuery(deliveriesQuery(api, connection.id, search, zone))
  const rows = log.data?.pages.flatMap((page) => page.data) ?? []
  const words = texts.connections.webhooks
  const { outcome, type, from, to } = search
  const filtered = [outcome, type, from, to].some((one) => one !== undefined)
  return (
    <Card title={words.log} say={words.logSay} bodyClassName="pt-3 pb-2">
      <Filters connection={connection} search={search} filtered={filtered} />
      {log.isError ? (
        <div className="px-5 py-2">
          <ProblemNotice title={words.failedTitle} error={log.error} onRetry={() => log.refetch()} compact />
        </div>
      ) : null}
      {log.isPending && !log.isError ? (
        <div className="px-5 py-3">
          <SkeletonLines lines={5} label={texts.loading} />
        </div>
      ) : null}
      {log.data !== undefined && rows.length === 0 ? (
        <div className="px-5 py-6 text-center">
          <p className="font-medium">{filtered ? words.emptyFiltered : words.empty}</p>
          {filtered ? null : <p className="text-sm text-muted">{words.emptySay}</p>}
        </div>
      ) : null}
      {rows.length === 0 ? null : <Rows connection={connection} rows={rows} zone={zone} />}
      {log.hasNextPage ? (
        <div className="flex justify-center py-3">
          <Button size="sm" onClick={() => log.fetchNextPage()} busy={log.isFetchingNextPage}>
            {words.more}
          </Button>
        </div>
      ) : null}
    </Card>
  )
}

function Rows(props: { connection: Connection; rows: readonly WebhookDelivery[]; zone: string }): ReactNode {
  const { connection, zone } = props
  const words = texts.connections.webhooks
  return (
    <Table
      label={words.log}
      inset
      dense
      rows={props.rows}
      rowKey={(row) => row.id}
      columns={[
        {
          key: 'type',
          head: words.type,
          cell: (row) => (
            <>
              <Link
                to="/connections/$connectionId/webhooks/$webhookId"
                params={{ connectionId: connection.id, webhookId: row.id }}
                aria-label={words.open(row.type, formatMoment(row.received_at, zone))}
                className="rounded-sm font-mono text-xs font-medium hover:underline"
              >
                {row.type}
              </Link>
              <span className="block text-xs text-muted sm:hidden">
                <When at={row.received_at} zone={zone} as="exact" />
              </span>
            </>
          ),
        },
        {
          key: 'received',
          head: words.received,
          shown: 'wide',
          cell: (row) => (
            <>
              <When at={row.received_at} zone={zone} as="exact" />
              {row.repeats > 0 ? <span className="block text-xs text-muted">{words.repeats(row.repeats)}</span> : null}
            </>
          ),
        },
        {
          key: 'outcome',
          head: words.outcome,
          cell: (row) => (
            <>
              <Badge tone={OUTCOME_TONES[row.outcome]}>{words.outcomes[row.outcome]}</Badge>
              {row.say === null ? null : (
                <span className="mt-0.5 block max-w-80 text-xs text-pretty text-muted">{row.say}</span>
              )}
            </>
          ),
        },
        {
          key: 'led',
          head: words.led,
          shown: 'wide',
          cell: (row) => <code className="text-xs break-all text-muted">{row.facts.join(', ')}</code>,
        },
        { key: 'attempts', head: words.attempts, align: 'end', shown: 'wide', cell: (row) => String(row.attempts) },
      ]}
    />
  )
}

function Filters(props: { connection: Connection; search: ConnectionSearch; filtered: boolean }): ReactNode {
  const { connection, search, filtered } = props
  const navigate = useNavigate()
  const words = texts.connections.webhooks
  const [type, setType] = useState(search.type ?? '')
  const go = (next: ConnectionSearch): void => {
    navigate({
      to: '/connections/$connectionId',
      params: { connectionId: connection.id },
      search: { ...next, tab: 'webhooks' },
      replace: true,
    })
  }
  const change = (name: 'outcome' | 'type' | 'from' | 'to', value: string): void => {
    const { [name]: _, ...rest } = search
    go(value === '' ? rest : { ...rest, [name]: value })
  }
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    change('type', type.trim())
  }
  return (
    <form onSubmit={submit} className="grid grid-cols-2 items-end gap-3 px-5 pb-3 sm:flex sm:flex-wrap">
      <SelectField
        label={words.outcome}
        value={search.outcome ?? ''}
        onChange={(event) => change('outcome', event.target.value)}
        fieldClassName="sm:w-40"
      >
        <option value="">{words.anyOutcome}</option>
        {OUTCOMES.map((outcome) => (
          <option key={outcome} value={outcome}>
            {words.outcomes[outcome]}
          </option>
        ))}
      </SelectField>
      <TextField
        label={words.type}
        placeholder={words.typeHint}
        value={type}
        onChange={(event) => setType(event.target.value)}
        onBlur={() => change('type', type.trim())}
        fieldClassName="sm:w-48"
      />
      <TextField
        label={words.since}
        type="date"
        value={search.from ?? ''}
        onChange={(event) => change('from', event.target.value)}
        fieldClassName="sm:w-40"
      />
      <TextField
        label={words.until}
        type="date"
        value={search.to ?? ''}
        onChange={(event) => change('to', event.target.value)}
        fieldClassName="sm:w-40"
      />
      {filtered ? (
        <Button
          look="quiet"
          onClick={() => {
            setType('')
            go({})
          }}
        >
          {words.clear}
        </Button>
      ) : null}
    </form>
  )
}
