import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Copy } from 'lucide-react'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { fieldProblem } from '../../app/api.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { NewApiKey } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { CheckField, TextField } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'
import { keysQuery } from './queries.ts'

// What programs commonly need. A scope includes the weaker ones of its noun.
const SCOPES = [
  'sales:read',
  'figures:read',
  'imports:read',
  'imports:write',
  'sites:read',
  'connections:read',
  'orders:read',
  'orders:write',
  'mapping:read',
  'mapping:write',
] as const

export function NewKey(props: { open: boolean; onOpenChange: (open: boolean) => void }): ReactNode {
  const [made, setMade] = useState<NewApiKey | null>(null)
  const close = (open: boolean): void => {
    if (!open) setMade(null)
    props.onOpenChange(open)
  }
  return (
    <Dialog
      open={props.open}
      onOpenChange={close}
      title={made === null ? texts.settings.addKey : texts.settings.secret}
      {...(made === null ? {} : { say: texts.settings.secretSay })}
      closeLabel={texts.close}
    >
      {made === null ? (
        <KeyForm onMade={setMade} onCancel={() => close(false)} />
      ) : (
        <Secret text={made.api_key} onDone={() => close(false)} />
      )}
    </Dialog>
  )
}

function KeyForm(props: { onMade: (key: NewApiKey) => void; onCancel: () => void }): ReactNode {
  const { api } = useSession()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set(['sales:read', 'figures:read']))
  const making = useMutation({
    mutationFn: () => api.post<NewApiKey>(api.path('api-keys'), { name, scopes: [...scopes] }),
    onSuccess: (key) => {
      client.invalidateQueries({ queryKey: keysQuery(api).queryKey })
      props.onMade(key)
    },
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (scopes.size > 0) making.mutate()
  }
  const tick = (scope: string, on: boolean): void => {
    const next = new Set(scopes)
    if (on) next.add(scope)
    else next.delete(scope)
    setScopes(next)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {making.isError ? <ProblemNotice title={texts.settings.notSaved} error={making.error} compact /> : null}
      <TextField
        label={texts.settings.keyName}
        hint={texts.settings.keyNameHint}
        required
        maxLength={120}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
        problem={fieldProblem(making.error, 'name')}
      />
      <fieldset>
        <legend className="mb-2 text-sm font-medium">{texts.settings.scopes}</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          {SCOPES.map((scope) => (
            <CheckField
              key={scope}
              label={texts.settings.scopeNames[scope]}
              checked={scopes.has(scope)}
              onChange={(event) => tick(scope, event.target.checked)}
            />
          ))}
        </div>
        {scopes.size === 0 ? (
          <p role="alert" className="mt-2 text-xs font-medium text-bad">
            {texts.settings.chooseScope}
          </p>
        ) : null}
      </fieldset>
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={props.onCancel}>{texts.cancel}</Button>
        <Button type="submit" look="primary" busy={making.isPending} disabled={scopes.size === 0}>
          {texts.settings.addKey}
        </Button>
      </div>
    </form>
  )
}

function Secret(props: { text: string; onDone: () => void }): ReactNode {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.text)
      toast(texts.settings.copied)
    } catch {
      // Browsers refuse it on plain HTTP, where many shops run; the text can be selected all the same.
      toast(texts.settings.copyFailed, 'bad')
    }
  }
  return (
    <>
      <div className="flex gap-2">
        <TextField
          label={texts.settings.secret}
          hideLabel
          readOnly
          value={props.text}
          onFocus={(event) => event.target.select()}
          fieldClassName="flex-1"
          className="font-mono text-sm!"
        />
        <Button onClick={copy}>
          <Copy className="size-4" aria-hidden="true" />
          {texts.settings.copy}
        </Button>
      </div>
      <div className="mt-5 flex justify-end">
        <Button look="primary" onClick={props.onDone}>
          {texts.settings.finished}
        </Button>
      </div>
    </>
  )
}
