import { Fault } from '#kernel/fault.ts'
import type { Instant } from '#kernel/instant.ts'
import { listSites } from '#modules/sites/sites.ts'
import { callFailed, reasonOf } from './call-fault.ts'
import { appendChanged } from './change.ts'
import { carryOut, type PlaceChoice, planPlaces, type SiteDefaults } from './choose-places.ts'
import { findBlankSite } from './connect.ts'
import type { Desk } from './desk.ts'
import { liveOf, openLinked } from './linked.ts'
import type { ConnectionRef } from './live.ts'
import { listPlaces, recordChoices, recordPlaces } from './places.ts'
import { getConfiguration } from './store.ts'
import { trySignIn } from './try-sign-in.ts'

// What a provider's news means for the connection itself, and not for its sales.

/**
 * The provider says that the sign-in was withdrawn. Its news may be days old and speak of an earlier one, so it is asked:
 * a sign-in that is refused is marked on the way.
 */
export async function afterRevoked(desk: Desk, ref: ConnectionRef): Promise<void> {
  const standing = await desk.database.tenant(ref.tenantId, (tx) => getConfiguration(tx, ref.tenantId, ref.id))
  if (standing.state !== 'active') return
  try {
    await trySignIn(desk, ref, await openLinked(desk, ref))
  } catch (error) {
    if (callFailed(error) === null && !(error instanceof Fault)) throw error
    desk.log.info({ connection: ref.id, reason: reasonOf(error) }, 'a withdrawn sign-in was tried')
  }
}

/** Reads the account's places again. New ones are taken up where all were wanted; answers how many those are. */
export async function rereadPlaces(
  desk: Desk,
  ref: ConnectionRef,
  defaults: SiteDefaults,
  now: Instant,
): Promise<number> {
  const { tenantId, id } = ref
  const before = await desk.database.tenant(tenantId, (tx) => getConfiguration(tx, tenantId, id))
  const live = liveOf(desk.systems, before.posSystem)
  const told = await desk.converse(ref, 'repair', (link) => live.locations(link))
  return desk.database.tenant(tenantId, async (tx) => {
    const standing = await getConfiguration(tx, tenantId, id, 'lock')
    if (standing.state === 'disconnected') return 0
    const known = new Set((await listPlaces(tx, ref)).map(({ externalId }) => externalId))
    await recordPlaces(tx, ref, told, now)
    const fresh = (await listPlaces(tx, ref)).filter(({ externalId }) => !known.has(externalId))
    if (fresh.length === 0 || standing.asked?.allPlaces !== true) return 0
    const choices = fresh.map((place): PlaceChoice => ({ place, site: 'auto', pointer: '' }))
    const sites = await listSites(tx, tenantId)
    const plan = planPlaces(choices, sites, await findBlankSite(tx, tenantId, sites), defaults)
    await recordChoices(tx, ref, await carryOut(tx, tenantId, plan, now))
    const by = { actor: `provider:${standing.posSystem}`, requestId: null, now }
    await appendChanged(tx, standing, ['locations'], by)
    await desk.onPlacesChosen(tx, ref, by)
    return fresh.length
  })
}
