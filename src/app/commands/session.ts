import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Clock, Instant } from '#kernel/instant.ts'
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
