import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'

export type Spooled = { readonly file: string; remove(): Promise<void> }

/** Writes a stream to a file of a name of our own in `dir`, because an archive is read from its end. */
export async function spool(bytes: AsyncIterable<Uint8Array>, dir: string): Promise<Spooled> {
  const file = path.join(dir, `${randomUUID()}.spool`)
  const remove = () => rm(file, { force: true })
  try {
    await pipeline(bytes, createWriteStream(file, { flags: 'wx', mode: 0o600 }))
  } catch (cause) {
    await remove()
    throw cause
  }
  return { file, remove }
}
