import { sql } from 'kysely'
import { CallFailed, type Link, type Talk } from '../../../connectors/contract.ts'
import { callFailed, reasonOf } from './call-fault.ts'
import { refuseEnded } from './change.ts'
import { type Origin, subscribe } from './connect.ts'
import type { Linked } from './converse-options.ts'
import type { Desk } from './keeping.ts'
import { openLinked } from './linked.ts'
import { recordPlaces } from './places.ts'
import { readable, signInFault } from './sign-in-check.ts'
import { type Configuration, getConfiguration, recordCheck, setState } from './store.ts'

// The sign-in of a standing connection, tried again: still accepted, still of the same account, still allowed to do what
// it is needed for. One that was thought lost and is accepted after all goes on working.

const CHECK_MAX_MS = 30_000

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

async function look(desk: Desk, standing: Configuration, linked: Linked): Promise<void> {
  const { tenantId, id } = standing
  const { live } = linked
  // One that waits for a person is asked directly: nobody else may call in its name meanwhile.
  const within = { signal: AbortSignal.timeout(CHECK_MAX_MS) }
  const ask = <T>(talk: (link: Link) => Talk<T>) =>
    standing.state === 'active'
      ? desk.converse(standing, 'live', talk, within)
      : desk.converseWith(linked, 'live', talk, within)
  const check = await ask((link) => live.signIn.check(link))
  if (check.account !== linked.link.account)
    throw new CallFailed('check', { kind: 'refused', code: 'another_account', say: '' })
  const places = await ask((link) => live.locations(link))
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
