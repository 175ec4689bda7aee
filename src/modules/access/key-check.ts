import { timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import type { Id } from '#kernel/ids.ts'
import { type Clock, type Instant, instantText } from '#kernel/instant.ts'
import type { KeyIdentity, Tenant } from '#platform/http/caller.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { Log } from '#platform/telemetry/log.ts'
import { hashOf, isSecretText } from './secrets.ts'
import { readTenant, TENANT_COLUMNS, type TenantRow } from './tenants.ts'

// Whose key is this? A till asks several times a second with the same key, so an answer is remembered for a moment:
// revoking takes effect at once in this process and within REMEMBER_MS in every other.

const REMEMBER_MS = 3000
const REMEMBERED_MAX = 10_000
const USE_NOTED_EVERY_MS = 60_000

export type KnownKey = { readonly identity: KeyIdentity; readonly tenant: Tenant }

export type KeyCheck = {
  /** The key's identity and tenant; null when it is none of ours, expired or revoked. */
  find(text: string): Promise<KnownKey | null>
  /** Makes this process forget a key that was just revoked. */
  forget(id: Id): void
  /** Waits for what is still being written. */
  close(): Promise<void>
}

type Remembered = KnownKey & { readonly expiresAt: Instant | null; readonly until: number }

export type KeyCheckOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  /** How long something has been remembered is the machine's time, not the business's, which a test may move by days. */
  readonly monotonicMs?: () => number
}

export function createKeyCheck(options: KeyCheckOptions): KeyCheck {
  const { database, clock, log, monotonicMs = () => performance.now() } = options
  const remembered = new Map<string, Remembered>()
  // Many requests may show a key at the very moment it is not remembered; they share one look.
  const looking = new Map<string, Promise<Remembered | null>>()
  const usedAt = new Map<Id, Instant>()
  const writing = new Set<Promise<void>>()
  let revocations = 0

  async function look(mark: string, hash: Buffer): Promise<Remembered | null> {
    const revocationsBefore = revocations
    const row = await findRow(database, hash)
    if (!row || row.revoked_at !== null) return null
    const found = { ...readKnown(row), expiresAt: row.expires_at, until: monotonicMs() + REMEMBER_MS }
    // What was read while a key was being revoked may be that key as it was; it serves this once.
    if (revocations !== revocationsBefore) return found
    // Oldest first out: a Map keeps its order of writing.
    const oldest = remembered.size >= REMEMBERED_MAX ? remembered.keys().next().value : undefined
    if (oldest !== undefined) remembered.delete(oldest)
    remembered.set(mark, found)
    return found
  }

  /** At most once a minute and key, and never while the caller waits. */
  function noteUse(known: KnownKey, now: Instant): void {
    const last = usedAt.get(known.identity.id)
    if (last !== undefined && now - last < USE_NOTED_EVERY_MS) return
    if (usedAt.size >= REMEMBERED_MAX) usedAt.clear()
    usedAt.set(known.identity.id, now)
    const write = writeUse(database, known, now)
      .catch((error: unknown) => log.warn({ err: error, key: known.identity.id }, 'the use of a key was not noted'))
      .finally(() => writing.delete(write))
    writing.add(write)
  }

  return {
    async find(text) {
      if (!isSecretText(text)) return null
      const hash = hashOf(text)
      const mark = hash.toString('base64url')
      let known: Remembered | null | undefined = remembered.get(mark)
      if (known && known.until <= monotonicMs()) {
        remembered.delete(mark)
        known = undefined
      }
      if (!known) {
        const shared = looking.get(mark) ?? look(mark, hash).finally(() => looking.delete(mark))
        looking.set(mark, shared)
        known = await shared
      }
      const now = clock.now()
      if (!known || (known.expiresAt !== null && known.expiresAt <= now)) return null
      noteUse(known, now)
      return known
    },
    forget(id) {
      revocations += 1
      looking.clear()
      for (const [mark, known] of remembered) if (known.identity.id === id) remembered.delete(mark)
    },
    close: async () => {
      await Promise.all(writing)
    },
  }
}

type CheckRow = TenantRow & {
  readonly id: Id
  readonly hash: Buffer
  readonly scopes: string[]
  readonly expires_at: Instant | null
  readonly revoked_at: Instant | null
}

function findRow(database: Database, hash: Buffer): Promise<CheckRow | null> {
  return database.system(async (tx) => {
    const { rows } = await sql<CheckRow>`
      select k.id, k.hash, k.scopes, k.expires_at, k.revoked_at, ${TENANT_COLUMNS}
      from hub.api_keys k join hub.tenants t on t.id = k.tenant_id where k.hash = ${hash}`.execute(tx)
    const row = rows[0]
    return row && timingSafeEqual(row.hash, hash) ? row : null
  })
}

async function writeUse(database: Database, known: KnownKey, now: Instant): Promise<void> {
  await database.system(async (tx) => {
    await sql`
      update hub.api_keys set last_used_at = ${instantText(now)}
      where tenant_id = ${known.tenant.id} and id = ${known.identity.id}
        and (last_used_at is null or last_used_at < ${instantText(now)})`.execute(tx)
  })
}

function readKnown(row: CheckRow): KnownKey {
  return {
    tenant: readTenant(row),
    identity: {
      kind: 'key',
      id: row.id,
      actor: `key:${row.id}`,
      tenantId: row.tenant_id,
      scopes: new Set(row.scopes),
    },
  }
}
