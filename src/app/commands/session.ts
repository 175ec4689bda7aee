import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { Fault } from '#kernel/fault.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import { findTenantOf } from '#modules/access/access.ts'
import type { Tenant } from '#platform/http/caller.ts'
import type { Database } from '#platform/postgres/database.ts'
import { readSettings, type Settings } from '../settings.ts'
import { openStorage, type Storage } from '../storage.ts'

export type CommandSession = {
  readonly settings: Settings
  readonly storage: Storage
  readonly clock: Clock
  readonly scratchDir: string
}

/** A command's time with the database: the running hub's, or one that is started for the command and ended after it. */
export async function withStorage<T>(work: (session: CommandSession) => Promise<T>): Promise<T> {
  const settings = readSettings(process.env)
  const clock: Clock = { now: () => Date.now() as Instant }
  const storage = await openStorage(settings, clock, () => undefined)
  if (storage.rootKey.madeAt !== null) {
    // On stderr, so that a program which reads the command's answer does not stumble over it.
    console.error(`A root key was made: ${storage.rootKey.madeAt}. Keep a copy of it somewhere else.`)
  }
  try {
    await mkdir(settings.dataDir, { recursive: true })
    const scratchDir = await mkdtemp(path.join(settings.dataDir, 'command-'))
    try {
      return await work({ settings, storage, clock, scratchDir })
    } finally {
      await rm(scratchDir, { recursive: true, force: true })
    }
  } finally {
    await storage.close('leave')
  }
}

/** The tenant with this slug or id. Throws `command.tenant`. */
export async function tenantNamed(database: Database, slug: string): Promise<Tenant> {
  const tenant = await findTenantOf(database, slug)
  if (tenant !== null) return tenant
  throw new Fault('missing', 'command.tenant', {
    say: `There is no tenant "${slug}". "npx tillwire tenant create ${slug}" makes it.`,
  })
}
