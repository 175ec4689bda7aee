import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '#kernel/fault.ts'

// One hub a data folder. The lock is a file with the holder's pid and the moment that process began, so that a pid that
// was given out again after a crash is not taken for the hub.

export type HubMark = {
  readonly pid: number
  readonly startedTicks: string | null
  /** Where the running hub answers, once it does. */
  readonly url: string | null
}

export type FolderLock = {
  say(url: string): Promise<void>
  release(): Promise<void>
}

const LOCK_FILE = 'hub.lock'
const BROOM_LEFT_AFTER_MS = 10_000

/** Throws `hub.running` with the pid of the one that runs. */
export async function lockFolder(dataDir: string): Promise<FolderLock> {
  await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  const file = path.join(dataDir, LOCK_FILE)
  const mine: HubMark = { pid: process.pid, startedTicks: await startedTicks(process.pid), url: null }
  const partial = `${file}.${randomUUID()}`
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      // Written beside and then linked: a lock is there with its whole content or not at all.
      await writeFile(partial, JSON.stringify(mine), { mode: 0o600 })
      await link(partial, file)
      return lockHeld(file, mine)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      await rm(partial, { force: true })
    }
    const found = await readFile(file, 'utf8').catch(() => null)
    const holder = await findRunningHub(dataDir)
    if (holder !== null) {
      throw new Fault('conflict', 'hub.running', {
        say: `A hub already runs on ${dataDir}, with pid ${holder.pid}. Stop it first, or set another TILLWIRE_DATA_DIR.`,
        detail: { pid: holder.pid },
      })
    }
    if (found !== null) await removeStale(file, found)
  }
  throw new Fault('conflict', 'hub.running', {
    say: `Another process is just starting on ${dataDir}. Try again in a moment.`,
  })
}

/**
 * Whoever held it is gone. One at a time sweeps: whoever makes the broom's folder looks at the lock once more and removes
 * it only if it is still the one that was found, so nobody can sweep away the lock that a quicker one has just taken.
 */
async function removeStale(file: string, found: string): Promise<void> {
  const broom = `${file}.sweep`
  try {
    await mkdir(broom)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const made = await stat(broom).catch(() => null)
    // Sweeping takes a moment; a broom that has stood there for longer was left by a crash in that very moment.
    if (made !== null && Date.now() - made.mtimeMs > BROOM_LEFT_AFTER_MS) await rmdir(broom).catch(() => undefined)
    await sleep(20)
    return
  }
  try {
    if ((await readFile(file, 'utf8').catch(() => null)) === found) await rm(file)
  } finally {
    await rmdir(broom).catch(() => undefined)
  }
}

/** The hub that runs on the folder now, or null. */
export async function findRunningHub(dataDir: string): Promise<HubMark | null> {
  const text = await readFile(path.join(dataDir, LOCK_FILE), 'utf8').catch(() => null)
  if (text === null) return null
  const mark = readMark(text)
  if (mark === null || !isAlive(mark.pid)) return null
  const ticks = await startedTicks(mark.pid)
  return ticks === mark.startedTicks ? mark : null
}

/** Null for anything that no hub has written whole: nobody holds it then. */
function readMark(text: string): HubMark | null {
  try {
    const mark = JSON.parse(text) as Partial<HubMark> | null
    if (typeof mark?.pid !== 'number') return null
    return { pid: mark.pid, startedTicks: mark.startedTicks ?? null, url: mark.url ?? null }
  } catch {
    return null
  }
}

function lockHeld(file: string, mine: HubMark): FolderLock {
  return {
    async say(url) {
      const partial = `${file}.${process.pid}`
      await writeFile(partial, JSON.stringify({ ...mine, url }), { mode: 0o600 })
      await rename(partial, file)
    },
    release: () => rm(file, { force: true }),
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** When a process began, in the kernel's ticks since boot; null where the system does not tell. */
async function startedTicks(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The second field is the program's name in parentheses and may hold anything; the start time is the 22nd.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}
