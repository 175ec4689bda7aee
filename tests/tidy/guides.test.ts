import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import { expect, test } from 'vitest'
import { openDatabase } from '#platform/postgres/database.ts'
import { startEmbedded } from '#platform/postgres/embedded.ts'
import { migrate, readMigrations } from '#platform/postgres/migrate.ts'
import { prepareQueue } from '#platform/queue/queue.ts'

// What a guide tells an administrator to run is run here, word for word.

test('the statements of the guide to an own server let a user without any rights run a hub', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tillwire-guide-'))
  await chmod(dataDir, 0o711)
  const server = await startEmbedded({ dataDir, settings: { fsync: 'off' } })
  try {
    const administrator = new pg.Client({ connectionString: server.superuserUrl })
    await administrator.connect()
    for (const statement of await statementsOf('docs/guides/external-postgres.md')) await administrator.query(statement)
    const { rows } = await administrator.query(
      `select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls from pg_roles where rolname = 'hub'`,
    )
    expect(rows).toEqual([{ rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false }])
    await administrator.end()

    const url = `postgres://hub:secret@/hub${new URL(server.superuserUrl.replace('@/', '@socket/')).search}`
    expect(await migrate(url)).toEqual((await readMigrations()).map(({ name }) => name))
    await prepareQueue(url)
    expect(await migrate(url)).toEqual([])
    const database = openDatabase({ url })
    const tenants = await database.system(async (tx) => (await sql`select count(*) from hub.tenants`.execute(tx)).rows)
    expect(tenants).toEqual([{ count: 0n }])
    await database.close()
  } finally {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
})

/** The statements of the one SQL block of a document. */
async function statementsOf(document: string): Promise<string[]> {
  const text = await readFile(new URL(`../../${document}`, import.meta.url), 'utf8')
  const block = /```sql\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
  return block.split(';\n').filter((statement) => statement.trim() !== '')
}
