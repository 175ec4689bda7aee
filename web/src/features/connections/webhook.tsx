import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowLeft, FileQuestion, RotateCcw } from 'lucide-react'
import type { ReactNode } from 'react'
import { Problem } from '../../app/api.ts'
import { connectionPath, useConnectionZone, useMayConnect } from '../../app/connections.ts'
import { formatBytes, formatMoneyOr } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { Sale, WebhookDeliveryDetail } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { JsonView } from '../../ui/json.tsx'
import { Empty, Failed, SkeletonLines } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { deliveryQuery } from './queries.ts'
import { OUTCOME_TONES } from './webhook-log.tsx'

/** One message of a provider: what was sent, beside what it became. */
export function WebhookPage(): ReactNode {
  const { connectionId = '', webhookId = '' } = useParams({ strict: false })
  const { api } = useSession()
  const delivery = useQuery(deliveryQuery(api, connectionId, webhookId))
  const missing = delivery.error instanceof Problem && delivery.error.status === 404
  const words = texts.connections.webhooks
  return (
    <>
      <Link
        to="/connections/$connectionId"
        params={{ connectionId }}
        search={{ tab: 'webhooks' }}
        className="mb-3 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
      >
        <ArrowLeft className="size-4" aria-hidden="true" />
        {words.one.back}
      </Link>
      {missing ? (
        <Empty icon={<FileQuestion className="size-6" aria-hidden="true" />} title={words.one.missingTitle} />
      ) : delivery.isError ? (
        <ProblemNotice title={words.failedTitle} error={delivery.error} onRetry={() => delivery.refetch()} compact />
      ) : null}
      {delivery.isPending && !delivery.isError ? <SkeletonLines lines={10} label={texts.loading} /> : null}
      {delivery.data === undefined || missing ? null : <Detail connectionId={connectionId} delivery={delivery.data} />}
    </>
  )
}

function Detail(props: { connectionId: string; delivery: WebhookDeliveryDetail }): ReactNode {
  const { connectionId, delivery } = props
  const zone = useConnectionZone(connectionId)
  const words = texts.connections.webhooks
  return (
    <article>
      <title>{texts.title(delivery.type)}</title>
      <header className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 className="flex min-w-0 flex-wrap items-center gap-2 text-xl font-semibold tracking-tight break-all">
          {delivery.type}
          <Badge tone={OUTCOME_TONES[delivery.outcome]}>{words.outcomes[delivery.outcome]}</Badge>
        </h1>
        <Replay connectionId={connectionId} delivery={delivery} />
      </header>
      {delivery.code === null ? null : (
        <div className="mb-4">
          {delivery.outcome === 'failed' ? (
            <Failed
              title={words.outcomes.failed}
              say={delivery.say ?? ''}
              code={texts.errors.code(delivery.code)}
              compact
            />
          ) : (
            <p className="rounded-lg bg-sunken px-4 py-3 text-sm">
              {delivery.say} <code className="text-xs text-muted">{delivery.code}</code>
            </p>
          )}
        </div>
      )}
      <Card title={words.one.facts} say={texts.time.zone(zone)}>
        <DeliveryFacts delivery={delivery} zone={zone} />
      </Card>
      <div className="mt-4 grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <Card title={words.one.theirs} say={words.one.theirsSay}>
          {delivery.payload === null ? (
            <p className="text-muted">{words.one.noPayload}</p>
          ) : (
            <JsonView label={words.one.theirs} value={delivery.payload} />
          )}
          <details className="mt-3">
            <summary className="w-fit rounded-sm text-sm text-accent hover:underline">{words.one.headers}</summary>
            <JsonView label={words.one.headers} value={delivery.headers} className="mt-2 max-h-60" />
          </details>
        </Card>
        <Card title={words.one.ours} say={words.one.oursSay}>
          {delivery.sales.length === 0 ? (
            <p className="text-muted">{delivery.outcome === 'received' ? words.one.noSalesWait : words.one.noSales}</p>
          ) : null}
          <ul className="flex flex-col gap-5">
            {delivery.sales.map((sale) => (
              <li key={sale.id}>
                <SaleView sale={sale} zone={zone} />
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </article>
  )
}

function DeliveryFacts(props: { delivery: WebhookDeliveryDetail; zone: string }): ReactNode {
  const { delivery, zone } = props
  const words = texts.connections.webhooks
  const took =
    delivery.processed_at === null ? null : Date.parse(delivery.processed_at) - Date.parse(delivery.received_at)
  return (
    <Facts
      className="grid-cols-2 sm:grid-cols-3 xl:grid-cols-4"
      rows={[
        { label: words.one.occurred, value: <When at={delivery.occurred_at} zone={zone} as="exact" /> },
        { label: words.one.received, value: <When at={delivery.received_at} zone={zone} as="exact" /> },
        { label: words.one.processed, value: <When at={delivery.processed_at} zone={zone} as="exact" /> },
        { label: words.one.took, value: took === null ? texts.none : texts.time.milliseconds(took) },
        { label: words.attempts, value: String(delivery.attempts) },
        ...(delivery.next_attempt_at === null
          ? []
          : [{ label: words.one.next, value: <When at={delivery.next_attempt_at} zone={zone} as="exact" /> }]),
        { label: words.one.size, value: formatBytes(delivery.bytes) },
        {
          label: words.led,
          value: <code className="text-xs break-all">{delivery.facts.join(', ') || texts.none}</code>,
        },
        { label: words.one.event, value: <code className="text-xs break-all">{delivery.event_id ?? texts.none}</code> },
      ]}
    />
  )
}

/** The sale in a person's words first, then all of it. */
function SaleView(props: { sale: Sale; zone: string }): ReactNode {
  const { sale, zone } = props
  const words = texts.connections.webhooks.one
  const number = sale.number ?? sale.external_id
  return (
    <>
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-3">
        <Link
          to="/sales/$saleId"
          params={{ saleId: sale.id }}
          className="rounded-sm font-medium text-accent hover:underline"
        >
          {words.openSale(number)}
        </Link>
        <span className="num flex items-baseline gap-3">
          <span className="text-xs text-muted">
            <When at={sale.closed_at ?? sale.opened_at} zone={zone} />
          </span>
          <span className="font-semibold">{formatMoneyOr(sale.total, texts.sales.unpriced)}</span>
        </span>
      </div>
      <JsonView label={`${words.ours}: ${number}`} value={sale} />
    </>
  )
}

function Replay(props: { connectionId: string; delivery: WebhookDeliveryDetail }): ReactNode {
  const { connectionId, delivery } = props
  const { api } = useSession()
  const client = useQueryClient()
  const mayConnect = useMayConnect()
  const words = texts.connections.webhooks.one
  const replaying = useMutation({
    mutationFn: () => api.post(connectionPath(api, connectionId, `/webhooks/${delivery.id}/replay`)),
    async onSuccess() {
      toast(words.replayed)
      await client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connectionId] })
    },
    onError: (error) => toast(`${words.notReplayed}: ${error.message}`, 'bad'),
  })
  if (!mayConnect) return null
  return (
    <Button onClick={() => replaying.mutate()} busy={replaying.isPending} disabled={delivery.outcome === 'received'}>
      <RotateCcw className="size-4" aria-hidden="true" />
      {words.replay}
    </Button>
  )
}
