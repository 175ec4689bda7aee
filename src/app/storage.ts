import { rm } from 'node:fs/promises'
import { Fault } from '#kernel/fault.ts'
import type { Clock } from '#kernel/instant.ts'
import { type Database, openDatabase } from '#platform/postgres/database.ts'
import { startEmbedded } from '#platform/postgres/embedded.ts'
import { migrate } from '#platform/postgres/migrate.ts'
import { prepareQueue } from '#platform/queue/queue.ts'
import { findRunningHub } from './data-folder.ts'
import { checkRootKey, openRootKey, type RootKey, refuseOtherKey } from './root-key.ts'
import type { Settings } from './settings.ts'

// The database, ready for use, whichever it is: the built-in one (started, or taken over where a hub runs it already) or
// a server of one's own. From here on nobody can tell them apart.

export type Storage = {
  readonly database: Database
  readonly rootKey: RootKey
  readonly url: string
  /**
   * `stop` ends the built-in server; `leave` ends it only when this process started it and no hub has taken it over
   * meanwhile, which is what a command wants.
   */
  close(mode: 'stop' | 'leave'): Promise<void>
}

/** Outcomes by which it is certain that the database does not know a key that was just made. */
const REFUSALS: ReadonlySet<string> = new Set(['root-key.missing', 'root-key.wrong', 'postgres.schema-newer'])

type Say = (sentence: string, detail?: Record<string, unknown>) => void

export async function openStorage(settings: Settings, clock: Clock, say: Say): Promise<Storage> {
  // A key that must be given and is not there stops everything before the database hears of it.
  const given = settings.databaseUrl === null ? null : await openRootKey(settings)
  const server = settings.databaseUrl === null ? await startEmbedded({ dataDir: settings.dataDir, say }) : null
  try {
    const url = settings.databaseUrl ?? server?.url
    if (url === undefined) throw new Error('there is a server or an address of one')
    const rootKey = given ?? (await openRootKey(settings))
    const database = await prepare(url, rootKey, clock, say)
    return {
      database,
      rootKey,
      url,
      async close(mode) {
        await database.close()
        if (server === null) return
        const hub = mode === 'leave' ? await findRunningHub(settings.dataDir) : null
        if (mode === 'leave' && (server.adopted || hub !== null)) server.leave()
        else await server.stop()
      },
    }
  } catch (error) {
    if (server?.adopted) server.leave()
    else await server?.stop()
    throw error
  }
}

/** Brings the database up to date, for whoever has its key: anybody else is refused before a table of it is changed. */
async function prepare(url: string, rootKey: RootKey, clock: Clock, say: Say): Promise<Database> {
  try {
    await refuseOtherKey(url, rootKey)
    await migrate(url)
    await prepareQueue(url)
    const database = openDatabase({ url, onIdleError: (error) => say('an idle connection broke', { err: error }) })
    try {
      await checkRootKey(database, rootKey, clock.now())
      return database
    } catch (error) {
      await database.close()
      throw error
    }
  } catch (error) {
    // A key that was made just now and is the wrong one must not be found at the next start.
    if (rootKey.madeAt !== null && error instanceof Fault && REFUSALS.has(error.code)) {
      await rm(rootKey.madeAt, { force: true })
    }
    throw error
  }
}
