import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { Fault } from '#kernel/fault.ts'
import type { FileSource } from '../../../connectors/contract.ts'

/** A file of the machine, as a connector wants it. Throws `command.file` when it cannot be read. */
export async function localFile(file: string): Promise<FileSource> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new Fault('invalid', 'command.file', { say: `The file ${file} cannot be read. Is its name right?`, cause })
  })
  if (!found.isFile())
    throw new Fault('invalid', 'command.file', { say: `${file} is no file. Name one file of sales.` })
  return { name: path.basename(file), sizeBytes: found.size, open: () => createReadStream(file) }
}
