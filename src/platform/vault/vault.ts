import type { TenantId } from '#kernel/ids.ts'
import type { Clock } from '#kernel/instant.ts'
import type { Database } from '#platform/postgres/database.ts'
import { newRecordKey, open, type RecordKey, seal } from './envelope.ts'
import { type KeyScope, keyMissing, keysOf, type ScopeKeys } from './keys.ts'

// Where secrets and what providers said are sealed before they are stored. Keys of tenants are remembered for a moment,
// so that thousands of values a second are sealed without asking the database; a key that was destroyed or turned is
// noticed by every process within REMEMBER_MS.

export type Vault = {
  /**
   * For what belongs to a tenant; its first key is made at the first use. It may ask the database, so take it before a
   * transaction begins, and anew for each piece of work: one that is kept does not notice what becomes of the keys.
   * Throws `vault.key-missing`, `vault.root-key-wrong`.
   */
  tenant(tenantId: TenantId): Promise<Sealer>
  /** For what belongs to the installation and to no tenant. */
  hub(): Promise<Sealer>
}

export type Sealer = {
  /**
   * `binding` says what the value is, such as `['credentials', connectionId, 'access_token']`: it opens with the same
   * words alone.
   */
  seal(plain: Uint8Array, binding: readonly string[]): Buffer
  /** Throws `vault.unreadable`, `vault.format-unknown`, `vault.key-missing`. */
  open(sealed: Uint8Array, binding: readonly string[]): Buffer
}

export type VaultOptions = {
  readonly database: Database
  readonly clock: Clock
  /** 32 bytes derived from the root key for the vault alone. */
  readonly rootKey: Uint8Array
  /** How long something has been remembered is the machine's time, not the business's, which a test may move by days. */
  readonly monotonicMs?: () => number
}

const REMEMBER_MS = 30_000
const REMEMBERED_MAX = 10_000

type Remembered = { readonly sealer: Promise<Sealer>; readonly until: number }

export function openVault(options: VaultOptions): Vault {
  const { database, clock, monotonicMs = () => performance.now() } = options
  const rootKey = Buffer.from(options.rootKey)
  if (rootKey.length !== 32) throw new RangeError(`the vault's root key has ${rootKey.length} bytes, not 32`)
  const remembered = new Map<KeyScope, Remembered>()

  function sealerOf(scope: KeyScope): Promise<Sealer> {
    const known = remembered.get(scope)
    if (known !== undefined && known.until > monotonicMs()) return known.sealer
    // Callers at the same moment share one look.
    const sealer = keysOf(database, rootKey, scope, clock.now()).then((keys) => sealerWith(scope, keys))
    const fresh = { sealer, until: monotonicMs() + REMEMBER_MS }
    remembered.delete(scope)
    // Oldest first out: a Map keeps its order of writing.
    const oldest = remembered.size >= REMEMBERED_MAX ? remembered.keys().next().value : undefined
    if (oldest !== undefined) remembered.delete(oldest)
    remembered.set(scope, fresh)
    sealer.catch(() => {
      if (remembered.get(scope) === fresh) remembered.delete(scope)
    })
    return sealer
  }

  return { tenant: sealerOf, hub: () => sealerOf('hub') }
}

function sealerWith(scope: KeyScope, { currentNo, byNo }: ScopeKeys): Sealer {
  const keyOf = (keyNo: number) => {
    const key = byNo.get(keyNo)
    if (key === undefined) throw keyMissing()
    return key
  }
  const current = { keyNo: currentNo, key: keyOf(currentNo) }
  let recordKey: RecordKey | null = null
  return {
    seal(plain, binding) {
      if (recordKey === null || recordKey.valuesLeft === 0) recordKey = newRecordKey(current, scope)
      return seal(plain, recordKey, binding)
    },
    open: (sealed, binding) => open(sealed, keyOf, { scope, binding }),
  }
}
