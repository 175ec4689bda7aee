import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { connectionPath, placesQuery } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useMay } from '../../app/scopes.ts'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { Connection, Push } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'

/** An order that nobody is hungry for, for a site that this connection serves. */
export function TryOrder(props: { connection: Connection }): ReactNode {
  const { connection } = props
  const { api } = useSession()
  const may = useMay('orders:write')
  const places = useQuery(placesQuery(api, connection.id)).data ?? []
  const served = new Set(places.flatMap((place) => (place.chosen ? (place.site_id ?? []) : [])))
  const sites = useSites().filter(({ id }) => served.has(id))
  const [chosen, setChosen] = useState('')
  const site = chosen === '' ? sites[0]?.id : chosen
  const words = texts.push
  const testing = useMutation({
    mutationFn: () =>
      api.post<Push>(connectionPath(api, connection.id, '/test-orders'), site === undefined ? {} : { location: site }),
    onSuccess: () => toast(words.tested),
  })
  if (!may) return null
  return (
    <div className="flex flex-col gap-3">
      {testing.isError ? <ProblemNotice title={words.testFailed} error={testing.error} compact /> : null}
      <div className="flex flex-wrap items-end gap-2">
        {sites.length < 2 ? null : (
          <SelectField
            label={words.testSite}
            value={site ?? ''}
            onChange={(event) => setChosen(event.target.value)}
            fieldClassName="w-52"
          >
            {sites.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
        )}
        <Button onClick={() => testing.mutate()} busy={testing.isPending}>
          <FlaskConical className="size-4 text-muted" aria-hidden="true" />
          {words.testGo}
        </Button>
      </div>
      <output aria-live="polite">
        {testing.data === undefined ? null : (
          <Link
            to="/orders/$orderId"
            params={{ orderId: testing.data.order_id }}
            className="rounded-sm font-medium text-accent hover:underline"
          >
            {words.testOpen}
          </Link>
        )}
      </output>
    </div>
  )
}
