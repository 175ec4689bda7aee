import type { ReactNode } from 'react'
import { Badge } from '../ui/badge.tsx'
import { classes } from '../ui/classes.ts'
import { SelectField } from '../ui/field.tsx'
import { fits, type PlaceChoice, type PlaceChoices } from './place-choices.ts'
import { useSites } from './sites.ts'
import { texts } from './texts.ts'
import type { ConnectionPlace } from './wire.ts'

/** One row a place: whether it is read, and where its sales are filed. */
export function PlaceRows(props: {
  places: readonly ConnectionPlace[]
  choices: PlaceChoices
  onChange: (choices: PlaceChoices) => void
  /** What the hub says of a place's site, by the place's id. */
  problems?: Readonly<Record<string, string>>
  fixed?: boolean
}): ReactNode {
  const { places, choices } = props
  return (
    <ul className="divide-y divide-line">
      {places.map((place) => (
        <PlaceRow
          key={place.id}
          place={place}
          choice={choices[place.id] ?? { chosen: false, site: 'auto' }}
          problem={props.problems?.[place.id]}
          fixed={props.fixed === true}
          onChange={(choice) => props.onChange({ ...choices, [place.id]: choice })}
        />
      ))}
    </ul>
  )
}

function PlaceRow(props: {
  place: ConnectionPlace
  choice: PlaceChoice
  problem: string | undefined
  fixed: boolean
  onChange: (choice: PlaceChoice) => void
}): ReactNode {
  const { place, choice, onChange } = props
  const sites = useSites()
  const words = texts.connect.places
  const zone = place.time_zone?.replaceAll('_', ' ') ?? null
  const facts = [zone, place.currency].filter((one) => one !== null).join(' · ')
  const newSite =
    zone === null || place.currency === null
      ? words.newSiteBare(place.name)
      : words.newSite(place.name, zone, place.currency)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <label className="flex min-w-0 flex-1 basis-56 items-start gap-2.5">
        <input
          type="checkbox"
          checked={choice.chosen}
          disabled={props.fixed}
          aria-label={words.read(place.name)}
          onChange={(event) => onChange({ ...choice, chosen: event.target.checked })}
          className="mt-1 size-4 shrink-0 accent-accent"
        />
        <span className="min-w-0">
          <span className="flex flex-wrap items-center gap-2 font-medium">
            {place.name}
            {place.active ? null : <Badge>{words.closed}</Badge>}
          </span>
          <span className="block text-xs text-muted">{facts}</span>
        </span>
      </label>
      <SelectField
        label={words.siteOf(place.name)}
        hideLabel
        fieldClassName={classes('basis-72 max-sm:basis-full', !choice.chosen && 'opacity-50')}
        disabled={props.fixed || !choice.chosen}
        value={choice.site}
        problem={props.problem}
        onChange={(event) => onChange({ ...choice, site: event.target.value })}
      >
        <option value="auto">{words.auto}</option>
        <option value="new">{newSite}</option>
        {sites.map((site) => (
          <option key={site.id} value={site.id} disabled={!fits(place, site)}>
            {fits(place, site) ? site.name : words.otherCurrency(site.name, site.currency)}
          </option>
        ))}
      </SelectField>
    </li>
  )
}
