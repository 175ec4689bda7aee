import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '#kernel/fault.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import type { Site } from '#modules/sites/sites.ts'
import type { UnpackedFile } from '../../../connectors/contract-files.ts'
import { type Arriving, arrivingFile } from './arriving.ts'
import { failImport, storedFault } from './fail.ts'
import { type Heartbeat, startHeartbeat } from './heartbeat.ts'
import { chosenSource, type Intake, interrupted, keepTable } from './keep.ts'
import { keepPacked } from './packed.ts'
import { type ConfirmMode, settleArrival, withSameFile } from './settle.ts'
import { findImport, findSameFile, type ImportRow, insertImport, type StoredFault, updateImport } from './store.ts'
import { understand } from './understand.ts'

// A file comes in: unpacked, sifted and kept while it arrives, then understood. Nobody reads a file that did not arrive
// to its end. Of a packed one, whose tables lie behind each other, the beginnings are looked at first, so that a person
// sees what it is before a million rows are unpacked.

export type NewFile = {
  readonly tenantId: TenantId
  readonly site: Site
  readonly fileName: string
  readonly stream: Readable
  readonly actor: string
  /** What happens once it is understood; left out, the caller decides. */
  readonly confirm?: ConfirmMode
}

/**
 * Keeps a file's tables and works out what they are; nothing of it reaches the mirror yet. Answers the import, `failed`
 * with the reason when it holds no table of sales. With `patienceMs`, a packed file whose first sales are known is
 * answered after that time in state `receiving`, and the rest goes on in this process. Throws when the file did not
 * arrive whole: then nothing of it is kept.
 */
export async function receiveFile(intake: Intake, file: NewFile, patienceMs?: number): Promise<ImportRow> {
  const { database, clock } = intake
  const { tenantId } = file
  const id = newId()
  const fileName = plainName(file.fileName)
  const createdAt = clock.now()
  await database.tenant(tenantId, (tx) =>
    insertImport(tx, tenantId, { id, siteId: file.site.id, fileName, actor: file.actor, createdAt }),
  )
  const shown = Promise.withResolvers<void>()
  const whole = keepAndUnderstand(intake, { ...file, fileName }, id, shown.resolve)
  if (patienceMs === undefined) return whole
  intake.background.go(whole)
  const early = shown.promise.then(() => sleep(patienceMs, null, { ref: false }))
  const ended = await Promise.race([whole, early])
  return ended ?? reread(intake, tenantId, id)
}

async function keepAndUnderstand(intake: Intake, file: NewFile, id: Id, onShown: () => void): Promise<ImportRow> {
  const { tenantId } = file
  const scratchDir = await mkdtemp(path.join(intake.scratchDir, 'arrival-'))
  const heart = startHeartbeat(intake, tenantId, id)
  const arriving = arrivingFile(file.stream, {
    bytesMax: intake.fileBytesMax,
    onPiece: heart.beat,
    signal: intake.background.signal,
  })
  try {
    const fault = await keepTables(intake, file, id, arriving, scratchDir, heart, onShown)
    return fault === null
      ? await finishArrival(intake, file, id, scratchDir)
      : await refuse(intake, tenantId, id, fault)
  } catch (error) {
    const cause = arriving.failure() ?? error
    await failImport(intake, tenantId, id, receivingFault(cause))
    throw cause
  } finally {
    await heart.stop()
    file.stream.destroy()
    await rm(scratchDir, { recursive: true, force: true })
  }
}

/** Answers why the file holds nothing to import; null when its tables are kept. */
async function keepTables(
  intake: Intake,
  file: NewFile,
  id: Id,
  arriving: Arriving,
  scratchDir: string,
  heart: Heartbeat,
  onShown: () => void,
): Promise<StoredFault | null> {
  const { tenantId } = file
  const note = (change: Parameters<typeof updateImport>[3]) =>
    intake.database.tenant(tenantId, (tx) => updateImport(tx, tenantId, id, change, { state: 'receiving' }))
  let unpacked: UnpackedFile | null = null
  try {
    unpacked = await intake.files.unpack({ name: file.fileName, bytes: arriving.bytes, scratchDir })
    const { container } = unpacked
    const [only] = unpacked.tables
    if (only === undefined) throw new Error('a file without tables was unpacked')
    if (only.again) {
      await arriving.drain()
      heart.keepBeating()
      await note({ ...arriving.sum(), container })
      await keepPacked(intake, file, id, unpacked, scratchDir, onShown)
    } else {
      const sifted = intake.files.sift(only.bytes())
      const bytes = (await keepTable(intake, { tenantId, importId: id, tableNo: 0 }, sifted.bytes)) ?? 0
      await arriving.drain()
      const { name, hidden, encoding } = only
      const brokenOff = only.brokenOff()
      const table = { index: 0, name, hidden, encoding, bytes, tableState: 'kept', brokenOff, fault: null } as const
      const cardsMasked = BigInt(sifted.found())
      await note({ ...arriving.sum(), container, tables: [table], tableNo: 0, cardsMasked })
    }
    return null
  } catch (error) {
    const fault = faultOfFile(arriving.failure() ?? error)
    if (fault === null) throw error
    await arriving.drain()
    await note(arriving.sum())
    return fault
  } finally {
    await unpacked?.close()
  }
}

/** Works out what the kept table is, whole, and what becomes of it. */
async function finishArrival(intake: Intake, file: NewFile, id: Id, scratchDir: string): Promise<ImportRow> {
  const { database } = intake
  const { tenantId } = file
  const row = await reread(intake, tenantId, id)
  if (row.tableNo === null) return refuse(intake, tenantId, id, faultOfTables(row))
  const looking = { tenantId, siteId: row.siteId, choices: null, mayJoin: true, scratchDir }
  try {
    const understood = await understand(intake, chosenSource(intake, tenantId, row), looking)
    return await database.tenant(tenantId, async (tx) => {
      const before = await findImport(tx, tenantId, id, 'lock')
      if (before === null || before.state !== 'receiving' || before.fileSha256 === null) throw interrupted()
      const same = await findSameFile(tx, tenantId, before.siteId, before.fileSha256)
      const seen = withSameFile(understood, same)
      return settleArrival(tx, tenantId, before, seen, { confirm: file.confirm, now: intake.clock.now() })
    })
  } catch (error) {
    const fault = faultOfFile(error)
    if (fault === null) throw error
    return refuse(intake, tenantId, id, fault)
  }
}

function faultOfTables(row: ImportRow): StoredFault {
  const first = row.tables.find(({ hidden }) => !hidden) ?? row.tables[0]
  const fault = first?.fault ?? { code: 'file.no_sales', detail: 'No table of the file is a list of sales.' }
  if (first === undefined || row.tables.length === 1) return fault
  const detail = `None of the ${row.tables.length} tables in the file is a list of sales. Of "${first.name}": ${fault.detail}`
  return { ...fault, code: 'file.no_sales', detail }
}

async function refuse(intake: Intake, tenantId: TenantId, id: Id, fault: StoredFault): Promise<ImportRow> {
  await failImport(intake, tenantId, id, fault)
  return reread(intake, tenantId, id)
}

async function reread(intake: Intake, tenantId: TenantId, id: Id): Promise<ImportRow> {
  const row = await intake.database.tenant(tenantId, (tx) => findImport(tx, tenantId, id, 'look'))
  if (row === null) throw new Error('the import was just made and is not there')
  return row
}

/** What is wrong with what was sent, as opposed to the sending; null for the latter. */
function faultOfFile(error: unknown): StoredFault | null {
  return error instanceof Fault && error.code.startsWith('file.') ? storedFault(error) : null
}

function receivingFault(error: unknown): StoredFault {
  if (error instanceof Fault) return { code: error.code, detail: error.message }
  const { code, message } = interrupted()
  return { code, detail: message }
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
