import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { fieldProblem } from '../../app/api.ts'
import { connectionPath, useMayConnect } from '../../app/connections.ts'
import { formatDay } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Connection, Ended } from '../../app/wire.ts'
import { Button, buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'

export function SettingsTab(props: { connection: Connection }): ReactNode {
  const { connection } = props
  const mayConnect = useMayConnect()
  const fixed = !mayConnect || connection.state === 'disconnected'
  const words = texts.connections.settings
  const from = connection.sync?.backfill_from ?? null
  return (
    <div className="flex max-w-2xl flex-col gap-4">
      <Card title={words.name}>
        <NameForm key={connection.name} connection={connection} fixed={fixed} />
      </Card>
      <Card title={words.reading} say={texts.connect.places.pastSay}>
        <p>
          {texts.connect.places.past}:{' '}
          <span className="num font-medium">{from === null ? texts.connect.places.pasts.all : formatDay(from)}</span>
        </p>
        {fixed ? null : (
          <Link
            to="/connections/$connectionId/setup"
            params={{ connectionId: connection.id }}
            search={{ step: 'places' }}
            className={buttonClasses('plain', 'sm', 'mt-3')}
          >
            {texts.connect.places.title}
          </Link>
        )}
      </Card>
      {fixed ? null : (
        <Card title={words.end} say={words.endSay}>
          <EndButton connection={connection} />
        </Card>
      )}
    </div>
  )
}

function NameForm(props: { connection: Connection; fixed: boolean }): ReactNode {
  const { connection, fixed } = props
  const { api } = useSession()
  const client = useQueryClient()
  const [name, setName] = useState(connection.name)
  const words = texts.connections.settings
  const saving = useMutation({
    mutationFn: () => api.put(connectionPath(api, connection.id), { name }),
    async onSuccess() {
      await Promise.all([
        client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connection.id] }),
        client.invalidateQueries({ queryKey: [api.tenantId, 'connections'] }),
      ])
      toast(words.saved)
    },
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    saving.mutate()
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      {saving.isError ? <ProblemNotice title={words.notSaved} error={saving.error} compact /> : null}
      <TextField
        label={words.name}
        hideLabel
        value={name}
        maxLength={120}
        required
        disabled={fixed}
        onChange={(event) => setName(event.target.value)}
        problem={fieldProblem(saving.error, 'name')}
      />
      {fixed ? null : (
        <Button type="submit" className="self-start" disabled={name === connection.name} busy={saving.isPending}>
          {words.save}
        </Button>
      )}
    </form>
  )
}

/** Asks, and says what stays and what does not. */
function EndButton(props: { connection: Connection }): ReactNode {
  const { connection } = props
  const { api } = useSession()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [open, setOpen] = useState(false)
  const words = texts.connections.settings
  const ending = useMutation({
    mutationFn: () => api.remove<Ended>(connectionPath(api, connection.id)),
    async onSuccess(ended) {
      toast(ended.say)
      await navigate({ to: '/connections' })
      await client.invalidateQueries({ queryKey: [api.tenantId] })
    },
  })
  return (
    <>
      <Button onClick={() => setOpen(true)} className="text-bad">
        {words.end}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={words.endTitle(connection.name)} closeLabel={texts.close}>
        {ending.isError ? (
          <div className="mb-4">
            <ProblemNotice title={words.endFailed} error={ending.error} compact />
          </div>
        ) : null}
        <div className="grid gap-4 sm:grid-cols-2">
          <Lines title={words.endKept} lines={words.endKeptList} />
          <Lines title={words.endGone} lines={words.endGoneList} bad />
        </div>
        <p className="mt-4 text-sm text-muted">{words.endAgain}</p>
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>{texts.cancel}</Button>
          <Button look="danger" onClick={() => ending.mutate()} busy={ending.isPending}>
            {words.endGo}
          </Button>
        </div>
      </Dialog>
    </>
  )
}

function Lines(props: { title: string; lines: readonly string[]; bad?: boolean }): ReactNode {
  return (
    <section aria-label={props.title}>
      <h3 className={props.bad === true ? 'text-sm font-semibold text-bad' : 'text-sm font-semibold text-good'}>
        {props.title}
      </h3>
      <ul className="mt-1 flex list-disc flex-col gap-1 pl-5 text-sm">
        {props.lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  )
}
