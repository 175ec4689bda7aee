import { rm } from 'node:fs/promises'
import type { Clock } from '#kernel/instant.ts'
import { type Database, openDatabase } from '#platform/postgres/database.ts'
import { startEmbedded } from '#platform/postgres/embedded.ts'
import { migrate } from '#platform/postgres/migrate.ts'
import { prepareQueue } from '#platform/queue/queue.ts'
import { findRunningHub } from './data-folder.ts'
import { checkRootKey, openRootKey, type RootKey } from './root-key.ts'
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

type Say = (sentence: string, detail?: Record<string, unknown>) => void

export async function openStorage(settings: Settings, clock: Clock, say: Say): Promise<Storage> {
  const server = settings.databaseUrl === null ? await startEmbedded({ dataDir: settings.dataDir, say }) : null
  try {
    const url = settings.databaseUrl ?? server?.url
    if (url === undefined) throw new Error('there is a server or an address of one')
    await migrate(url)
    await prepareQueue(url)
    const database = openDatabase({ url, onIdleError: (error) => say('an idle connection broke', { err: error }) })
    try {
      const rootKey = await openRootKey(settings)
      await checkRootKey(database, rootKey, clock.now()).catch(async (error: unknown) => {
        // A key that was made just now and is the wrong one must not be found at the next start.
        if (rootKey.madeAt !== null) await rm(rootKey.madeAt, { force: true })
        throw error
      })
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
      await database.close()
      throw error
    }
  } catch (error) {
    if (server?.adopted) server.leave()
    else await server?.stop()
    throw error
  }
}
