import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Connection } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { toast } from '../../ui/toast.tsx'

type Switched = { readonly path: 'connect' | 'disconnect'; readonly said: string; readonly onDone: () => void }

function useSwitching(connection: Connection, { path, said, onDone }: Switched) {
  const { api } = useSession()
  const client = useQueryClient()
  const account = { provider: connection.pos_system, merchant_id: connection.account?.id }
  return useMutation({
    mutationFn: () =>
      api.post(`/api/v1/pos/${path}`, { business_id: api.tenantId, ...(path === 'connect' ? account : {}) }),
    onSuccess() {
      onDone()
      toast(said)
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: [api.tenantId, 'push-integration'] }),
        client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connection.id] }),
      ]),
  })
}

/** Asks with all that a merchant must know first. */
export function StartPushing(props: {
  connection: Connection
  other: string | null
  notices: readonly string[]
}): ReactNode {
  const { connection, other, notices } = props
  const [open, setOpen] = useState(false)
  const words = texts.push
  const starting = useSwitching(connection, { path: 'connect', said: words.started, onDone: () => setOpen(false) })
  return (
    <>
      <Button
        look="primary"
        className="self-start"
        disabled={connection.state === 'disconnected'}
        onClick={() => setOpen(true)}
      >
        {words.start}
      </Button>
      <Confirm
        open={open}
        onOpenChange={setOpen}
        title={words.startTitle(connection.name)}
        say={words.startSay}
        words={{ cancel: texts.cancel, close: texts.close, go: words.start }}
        busy={starting.isPending}
        onConfirm={() => starting.mutate()}
        problem={
          starting.isError ? (
            <div className="mb-4">
              <ProblemNotice title={words.notStarted} error={starting.error} compact />
            </div>
          ) : null
        }
      >
        {other === null ? null : <p className="mb-2">{words.startMoves(other)}</p>}
        {notices.length === 0 ? null : (
          <ul className="flex list-disc flex-col gap-1 rounded-md bg-info-soft py-3 pr-4 pl-8 text-sm text-pretty">
            {notices.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        )}
      </Confirm>
    </>
  )
}

export function StopPushing(props: { connection: Connection }): ReactNode {
  const { connection } = props
  const [open, setOpen] = useState(false)
  const words = texts.push
  const stopping = useSwitching(connection, { path: 'disconnect', said: words.stopped, onDone: () => setOpen(false) })
  return (
    <>
      <Button className="self-start text-bad" onClick={() => setOpen(true)}>
        {words.stop}
      </Button>
      <Confirm
        open={open}
        onOpenChange={setOpen}
        title={words.stopTitle(connection.name)}
        say={words.stopSay}
        words={{ cancel: texts.cancel, close: texts.close, go: words.stop }}
        danger
        busy={stopping.isPending}
        onConfirm={() => stopping.mutate()}
        problem={stopping.isError ? <ProblemNotice title={words.notStopped} error={stopping.error} compact /> : null}
      />
    </>
  )
}
