import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Clock } from '#kernel/instant.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { FileContainer, FileSource, Files } from '../../../connectors/contract-files.ts'
import type { Background } from './background.ts'
import { type ImportRow, type StoredTable, updateImport } from './store.ts'
import { insertChunk, packChunk, readChunk } from './store-chunks.ts'

// What is kept of a file: the text of its tables, in pieces, each its own short transaction, under the tenant's wall like
// every other row. Nothing is kept that was not sifted.

export type Intake = {
  readonly database: Database
  readonly files: Files
  readonly clock: Clock
  /** A folder of ours for spilling while a file is read. */
  readonly scratchDir: string
  /** Most bytes of a file as it is sent. */
  readonly fileBytesMax: number
  readonly background: Background
}

/** Text unpacks to more than was sent; to this many times the largest file it may. */
const UNPACKED_TIMES_MAX = 4
const CHUNK_BYTES = 512 * 1024
const PIECE_BYTES = 64 * 1024

export type KeepingTable = {
  readonly tenantId: TenantId
  readonly importId: Id
  readonly tableNo: number
  /** More is not kept, and the answer says so. */
  readonly bytesMax?: number
}

/**
 * Keeps a table's text and answers how long it is, or null when it is longer than `bytesMax`: then what was kept so far is
 * for the caller to remove. Stops when the import is no longer `receiving`, or the process ends.
 */
export async function keepTable(
  intake: Intake,
  keeping: KeepingTable,
  bytes: AsyncIterable<Uint8Array>,
): Promise<number | null> {
  const { tenantId, importId, tableNo } = keeping
  const most = UNPACKED_TIMES_MAX * intake.fileBytesMax
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let kept = 0
  let no = 0
  let storing: Promise<void> = Promise.resolve()
  // The next piece is sifted while the one before is packed and stored.
  const flush = async () => {
    await storing
    if (waitingBytes === 0) return
    storing = store(Buffer.concat(waiting), no++)
    // It is waited for a piece later; that it failed must not go unheard until then.
    storing.catch(() => undefined)
    waiting = []
    waitingBytes = 0
  }
  const store = async (chunk: Buffer, at: number) => {
    const packed = await packChunk(chunk)
    await intake.database.tenant(tenantId, async (tx) => {
      await insertChunk(tx, tenantId, { importId, tableNo, no: at }, packed)
      await stillReceiving(intake, tx, tenantId, importId)
    })
  }
  try {
    for await (const piece of bytes) {
      kept += piece.length
      if (keeping.bytesMax !== undefined && kept > keeping.bytesMax) return null
      if (kept > most) {
        throw new Fault('invalid', 'import.unpacks-too-large', {
          say: `The packed file holds more than ${most} bytes of text. Split it by month.`,
        })
      }
      waiting.push(piece)
      waitingBytes += piece.length
      if (waitingBytes >= CHUNK_BYTES) await flush()
    }
    await flush()
    await storing
    return kept
  } finally {
    // Whoever removes what was kept must not be overtaken by a piece that is still on its way.
    await storing.catch(() => undefined)
  }
}

/** Says that the import moves. Throws `import.interrupted` when it was given up meanwhile, or the process ends. */
export async function stillReceiving(
  intake: Intake,
  tx: Parameters<typeof updateImport>[0],
  tenantId: TenantId,
  importId: Id,
): Promise<void> {
  const change = { movedAt: intake.clock.now() }
  const receiving = await updateImport(tx, tenantId, importId, change, { state: 'receiving' })
  if (receiving && !intake.background.signal.aborted) return
  throw interrupted()
}

export function interrupted(): Fault {
  return new Fault('conflict', 'import.interrupted', {
    say: 'The file stopped arriving before its end. Nothing of it was kept; send it again.',
  })
}

/** The kept text of one table, from the start, as often as wanted; each piece is read in a transaction of its own. */
export function sourceOf(
  intake: Intake,
  tenantId: TenantId,
  row: Pick<ImportRow, 'id' | 'fileName'>,
  container: FileContainer,
  table: StoredTable,
): FileSource {
  async function* pieces() {
    for (let no = 0; ; no++) {
      const place = { importId: row.id, tableNo: table.index, no }
      const bytes = await intake.database.tenant(tenantId, (tx) => readChunk(tx, tenantId, place))
      if (bytes === null) return
      // In small pieces, a turn of the event loop apart: who reads them thinks about each for as long as it is, and the
      // statements of the slice before must get through in between.
      for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
        await nextTurn()
        yield bytes.subarray(from, from + PIECE_BYTES)
      }
    }
  }
  return {
    name: row.fileName,
    sizeBytes: table.bytes,
    container,
    encoding: table.encoding,
    extent: table.brokenOff ? 'broken_off' : 'whole',
    open: () => Readable.from(pieces(), { objectMode: false, highWaterMark: CHUNK_BYTES }),
  }
}

/** The table that an import is of. Throws when it has none, which its state rules out. */
export function chosenSource(intake: Intake, tenantId: TenantId, row: ImportRow): FileSource {
  const table = row.tables.find(({ index }) => index === row.tableNo)
  if (table === undefined || row.container === null) throw new Error('an import of no table was asked for its text')
  return sourceOf(intake, tenantId, row, row.container, table)
}

/** The first bytes of a table, as one that goes on. */
export async function headOf(table: FileSource, bytesMax: number): Promise<FileSource> {
  if (table.sizeBytes <= bytesMax) return table
  const stream = table.open()
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of stream as AsyncIterable<Buffer>) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes >= bytesMax) break
  }
  return headSource(table, Buffer.concat(pieces).subarray(0, bytesMax))
}

export function headSource(table: Omit<FileSource, 'open' | 'extent' | 'sizeBytes'>, head: Buffer): FileSource {
  return { ...table, sizeBytes: head.length, extent: 'head', open: () => Readable.from([head]) }
}
