import { addDays, type Instant, instant } from '#kernel/instant.ts'
import { dateOf, instantOf, type WallClock, wallClockAt, wallClockOf, type ZoneName } from '#kernel/zone.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import { listSites } from '#modules/sites/sites.ts'
import type { Tx } from '#platform/postgres/database.ts'

// When the hub asks by itself. What a provider tells is followed by a look every few minutes, since news get lost; what it
// does not tell is asked for every minute; and in the night, when nobody trades, what may have come late is read again.

/** Where the provider tells by itself what happens. */
export const NEWS_EVERY_TOLD_MS = 5 * 60_000
export const NEWS_EVERY_MS = 60_000
export const CATALOG_EVERY_MS = 60 * 60_000

const MINUTE_MS = 60_000
const QUIET_FROM_MINUTES = 3 * 60
/** Connections of one zone are spread over so long, so that they do not all begin at once. */
const QUIET_MINUTES = 90

/** The next quiet hour at the connection's first site, after `now`. */
export async function nextNightlyAt(tx: Tx, connection: LiveConnection, now: Instant): Promise<Instant> {
  const [first] = connection.places.values()
  const sites = first === undefined ? [] : await listSites(tx, connection.tenantId)
  const site = sites.find(({ id }) => id === first?.siteId)
  return quietTimeAfter(now, site?.timeZone ?? ('UTC' as ZoneName), connection.id)
}

/** Between three and half past four on the wall clock of a zone; always at the same minute for the same id. */
export function quietTimeAfter(now: Instant, zone: ZoneName, id: string): Instant {
  const minutes = QUIET_FROM_MINUTES + (Number.parseInt(id.slice(-6), 16) % QUIET_MINUTES)
  const today = dateOf(wallClockAt(now, zone))
  for (let day = 0; ; day++) {
    const clock: WallClock = wallClockOf(addDays(today, day), minutes * MINUTE_MS)
    const { at } = instantOf(clock, zone)
    if (at > now) return instant(at)
  }
}
