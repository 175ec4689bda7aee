import { runMigrations } from 'graphile-worker'
import pg from 'pg'
import { connectionFor } from '#platform/postgres/database.ts'

/** Brings the job queue's own tables up to date. Called after our migrations, by whoever starts the hub. */
export async function prepareQueue(url: string): Promise<void> {
  const pool = new pg.Pool({ ...connectionFor(url, 'tillwire_owner'), max: 1 })
  try {
    await runMigrations({ pgPool: pool })
  } finally {
    await pool.end()
  }
}
