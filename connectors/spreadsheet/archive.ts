import { pipeline, type Readable } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl'
import { Fault } from '#kernel/fault.ts'
import { fileFault } from './faults.ts'
import { checkUnpacked, UNPACKING_LIMIT, type UnpackingLimit } from './unpacking-limit.ts'

// A zip archive on disk, which a workbook is, too. The library reads the format; what it leaves to its user is done
// here: sizes and sums are checked, entries may not share bytes, and no name of the archive is ever used as a path.

export type ArchiveEntry = {
  /** As people read it: parted by `/`, without `.`, `..` and empty parts. Never a path on this machine. */
  readonly path: string
  readonly sizeBytes: number
  /** From the start, as often as wanted. Throws `file.damaged` where the data are not what the archive says. */
  bytes(): AsyncGenerator<Buffer, void>
}

export type Archive = {
  /** In the archive's order, folders left out. */
  readonly entries: readonly ArchiveEntry[]
  readonly packedBytes: number
  close(): void
}

const ENTRIES_MAX = 1_000
const CHUNK_BYTES = 64 * 1024
const STORED = 0
const DEFLATED = 8

/**
 * Opens the archive in a file. Throws `file.damaged`, `file.empty`, `file.protected`, `file.unpacks_too_large` or
 * `file.archive_unsupported`.
 */
export async function openArchive(file: string, limit: UnpackingLimit = UNPACKING_LIMIT): Promise<Archive> {
  const zip = await openPromise(file, { autoClose: false, decodeStrings: false }).catch((cause: unknown) => {
    throw blamed(cause)
  })
  try {
    const entries = await checkedEntries(zip, limit)
    return {
      entries: entries
        .map((entry) => ({ entry, name: nameOf(entry) }))
        .filter(({ name }) => !name.endsWith('/'))
        .map(({ entry, name }) => ({
          path: harmless(name),
          sizeBytes: entry.uncompressedSize,
          bytes: () => entryBytes(zip, entry),
        })),
      packedBytes: zip.fileSize,
      close: () => zip.close(),
    }
  } catch (cause) {
    zip.close()
    throw blamed(cause)
  }
}

async function checkedEntries(zip: ZipFile, limit: UnpackingLimit): Promise<readonly Entry[]> {
  if (zip.entryCount === 0) throw fileFault('file.empty', 'The archive is empty. Pack the export again.')
  if (zip.entryCount > ENTRIES_MAX) {
    throw fileFault(
      'file.unpacks_too_large',
      `The archive holds ${zip.entryCount} files; 1,000 are read at most. Pack the exports in parts.`,
    )
  }
  const entries: Entry[] = []
  let unpacked = 0
  for await (const entry of zip.eachEntry()) {
    entries.push(entry)
    unpacked += entry.uncompressedSize
    checkUnpacked(unpacked, zip.fileSize, limit)
  }
  refuseUnreadable(entries)
  await refuseOverlaps(zip, entries)
  return entries
}

function refuseUnreadable(entries: readonly Entry[]): void {
  if (entries.some((entry) => entry.isEncrypted())) {
    throw fileFault('file.protected', 'The archive is protected by a password. Pack the export without one.')
  }
  if (entries.some(({ compressionMethod: method }) => method !== STORED && method !== DEFLATED)) {
    throw fileFault(
      'file.archive_unsupported',
      'The archive is packed in a way that is not read. Unpack it and give the table inside, or pack it as a plain zip.',
    )
  }
}

/** Entries that share bytes are how a small archive unpacks to a huge one without any of them looking odd. */
async function refuseOverlaps(zip: ZipFile, entries: readonly Entry[]): Promise<void> {
  const ranges: { readonly start: number; readonly end: number }[] = []
  for (const entry of entries) {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
    ranges.push({ start: entry.relativeOffsetOfLocalHeader, end: fileDataStart + entry.compressedSize })
  }
  ranges.sort((a, b) => a.start - b.start)
  let behind = 0
  for (const { start, end } of ranges) {
    if (start < behind) throw fileFault('file.damaged', 'Files of this archive overlap each other. Pack it again.')
    behind = end
  }
}

async function* entryBytes(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer, void> {
  const raw = await zip.openReadStreamPromise(entry, { decodeFileData: false }).catch((cause: unknown) => {
    throw blamed(cause)
  })
  const inflate = entry.compressionMethod === DEFLATED ? createInflateRaw({ chunkSize: CHUNK_BYTES }) : null
  // A failure reaches the loop below through the stream it reads from.
  const stream: Readable = inflate ? pipeline(raw, inflate, () => {}) : raw
  let bytes = 0
  let sum = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length
      // More than was announced was never counted against the limit.
      if (bytes > entry.uncompressedSize) throw damaged()
      sum = crc32(chunk, sum)
      yield chunk
    }
  } catch (cause) {
    throw blamed(cause)
  } finally {
    raw.destroy()
    stream.destroy()
  }
  if (bytes !== entry.uncompressedSize || sum !== entry.crc32) throw damaged()
}

function nameOf(entry: Entry): string {
  return getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a name is shown to people and written to logs.
const CONTROLS = /[\0-\x1f\x7f]/g

function harmless(name: string): string {
  const parts = name.replaceAll('\\', '/').split('/')
  const kept = parts.filter((part) => part !== '' && part !== '.' && part !== '..')
  return kept.join('/').replace(CONTROLS, ' ')
}

/** What goes wrong while an archive is read is the archive's fault, unless this machine could not read its own disk. */
function blamed(cause: unknown): unknown {
  const ofMachine = cause instanceof Error && 'syscall' in cause
  return cause instanceof Fault || ofMachine ? cause : damaged(cause)
}

function damaged(cause?: unknown): Fault {
  return fileFault('file.damaged', 'The archive is cut off or damaged. Export or upload it again.', cause)
}
