import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { connectionPath, useMayConnect } from '../../app/connections.ts'
import { useSession } from '../../app/session.tsx'
import { SyncProgress } from '../../app/sync-progress.tsx'
import { texts } from '../../app/texts.ts'
import type { Connection, Sync } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { toast } from '../../ui/toast.tsx'

/** What is being read now; each may be stopped. */
export function RunningSyncs(props: { connection: Connection; syncs: readonly Sync[]; zone: string }): ReactNode {
  return (
    <ul className="flex flex-col gap-5">
      {props.syncs.map((sync) => (
        <li key={sync.id}>
          <SyncProgress
            sync={sync}
            zone={props.zone}
            actions={<StopButton connectionId={props.connection.id} sync={sync} />}
          />
        </li>
      ))}
    </ul>
  )
}

export function StopButton(props: { connectionId: string; sync: Sync }): ReactNode {
  const { connectionId, sync } = props
  const { api } = useSession()
  const client = useQueryClient()
  const mayConnect = useMayConnect()
  const stopping = useMutation({
    mutationFn: () => api.post(connectionPath(api, connectionId, `/syncs/${sync.id}/cancel`)),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connectionId] })
      toast(texts.connections.syncs.cancelled)
    },
    onError: (error) => toast(error.message, 'bad'),
  })
  if (!mayConnect) return null
  return (
    <Button size="sm" look="quiet" onClick={() => stopping.mutate()} busy={stopping.isPending}>
      {texts.connections.syncs.cancel}
    </Button>
  )
}
