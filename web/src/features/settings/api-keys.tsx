import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Plus, Trash2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { formatAgo, formatMoment } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { useNow } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { ApiKey } from '../../app/wire.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { toast } from '../../ui/toast.tsx'
import { NewKey } from './new-key.tsx'
import { keysQuery } from './queries.ts'

export function ApiKeys(): ReactNode {
  const { api, tenant } = useSession()
  const now = useNow(30_000)
  const keys = useQuery(keysQuery(api))
  const [making, setMaking] = useState(false)
  const [leaving, setLeaving] = useState<ApiKey | null>(null)
  return (
    <Card
      title={texts.settings.keys}
      say={texts.settings.keysSay}
      bodyClassName="pt-1 pb-2"
      actions={
        <Button size="sm" onClick={() => setMaking(true)}>
          <Plus className="size-4" aria-hidden="true" />
          {texts.settings.addKey}
        </Button>
      }
    >
      {keys.isError ? (
        <div className="px-5 py-2">
          <ProblemNotice title={texts.settings.failedTitle} error={keys.error} onRetry={() => keys.refetch()} compact />
        </div>
      ) : null}
      {keys.isPending && !keys.isError ? (
        <div className="px-5 pb-3">
          <SkeletonLines lines={2} label={texts.loading} />
        </div>
      ) : null}
      {keys.data?.length === 0 ? (
        <Empty
          icon={<KeyRound className="size-6" aria-hidden="true" />}
          title={texts.settings.noKeys}
          say={texts.settings.noKeysSay}
        />
      ) : null}
      {keys.data === undefined || keys.data.length === 0 ? null : (
        <Table
          label={texts.settings.keys}
          inset
          rows={keys.data}
          rowKey={(key) => key.id}
          columns={[
            {
              key: 'name',
              head: texts.settings.name,
              cell: (key) => (
                <>
                  <span className="font-medium">{key.name}</span>
                  <code className="block font-mono text-xs text-muted">{key.prefix}…</code>
                </>
              ),
            },
            {
              key: 'scopes',
              head: texts.settings.scopes,
              cell: (key) => <span className="text-muted">{key.scopes.join(', ')}</span>,
            },
            {
              key: 'created',
              head: texts.settings.created,
              align: 'end',
              shown: 'wide',
              cell: (key) => formatMoment(key.created_at, tenant.time_zone),
            },
            {
              key: 'used',
              head: texts.settings.lastUsed,
              align: 'end',
              shown: 'wide',
              cell: (key) => (key.last_used_at === null ? texts.settings.never : formatAgo(key.last_used_at, now)),
            },
            {
              key: 'revoke',
              head: '',
              align: 'end',
              cell: (key) => (
                <IconButton label={texts.settings.revokeKey(key.name)} onClick={() => setLeaving(key)}>
                  <Trash2 className="size-4" aria-hidden="true" />
                </IconButton>
              ),
            },
          ]}
        />
      )}
      <NewKey open={making} onOpenChange={setMaking} />
      <Revoking apiKey={leaving} onDone={() => setLeaving(null)} />
    </Card>
  )
}

function Revoking(props: { apiKey: ApiKey | null; onDone: () => void }): ReactNode {
  const { apiKey, onDone } = props
  const { api } = useSession()
  const client = useQueryClient()
  const revoking = useMutation({
    mutationFn: (id: string) => api.remove(api.path(`api-keys/${id}`)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keysQuery(api).queryKey })
      toast(texts.settings.revoked)
      onDone()
    },
  })
  return (
    <Dialog
      open={apiKey !== null}
      onOpenChange={(open) => (open ? null : onDone())}
      title={texts.settings.revokeAsk(apiKey?.name ?? '')}
      say={texts.settings.revokeSay}
      closeLabel={texts.close}
    >
      {revoking.isError ? <ProblemNotice title={texts.settings.notSaved} error={revoking.error} compact /> : null}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onDone}>{texts.cancel}</Button>
        <Button
          look="danger"
          busy={revoking.isPending}
          onClick={() => (apiKey === null ? null : revoking.mutate(apiKey.id))}
        >
          {texts.settings.revoke}
        </Button>
      </div>
    </Dialog>
  )
}
