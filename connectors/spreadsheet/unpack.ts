import type { ArrivingFile, UnpackedFile, UnpackedTable } from '../contract-files.ts'
import { openArchive } from './archive.ts'
import { fileFault } from './faults.ts'
import { type GunzipState, gunzip } from './gunzip.ts'
import { joined, prepended } from './joined.ts'
import { packedTables } from './packed-tables.ts'
import { refuseBySignature, refuseMarkedUpTable, signatureOf } from './signatures.ts'
import { spool } from './spool.ts'
import { UNPACKING_LIMIT, type UnpackingLimit } from './unpacking-limit.ts'
import { headText, utf16Of, utf16ToUtf8 } from './utf16.ts'
import { kindOfArchive, openWorkbook } from './workbook/workbook.ts'

// From a file as it arrives to the text of its tables. A text file flows through; what is packed with a table of
// contents at its end (an archive, a workbook) must lie on disk before it can be read.

/**
 * The tables of a file. Throws a Fault of `SPREADSHEET_FAULTS` for what holds none; the file's bytes are closed then.
 * Whoever gets an answer closes it, whether or not the tables were read.
 */
export async function unpackFile(file: ArrivingFile, limit: UnpackingLimit = UNPACKING_LIMIT): Promise<UnpackedFile> {
  const source = joined(file.bytes)
  try {
    const first = await source.next()
    if (first.done) throw fileFault('file.empty', 'The file is empty. Export it again.')
    const bytes = prepended(first.value, source)
    const kind = signatureOf(first.value)
    if (kind === 'gzip') return await unpackGzip(file.name, bytes, limit)
    if (kind === 'zip') return await unpackArchive(bytes, file.scratchDir, limit)
    if (kind === 'compound') throw await compoundFault(bytes)
    return plain('plain', file.name, first.value, bytes)
  } catch (cause) {
    await source.return()
    throw cause
  }
}

async function unpackGzip(
  name: string,
  packed: AsyncGenerator<Buffer, void>,
  limit: UnpackingLimit,
): Promise<UnpackedFile> {
  const state: GunzipState = { brokenOff: false }
  const unpacked = joined(gunzip(packed, state, limit))
  const first = await unpacked.next()
  if (first.done) {
    throw state.brokenOff
      ? fileFault('file.damaged', 'The packed file is cut off before its first row. Upload it again.')
      : fileFault('file.empty', 'The file unpacks to nothing. Export it again.')
  }
  try {
    if (signatureOf(first.value) !== 'other') {
      throw fileFault('file.archive_unsupported', 'This is packed twice. Unpack it once and give the file inside.')
    }
    const inner = name.replace(/\.gz(?:ip)?$/i, '')
    return plain('gzip', inner, first.value, prepended(first.value, unpacked), state)
  } catch (cause) {
    await unpacked.return()
    throw cause
  }
}

/** A file that is itself the table: its bytes flow through, once. */
function plain(
  container: 'plain' | 'gzip',
  name: string,
  head: Buffer,
  bytes: AsyncGenerator<Buffer, void>,
  state: GunzipState = { brokenOff: false },
): UnpackedFile {
  refuseBySignature(head)
  const encoding = utf16Of(head)
  refuseMarkedUpTable(headText(head, encoding))
  const text = encoding === null ? bytes : utf16ToUtf8(bytes, encoding)
  const table: UnpackedTable = {
    name,
    hidden: false,
    encoding,
    again: false,
    bytes: () => text,
    brokenOff: () => state.brokenOff,
  }
  return {
    container,
    tables: [table],
    close: async () => {
      await text.return()
      await bytes.return()
    },
  }
}

async function unpackArchive(
  bytes: AsyncGenerator<Buffer, void>,
  scratchDir: string,
  limit: UnpackingLimit,
): Promise<UnpackedFile> {
  const spooled = await spool(bytes, scratchDir)
  try {
    const archive = await openArchive(spooled.file, limit)
    try {
      const workbook = (await kindOfArchive(archive)) === 'workbook'
      const inside = workbook ? await openWorkbook(archive, limit) : await packedTables(archive, scratchDir, limit)
      return {
        container: workbook ? 'xlsx' : 'zip',
        tables: inside.tables,
        close: async () => {
          await inside.close()
          archive.close()
          await spooled.remove()
        },
      }
    } catch (cause) {
      archive.close()
      throw cause
    }
  } catch (cause) {
    await spooled.remove()
    throw cause
  }
}

const ENCRYPTED = Buffer.from('EncryptedPackage', 'utf16le')

/** A workbook with a password and an old workbook begin alike; only the former has a stream of this name. */
async function compoundFault(bytes: AsyncIterable<Buffer>) {
  let carried = Buffer.alloc(0)
  for await (const chunk of bytes) {
    const window = Buffer.concat([carried, chunk])
    if (window.includes(ENCRYPTED)) {
      return fileFault(
        'file.protected',
        'This workbook is protected by a password. Open it, remove the password, save it and give that file.',
      )
    }
    carried = Buffer.from(window.subarray(-ENCRYPTED.length))
  }
  return fileFault(
    'file.workbook_unsupported',
    'This is an old Excel workbook (.xls). Open it, save it as XLSX or CSV, and give that file.',
  )
}
