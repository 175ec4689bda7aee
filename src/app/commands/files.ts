import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Fault } from '#kernel/fault.ts'
import type { FileSource, Files } from '../../../connectors/contract-files.ts'

/** Answers the file's bare name. Throws `command.file` when it cannot be read. */
export async function localFile(file: string): Promise<string> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new Fault('invalid', 'command.file', { say: `The file ${file} cannot be read. Is its name right?`, cause })
  })
  if (!found.isFile())
    throw new Fault('invalid', 'command.file', { say: `${file} is no file. Name one file of sales.` })
  return path.basename(file)
}

export type LocalTable = { readonly name: string; readonly hidden: boolean; readonly source: FileSource }

/** The tables of a file of this machine, each as text in the folder that is given. Throws `command.file` and `file.*`. */
export async function localTables(files: Files, file: string, scratchDir: string): Promise<LocalTable[]> {
  const name = await localFile(file)
  const unpacked = await files.unpack({ name, bytes: createReadStream(file), scratchDir })
  try {
    const tables: LocalTable[] = []
    for (const [index, table] of unpacked.tables.entries()) {
      const text = path.join(scratchDir, `table-${index}`)
      await pipeline(Readable.from(files.sift(table.bytes()).bytes), createWriteStream(text))
      const { size } = await stat(text)
      const source: FileSource = {
        name,
        sizeBytes: size,
        container: unpacked.container,
        encoding: table.encoding,
        extent: table.brokenOff() ? 'broken_off' : 'whole',
        open: () => createReadStream(text),
      }
      tables.push({ name: table.name, hidden: table.hidden, source })
    }
    return tables
  } finally {
    await unpacked.close()
  }
}

/** The place of the table that a person means, by its name or by its number from 1. Throws `command.bad`. */
export function tableNamed(
  wanted: string,
  tables: readonly { readonly name: string; readonly index: number }[],
): number {
  const found = tables.find(({ name }) => name === wanted) ?? tables.find(({ index }) => String(index + 1) === wanted)
  if (found !== undefined) return found.index
  const names = tables.map(({ name, index }) => `${index + 1} "${name}"`).join(', ')
  throw new Fault('invalid', 'command.bad', { say: `The file has no table "${wanted}". It has ${names}.` })
}
