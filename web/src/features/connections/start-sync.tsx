import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { RefreshCw } from 'lucide-react'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { fieldProblem, Problem } from '../../app/api.ts'
import { connectionPath } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Connection, Sync } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Choices } from '../../ui/choices.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'

type Mode = 'incremental' | 'full'

/** Reads a connection now: what changed, or the past again, of a range if one is said. */
export function StartSync(props: { connection: Connection }): ReactNode {
  const { connection } = props
  const [open, setOpen] = useState(false)
  const words = texts.connections.syncs
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        <RefreshCw className="size-4" aria-hidden="true" />
        {words.start}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={words.startTitle} say={words.startSay} closeLabel={texts.close}>
        <Form connection={connection} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

function Form(props: { connection: Connection; onDone: () => void }): ReactNode {
  const { connection, onDone } = props
  const { api } = useSession()
  const client = useQueryClient()
  const navigate = useNavigate()
  const words = texts.connections.syncs
  const [mode, setMode] = useState<Mode>('incremental')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const shown = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connection.id] })
    onDone()
    await navigate({
      to: '/connections/$connectionId',
      params: { connectionId: connection.id },
      search: { tab: 'syncs' },
    })
  }
  const starting = useMutation({
    mutationFn: () =>
      api.post<Sync>(connectionPath(api, connection.id, '/sync'), {
        mode,
        from: from === '' ? null : from,
        to: to === '' ? null : to,
      }),
    async onSuccess() {
      toast(words.begun)
      await shown()
    },
    async onError(error) {
      // What was asked for is under way: that is what the person wanted to see.
      if (!(error instanceof Problem) || error.code !== 'sync.running') return
      toast(words.running)
      await shown()
    },
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    starting.mutate()
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {starting.isError ? <ProblemNotice title={words.refused} error={starting.error} compact /> : null}
      <Choices<Mode>
        label={words.mode}
        value={mode}
        choices={(['incremental', 'full'] as const).map((value) => ({
          value,
          label: words.modes[value],
          say: words.modeSay[value],
        }))}
        onChange={setMode}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={words.from}
          hint={words.fromHint}
          type="date"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
          problem={fieldProblem(starting.error, 'from')}
        />
        <TextField
          label={words.to}
          type="date"
          value={to}
          onChange={(event) => setTo(event.target.value)}
          problem={fieldProblem(starting.error, 'to')}
        />
      </div>
      <div className="mt-1 flex justify-end gap-2">
        <Button onClick={onDone}>{texts.cancel}</Button>
        <Button type="submit" look="primary" busy={starting.isPending}>
          {words.begin}
        </Button>
      </div>
    </form>
  )
}
