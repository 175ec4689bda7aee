import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Site } from '#modules/sites/sites.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { FileDetection, FileSource, UnpackedFile, UnpackedTable } from '../../../connectors/contract-files.ts'
import { storedFault } from './fail.ts'
import { headSource, type Intake, keepTable } from './keep.ts'
import { detectRemembering } from './mappings.ts'
import { announceDetected } from './settle.ts'
import { findImport, type ImportChange, type StoredFault, type StoredTable, updateImport } from './store.ts'
import { removeChunks } from './store-chunks.ts'
import { understand } from './understand.ts'

// A packed file: a workbook or an archive, lying unpacked-to-be in a folder of ours. The beginning of each table says what
// it is; the best is shown at once. Then the tables are kept, that one first.

const TABLES_MAX = 50
/** Beyond these a list of names helps nobody. */
const TABLES_NAMED_MAX = 200
const HEAD_BYTES = 512 * 1024
/** When something is found to show, no more beginnings are looked at for longer than this. */
const LOOKING_MS = 1_500
/** A table that does not look like sales is kept for a person to choose, unless it is this large. */
const OTHER_BYTES_MAX = 64 * 1024 * 1024

export type PackedFile = { readonly tenantId: TenantId; readonly site: Site; readonly fileName: string }

type Look = {
  readonly table: UnpackedTable
  readonly index: number
  readonly outcome:
    | { readonly kind: 'sales'; readonly head: FileSource; readonly detection: FileDetection }
    | { readonly kind: 'none'; readonly fault: StoredFault }
    | { readonly kind: 'unseen' }
}

/** Keeps the tables, and says which is proposed; none when none holds sales. Throws what unpacking throws. */
export async function keepPacked(
  intake: Intake,
  file: PackedFile,
  id: Id,
  unpacked: UnpackedFile,
  scratchDir: string,
  onShown: () => void,
): Promise<void> {
  const looks = await lookAtHeads(intake, file, unpacked)
  const best = bestOf(looks)
  const leftOut = unpacked.tables.slice(TABLES_MAX, TABLES_NAMED_MAX).map(leftOutTable)
  const tables: StoredTable[] = looks.map(({ table, index, outcome }) => ({
    index,
    name: table.name,
    hidden: table.hidden,
    encoding: table.encoding,
    bytes: 0,
    tableState: 'keeping',
    brokenOff: false,
    fault: outcome.kind === 'none' ? outcome.fault : null,
  }))
  tables.push(...leftOut)
  await show(intake, file, id, best, tables, scratchDir)
  if (best !== null) onShown()
  let cards = 0
  const inOrder = best === null ? looks : [best, ...looks.filter((look) => look !== best)]
  for (const look of inOrder) {
    const kept = await keepOne(intake, file.tenantId, id, look, look === best)
    cards += kept.cards
    tables[look.index] = { ...(tables[look.index] as StoredTable), ...kept.table, tableState: 'kept' }
    await moved(intake, file.tenantId, id, { tables, cardsMasked: BigInt(cards) })
  }
}

async function lookAtHeads(intake: Intake, file: PackedFile, unpacked: UnpackedFile): Promise<Look[]> {
  const since = intake.clock.now()
  const looks: Look[] = []
  let found = false
  for (const [index, table] of unpacked.tables.slice(0, TABLES_MAX).entries()) {
    if (found && intake.clock.now() - since > LOOKING_MS) {
      looks.push({ table, index, outcome: { kind: 'unseen' } })
      continue
    }
    const outcome = await lookAt(intake, file, unpacked, table)
    found ||= outcome.kind === 'sales' && !table.hidden
    looks.push({ table, index, outcome })
  }
  return looks
}

async function lookAt(
  intake: Intake,
  { tenantId, fileName, site }: PackedFile,
  { container }: UnpackedFile,
  table: UnpackedTable,
): Promise<Look['outcome']> {
  try {
    const { bytes, whole } = await beginningOf(intake, table)
    const about = { name: fileName, container, encoding: table.encoding }
    const head: FileSource = whole ? { ...headSource(about, bytes), extent: 'whole' } : headSource(about, bytes)
    const fileSite = { zone: site.timeZone, currency: site.currency }
    const { detection } = await detectRemembering(intake, tenantId, head, fileSite)
    return { kind: 'sales', head, detection }
  } catch (error) {
    if (error instanceof Fault && error.code.startsWith('file.')) return { kind: 'none', fault: storedFault(error) }
    throw error
  }
}

async function beginningOf(intake: Intake, table: UnpackedTable): Promise<{ bytes: Buffer; whole: boolean }> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of intake.files.sift(table.bytes()).bytes) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes >= HEAD_BYTES) return { bytes: Buffer.concat(pieces).subarray(0, HEAD_BYTES), whole: false }
  }
  return { bytes: Buffer.concat(pieces), whole: true }
}

/** A sheet that its workbook hides is proposed only when none that is seen holds sales. */
function bestOf(looks: readonly Look[]): Look | null {
  const scoreOf = ({ outcome, table }: Look): number =>
    outcome.kind === 'sales' ? outcome.detection.score + (table.hidden ? 0 : 2) : Number.NEGATIVE_INFINITY
  const best = looks.reduce<Look | null>(
    (most, look) => (most === null || scoreOf(look) > scoreOf(most) ? look : most),
    null,
  )
  return best?.outcome.kind === 'sales' ? best : null
}

/** What is known of the file before it is kept, for whoever waits. */
async function show(
  intake: Intake,
  { tenantId, site }: PackedFile,
  id: Id,
  best: Look | null,
  tables: readonly StoredTable[],
  scratchDir: string,
): Promise<void> {
  if (best?.outcome.kind !== 'sales') return moved(intake, tenantId, id, { tables })
  const looking = { tenantId, siteId: site.id, choices: null, mayJoin: true, scratchDir }
  const seen = await understand(intake, best.outcome.head, looking)
  const now = intake.clock.now()
  await intake.database.tenant(tenantId, async (tx) => {
    const row = await findImport(tx, tenantId, id, 'lock')
    if (row === null) throw new Error('the import was just made and is not there')
    const change = { tables, tableNo: best.index, ...seen, movedAt: now }
    await updateImport(tx, tenantId, id, change, { state: 'receiving' })
    await announceDetected(tx, tenantId, row, seen, now)
  })
}

async function keepOne(
  intake: Intake,
  tenantId: TenantId,
  id: Id,
  { table, index, outcome }: Look,
  isBest: boolean,
): Promise<{ readonly table: Partial<StoredTable>; readonly cards: number }> {
  const sifted = intake.files.sift(table.bytes())
  const limit = isBest || outcome.kind === 'sales' ? {} : { bytesMax: OTHER_BYTES_MAX }
  let fault: StoredFault = {
    code: 'import.table-missing',
    detail: 'It is too large to be kept without looking like sales.',
  }
  try {
    const bytes = await keepTable(intake, { tenantId, importId: id, tableNo: index, ...limit }, sifted.bytes)
    if (bytes !== null) return { table: { bytes, brokenOff: table.brokenOff() }, cards: sifted.found() }
  } catch (error) {
    // A sheet beside the one that counts may be as broken as it likes.
    if (isBest || !(error instanceof Fault) || !error.code.startsWith('file.')) throw error
    fault = { code: error.code, detail: error.message }
  }
  await intake.database.tenant(tenantId, (tx) => removeChunks(tx, tenantId, id, index))
  return { table: { bytes: 0, fault }, cards: 0 }
}

function leftOutTable({ name, hidden, encoding }: UnpackedTable, nth: number): StoredTable {
  const detail = `Only the first ${TABLES_MAX} tables of a file are looked at. Give this one by itself.`
  const fault = { code: 'import.table-missing', detail }
  return { index: TABLES_MAX + nth, name, hidden, encoding, bytes: 0, tableState: 'kept', brokenOff: false, fault }
}

async function moved(intake: Intake, tenantId: TenantId, id: Id, change: ImportChange): Promise<void> {
  const now = intake.clock.now()
  await intake.database.tenant(tenantId, async (tx) => {
    const row = await findImport(tx, tenantId, id, 'lock')
    if (row === null || row.state !== 'receiving') return
    await updateImport(tx, tenantId, id, { ...change, movedAt: now })
    const kept = change.tables?.filter(({ tableState }) => tableState === 'kept').length ?? 0
    const progress = kept / Math.max(1, change.tables?.length ?? 1)
    await appendEvents(tx, tenantId, [
      {
        type: 'import.moved',
        subject: `import/${id}`,
        occurredAt: now,
        actor: row.actor,
        data: { import_id: id, phase: 'receive', progress, rows_read: 0 },
      },
    ])
  })
}
