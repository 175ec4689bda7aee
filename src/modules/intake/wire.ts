import { z } from 'zod'
import { type Instant, instantText } from '#kernel/instant.ts'
import { wireMoney as money } from '#kernel/money.ts'
import { wireMoney } from '#modules/mirror/wire.ts'
import { IMPORT_STATES } from './import-states.ts'
import type { ImportRow, StoredFault } from './store.ts'
import type { StoredRejection } from './store-rejections.ts'
import { type WireCheck, wireCheck, wireFault, type wireRejection } from './wire-check.ts'
import { wireRole } from './wire-choices.ts'
import { detectionToWire, wireDetection } from './wire-detection.ts'
import { previewSale } from './wire-preview.ts'

const time = z.string().meta({ format: 'date-time' })
const counts = z.record(z.string(), z.int())

const wireTable = z.strictObject({
  index: z.int(),
  name: z.string(),
  hidden: z.boolean().meta({ description: 'A sheet that its workbook does not show' }),
  bytes: z.int().meta({ description: 'Of text, as far as it is kept' }),
  table_state: z.enum(['kept', 'keeping']),
  say: z.string().nullable().meta({ description: 'Why it holds no sales' }),
})

export const wireImport = z
  .strictObject({
    id: z.string(),
    state: z.enum(IMPORT_STATES),
    file_name: z.string(),
    file_bytes: z.int(),
    file_sha256: z.string().nullable(),
    site_id: z.string(),
    connection_id: z.string().nullable().meta({ description: 'Settled when it is confirmed' }),
    container: z.enum(['plain', 'gzip', 'zip', 'xlsx']).nullable(),
    tables: z.array(wireTable).meta({ description: 'One of a plain file; the sheets or files of a packed one' }),
    table: z.int().nullable().meta({ description: 'The table that is imported' }),
    cards_masked: z.int().meta({ description: 'Card numbers that were made unreadable before anything was kept' }),
    detection: wireDetection.nullable(),
    remembered: z.boolean().meta({ description: 'Choices of an earlier file of the same shape were applied' }),
    joins: z
      .strictObject({ connection_id: z.string(), name: z.string() })
      .nullable()
      .meta({ description: 'The connection that knows the same sales from files of another shape' }),
    already_imported: z
      .strictObject({ import_id: z.string(), at: time })
      .nullable()
      .meta({ description: 'The same bytes were imported at this site before; harmless' }),
    preview: z.array(previewSale).nullable().meta({ description: 'The first sales as they will stand; until it runs' }),
    check: wireCheck.nullable().meta({ description: 'The dry run; null in lists' }),
    progress: z.number().meta({ description: '0 to 1' }),
    rows_read: z.int(),
    rows_rejected: z.int(),
    rows_per_second: z.number().nullable(),
    seconds_left: z.number().nullable(),
    sales_created: z.int(),
    sales_updated: z.int(),
    sales_unchanged: z.int(),
    refunds_created: z.int(),
    refunds_unchanged: z.int(),
    items: z.int(),
    units: z.string(),
    gross: wireMoney.nullable(),
    first_at: time.nullable(),
    last_at: time.nullable(),
    noticed: counts,
    fault: wireFault
      .extend({
        headings: z
          .array(z.strictObject({ key: z.string(), header: z.string(), role: wireRole }))
          .meta({ description: 'Of a table without sales: its columns, as `choices.columns` names them' }),
      })
      .nullable(),
    actor: z.string(),
    created_at: time,
    confirmed_by: z.string().nullable(),
    confirmed_at: time.nullable(),
    started_at: time.nullable(),
    finished_at: time.nullable(),
    undone_by: z.string().nullable(),
    undone_at: time.nullable(),
    undo: z
      .strictObject({
        progress: z.number(),
        sales_removed: z.int(),
        sales_restored: z.int().meta({ description: 'Put back to what other imports say of them' }),
        refunds_removed: z.int(),
      })
      .nullable(),
  })
  .meta({ id: 'Import' })

export type WireImport = z.infer<typeof wireImport>

export function importToWire(row: ImportRow, now: Instant, mode: 'whole' | 'listed' = 'whole'): WireImport {
  return {
    id: row.id,
    state: row.state,
    file_name: row.fileName,
    file_bytes: Number(row.fileBytes),
    file_sha256: row.fileSha256 === null ? null : Buffer.from(row.fileSha256).toString('hex'),
    site_id: row.siteId,
    connection_id: row.connectionId,
    container: row.container,
    tables: row.tables.map(({ index, name, hidden, bytes, tableState, fault }) => ({
      index,
      name,
      hidden,
      bytes,
      table_state: tableState,
      say: fault?.detail ?? null,
    })),
    table: row.tableNo,
    cards_masked: Number(row.cardsMasked),
    detection: row.detection === null ? null : detectionToWire(row.detection),
    remembered: row.remembered,
    joins: row.joins === null ? null : { connection_id: row.joins.connectionId, name: row.joins.name },
    already_imported: row.alreadyImported,
    preview: mode === 'whole' && isBeforeRun(row) && row.preview !== null ? [...row.preview] : null,
    check: mode === 'whole' && isBeforeRun(row) ? checkToWire(row) : null,
    progress: row.progress,
    rows_read: Number(row.rowsRead),
    rows_rejected: Number(row.rowsRejected),
    ...paceOf(row, now),
    sales_created: Number(row.salesCreated),
    sales_updated: Number(row.salesUpdated),
    sales_unchanged: Number(row.salesUnchanged),
    refunds_created: Number(row.refundsCreated),
    refunds_unchanged: Number(row.refundsUnchanged),
    items: Number(row.items),
    units: row.units,
    gross: row.detection === null || !isPriced(row) ? null : money(row.gross, row.detection.currency),
    first_at: timeText(row.firstAt),
    last_at: timeText(row.lastAt),
    noticed: { ...row.noticed },
    fault: row.fault === null ? null : faultToWire(row.fault),
    actor: row.actor,
    created_at: instantText(row.createdAt),
    confirmed_by: row.confirmedBy,
    confirmed_at: timeText(row.confirmedAt),
    started_at: timeText(row.startedAt),
    finished_at: timeText(row.finishedAt),
    undone_by: row.undoneBy,
    undone_at: timeText(row.undoneAt),
    undo: undoToWire(row),
  }
}

function isBeforeRun({ state, slices }: ImportRow): boolean {
  return state === 'receiving' || state === 'detected' || (state === 'failed' && slices === 0)
}

function paceOf(row: ImportRow, now: Instant): Pick<WireImport, 'rows_per_second' | 'seconds_left'> {
  const until = row.finishedAt ?? now
  const seconds = row.startedAt === null ? 0 : Math.max(0.001, (until - row.startedAt) / 1000)
  const rate = seconds > 0 && row.rowsRead > 0n ? Number(row.rowsRead) / seconds : null
  const left = row.state === 'running' && row.progress > 0 ? (seconds / row.progress) * (1 - row.progress) : null
  return {
    rows_per_second: rate === null ? null : Math.round(rate),
    seconds_left: left === null ? null : Math.ceil(left),
  }
}

function checkToWire({ checkState, check }: ImportRow): WireCheck | null {
  if (checkState === null || check === null) return null
  return { ...check, state: checkState }
}

function undoToWire(row: ImportRow): WireImport['undo'] {
  if (row.state !== 'undoing' && row.state !== 'undone') return null
  return {
    progress: row.undoProgress,
    sales_removed: Number(row.salesRemoved),
    sales_restored: Number(row.salesRestored),
    refunds_removed: Number(row.refundsRemoved),
  }
}

/** Nothing priced is not the same as nothing earned. */
export function isPriced(row: Pick<ImportRow, 'detection'>): boolean {
  return row.detection?.notes.every((note) => note.code !== 'no_prices') ?? false
}

export function rejectionToWire(row: StoredRejection): z.infer<typeof wireRejection> {
  return { ...row }
}

function timeText(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}

function faultToWire({ code, detail, headings = [] }: StoredFault): NonNullable<WireImport['fault']> {
  return { code, detail, headings: headings.map(({ key, header, role }) => ({ key, header, role })) }
}
