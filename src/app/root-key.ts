import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import { Fault } from '#kernel/fault.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { asDatabaseFault, type Database } from '#platform/postgres/database.ts'
import type { Settings } from './settings.ts'

// One secret from which every other is derived. With the built-in database the first start makes it; with a server of
// one's own it must be given, because a key beside a program is lost with the machine while the data live on.

export type RootKey = {
  /** 32 bytes for one purpose; another purpose has other bytes, and none leads back to the root. */
  derive(purpose: string): Buffer
  /** Where a new key was just written, so that a person can be asked to keep a copy. */
  readonly madeAt: string | null
}

const KEY_FILE = 'root.key'

/** Throws `root-key.missing`, `root-key.bad`. */
export async function openRootKey(settings: Settings): Promise<RootKey> {
  if (settings.rootKey !== null) return rootKey(readKey(settings.rootKey, 'TILLWIRE_ROOT_KEY'), null)
  if (settings.rootKeyFile !== null) {
    const text = await readFile(settings.rootKeyFile, 'utf8').catch((cause: unknown) => {
      throw new Fault('denied', 'root-key.missing', {
        say: `The root key file ${settings.rootKeyFile} cannot be read. Put the key back, or mend its permissions.`,
        cause,
      })
    })
    return rootKey(readKey(text, settings.rootKeyFile), null)
  }
  if (settings.databaseUrl !== null) {
    throw new Fault('denied', 'root-key.missing', {
      say: 'With DATABASE_URL the root key must be given: set TILLWIRE_ROOT_KEY or TILLWIRE_ROOT_KEY_FILE (openssl rand -base64 32 makes one).',
    })
  }
  const file = path.join(settings.dataDir, KEY_FILE)
  const kept = await readFile(file, 'utf8').catch(() => null)
  if (kept !== null) return rootKey(readKey(kept, file), null)
  const fresh = randomBytes(32)
  await writeFile(file, `${fresh.toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  return rootKey(fresh, file)
}

/** Refuses another key than the first one before anything is brought up to date. Throws as `checkRootKey` does. */
export async function refuseOtherKey(url: string, key: RootKey): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'tillwire root key' })
  // One that breaks while nothing is asked says so here and would end the process; what is asked next fails by itself.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows: tables } = await client.query(
      `select from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'hub' and c.relname = 'installation'`,
    )
    // A database that was never used, or so long ago that it knows no key.
    if (tables.length === 0) return
    await client.query('set role tillwire_system')
    const { rows } = await client.query<{ root_key_check: Buffer }>('select root_key_check from hub.installation')
    refuseUnless(rows[0]?.root_key_check, key)
  } catch (error) {
    throw asDatabaseFault(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * Refuses a key that is not the one this database was first started with. Nothing is changed then. Throws
 * `root-key.wrong`, and `root-key.missing` when a new key was made although the database already knows another.
 */
export async function checkRootKey(database: Database, key: RootKey, now: Instant): Promise<void> {
  const check = checkOf(key)
  const known = await database.system(async (tx) => {
    await sql`
      insert into hub.installation (only_row, root_key_check, created_at) values (true, ${check}, ${instantText(now)})
      on conflict do nothing`.execute(tx)
    const { rows } = await sql<{ root_key_check: Buffer }>`select root_key_check from hub.installation`.execute(tx)
    return rows[0]?.root_key_check
  })
  if (known === undefined) throw new Error('the check was just written and is not there')
  refuseUnless(known, key)
}

function checkOf(key: RootKey): Buffer {
  return createHash('sha256').update(key.derive('check')).digest()
}

function refuseUnless(known: Buffer | undefined, key: RootKey): void {
  if (known === undefined || Buffer.compare(known, checkOf(key)) === 0) return
  throw new Fault('denied', key.madeAt === null ? 'root-key.wrong' : 'root-key.missing', {
    say:
      'This database was set up with another root key, and what it protects cannot be read without that one. ' +
      'Put the first key back (TILLWIRE_ROOT_KEY, TILLWIRE_ROOT_KEY_FILE or root.key in the data folder).',
  })
}

function readKey(text: string, from: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length === 32) return key
  throw new Fault('invalid', 'root-key.bad', {
    say: `The root key of ${from} is not 32 bytes in base64. openssl rand -base64 32 makes one; an existing one must be copied whole.`,
  })
}

function rootKey(key: Buffer, madeAt: string | null): RootKey {
  return {
    derive: (purpose) => Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `tillwire/${purpose}`, 32)),
    madeAt,
  }
}
