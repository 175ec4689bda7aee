import { sql } from 'kysely'
import { callFailed, reasonOf } from './call-fault.ts'
import { refuseEnded } from './change.ts'
import { type Origin, subscribe } from './connect.ts'
import type { Linked } from './converse-options.ts'
import type { Desk } from './desk.ts'
import { openLinked } from './linked.ts'
import { recordPlaces } from './places.ts'
import { readable, signInFault } from './sign-in-check.ts'
import { type Configuration, getConfiguration, recordCheck, setState } from './store.ts'
import { trySignIn } from './try-sign-in.ts'

// The sign-in of a standing connection, tried again: still accepted, still of the same account, still allowed to do what
// it is needed for. One that was thought lost and is accepted after all goes on working.

const PLACES_MAX_MS = 30_000

/** Throws `connections.unknown`, `.not-live`, `.disconnected`, `.sign-in-needed`, and as `signInFault` does. */
export async function checkConnection(desk: Desk, { tenantId }: Origin, id: string): Promise<Configuration> {
  const standing = await desk.database.tenant(tenantId, (tx) => getConfiguration(tx, tenantId, id))
  refuseEnded(standing)
  const linked = await openLinked(desk, standing)
  try {
    await look(desk, standing, linked)
  } catch (error) {
    const failed = callFailed(error)
    if (failed === null) throw error
    const now = desk.clock.now()
    await desk.database.tenant(tenantId, (tx) =>
      recordCheck(tx, standing, { code: reasonOf(failed), missing: null }, now),
    )
    throw signInFault(linked, failed)
  }
  desk.keeper.forget(standing)
  const checked = await desk.database.tenant(tenantId, (tx) => getConfiguration(tx, tenantId, id))
  await subscribe(desk, checked, true)
  return checked
}

async function look(desk: Desk, standing: Configuration, opened: Linked): Promise<void> {
  const { tenantId, id } = standing
  const { check, linked } = await trySignIn(desk, standing, opened)
  const { live } = linked
  const within = { signal: AbortSignal.timeout(PLACES_MAX_MS) }
  // One that waited for a person is asked directly: nobody else may call in its name meanwhile.
  const places = await desk.converseWith(linked, 'live', (link) => live.locations(link), within)
  await desk.database.tenant(tenantId, async (tx) => {
    const now = desk.clock.now()
    const seen = await getConfiguration(tx, tenantId, id, 'lock')
    if (seen.state === 'disconnected') return
    await recordCheck(tx, standing, { code: 'ok', missing: check.missing }, now)
    await sql`
      update pos.configurations set account_name = ${check.accountName}, data_types = ${[...readable(live, check)]}
      where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
    await recordPlaces(tx, standing, places, now)
    const isSame = seen.asked?.credentialsVersion === linked.credentialsVersion
    if (seen.state === 'needs_sign_in' && isSame) await setState(tx, seen, 'active', null, now)
  })
}
