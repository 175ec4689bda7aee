import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { Fault } from '#kernel/fault.ts'
import type { TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'

// The keys that wrap the keys of values: a tenant's own, and the installation's. In their tables they are wrapped by the
// root key:
//
//   0      version, 1
//   1–4    which root key, by the beginning of its hash
//   5–16   nonce
//   17–48  the key, wrapped
//   49–64  tag

/** A tenant's keys, or those of the installation itself. */
export type KeyScope = TenantId | 'hub'

/** All that can still be opened with, and the one to seal with. */
export type ScopeKeys = { readonly currentNo: number; readonly byNo: ReadonlyMap<number, KeyObject> }

const VERSION = 1
const MARK_ENDS = 5
const NONCE_ENDS = 17
const KEY_ENDS = 49
const WRAPPED_BYTES = 65
const CIPHER = 'aes-256-gcm'

type KeyRow = { readonly key_no: number; readonly wrapped: Buffer | null; readonly retired_at: Instant | null }

/**
 * Reads the keys of a scope, and makes the first one where there is none yet; of two processes that do so at once, both
 * come away with the same. Throws `vault.key-missing` when all were destroyed, `vault.root-key-wrong`.
 */
export async function keysOf(database: Database, root: Buffer, scope: KeyScope, now: Instant): Promise<ScopeKeys> {
  const rows = await inScope(database, scope, async (tx) => {
    const known = await readRows(tx, scope)
    if (known.length > 0) return known
    await writeFirst(tx, scope, wrapNewKey(root, scope, 1), now)
    return readRows(tx, scope)
  })
  const byNo = new Map<number, KeyObject>()
  let currentNo: number | null = null
  for (const { key_no, wrapped, retired_at } of rows) {
    if (wrapped === null) continue
    byNo.set(key_no, unwrapKey(wrapped, root, scope, key_no))
    if (retired_at === null) currentNo = key_no
  }
  if (currentNo === null) throw keyMissing()
  return { currentNo, byNo }
}

export function keyMissing(): Fault {
  return new Fault('broken', 'vault.key-missing', {
    say: 'The key that this was sealed with is not there: it was destroyed, or the backup was made before it existed. Enter the secret again.',
  })
}

function inScope<T>(database: Database, scope: KeyScope, work: (tx: Tx) => Promise<T>): Promise<T> {
  return scope === 'hub' ? database.system(work) : database.tenant(scope, work)
}

async function readRows(tx: Tx, scope: KeyScope): Promise<readonly KeyRow[]> {
  const query =
    scope === 'hub'
      ? sql<KeyRow>`select key_no, wrapped, retired_at from hub.installation_keys order by key_no`
      : sql<KeyRow>`select key_no, wrapped, retired_at from hub.tenant_keys where tenant_id = ${scope} order by key_no`
  return (await query.execute(tx)).rows
}

async function writeFirst(tx: Tx, scope: KeyScope, wrapped: Buffer, now: Instant): Promise<void> {
  const at = instantText(now)
  const statement =
    scope === 'hub'
      ? sql`insert into hub.installation_keys (key_no, wrapped, created_at) values (1, ${wrapped}, ${at})
            on conflict do nothing`
      : sql`insert into hub.tenant_keys (tenant_id, key_no, wrapped, created_at) values (${scope}, 1, ${wrapped}, ${at})
            on conflict do nothing`
  await statement.execute(tx)
}

/** A key that nobody had before, ready for its row. */
export function wrapNewKey(root: Buffer, scope: KeyScope, keyNo: number): Buffer {
  const nonce = randomBytes(NONCE_ENDS - MARK_ENDS)
  const head = Buffer.concat([Buffer.from([VERSION]), markOf(root)])
  const cipher = createCipheriv(CIPHER, root, nonce)
  cipher.setAAD(contextOf(head, scope, keyNo))
  return Buffer.concat([head, nonce, cipher.update(randomBytes(32)), cipher.final(), cipher.getAuthTag()])
}

function unwrapKey(wrapped: Buffer, root: Buffer, scope: KeyScope, keyNo: number): KeyObject {
  const head = wrapped.subarray(0, MARK_ENDS)
  if (wrapped.length !== WRAPPED_BYTES || head[0] !== VERSION) {
    throw new Fault('broken', 'vault.format-unknown', {
      say: 'A key of the vault is not written as this version of the hub writes them. Run the version that wrote it, or a newer one.',
    })
  }
  if (!head.subarray(1).equals(markOf(root))) {
    throw new Fault('denied', 'vault.root-key-wrong', {
      say: 'A key of the vault was wrapped by another root key. Start the hub with the root key it was set up with.',
    })
  }
  const decipher = createDecipheriv(CIPHER, root, wrapped.subarray(MARK_ENDS, NONCE_ENDS), { authTagLength: 16 })
  decipher.setAAD(contextOf(head, scope, keyNo))
  decipher.setAuthTag(wrapped.subarray(KEY_ENDS))
  const key = decipher.update(wrapped.subarray(NONCE_ENDS, KEY_ENDS))
  try {
    decipher.final()
  } catch {
    throw new Fault('broken', 'vault.unreadable', {
      say: 'A key of the vault does not open where it was found: it was altered, or put there from another tenant. Restore it from a backup.',
    })
  }
  const ready = createSecretKey(key)
  key.fill(0)
  return ready
}

function contextOf(head: Buffer, scope: KeyScope, keyNo: number): Buffer {
  return Buffer.concat([head, Buffer.from(`${scope} ${keyNo}`)])
}

/** Tells one root key from another and leads back to none: it is derived for the vault and then hashed. */
function markOf(root: Buffer): Buffer {
  return createHash('sha256')
    .update(root)
    .digest()
    .subarray(0, MARK_ENDS - 1)
}
