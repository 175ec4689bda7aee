import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant, LocalDate } from '#kernel/instant.ts'
import type { Site } from '#modules/sites/sites.ts'
import type { Tenant } from '#platform/http/caller.ts'
import type { CoverageSource } from './coverage.ts'
import type { Connection, KnownSystem } from './systems.ts'
import { todaysOf, type Window } from './window.ts'

// What a request is about, once every name in it is known to mean something.

/** What every query of figures is narrowed by. */
export type Filter = {
  readonly tenantId: TenantId
  /** Null for all of them. */
  readonly siteIds: readonly Id[] | null
  readonly posSystem: string | null
}

export type Asked = { readonly posSystem: string | null; readonly locations: readonly string[] | null }

/** Throws `figures.site-unknown` and `figures.pos-system-unknown`. */
export function filterOf(
  tenant: Pick<Tenant, 'id'>,
  asked: Asked,
  sites: readonly Site[],
  systems: readonly KnownSystem[],
): Filter {
  const { posSystem, locations } = asked
  if (posSystem !== null && !systems.some((system) => system.id === posSystem)) {
    const known = systems.map((system) => system.id).join(', ')
    throw new Fault('invalid', 'figures.pos-system-unknown', {
      say: `"${posSystem.slice(0, 40)}" is no system that the hub knows. Known are: ${known}.`,
      places: [{ pointer: '/pos_system', detail: 'is not a known system' }],
    })
  }
  const siteIds = locations === null ? null : locations.map((named, place) => siteNamed(named, place, sites).id)
  return { tenantId: tenant.id, siteIds, posSystem }
}

function siteNamed(named: string, place: number, sites: readonly Site[]): Site {
  const site = sites.find((one) => one.id === named || one.slug === named)
  if (site) return site
  throw new Fault('invalid', 'figures.site-unknown', {
    say: `"${named.slice(0, 64)}" is no site of this tenant. The list of sites says what there is.`,
    places: [{ pointer: `/locations/${place}`, detail: `names no site: ${named.slice(0, 64)}` }],
  })
}

/** The sites that a filter leaves; all of them without one. */
export function sitesWithin(filter: Filter, sites: readonly Site[]): readonly Site[] {
  const { siteIds } = filter
  return siteIds === null ? sites : sites.filter((site) => siteIds.includes(site.id))
}

/** The running business day of the sites; by the tenant's own clock before it has any site. */
export function todayOf(
  tenant: Pick<Tenant, 'timeZone' | 'closeOutMinutes'>,
  sites: readonly Site[],
  now: Instant,
): { first: LocalDate; last: LocalDate } {
  return todaysOf(sites.length > 0 ? sites : [tenant], now)
}

/** First and last business day of a connection: anywhere, and at the places that were asked for. */
export type ConnectionSpan = { readonly connectionId: Id; readonly span: Window; readonly spanHere: Window | null }

/**
 * The connections that a filter is about, each with its span. One that has data, but none at these places, belongs
 * elsewhere and is left out; one that has no data at all might still have some for them.
 */
export function sourcesOf(
  filter: Filter,
  connections: readonly Connection[],
  spans: readonly ConnectionSpan[],
  systems: readonly KnownSystem[],
): CoverageSource[] {
  const { siteIds, posSystem } = filter
  const spanOf = new Map(spans.map((one) => [one.connectionId, one]))
  const filesOnly = new Set(systems.filter(({ can }) => can.length === 1 && can[0] === 'files').map(({ id }) => id))
  return connections.flatMap((connection) => {
    if (posSystem !== null && connection.posSystem !== posSystem) return []
    const known = spanOf.get(connection.id)
    if (known !== undefined && known.spanHere === null) return []
    if (known === undefined && siteIds !== null && connection.siteId !== null && !siteIds.includes(connection.siteId))
      return []
    return [
      {
        id: connection.id,
        name: connection.name,
        filesOnly: filesOnly.has(connection.posSystem),
        disconnected: connection.state === 'disconnected',
        span: known?.spanHere ?? null,
      },
    ]
  })
}
