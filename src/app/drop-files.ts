import { createHash } from 'node:crypto'
import { constants, type Dirent } from 'node:fs'
import { copyFile, lstat, mkdir, open, readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { Fault } from '#kernel/fault.ts'
import { type Id, newId } from '#kernel/ids.ts'

// Files of the drop folder as the disk has them: found, claimed, read, put away. A file is claimed by moving it into a
// hidden folder beside it, so that a till which writes the same name tomorrow does not write into what is being read.

export const OUTCOMES = ['done', 'waiting', 'failed'] as const
export type Outcome = (typeof OUTCOMES)[number]

const CLAIMS = '.taken'
const NAME_BYTES_MAX = 180

/** A file that lies in a folder, as it was at one look. */
export type SeenFile = { readonly file: string; readonly name: string; readonly size: number; readonly mtimeMs: number }

/** A file that is ours now: alone in a folder with a name of its own. */
export type Claim = SeenFile & { readonly dir: string; readonly id: string }

/** What programs write while they are not finished, and what file managers leave behind. */
export function isTemporary(name: string): boolean {
  return /^(?:\.|~\$|thumbs\.db$|desktop\.ini$)|(?:\.(?:part|partial|filepart|crdownload|tmp|temp|swp|lock)|~)$/i.test(
    name,
  )
}

/** Nothing where the folder is gone by now. */
export async function entriesOf(dir: string): Promise<Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** The files in a folder that are meant to be read, the oldest first. A symbolic link is no file. */
export async function filesIn(dir: string): Promise<SeenFile[]> {
  const names = (await entriesOf(dir)).filter((entry) => entry.isFile() && !isTemporary(entry.name))
  const seen = await Promise.all(names.map((entry) => look(dir, entry.name)))
  return seen.filter((file) => file !== null).sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1))
}

async function look(dir: string, name: string): Promise<SeenFile | null> {
  const file = path.join(dir, name)
  try {
    const stat = await lstat(file)
    return stat.isFile() ? { file, name, size: stat.size, mtimeMs: stat.mtimeMs } : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Makes a file ours, whole or not at all. */
export async function claimFile(dir: string, { file, name }: SeenFile): Promise<void> {
  const to = path.join(dir, CLAIMS, newId())
  await mkdir(to, { recursive: true })
  try {
    await rename(file, path.join(to, name))
  } catch (error) {
    await rmdir(to)
    throw error
  }
}

/** What was claimed in a folder, by this process or by one before it, in that order. */
export async function claimsIn(dir: string): Promise<Claim[]> {
  const claims: Claim[] = []
  for (const entry of (await entriesOf(path.join(dir, CLAIMS))).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory()) continue
    const claimDir = path.join(dir, CLAIMS, entry.name)
    const [inside] = (await entriesOf(claimDir)).filter((one) => one.isFile())
    const seen = inside === undefined ? null : await look(claimDir, inside.name)
    // Left by a process that ended between moving the file away and removing its folder.
    if (seen === null) await rm(claimDir, { recursive: true, force: true })
    else claims.push({ ...seen, dir: claimDir, id: entry.name })
  }
  return claims
}

/** The bytes of a claimed file. Ends with `drop.changed` when somebody still wrote, `drop.unreadable` when it cannot be read. */
export function bytesOf(claim: Claim, signal: AbortSignal): Readable {
  return Readable.from(pieces(claim, signal), { objectMode: false })
}

const CLOSED_TO_US = new Set(['EACCES', 'EPERM', 'ELOOP'])

async function* pieces(claim: Claim, signal: AbortSignal): AsyncGenerator<Buffer> {
  const handle = await open(claim.file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(
    (cause: NodeJS.ErrnoException) => {
      throw CLOSED_TO_US.has(cause.code ?? '') ? unreadable(claim, cause) : cause
    },
  )
  try {
    for await (const piece of handle.createReadStream({ autoClose: false })) {
      signal.throwIfAborted()
      yield piece as Buffer
    }
    const now = await handle.stat()
    if (now.size !== claim.size || now.mtimeMs !== claim.mtimeMs) {
      throw new Fault('conflict', 'drop.changed', {
        say: 'Somebody still wrote to this file while it was read. It is read again as soon as it lies still.',
      })
    }
  } finally {
    await handle.close()
  }
}

function unreadable({ name }: Claim, cause: Error): Fault {
  return new Fault('invalid', 'drop.unreadable', {
    say: `The file "${name}" cannot be opened. Let the hub’s user read it, then put it into the folder again.`,
    cause,
  })
}

export async function sumOf(claim: Claim, signal: AbortSignal): Promise<Buffer> {
  const hash = createHash('sha256')
  for await (const piece of bytesOf(claim, signal)) hash.update(piece as Buffer)
  return hash.digest()
}

/** Moves a claimed file to where it stays, with the import's id in its name, and says beside it what there is to say. */
export async function putAway(claim: Claim, to: string, id: string, words: string | null): Promise<void> {
  await moveTo(claim.file, to, freeName(claim.name, id), words)
  await rm(claim.dir, { recursive: true, force: true })
}

/** Moves a file that waited to where it stays, and takes along what was said of it. */
export async function moveOn({ file, name }: SeenFile, to: string, words: string | null): Promise<void> {
  await moveTo(file, to, (count) => (count === 0 ? name : `${count}-${name}`), words)
  await rm(`${file}${WORDS}`, { force: true })
}

const WORDS = '.txt'

async function moveTo(
  file: string,
  to: string,
  nameOf: (count: number) => string,
  words: string | null,
): Promise<void> {
  await mkdir(to, { recursive: true })
  const taken = new Set((await entriesOf(to)).map((entry) => entry.name))
  let count = 0
  while (taken.has(nameOf(count))) count++
  const target = path.join(to, nameOf(count))
  // First, because a file without its words would be a riddle, and words without a file are overwritten next time.
  if (words !== null) await writeFile(`${target}${WORDS}`, words)
  await rename(file, target).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error
    await copyFile(file, target)
    await unlink(file)
  })
}

const ENDING = /(?:\.[a-z0-9]{1,8})(?:\.gz)?$/i

function freeName(name: string, id: string): (count: number) => string {
  const ending = ENDING.exec(name)?.[0] ?? ''
  let start = name.slice(0, name.length - ending.length)
  while (Buffer.byteLength(start) > NAME_BYTES_MAX) start = start.slice(0, -1)
  return (count) => `${start}.${id}${count === 0 ? '' : `-${count + 1}`}${ending}`
}

/** The import that a file which was put away belongs to; null where its name tells of none. */
export function importIdIn(name: string): Id | null {
  const found = /\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-\d+)?(?:\.[a-z0-9]{1,8}){0,2}$/i.exec(name)
  return (found?.[1] as Id | undefined) ?? null
}
