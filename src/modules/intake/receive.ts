import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Fault } from '#kernel/fault.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import type { Clock } from '#kernel/instant.ts'
import { fileConnection } from '#modules/connections/connections.ts'
import type { Site } from '#modules/sites/sites.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { FileDetection, FileSource, Files } from '../../../connectors/contract.ts'
import {
  findImport,
  type ImportRow,
  insertChunk,
  insertImport,
  readChunk,
  removeChunks,
  type StoredFault,
  updateImport,
} from './store.ts'

// A file is kept whole before anybody looks into it: in pieces, each its own short transaction, under the tenant's wall
// like every other row. Only a file that arrived to its end is read.

export type Intake = {
  readonly database: Database
  readonly files: Files
  readonly clock: Clock
  /** A folder of ours for spilling while a file is read. */
  readonly scratchDir: string
  /** Most bytes of a file as it is sent. */
  readonly fileBytesMax: number
}

export type NewFile = {
  readonly tenantId: TenantId
  readonly site: Site
  readonly fileName: string
  readonly stream: Readable
  readonly actor: string
}

const CHUNK_BYTES = 512 * 1024
const PIECE_BYTES = 64 * 1024

/**
 * Keeps a file and works out what it is; nothing of it reaches the mirror yet. Answers the import, `detected` or
 * `failed` with the reason. Throws when the file did not arrive whole: then nothing of it is kept.
 */
export async function receiveFile(intake: Intake, file: NewFile): Promise<ImportRow> {
  const { database, clock } = intake
  const id = newId()
  await database.tenant(file.tenantId, (tx) =>
    insertImport(tx, file.tenantId, {
      id,
      siteId: file.site.id,
      fileName: plainName(file.fileName),
      actor: file.actor,
      createdAt: clock.now(),
    }),
  )
  try {
    const { bytes, sha256 } = await keep(intake, file, id)
    await database.tenant(file.tenantId, (tx) =>
      updateImport(tx, file.tenantId, id, { fileBytes: BigInt(bytes), fileSha256: sha256, movedAt: clock.now() }),
    )
  } catch (error) {
    await failImport(intake, file.tenantId, id, receivingFault(error))
    throw error
  }
  return detectImport(intake, file.tenantId, id, file.site)
}

async function keep(intake: Intake, file: NewFile, id: Id): Promise<{ bytes: number; sha256: Uint8Array }> {
  const hash = createHash('sha256')
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let bytes = 0
  let no = 0
  const flush = async () => {
    if (waitingBytes === 0) return
    const chunk = Buffer.concat(waiting)
    waiting = []
    waitingBytes = 0
    await intake.database.tenant(file.tenantId, async (tx) => {
      await insertChunk(tx, file.tenantId, id, no, chunk)
      await updateImport(tx, file.tenantId, id, { movedAt: intake.clock.now() })
    })
    no++
  }
  for await (const piece of file.stream) {
    const chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(piece as Uint8Array)
    bytes += chunk.length
    if (bytes > intake.fileBytesMax) {
      throw new Fault('invalid', 'import.too-large', {
        say: `A file may have at most ${intake.fileBytesMax} bytes. Split it by month or compress it with gzip.`,
      })
    }
    hash.update(chunk)
    waiting.push(chunk)
    waitingBytes += chunk.length
    if (waitingBytes >= CHUNK_BYTES) await flush()
  }
  await flush()
  return { bytes, sha256: hash.digest() }
}

/** Works out what a kept file is. A file that is no table of sales fails here, with the reason. */
async function detectImport(intake: Intake, tenantId: TenantId, id: Id, site: Site): Promise<ImportRow> {
  const { database, files, clock } = intake
  const row = await database.tenant(tenantId, (tx) => findImport(tx, tenantId, id, 'look'))
  if (row === null) throw new Error('the import was just made and is not there')
  let detection: FileDetection
  try {
    detection = await files.detect(sourceOf(intake, tenantId, row), { zone: site.timeZone, currency: site.currency })
  } catch (error) {
    if (!(error instanceof Fault) || !error.code.startsWith('file.')) throw error
    await failImport(intake, tenantId, id, { code: error.code, detail: error.message })
    return { ...row, state: 'failed', fault: { code: error.code, detail: error.message } }
  }
  return database.tenant(tenantId, async (tx) => {
    const connection = await fileConnection(
      tx,
      tenantId,
      { shape: detection.shape, siteId: site.id, name: connectionName(row.fileName) },
      clock.now(),
    )
    const change = { state: 'detected', detection, connectionId: connection.id, movedAt: clock.now() } as const
    await updateImport(tx, tenantId, id, change)
    return { ...row, ...change }
  })
}

export async function failImport(intake: Intake, tenantId: TenantId, id: Id, fault: StoredFault): Promise<void> {
  const now = intake.clock.now()
  await intake.database.tenant(tenantId, async (tx) => {
    const row = await findImport(tx, tenantId, id, 'lock')
    if (row === null || row.state === 'done') return
    // What was recorded stands and the file is kept, so that a confirmed import can go on; a file that was never
    // confirmed is of no use to anybody.
    if (row.state === 'receiving') await removeChunks(tx, tenantId, id)
    await updateImport(tx, tenantId, id, { state: 'failed', fault, finishedAt: now, movedAt: now })
    await appendEvents(tx, tenantId, [
      {
        type: 'import.failed',
        subject: `import/${id}`,
        occurredAt: now,
        actor: row.actor,
        data: { import_id: id, code: fault.code },
      },
    ])
  })
}

/** The kept bytes, from the start, as often as wanted; each piece is read in a transaction of its own. */
export function sourceOf(
  intake: Intake,
  tenantId: TenantId,
  row: Pick<ImportRow, 'id' | 'fileName' | 'fileBytes'>,
): FileSource {
  async function* pieces() {
    for (let no = 0; ; no++) {
      const bytes = await intake.database.tenant(tenantId, (tx) => readChunk(tx, tenantId, row.id, no))
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
    sizeBytes: Number(row.fileBytes),
    open: () => Readable.from(pieces(), { objectMode: false, highWaterMark: CHUNK_BYTES }),
  }
}

function receivingFault(error: unknown): StoredFault {
  if (error instanceof Fault) return { code: error.code, detail: error.message }
  return {
    code: 'import.interrupted',
    detail: 'The file stopped arriving before its end. Nothing of it was kept; send it again.',
  }
}

/** A name as it was sent may hold anything; what is kept is shown in one line, and PostgreSQL stores no NUL. */
function plainName(fileName: string): string {
  return (
    fileName
      .toWellFormed()
      .replaceAll(/\p{Cc}/gu, '')
      .slice(0, 255) || 'file.csv'
  )
}

/** The file's name without its endings: what a merchant recognises. */
function connectionName(fileName: string): string {
  return fileName.replace(/(\.(csv|tsv|txt|gz|xlsx|zip))+$/i, '').slice(0, 120) || 'File'
}
