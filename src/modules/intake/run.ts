import { add, type Decimal, ZERO } from '#kernel/decimal.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { type Draft, draftInTurns } from '#modules/mirror/draft.ts'
import { recordDraft } from '#modules/mirror/mirror.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FileSlice } from '../../../connectors/contract-files.ts'
import { failImport } from './fail.ts'
import type { Intake } from './keep.ts'
import { faultOfReading, filedSlices } from './slices.ts'
import { findImport, type ImportRow, updateImport } from './store.ts'
import { insertRejections } from './store-rejections.ts'

// Running an import: the file is read in slices, and each slice is one transaction that records its sales and counts the
// slice. A killed run therefore stops between two slices; the next one reads the file from the start (the same bytes
// give the same slices), passes over those that are counted, and goes on. Two runs of one import cannot both record a
// slice: the row is locked, and whoever finds a count other than its own stops.

export type RunOutcome = 'done' | 'failed' | 'elsewhere'

export async function runImport(intake: Intake, tenantId: TenantId, id: Id, signal?: AbortSignal): Promise<RunOutcome> {
  const started = await startRun(intake, tenantId, id)
  if (started === null) return 'elsewhere'
  try {
    return await recordSlices(intake, tenantId, started, signal)
  } catch (error) {
    const fault = faultOfReading(error)
    if (fault === null) throw error
    await failImport(intake, tenantId, id, fault)
    return 'failed'
  }
}

async function startRun(intake: Intake, tenantId: TenantId, id: Id): Promise<ImportRow | null> {
  const now = intake.clock.now()
  return intake.database.tenant(tenantId, async (tx) => {
    const row = await findImport(tx, tenantId, id, 'lock')
    if (row === null || (row.state !== 'queued' && row.state !== 'running')) return null
    const change = { state: 'running', startedAt: row.startedAt ?? now, movedAt: now } as const
    await updateImport(tx, tenantId, id, change)
    return { ...row, ...change }
  })
}

async function recordSlices(
  intake: Intake,
  tenantId: TenantId,
  row: ImportRow,
  signal: AbortSignal | undefined,
): Promise<RunOutcome> {
  const { detection } = row
  if (detection === null) throw new Error('an import runs only after its file was understood')
  const order = row.rowsTogether ? 'expect' : 'learn'
  const slices = filedSlices(intake, tenantId, { ...row, detection }, { order })
  // A slice is read and thought over while the database stores the one before.
  const take = async () => {
    const slice = await slices.next()
    if (slice.done) return null
    const { sales, refunds } = slice.value
    return { slice: slice.value.slice, draft: await draftInTurns(sales, refunds) }
  }
  try {
    let current = await take()
    while (current !== null) {
      if (signal?.aborted) return 'elsewhere'
      const { slice, draft } = current
      const recording =
        slice.index < row.slices
          ? Promise.resolve(true)
          : intake.database.tenant(tenantId, (tx) => recordSlice(intake, tx, tenantId, row.id, slice, draft))
      const [mine, next] = await Promise.all([recording, take()])
      if (!mine) return 'elsewhere'
      current = next
    }
  } finally {
    await slices.return()
  }
  await finishRun(intake, tenantId, row.id)
  return 'done'
}

async function recordSlice(
  intake: Intake,
  tx: Tx,
  tenantId: TenantId,
  id: Id,
  slice: FileSlice,
  draft: Draft,
): Promise<boolean> {
  const now = intake.clock.now()
  const row = await findImport(tx, tenantId, id, 'lock')
  if (row === null || row.state !== 'running' || row.slices !== slice.index || row.connectionId === null) return false
  await insertRejections(tx, tenantId, id, slice.rejected)
  const recorded = await recordDraft(
    tx,
    {
      tenantId,
      connectionId: row.connectionId,
      posSystem: 'spreadsheet',
      batchId: id,
      actor: row.actor,
      requestId: null,
      now,
    },
    draft,
  )
  await updateImport(tx, tenantId, id, {
    ...countsOf(slice, row),
    slices: slice.index + 1,
    movedAt: now,
    salesCreated: row.salesCreated + BigInt(recorded.created),
    salesUpdated: row.salesUpdated + BigInt(recorded.updated),
    salesUnchanged: row.salesUnchanged + BigInt(recorded.unchanged),
    refundsCreated: row.refundsCreated + BigInt(recorded.refundsCreated),
    refundsUnchanged: row.refundsUnchanged + BigInt(recorded.refundsUnchanged),
  })
  await appendEvents(tx, tenantId, [
    {
      type: 'import.moved',
      subject: `import/${id}`,
      occurredAt: now,
      actor: row.actor,
      data: { import_id: id, phase: 'run', progress: slice.progress, rows_read: slice.rowsRead },
    },
  ])
  return true
}

async function finishRun(intake: Intake, tenantId: TenantId, id: Id): Promise<void> {
  const now = intake.clock.now()
  await intake.database.tenant(tenantId, async (tx) => {
    const row = await findImport(tx, tenantId, id, 'lock')
    if (row === null || row.state !== 'running') return
    await updateImport(tx, tenantId, id, { state: 'done', progress: 1, finishedAt: now, movedAt: now })
    await appendEvents(tx, tenantId, [
      {
        type: 'import.finished',
        subject: `import/${id}`,
        occurredAt: now,
        actor: row.actor,
        data: {
          import_id: id,
          sales_created: Number(row.salesCreated),
          sales_updated: Number(row.salesUpdated),
          sales_unchanged: Number(row.salesUnchanged),
          rows_rejected: Number(row.rowsRejected),
          finished_at: instantText(now),
        },
      },
    ])
  })
}

/** What the file holds so far, whatever of it was known before. */
function countsOf(slice: FileSlice, before: ImportRow) {
  let items = 0
  let units: Decimal = ZERO
  let gross = 0n
  let first: Instant | null = before.firstAt
  let last: Instant | null = before.lastAt
  for (const { sale } of slice.sales) {
    const at = sale.closedAt ?? sale.openedAt
    if (first === null || at < first) first = at
    if (last === null || at > last) last = at
    // A file of several currencies has no one sum; the sum here is of the file's own.
    if (sale.status === 'closed' && sale.currency === before.detection?.currency) gross += sale.gross ?? 0n
    for (const item of sale.items) {
      items++
      units = add(units, item.quantity)
    }
  }
  const noticed: Record<string, number> = { ...before.noticed }
  for (const [code, count] of Object.entries(slice.noticed)) noticed[code] = (noticed[code] ?? 0) + count
  return {
    rowsRead: BigInt(slice.rowsRead),
    rowsRejected: before.rowsRejected + BigInt(slice.rejected.length),
    progress: slice.progress,
    items: before.items + BigInt(items),
    units: add(before.units, units),
    gross: before.gross + gross,
    firstAt: first,
    lastAt: last,
    noticed,
  }
}
