import type { Id, TenantId } from '#kernel/ids.ts'
import { findFileConnection } from '#modules/connections/connections.ts'
import { draftInTurns } from '#modules/mirror/draft.ts'
import { countKnown } from '#modules/mirror/known.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import { type FileDetection, type FileReadOptions, RowsApart } from '../../../connectors/contract-files.ts'
import { NOTHING_CHECKED } from './check-start.ts'
import type { Intake } from './keep.ts'
import { faultOfReading, filedSlices } from './slices.ts'
import { type CheckState, findImport, type ImportRow, type StoredFault, updateImport } from './store.ts'
import { addSlice, checkOf, emptyTally, type Known } from './tally.ts'
import { isPriced } from './wire.ts'
import type { WireCheck } from './wire-check.ts'

// The dry run of an import that waits for a person: the whole table is read and judged as it would be recorded, and
// nothing is. A correction gives the import a newer number, and a dry run with an older one stops when it next speaks.

// It also finds out whether the rows of each sale stand together: then the import itself needs one pass and not two.

const SAY_EVERY_MS = 1_000
/** Where nothing is asked of the database there is nothing to gain from gathering many. */
const ROWS_PER_LOOK = 500
const ROWS_PER_QUESTION = 4_000

type Order = NonNullable<FileReadOptions['order']>
type Detected = ImportRow & { readonly detection: FileDetection }

export async function runCheck(
  intake: Intake,
  tenantId: TenantId,
  id: Id,
  checkNo: number,
  signal?: AbortSignal,
): Promise<void> {
  const row = await intake.database.tenant(tenantId, (tx) => findImport(tx, tenantId, id, 'look'))
  if (row?.state !== 'detected' || row.detection === null || row.checkNo !== checkNo || row.checkState === 'done')
    return
  try {
    const detected = { ...row, detection: row.detection }
    try {
      await readThrough(intake, tenantId, detected, 'expect', signal)
    } catch (error) {
      if (!(error instanceof RowsApart)) throw error
      await readThrough(intake, tenantId, detected, 'learn', signal)
    }
  } catch (error) {
    const fault = faultOfReading(error)
    if (fault === null) throw error
    await failCheck(intake, tenantId, id, checkNo, fault)
  }
}

export async function failCheck(
  intake: Intake,
  tenantId: TenantId,
  id: Id,
  checkNo: number,
  fault: StoredFault,
): Promise<void> {
  await say(intake, tenantId, { id, checkNo }, 'failed', { ...NOTHING_CHECKED, fault })
}

async function readThrough(
  intake: Intake,
  tenantId: TenantId,
  row: Detected,
  order: Order,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { clock, database } = intake
  const since = clock.now()
  const connectionId = await connectionOf(intake, tenantId, row)
  const rowsPerSlice = connectionId === null ? ROWS_PER_LOOK : ROWS_PER_QUESTION
  const tally = emptyTally(row.detection.currency, isPriced(row))
  const known = { created: 0, changed: 0, same: 0 }
  const told = (extent: 'so-far' | 'whole') => checkOf(tally, known, (clock.now() - since) / 1000, extent)
  let saidAt = since
  for await (const { slice, sales, refunds } of filedSlices(intake, tenantId, row, {
    order,
    rowsPerSlice,
  })) {
    if (signal?.aborted) return
    addSlice(tally, slice, { sales, refunds })
    if (connectionId === null) known.created += sales.length
    else {
      const draft = await draftInTurns(sales, refunds)
      const counted = await database.tenant(tenantId, (tx) => countKnown(tx, { tenantId, connectionId }, draft.sales))
      addKnown(known, counted)
    }
    if (clock.now() - saidAt < SAY_EVERY_MS) continue
    saidAt = clock.now()
    if (!(await say(intake, tenantId, row, 'running', told('so-far')))) return
  }
  tally.progress = 1
  await say(intake, tenantId, row, 'done', told('whole'), order === 'expect')
}

/** The connection that the sales would go to; null while there is none, and every sale is new. */
async function connectionOf(intake: Intake, tenantId: TenantId, row: Detected): Promise<Id | null> {
  if (row.joins !== null) return row.joins.connectionId
  const { family } = row.detection
  const found = await intake.database.tenant(tenantId, (tx) =>
    findFileConnection(tx, tenantId, { family, siteId: row.siteId }),
  )
  return found?.id ?? null
}

function addKnown(sum: { created: number; changed: number; same: number }, more: Known): void {
  sum.created += more.created
  sum.changed += more.changed
  sum.same += more.same
}

/** Answers whether this dry run is still the one that is wanted. */
async function say(
  intake: Intake,
  tenantId: TenantId,
  { id, checkNo }: Pick<ImportRow, 'id' | 'checkNo'>,
  checkState: CheckState,
  check: Omit<WireCheck, 'state'>,
  rowsTogether = false,
): Promise<boolean> {
  const now = intake.clock.now()
  return intake.database.tenant(tenantId, async (tx) => {
    const wanted = await updateImport(
      tx,
      tenantId,
      id,
      { checkState, check, rowsTogether, movedAt: now },
      { state: 'detected', checkNo },
    )
    if (!wanted) return false
    await appendEvents(tx, tenantId, [
      {
        type: 'import.moved',
        subject: `import/${id}`,
        occurredAt: now,
        actor: 'job:intake.check',
        data: { import_id: id, phase: 'check', progress: check.progress, rows_read: check.rows_read },
      },
    ])
    return true
  })
}
