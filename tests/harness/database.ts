import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { type Database, openDatabase } from '#platform/postgres/database.ts'

export type TestDatabase = {
  readonly database: Database
  readonly url: string
  /** Straight to the server as a superuser, past every wall: for looking at what is really there. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
}

/**
 * A copy of the migrated template for this test file, made before its first test and dropped after its last.
 * The file fails when something of it still holds a connection then.
 */
export function useDatabase(): TestDatabase {
  const name = `test_${randomBytes(6).toString('hex')}`
  let database: Database | undefined
  let superuser: pg.Client | undefined
  let url = ''

  beforeAll(async () => {
    await asAdmin((client) => client.query(`create database ${name} template ${inject('template')} owner tillwire`))
    url = inject('hubUrl').replace('/tillwire?', `/${name}?`)
    database = openDatabase({ url, connectionsMax: 8 })
    superuser = new pg.Client({ connectionString: inject('superuserUrl').replace('/postgres?', `/${name}?`) })
    await superuser.connect()
  })

  afterAll(async () => {
    await superuser?.end()
    await database?.close()
    await asAdmin(async (client) => {
      const open = await stillOpen(client, name)
      await client.query(`drop database ${name} with (force)`)
      if (open.length > 0) throw new Error(`left open: ${open.join(', ')}`)
    })
  })

  return {
    get database() {
      if (!database) throw new Error('the database is there from the first test on, not before')
      return database
    },
    get url() {
      return url
    },
    async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      if (!superuser) throw new Error('the database is there from the first test on, not before')
      return (await superuser.query<Row>(text, values)).rows
    },
  }
}

/** A pool says that it has ended a moment before its connections are gone, so one look is not enough. */
async function stillOpen(client: pg.Client, name: string): Promise<string[]> {
  const giveUpAt = performance.now() + 2_000
  for (;;) {
    const { rows } = await client.query<{ application_name: string }>(
      'select application_name from pg_stat_activity where datname = $1',
      [name],
    )
    if (rows.length === 0 || performance.now() > giveUpAt) return rows.map((row) => row.application_name)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

async function asAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: inject('superuserUrl') })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
