import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { connectionPath } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Connection } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { toast } from '../../ui/toast.tsx'

/** What the sign-in may read, what it may not, and what that blocks. */
export function Permissions(props: { connection: Connection }): ReactNode {
  const { connection } = props
  const { api } = useSession()
  const client = useQueryClient()
  const words = texts.connect.places
  const testing = useMutation({
    mutationFn: () => api.post(connectionPath(api, connection.id, '/check')),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connection.id] })
      toast(words.tested)
    },
  })
  const blocked = new Set(connection.missing_permissions.flatMap(({ blocks }) => blocks))
  const all = [...new Set([...connection.data_types, ...blocked])]
  const environment = connection.environment
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          {words.permissions}
          {environment === null ? null : (
            <Badge tone={environment === 'sandbox' ? 'warn' : 'plain'}>
              {texts.connections.environments[environment]}
            </Badge>
          )}
        </span>
      }
      actions={
        <Button size="sm" onClick={() => testing.mutate()} busy={testing.isPending}>
          {words.test}
        </Button>
      }
    >
      {testing.isError ? (
        <div className="mb-3">
          <ProblemNotice title={words.testFailed} error={testing.error} compact />
        </div>
      ) : null}
      <ul className="flex flex-wrap gap-x-5 gap-y-1.5">
        {all.map((one) => (
          <li key={one} className="flex items-center gap-1.5">
            {blocked.has(one) ? (
              <X className="size-4 text-bad" aria-hidden="true" />
            ) : (
              <Check className="size-4 text-good" aria-hidden="true" />
            )}
            {texts.connections.dataTypes[one]}
            <span className="sr-only">: {blocked.has(one) ? words.mayNot : words.may}</span>
          </li>
        ))}
      </ul>
      {connection.missing_permissions.length === 0 ? (
        <p className="mt-2 text-sm text-muted">{words.allGranted}</p>
      ) : (
        <>
          <ul className="mt-3 flex flex-col gap-1 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
            {connection.missing_permissions.map((one) => (
              <li key={one.permission}>{one.say}</li>
            ))}
          </ul>
          <Link
            to="/connections/new/$system"
            params={{ system: connection.pos_system }}
            search={{ connection: connection.id }}
            className={buttonClasses('plain', 'sm', 'mt-3')}
          >
            {words.signInAgain}
          </Link>
        </>
      )}
    </Card>
  )
}
