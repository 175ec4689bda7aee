import { sql } from 'kysely'
import { instantText } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Linked, Renewal } from './converse-options.ts'
import type { Keeping, LinkKeeper } from './keeping.ts'
import { openLinked } from './linked.ts'
import type { ConnectionRef } from './live.ts'
import { renewOnce } from './renew.ts'

// Keeps the sign-ins of all connections for whoever asks providers something. An opened one is remembered for a moment,
// so that a burst of calls opens it once: a change made here holds at once, one made by another process within
// REMEMBER_MS, and a refusal in between asks for the newest anyway.

const REMEMBER_MS = 2_000
const REMEMBERED_MAX = 5_000

type Remembered = { readonly linked: Promise<Linked>; readonly until: number }

export type LinkKeeperOptions = Keeping & {
  /** How long something has been remembered is the machine's time, not the business's, which a test may move by days. */
  readonly monotonicMs?: () => number
}

export function createLinkKeeper(options: LinkKeeperOptions): LinkKeeper {
  const { monotonicMs = () => performance.now(), ...keeping } = options
  const { database, clock, log } = keeping
  const remembered = new Map<string, Remembered>()
  // Workers of this process that are refused together wait for one answer.
  const renewing = new Map<string, Promise<Renewal>>()

  function remember(ref: ConnectionRef, linked: Promise<Linked>): Promise<Linked> {
    const fresh = { linked, until: monotonicMs() + REMEMBER_MS }
    remembered.delete(nameOf(ref))
    // Oldest first out: a Map keeps its order of writing.
    const oldest = remembered.size >= REMEMBERED_MAX ? remembered.keys().next().value : undefined
    if (oldest !== undefined) remembered.delete(oldest)
    remembered.set(nameOf(ref), fresh)
    linked.catch(() => {
      if (remembered.get(nameOf(ref)) === fresh) remembered.delete(nameOf(ref))
    })
    return linked
  }

  function renewTogether(ref: ConnectionRef, refused: number): Promise<Renewal> {
    const running = renewing.get(nameOf(ref))
    if (running !== undefined) return running
    const begun = renewOnce(keeping, ref, refused).finally(() => {
      renewing.delete(nameOf(ref))
      remembered.delete(nameOf(ref))
    })
    renewing.set(nameOf(ref), begun)
    return begun
  }

  return {
    keeping,
    async linkOf(ref, how) {
      const known = how === 'newest' ? undefined : remembered.get(nameOf(ref))
      const linked = await (known !== undefined && known.until > monotonicMs()
        ? known.linked
        : remember(ref, openLinked(keeping, ref)))
      if (linked.link.account === null) throw new Error('a stored connection knows its account')
      return linked
    },
    async renew(ref, refused) {
      for (;;) {
        const renewal = await renewTogether(ref, refused)
        // Whoever was refused with the very sign-in that a refresh of others had just brought asks once more.
        if (renewal.kind !== 'renewed' || renewal.linked.credentialsVersion > refused) return renewal
      }
    },
    async markNeedsSignIn(ref, { credentialsVersion, code }) {
      const marked = await database.tenant(ref.tenantId, async (tx) => {
        const now = clock.now()
        const at = instantText(now)
        const { rows } = await sql<{ pos_system: string; name: string }>`
          update pos.configurations set state = 'needs_sign_in', state_reason = ${code.slice(0, 80)},
            state_since = ${at}, updated_at = ${at}, refresh_due_at = null
          where tenant_id = ${ref.tenantId} and id = ${ref.id} and state = 'active'
            and credentials_version = ${credentialsVersion}
            -- While somebody refreshes it, its end is theirs to tell.
            and (refresh_claimed_until is null or refresh_claimed_until <= ${at})
          returning pos_system, name`.execute(tx)
        const row = rows[0]
        if (row === undefined) return false
        await appendEvents(tx, ref.tenantId, [
          {
            type: 'connection.needs_sign_in',
            subject: `connection/${ref.id}`,
            occurredAt: now,
            actor: `provider:${row.pos_system}`,
            data: { connection_id: ref.id, name: row.name, pos_system: row.pos_system, reason: code.slice(0, 80) },
          },
        ])
        return true
      })
      remembered.delete(nameOf(ref))
      if (marked) log.warn({ connection: ref.id, code }, 'a connection needs a new sign-in')
    },
    forget: (ref) => void remembered.delete(nameOf(ref)),
  }
}

function nameOf({ tenantId, id }: ConnectionRef): string {
  return `${tenantId} ${id}`
}
