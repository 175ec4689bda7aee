import type { ConnectionPlace, Site } from './wire.ts'

// Which places of an account are read, and the site that each is filed at, while a person decides.

/** `auto`: a site of the same name or a new one, as the hub finds; `new`: a site of its own. */
export type PlaceSite = 'auto' | 'new' | (string & {})
export type PlaceChoice = { readonly chosen: boolean; readonly site: PlaceSite }
export type PlaceChoices = Readonly<Record<string, PlaceChoice>>

/** As it stands; where nothing was chosen ever, every place that is in use. */
export function standingChoices(places: readonly ConnectionPlace[]): PlaceChoices {
  const fresh = places.every((place) => !place.chosen && place.site_id === null)
  return Object.fromEntries(
    places.map((place) => [
      place.id,
      { chosen: fresh ? place.active : place.chosen, site: place.site_id ?? 'auto' } satisfies PlaceChoice,
    ]),
  )
}

export function placesBody(choices: PlaceChoices, all: boolean) {
  return {
    all,
    places: Object.entries(choices).map(([id, { chosen, site }]) => ({
      id,
      chosen,
      ...(chosen && site !== 'auto' ? { site_id: site } : {}),
    })),
  }
}

/** A place and its site take the same money. */
export function fits(place: ConnectionPlace, site: Site): boolean {
  return place.currency === null || place.currency === site.currency
}

export function sameChoices(a: PlaceChoices, b: PlaceChoices): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => a[key]?.chosen === b[key]?.chosen && a[key]?.site === b[key]?.site)
}
