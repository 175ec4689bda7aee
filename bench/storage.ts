import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { type Database, openDatabase } from '#platform/postgres/database.ts'
import { startEmbedded } from '#platform/postgres/embedded.ts'
import { migrate } from '#platform/postgres/migrate.ts'
import { prepareQueue } from '#platform/queue/queue.ts'

export type BenchStorage = {
  readonly database: Database
  readonly dir: string
  /** The hub's own way in, for other processes of a bench. */
  readonly url: string
  /** A superuser in the same database, for what the hub itself may not do. */
  readonly superuser: pg.Client
}

/**
 * A server of the bench's own, with the hub's real settings (fsync on), gone afterwards. `settings` of the server may be
 * others where nothing is measured by them.
 */
export async function withBenchStorage<T>(
  work: (storage: BenchStorage) => Promise<T>,
  settings: Readonly<Record<string, string>> = {},
): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tillwire-bench-'))
  await chmod(dir, 0o711)
  const server = await startEmbedded({ dataDir: dir, settings })
  const superuser = new pg.Client({ connectionString: server.superuserUrl.replace('/postgres?', '/tillwire?') })
  try {
    await migrate(server.url)
    await prepareQueue(server.url)
    await superuser.connect()
    const database = openDatabase({ url: server.url })
    try {
      return await work({ database, dir, url: server.url, superuser })
    } finally {
      await database.close()
    }
  } finally {
    await superuser.end()
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}
