import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { readMigrations } from '#platform/postgres/migrate.ts'
import { findRunningHub } from '../data-folder.ts'
import { findWebDir, readSettings, readVersion } from '../settings.ts'
import { withStorage } from './session.ts'

type Finding = { readonly check: string; readonly ok: boolean; readonly say: string }

const DISK_LOW_BYTES = 1024 ** 3

/** `tillwire doctor`: looks at everything a hub needs; exit code 1 when something is not in order. */
export async function doctor(options: { readonly json: boolean }): Promise<void> {
  const findings = await examine()
  if (options.json) console.log(JSON.stringify({ ok: findings.every((one) => one.ok), findings }))
  else for (const { check, ok, say } of findings) console.log(`${ok ? 'ok  ' : 'MEND'}  ${check.padEnd(12)} ${say}`)
  if (findings.some((one) => !one.ok)) process.exitCode = 1
}

async function examine(): Promise<Finding[]> {
  const findings: Finding[] = []
  const add = (check: string, ok: boolean, say: string) => findings.push({ check, ok, say })
  add('version', true, `Tillwire ${readVersion()} on Node ${process.versions.node}`)
  let dataDir: string
  let databaseUrl: string | null
  try {
    ;({ dataDir, databaseUrl } = readSettings(process.env))
    add('settings', true, 'Every setting can be used.')
  } catch (error) {
    add('settings', false, (error as Error).message)
    return findings
  }
  const hub = await findRunningHub(dataDir)
  add(
    'hub',
    true,
    hub === null ? `No hub runs on ${dataDir}.` : `A hub runs with pid ${hub.pid} at ${hub.url ?? '(starting)'}.`,
  )
  add('dashboard', findWebDir() !== null, findWebDir() === null ? 'Not built: run "npm run build".' : 'Built.')
  if (databaseUrl === null && !existsSync(path.join(dataDir, 'postgres', 'PG_VERSION'))) {
    add('database', true, `There is none at ${dataDir} yet; the first start makes it.`)
    return findings
  }
  try {
    await withStorage(async ({ storage, settings }) => {
      const free = await statfs(path.resolve(settings.dataDir))
      const bytes = free.bavail * free.bsize
      add('disk', bytes > DISK_LOW_BYTES, `${Math.round(bytes / 1024 ** 2)} MiB free at ${settings.dataDir}.`)
      const { version, user } = await storage.database.system(async (tx) => {
        const { rows } = await sql<{ version: string; super: boolean }>`
          select current_setting('server_version') as version,
            (select rolsuper from pg_roles where rolname = current_user) as super`.execute(tx)
        return { version: rows[0]?.version ?? '?', user: rows[0]?.super === true }
      })
      add('database', !user, `PostgreSQL ${version}${settings.databaseUrl === null ? ', built in' : ''}.`)
      add('schema', true, `Migrated to ${(await readMigrations()).at(-1)?.name ?? 'nothing'}.`)
      add('root key', true, 'It is the one this database was set up with.')
    })
  } catch (error) {
    add('database', false, (error as Error).message)
  }
  return findings
}
