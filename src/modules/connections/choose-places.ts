import type { CurrencyCode } from '#kernel/currency.ts'
import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { isZoneName, type ZoneName } from '#kernel/zone.ts'
import { createSite, type Site, slugOf, updateSite } from '#modules/sites/sites.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Place } from './places.ts'

// At which site each chosen place of an account is filed. Sites are the tenant's own and may be there already; a place
// and its site always take the same money.

/** What a person said of one place; `auto` leaves it to the rules. */
export type PlaceChoice = {
  readonly place: Place
  readonly site: { readonly id: Id } | 'new' | 'auto'
  /** JSON pointer to what was said, for a fault. */
  readonly pointer: string
}

/** What a new site takes where the provider does not say. */
export type SiteDefaults = {
  readonly timeZone: ZoneName
  readonly currency: CurrencyCode
  readonly closeOutMinutes: number
}

export type PlannedPlace =
  | { readonly externalId: string; readonly kind: 'site'; readonly siteId: Id }
  /** A site that nothing was filed at yet, which takes on the place's clock. */
  | { readonly externalId: string; readonly kind: 'adopt'; readonly site: Site; readonly timeZone: ZoneName }
  | { readonly externalId: string; readonly kind: 'create'; readonly draft: Omit<Site, 'id'> }

/**
 * A place without a word of its own is filed at: the site it was filed at before; else one with its name or handle whose
 * clock and money fit; else, for the first place still in use, `blank`, the tenant's one site if nothing uses it yet and
 * its money fits; else a new one. Throws `connections.place-currency`.
 */
export function planPlaces(
  choices: readonly PlaceChoice[],
  sites: readonly Site[],
  blank: Site | null,
  defaults: SiteDefaults,
): PlannedPlace[] {
  const bySiteId = new Map(sites.map((site) => [site.id, site]))
  const taken = new Set(choices.flatMap(({ site }) => (typeof site === 'object' ? [site.id] : [])))
  const slugs = new Set(sites.map(({ slug }) => slug))
  let unused = blank !== null && !taken.has(blank.id) ? blank : null

  const plan = (choice: PlaceChoice): PlannedPlace => {
    const { place, site } = choice
    const { externalId } = place
    if (typeof site === 'object') return { externalId, kind: 'site', siteId: fitting(choice, bySiteId.get(site.id)).id }
    if (site === 'auto') {
      const before = place.siteId === null ? undefined : bySiteId.get(place.siteId)
      if (before !== undefined && takesSameMoney(place, before)) return { externalId, kind: 'site', siteId: before.id }
      const namesake = sites.find((one) => !taken.has(one.id) && isNamesake(place, one, defaults))
      if (namesake !== undefined) {
        taken.add(namesake.id)
        if (namesake.id === unused?.id) unused = null
        return { externalId, kind: 'site', siteId: namesake.id }
      }
      if (unused !== null && place.active && takesSameMoney(place, unused)) {
        const adopted = unused
        taken.add(adopted.id)
        unused = null
        return { externalId, kind: 'adopt', site: adopted, timeZone: zoneOf(place) ?? adopted.timeZone }
      }
    }
    const draft = draftOf(place, freeSlug(place.name, slugs), defaults)
    slugs.add(draft.slug)
    return { externalId, kind: 'create', draft }
  }
  // Namesakes first, so that none of them is given away as the blank one; then those in use.
  const order = [...choices].sort(
    (a, b) => Number(hasNamesake(b)) - Number(hasNamesake(a)) || Number(b.place.active) - Number(a.place.active),
  )
  const planned = new Map(order.map((choice) => [choice, plan(choice)]))
  return choices.map((choice) => planned.get(choice) as PlannedPlace)

  function hasNamesake({ place, site }: PlaceChoice): boolean {
    return site === 'auto' && sites.some((one) => isNamesake(place, one, defaults))
  }
}

/** Makes what a plan asks for. Answers the site of each place. */
export async function carryOut(
  tx: Tx,
  tenantId: TenantId,
  plan: readonly PlannedPlace[],
  now: Instant,
): Promise<Map<string, Id>> {
  const made = new Map<string, Id>()
  for (const planned of plan) {
    if (planned.kind === 'site') made.set(planned.externalId, planned.siteId)
    if (planned.kind === 'adopt') {
      const { site, timeZone } = planned
      if (site.timeZone !== timeZone) await updateSite(tx, tenantId, { ...site, timeZone })
      made.set(planned.externalId, site.id)
    }
    if (planned.kind === 'create') {
      made.set(planned.externalId, (await createSite(tx, tenantId, planned.draft, now)).id)
    }
  }
  return made
}

function fitting({ place, pointer }: PlaceChoice, site: Site | undefined): Site {
  if (site === undefined) {
    throw new Fault('invalid', 'connections.place-site', {
      say: `The site that “${place.name}” is to be filed at does not exist.`,
      places: [{ pointer, detail: 'no such site' }],
    })
  }
  if (takesSameMoney(place, site)) return site
  throw new HttpFault(422, 'connections.place-currency', {
    say: `“${place.name}” takes ${place.currency} and the site “${site.name}” ${site.currency}. Choose another site, or a new one.`,
    places: [{ pointer, detail: `takes ${site.currency}, not ${place.currency}` }],
  })
}

function takesSameMoney(place: Place, site: Site): boolean {
  return place.currency === null || place.currency === site.currency
}

function isNamesake(place: Place, site: Site, defaults: SiteDefaults): boolean {
  const isNamed = fold(place.name) === fold(site.name) || slugOf(place.name) === site.slug
  return isNamed && takesSameMoney(place, site) && (zoneOf(place) ?? defaults.timeZone) === site.timeZone
}

function fold(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ')
}

function zoneOf({ timeZone }: Place): ZoneName | null {
  return timeZone !== null && isZoneName(timeZone) ? timeZone : null
}

function draftOf(place: Place, slug: string, defaults: SiteDefaults): Omit<Site, 'id'> {
  return {
    name: place.name.trim().slice(0, 120) || place.externalId,
    slug,
    timeZone: zoneOf(place) ?? defaults.timeZone,
    currency: place.currency ?? defaults.currency,
    closeOutMinutes: defaults.closeOutMinutes,
  }
}

function freeSlug(name: string, taken: ReadonlySet<string>): string {
  const base = slugOf(name)
  for (let no = 1; ; no++) {
    const slug = no === 1 ? base : `${base.slice(0, 55)}-${no}`
    if (!taken.has(slug)) return slug
  }
}
