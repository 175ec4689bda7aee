import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { connectionPath, placesQuery, useMayConnect } from '../../app/connections.ts'
import { placesBody, sameChoices, standingChoices } from '../../app/place-choices.ts'
import { PlaceRows } from '../../app/place-rows.tsx'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { sitesQuery } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { Connection, ConnectionPlace } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { CheckField } from '../../ui/field.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'

/** Which places are read, and where each is filed. */
export function PlacesTab(props: { connection: Connection }): ReactNode {
  const { connection } = props
  const { api } = useSession()
  const places = useQuery(placesQuery(api, connection.id))
  const words = texts.connect.places
  return (
    <Card title={words.places} say={words.placesSay}>
      {places.isError ? (
        <ProblemNotice
          title={texts.connections.page.failedTitle}
          error={places.error}
          onRetry={() => places.refetch()}
          compact
        />
      ) : null}
      {places.isPending && !places.isError ? <SkeletonLines lines={4} label={texts.loading} /> : null}
      {places.data === undefined ? null : (
        // What the hub says anew is what the form begins with anew.
        <Form key={JSON.stringify(places.data)} connection={connection} places={places.data} />
      )}
    </Card>
  )
}

function Form(props: { connection: Connection; places: readonly ConnectionPlace[] }): ReactNode {
  const { connection, places } = props
  const { api } = useSession()
  const client = useQueryClient()
  const mayConnect = useMayConnect()
  const words = texts.connect.places
  const standing = standingChoices(places)
  const wasAll = connection.locations === 'all'
  const [choices, setChoices] = useState(standing)
  const [all, setAll] = useState(wasAll)
  const changed = all !== wasAll || !sameChoices(choices, standing)
  const fixed = !mayConnect || connection.state === 'disconnected'
  const saving = useMutation({
    mutationFn: () => api.put(connectionPath(api, connection.id, '/places'), placesBody(choices, all)),
    async onSuccess() {
      await Promise.all([
        client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connection.id] }),
        client.invalidateQueries({ queryKey: sitesQuery(api).queryKey }),
      ])
      toast(words.saved)
    },
  })
  if (places.length === 0) return <p className="text-warn">{words.none}</p>
  return (
    <>
      <PlaceRows places={places} choices={choices} onChange={setChoices} fixed={fixed} />
      <CheckField
        label={words.later}
        checked={all}
        disabled={fixed}
        onChange={(event) => setAll(event.target.checked)}
        className="mt-4 border-t border-line pt-3"
      />
      <p className="mt-3 text-xs text-muted">{words.moved}</p>
      {saving.isError ? (
        <div className="mt-3">
          <ProblemNotice title={words.notSaved} error={saving.error} compact />
        </div>
      ) : null}
      {fixed ? null : (
        <Button
          look="primary"
          className="mt-4"
          disabled={!changed}
          onClick={() => saving.mutate()}
          busy={saving.isPending}
        >
          {texts.save}
        </Button>
      )}
    </>
  )
}
