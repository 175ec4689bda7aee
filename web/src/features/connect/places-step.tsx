import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { Problem } from '../../app/api.ts'
import { connectionPath, placesQuery } from '../../app/connections.ts'
import { placesBody, standingChoices } from '../../app/place-choices.ts'
import { PlaceRows } from '../../app/place-rows.tsx'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { sitesQuery, useBusinessToday } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import { webhookReason } from '../../app/webhook-reason.ts'
import type { Connection, ConnectionPlace, PosSystem } from '../../app/wire.ts'
import { Button, buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { CheckField } from '../../ui/field.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { firstDayOf, pastOf, problemOfPast } from './past.ts'
import { PastChoices } from './past-choice.tsx'
import { Permissions } from './permissions.tsx'
import { StepHeading } from './steps.tsx'

/** What shall be read: which places, filed where, how far back, and whether the provider tells of news. */
export function PlacesStep(props: { connection: Connection; system: PosSystem | undefined }): ReactNode {
  const { connection } = props
  const { api } = useSession()
  const places = useQuery(placesQuery(api, connection.id))
  const account = connection.account?.name ?? connection.account?.id ?? connection.name
  return (
    <div className="max-w-3xl">
      <StepHeading step="places" title={texts.connect.places.title} say={texts.connect.places.say(account)} />
      <div className="flex flex-col gap-4">
        <Permissions connection={connection} />
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
          <Form
            // Another set of places is another form: a place that has just opened is seen at once.
            key={places.data.map(({ id }) => id).join(' ')}
            {...props}
            places={places.data}
          />
        )}
      </div>
    </div>
  )
}

function Form(props: {
  connection: Connection
  system: PosSystem | undefined
  places: readonly ConnectionPlace[]
}): ReactNode {
  const { connection, system, places } = props
  const { api } = useSession()
  const client = useQueryClient()
  const navigate = useNavigate()
  const today = useBusinessToday()
  const words = texts.connect.places
  const wasChosen = places.some((place) => place.chosen)
  const [choices, setChoices] = useState(() => standingChoices(places))
  const [all, setAll] = useState(connection.locations === 'all' || !wasChosen)
  const [past, setPast] = useState(() => pastOf(connection.sync?.backfill_from ?? null, today))
  const [told, setTold] = useState(connection.sync?.webhooks ?? true)
  const [pressed, setPressed] = useState(false)
  const noPlace = !Object.values(choices).some(({ chosen }) => chosen)
  const pastProblem = problemOfPast(past, today)

  const saving = useMutation({
    async mutationFn() {
      // How far back first: choosing the places is what begins the reading.
      const sync = { backfill_from: firstDayOf(past, today), webhooks: told }
      await api.put(connectionPath(api, connection.id), { sync })
      await api.put(connectionPath(api, connection.id, '/places'), placesBody(choices, all))
    },
    async onSuccess() {
      await Promise.all([
        client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connection.id] }),
        client.invalidateQueries({ queryKey: sitesQuery(api).queryKey }),
      ])
      await navigate({
        to: '/connections/$connectionId/setup',
        params: { connectionId: connection.id },
        search: { step: 'sync' },
      })
    },
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    setPressed(true)
    if (!noPlace && pastProblem === null) saving.mutate()
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <Card title={words.places} say={words.placesSay}>
        {places.length === 0 ? <p className="text-warn">{words.none}</p> : null}
        <PlaceRows
          places={places}
          choices={choices}
          onChange={setChoices}
          problems={placeProblems(saving.error, Object.keys(choices))}
        />
        {places.length === 0 ? null : (
          <CheckField
            label={words.later}
            checked={all}
            onChange={(event) => setAll(event.target.checked)}
            className="mt-4 border-t border-line pt-3"
          />
        )}
        {wasChosen ? <p className="mt-3 text-xs text-muted">{words.moved}</p> : null}
        {pressed && noPlace ? (
          <p role="alert" className="mt-3 text-sm font-medium text-bad">
            {words.chooseOne}
          </p>
        ) : null}
      </Card>
      <Card title={words.past} say={words.pastSay}>
        <PastChoices choice={past} today={today} problem={pressed ? pastProblem : null} onChange={setPast} />
      </Card>
      <Told connection={connection} system={system} told={told} onChange={setTold} />
      {saving.isError ? <ProblemNotice title={words.notSaved} error={saving.error} compact /> : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" busy={saving.isPending}>
          {wasChosen ? words.saveAgain : words.save}
        </Button>
        <Link
          to="/connections/$connectionId"
          params={{ connectionId: connection.id }}
          className={buttonClasses('quiet')}
        >
          {texts.cancel}
        </Link>
      </div>
    </form>
  )
}

function Told(props: {
  connection: Connection
  system: PosSystem | undefined
  told: boolean
  onChange: (told: boolean) => void
}): ReactNode {
  const { connection, system, told } = props
  const words = texts.connect.places
  if (connection.webhooks === null) return null
  const unreachable =
    connection.webhooks.state === 'unreachable' || (system?.sign_in?.webhooks?.reachable === false && told)
  return (
    <Card title={words.told} say={words.toldSay}>
      <CheckField label={words.toldOn} checked={told} onChange={(event) => props.onChange(event.target.checked)} />
      {unreachable ? (
        <p className="mt-3 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          {words.unreachable(connection.webhooks.url ?? '')}
        </p>
      ) : told && connection.webhooks.state !== 'off' ? (
        <p className="mt-2 text-sm text-muted">
          {connection.webhooks.say}
          {connection.webhooks.reason === null ? '' : ` ${webhookReason(connection.webhooks.reason)}`}
        </p>
      ) : null}
    </Card>
  )
}

/** What the hub says of a place stands beside that place. */
function placeProblems(error: unknown, ids: readonly string[]): Readonly<Record<string, string>> {
  if (!(error instanceof Problem)) return {}
  return Object.fromEntries(
    error.fields.flatMap(({ pointer, detail }) => {
      const id = ids[Number(/\/places\/(\d+)\//.exec(pointer)?.[1] ?? -1)]
      return id === undefined ? [] : [[id, detail] as const]
    }),
  )
}
