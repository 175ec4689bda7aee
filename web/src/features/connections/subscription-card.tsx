import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { fieldProblem } from '../../app/api.ts'
import { connectionPath, useMayConnect } from '../../app/connections.ts'
import { formatDuration, formatNumber } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { webhookReason } from '../../app/webhook-reason.ts'
import { When } from '../../app/when.tsx'
import type { Connection } from '../../app/wire.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { CopyText } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { CheckField, TextField } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'
import { FactRow } from './fact-row.tsx'
import type { Standing } from './use-health.ts'

type Webhooks = NonNullable<Connection['webhooks']>

const TONES: Readonly<Record<Webhooks['state'], Tone>> = {
  off: 'plain',
  waiting: 'info',
  subscribed: 'good',
  manual: 'good',
  missing: 'warn',
  disabled: 'warn',
  elsewhere: 'warn',
  unreachable: 'warn',
  failed: 'bad',
  left: 'plain',
}

/** How the provider's news reaches the hub, and what can be done about it. */
export function SubscriptionCard(props: { connection: Connection; standing: Standing }): ReactNode {
  const { connection, standing } = props
  const { webhooks } = connection
  const words = texts.connections.webhooks
  const { told, zone, now } = standing
  if (webhooks === null) return <p className="text-muted">{words.none}</p>
  const lag = told?.lag_seconds ?? 0
  return (
    <Card title={words.title} actions={<Badge tone={TONES[webhooks.state]}>{words.states[webhooks.state]}</Badge>}>
      <p className="text-pretty">{webhooks.say}</p>
      {webhooks.reason === null ? null : <p className="mt-1 text-sm text-muted">{webhookReason(webhooks.reason)}</p>}
      {webhooks.url === null ? null : (
        <div className="mt-3 max-w-3xl">
          <p className="mb-1 text-xs text-muted">{words.urlSay}</p>
          <CopyText
            text={webhooks.url}
            label={texts.connect.signIn.copy}
            copied={texts.connect.signIn.copied}
            failed={texts.connect.signIn.copyFailed}
          />
        </div>
      )}
      <FactRow
        facts={[
          {
            label: texts.connections.lastEvent,
            value: (
              <When at={told?.last_event_at} zone={zone} as="ago" now={now} never={told && texts.connections.never} />
            ),
          },
          { label: words.lag, value: lag === 0 ? words.lagNone : formatDuration(lag) },
          { label: words.checked, value: <When at={webhooks.checked_at} zone={zone} as="ago" now={now} /> },
          {
            label: words.today,
            value: told === undefined ? texts.none : <Today events={told.events} />,
          },
        ]}
      />
      {connection.state === 'active' ? <Doing connection={connection} /> : null}
    </Card>
  )
}

function Today(props: { events: NonNullable<Standing['told']>['events'] }): ReactNode {
  const { processed, failed, received } = props.events
  const words = texts.connections.webhooks.outcomes
  const parts = [
    `${formatNumber(processed)} ${words.processed.toLowerCase()}`,
    received > 0 ? `${formatNumber(received)} ${words.received.toLowerCase()}` : null,
    failed > 0 ? `${formatNumber(failed)} ${words.failed.toLowerCase()}` : null,
  ]
  return parts.filter((one) => one !== null).join(', ')
}

function Doing(props: { connection: Connection }): ReactNode {
  const { connection } = props
  const { api } = useSession()
  const client = useQueryClient()
  const mayConnect = useMayConnect()
  const [byHand, setByHand] = useState(false)
  const words = texts.connections.webhooks
  const refresh = () => client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connection.id] })
  const wanting = useMutation({
    mutationFn: (webhooks: boolean) => api.put(connectionPath(api, connection.id), { sync: { webhooks } }),
    async onSuccess() {
      await refresh()
      toast(texts.connections.settings.saved)
    },
  })
  const subscribing = useMutation({
    mutationFn: () => api.put(connectionPath(api, connection.id), { sync: { webhooks: true } }),
    async onSuccess() {
      await refresh()
      toast(words.againDone)
    },
  })
  const rotating = useMutation({
    mutationFn: () => api.post(connectionPath(api, connection.id, '/webhook-secret')),
    async onSuccess() {
      await refresh()
      toast(words.rotated)
    },
  })
  const error = wanting.error ?? subscribing.error ?? rotating.error
  const wanted = connection.sync?.webhooks === true
  const state = connection.webhooks?.state
  if (!mayConnect) return null
  return (
    <div className="mt-4 flex flex-col gap-3 border-t border-line pt-3">
      {error === null ? null : <ProblemNotice title={words.notKept} error={error} compact />}
      <CheckField
        label={words.wanted}
        checked={wanted}
        disabled={wanting.isPending}
        onChange={(event) => wanting.mutate(event.target.checked)}
      />
      <div className="flex flex-wrap gap-2">
        {wanted && state !== 'manual' ? (
          <Button size="sm" onClick={() => subscribing.mutate()} busy={subscribing.isPending}>
            {words.again}
          </Button>
        ) : null}
        {state === 'subscribed' ? (
          <Button size="sm" onClick={() => rotating.mutate()} busy={rotating.isPending}>
            {words.rotate}
          </Button>
        ) : null}
        <Button size="sm" onClick={() => setByHand(true)}>
          {words.byHand}
        </Button>
      </div>
      <Dialog
        open={byHand}
        onOpenChange={setByHand}
        title={words.byHand}
        say={words.byHandSay}
        closeLabel={texts.close}
      >
        <SecretForm connection={connection} onDone={() => setByHand(false)} />
      </Dialog>
    </div>
  )
}

function SecretForm(props: { connection: Connection; onDone: () => void }): ReactNode {
  const { connection, onDone } = props
  const { api } = useSession()
  const client = useQueryClient()
  const [secret, setSecret] = useState('')
  const words = texts.connections.webhooks
  const keeping = useMutation({
    mutationFn: () => api.put(connectionPath(api, connection.id), { sync: { webhook_secret: secret } }),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connection.id] })
      toast(words.kept)
      onDone()
    },
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    keeping.mutate()
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {keeping.isError ? <ProblemNotice title={words.notKept} error={keeping.error} compact /> : null}
      {connection.webhooks?.url == null ? null : (
        <CopyText
          text={connection.webhooks.url}
          label={texts.connect.signIn.copy}
          copied={texts.connect.signIn.copied}
          failed={texts.connect.signIn.copyFailed}
        />
      )}
      <TextField
        label={words.secret}
        type="password"
        autoComplete="off"
        required
        minLength={8}
        value={secret}
        onChange={(event) => setSecret(event.target.value)}
        problem={fieldProblem(keeping.error, 'sync/webhook_secret')}
        className="font-mono"
      />
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>{texts.cancel}</Button>
        <Button type="submit" look="primary" busy={keeping.isPending}>
          {words.keep}
        </Button>
      </div>
    </form>
  )
}
