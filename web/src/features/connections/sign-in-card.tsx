import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { connectionPath, useMayConnect } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { Connection } from '../../app/wire.ts'
import { Button, buttonClasses } from '../../ui/button.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { toast } from '../../ui/toast.tsx'

/** Whose sign-in it is, how long it holds, what it may read; tested and renewed from here. */
export function SignInCard(props: { connection: Connection; zone: string }): ReactNode {
  const { connection, zone } = props
  const { api } = useSession()
  const client = useQueryClient()
  const mayConnect = useMayConnect()
  const words = texts.connections.page
  const testing = useMutation({
    mutationFn: () => api.post(connectionPath(api, connection.id, '/check')),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connection.id] })
      toast(words.tested)
    },
  })
  const { credentials, account } = connection
  const ends =
    credentials?.expires_at == null ? (
      words.expiresNot
    ) : (
      <>
        <When at={credentials.expires_at} zone={zone} />
        {credentials.renews_itself ? <span className="text-muted"> · {words.renews}</span> : null}
      </>
    )
  const ended = connection.state === 'disconnected'
  return (
    <Card title={words.signIn}>
      <Facts
        className="sm:grid-cols-1"
        rows={[
          {
            label: words.account,
            value: (
              <>
                {account?.name ?? account?.id}
                {account?.name == null ? null : <code className="block text-xs text-muted">{account.id}</code>}
              </>
            ),
          },
          {
            label: words.environment,
            value: texts.connections.environments[connection.environment ?? 'production'],
          },
          ...(ended || credentials === null
            ? []
            : [
                { label: words.credentials, value: texts.connections.from[credentials.from] },
                {
                  label: words.fingerprint,
                  value: <code className="text-xs">{credentials.fingerprint ?? texts.none}</code>,
                },
                { label: words.expires, value: ends },
                { label: words.may, value: mayWords(connection) },
              ]),
          ...(credentials?.renewed_at == null
            ? []
            : [{ label: words.renewed, value: <When at={credentials.renewed_at} zone={zone} /> }]),
          { label: words.since, value: <When at={connection.created_at} zone={zone} /> },
          { label: words.checked, value: <When at={connection.checked_at} zone={zone} /> },
        ]}
      />
      {connection.missing_permissions.length === 0 ? null : (
        <ul className="mt-3 flex flex-col gap-1 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          {connection.missing_permissions.map((one) => (
            <li key={one.permission}>{one.say}</li>
          ))}
        </ul>
      )}
      {testing.isError ? (
        <div className="mt-3">
          <ProblemNotice title={words.testFailed} error={testing.error} compact />
        </div>
      ) : null}
      {ended || !mayConnect ? null : (
        <div className="mt-4 flex flex-wrap gap-2">
          <Button size="sm" onClick={() => testing.mutate()} busy={testing.isPending}>
            {words.test}
          </Button>
          {credentials?.from === 'environment' ? null : (
            <Link
              to="/connections/new/$system"
              params={{ system: connection.pos_system }}
              search={{ connection: connection.id }}
              className={buttonClasses('plain', 'sm')}
            >
              {credentials?.from === 'person' ? words.replaceToken : words.signInAgain}
            </Link>
          )}
        </div>
      )}
      {credentials?.from === 'environment' ? (
        <p className="mt-2 text-xs text-muted">{texts.connections.fromEnvironmentSay}</p>
      ) : null}
    </Card>
  )
}

function mayWords({ data_types: types }: Connection): string {
  return types.map((one) => texts.connections.dataTypes[one]).join(', ')
}
