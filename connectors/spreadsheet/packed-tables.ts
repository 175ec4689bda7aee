import type { UnpackedTable } from '../contract-files.ts'
import { type Archive, type ArchiveEntry, openArchive } from './archive.ts'
import { guessEncoding } from './decode.ts'
import { fileFault } from './faults.ts'
import { type GunzipState, gunzip } from './gunzip.ts'
import { joined } from './joined.ts'
import { isMarkup, refusedKind, signatureOf } from './signatures.ts'
import { spool } from './spool.ts'
import type { UnpackingLimit } from './unpacking-limit.ts'
import { headText, utf16Of, utf16ToUtf8 } from './utf16.ts'
import { kindOfArchive, openWorkbook } from './workbook/workbook.ts'

// The tables among the files of a zip archive. What a file is, its bytes say; what is no table is passed over. A
// workbook or a gzip file inside is opened, an archive inside is not: archives that hold themselves never end.

export type PackedTables = { readonly tables: readonly UnpackedTable[]; close(): Promise<void> }

type Found = { readonly tables: readonly UnpackedTable[] } | { readonly passedOver: string }

const HEAD_BYTES = 4096

/** Throws `file.not_a_table` when no file of the archive is a table, saying what they are. */
export async function packedTables(archive: Archive, scratchDir: string, limit: UnpackingLimit): Promise<PackedTables> {
  const closing: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one()
  }
  try {
    const tables: UnpackedTable[] = []
    const passedOver: string[] = []
    for (const entry of archive.entries) {
      const found = await tablesOf(entry, { scratchDir, limit, closing })
      if ('tables' in found) tables.push(...found.tables)
      else passedOver.push(found.passedOver)
    }
    if (tables.length === 0) throw noTable(passedOver)
    return { tables, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

type Opening = {
  readonly scratchDir: string
  readonly limit: UnpackingLimit
  readonly closing: (() => Promise<void>)[]
}

async function tablesOf(entry: ArchiveEntry, opening: Opening): Promise<Found> {
  const parts = entry.path.split('/')
  if (parts.some((part) => part.startsWith('.') || part === '__MACOSX')) return { passedOver: 'a hidden file' }
  if (entry.sizeBytes === 0) return { passedOver: 'an empty file' }
  const head = await headOf(entry.bytes())
  const kind = signatureOf(head)
  if (kind === 'zip') return await nestedWorkbook(entry, opening)
  if (kind === 'compound') return { passedOver: 'an old or protected Excel workbook (.xls)' }
  if (kind === 'gzip') return await nestedGzip(entry, opening.limit)
  return textTable(entry.path, head, () => entry.bytes())
}

function textTable(
  name: string,
  head: Buffer,
  open: () => AsyncGenerator<Buffer, void>,
  state: GunzipState = { brokenOff: false },
): Found {
  const encoding = utf16Of(head)
  const refused = refusedKind(head) ?? (encoding === null && isBinary(head) ? 'a file of binary data' : null)
  if (refused !== null) return { passedOver: refused }
  if (isMarkup(headText(head, encoding))) return { passedOver: 'a web page or a file of a program' }
  return {
    tables: [
      {
        name,
        hidden: false,
        encoding,
        again: true,
        bytes: () => (encoding === null ? open() : utf16ToUtf8(open(), encoding)),
        brokenOff: () => state.brokenOff,
      },
    ],
  }
}

function isBinary(head: Buffer): boolean {
  try {
    guessEncoding(head)
    return false
  } catch {
    return true
  }
}

async function nestedGzip(entry: ArchiveEntry, limit: UnpackingLimit): Promise<Found> {
  const state: GunzipState = { brokenOff: false }
  const open = () => gunzip(joined(entry.bytes()), state, limit)
  const head = await headOf(open())
  if (head.length === 0) return { passedOver: 'an empty file' }
  if (signatureOf(head) !== 'other') return { passedOver: 'an archive inside the archive' }
  return textTable(entry.path.replace(/\.gz$/i, ''), head, open, state)
}

async function nestedWorkbook(entry: ArchiveEntry, { scratchDir, limit, closing }: Opening): Promise<Found> {
  const spooled = await spool(entry.bytes(), scratchDir)
  closing.push(spooled.remove)
  const archive = await openArchive(spooled.file, limit)
  closing.push(async () => archive.close())
  if ((await kindOfArchive(archive)) !== 'workbook') return { passedOver: 'an archive inside the archive' }
  const workbook = await openWorkbook(archive, limit)
  closing.push(workbook.close)
  return { tables: workbook.tables.map((table) => ({ ...table, name: `${entry.path} / ${table.name}` })) }
}

async function headOf(bytes: AsyncGenerator<Buffer, void>): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of bytes) {
    pieces.push(piece)
    length += piece.length
    if (length >= HEAD_BYTES) break
  }
  return Buffer.concat(pieces)
}

function noTable(passedOver: readonly string[]) {
  if (passedOver.length === 0) return fileFault('file.empty', 'The archive holds no file. Pack the export again.')
  const counts = new Map<string, number>()
  for (const what of passedOver) counts.set(what, (counts.get(what) ?? 0) + 1)
  const list = [...counts].map(([what, times]) => (times === 1 ? what : `${times} times ${what}`)).join(', ')
  return fileFault(
    'file.not_a_table',
    `No file of this archive is a table; it holds ${list}. Give the CSV or Excel export itself.`,
  )
}
