import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { Fault } from '#kernel/fault.ts'
import { asDatabaseFault, connectionFor } from './database.ts'

// Numbered SQL files, forward only. One process at a time migrates; each file is one transaction that also records the
// file, so a crash leaves whole steps. A database that holds a step this program does not know is newer: it is left alone.

export const MIGRATIONS_DIR = new URL('../../../migrations/', import.meta.url)

const ROLES = ['tillwire_owner', 'tillwire_app', 'tillwire_system', 'tillwire_auth'] as const
const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/
// Any number will do, as long as every Tillwire process takes the same one.
const LOCK_KEY = 7_411_001

export type Migration = { readonly id: number; readonly name: string; readonly sql: string; readonly hash: string }

export async function readMigrations(dir: URL = MIGRATIONS_DIR): Promise<readonly Migration[]> {
  const names = (await readdir(dir)).filter((name) => FILE_NAME.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, dir), 'utf8')
      return { id: Number(name.slice(0, 4)), name, sql, hash: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/** Brings the database of the URL up to date. Throws `postgres.schema-newer` and `postgres.role-missing`. */
export async function migrate(url: string, migrations?: readonly Migration[]): Promise<readonly string[]> {
  const steps = migrations ?? (await readMigrations())
  await prepareRoles(url)
  const client = new pg.Client(connectionFor(url, 'tillwire_owner'))
  // One that breaks while nothing is asked says so here and would end the process; what is asked next fails by itself.
  client.on('error', () => undefined)
  await connect(client)
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY])
    await client.query('create schema if not exists hub')
    await client.query(
      'create table if not exists hub.schema_migrations (id integer primary key, name text not null, hash text not null, applied_at timestamptz not null default now())',
    )
    const known = await client.query<{ id: number; name: string }>('select id, name from hub.schema_migrations')
    refuseNewer(known.rows, steps)
    const done = new Set(known.rows.map((row) => row.id))
    const pending = steps.filter((step) => !done.has(step.id))
    for (const step of pending) await applyStep(client, step)
    return pending.map((step) => step.name)
  } finally {
    await client.end()
  }
}

async function connect(client: pg.Client): Promise<void> {
  await client.connect().catch((error: unknown) => {
    throw asDatabaseFault(error)
  })
}

function refuseNewer(known: readonly { id: number; name: string }[], steps: readonly Migration[]): void {
  const ours = new Set(steps.map((step) => step.id))
  const foreign = known.filter((row) => !ours.has(row.id))
  if (foreign.length === 0) return
  throw new Fault('conflict', 'postgres.schema-newer', {
    say:
      `This database was already used by a newer Tillwire (it holds ${foreign[0]?.name}). ` +
      'Run that version or a later one; this one will not touch the data.',
    detail: { unknown_migrations: foreign.map((row) => row.name) },
  })
}

async function applyStep(client: pg.Client, step: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(step.sql)
    await client.query('insert into hub.schema_migrations (id, name, hash) values ($1, $2, $3)', [
      step.id,
      step.name,
      step.hash,
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`migration ${step.name} failed: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * Roles belong to the whole server, so they are made outside the numbered steps, once, and granted to whoever signs in.
 * That sign-in needs CREATEROLE the first time, and must own the database or have CREATE on it.
 */
async function prepareRoles(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'tillwire migrate' })
  // One that breaks while nothing is asked says so here and would end the process; what is asked next fails by itself.
  client.on('error', () => undefined)
  await connect(client)
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY])
    for (const role of ROLES) {
      await client.query(
        `do $$ begin
           if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
           if not pg_has_role(current_user, '${role}', 'set') then grant ${role} to current_user; end if;
         end $$`,
      )
    }
    await client.query(
      `do $$ begin execute format('grant create, temporary on database %I to tillwire_owner', current_database()); end $$`,
    )
  } catch (error) {
    throw new Fault('denied', 'postgres.role-missing', {
      say:
        'The database user may not prepare the roles that Tillwire works with. Give it CREATEROLE and make it the ' +
        'owner of the database, or have an administrator run the statements in docs/guides/external-postgres.md.',
      cause: error,
    })
  } finally {
    await client.end()
  }
}
