import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { fieldProblem, Problem } from '../../app/api.ts'
import { connectionPath } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Connection, PosSystem } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'
import type { Environment } from './search.ts'

type Field = NonNullable<PosSystem['sign_in']>['fields'][number]

/** The hub says what is wrong in a few words, which follow the field's name. */
function problemOf({ name, label }: Field, error: unknown): string | undefined {
  const problem = fieldProblem(error, `credentials/${name}`)
  return problem === undefined || problem.startsWith(label) ? problem : `${label} ${problem}.`
}

/** The fields of a sign-in without the provider's page. They are tried at the provider before anything is stored. */
export function TokenForm(props: {
  system: PosSystem
  fields: readonly Field[]
  environment: Environment
  /** The connection whose sign-in is replaced; null for a new one. */
  standing: Connection | null
  onOther: (environment: Environment) => void
}): ReactNode {
  const { system, fields, environment, standing } = props
  const { api } = useSession()
  const client = useQueryClient()
  const navigate = useNavigate()
  const words = texts.connect.signIn
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const connecting = useMutation({
    mutationFn: () =>
      standing === null
        ? api.post<Connection>(api.path('pos/configurations'), {
            pos_system: system.id,
            environment,
            credentials: values,
            // Which places is the next question.
            locations: [],
          })
        : api.put<Connection>(connectionPath(api, standing.id), { credentials: values }),
    onSuccess: async (connection) => {
      await client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connection.id] })
      if (standing !== null) toast(words.replaced)
      const params = { connectionId: connection.id }
      if (standing !== null) await navigate({ to: '/connections/$connectionId', params })
      else await navigate({ to: '/connections/$connectionId/setup', params, search: { step: 'places' } })
    },
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    connecting.mutate()
  }
  const wrongSide = connecting.error instanceof Problem && connecting.error.code === 'connections.environment-wrong'
  const other = environment === 'production' ? 'sandbox' : 'production'
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {connecting.isError ? <ProblemNotice title={words.refused} error={connecting.error} compact /> : null}
      {wrongSide && standing === null ? (
        <Button size="sm" className="self-start" onClick={() => props.onOther(other)}>
          {words.otherEnvironment(texts.connections.environments[other])}
        </Button>
      ) : null}
      {fields.map((field) => (
        <TextField
          key={field.name}
          label={field.label}
          hint={field.help}
          type={field.secret ? 'password' : 'text'}
          autoComplete="off"
          spellCheck={false}
          required={field.required}
          value={values[field.name] ?? ''}
          onChange={(event) => setValues({ ...values, [field.name]: event.target.value })}
          problem={problemOf(field, connecting.error)}
          className="font-mono"
        />
      ))}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look="primary" busy={connecting.isPending}>
          {standing === null ? words.tokenGo : words.tokenReplace}
        </Button>
        {connecting.isPending ? <output className="text-sm text-muted">{words.testing}</output> : null}
      </div>
    </form>
  )
}
