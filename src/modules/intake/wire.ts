import { z } from 'zod'
import type { CurrencyCode } from '#kernel/currency.ts'
import type { Instant } from '#kernel/instant.ts'
import { instantText } from '#kernel/instant.ts'
import { wireMoney as money } from '#kernel/money.ts'
import { wireMoney, wireSale } from '#modules/mirror/wire.ts'
import type { FileDetection } from '../../../connectors/contract.ts'
import type { ImportRow, StoredRejection } from './store.ts'

const time = z.string().meta({ format: 'date-time' })

const wireDetection = z
  .strictObject({
    container: z.string(),
    encoding: z.string(),
    byte_order_mark: z.boolean(),
    delimiter: z.string(),
    preamble: z.array(z.string()),
    header_row: z.int(),
    columns: z.array(
      z.strictObject({
        index: z.int(),
        header: z.string(),
        role: z.string(),
        confidence: z.number(),
        because: z.string(),
      }),
    ),
    shape: z.string(),
    grain: z.string(),
    date_order: z.string().nullable(),
    decimal_mark: z.string(),
    currency: z.string(),
    currency_from: z.enum(['file', 'site']),
    rows_looked_at: z.int(),
    whole_file: z.boolean(),
    notes: z.array(
      z.strictObject({ code: z.string(), severity: z.enum(['info', 'warning', 'confirm']), say: z.string() }),
    ),
  })
  .meta({ id: 'FileDetection' })

export const previewSale = wireSale
  .omit({ id: true, connection_id: true, pos_system: true, version: true })
  .extend({ rows: z.array(z.int()) })
  .meta({ id: 'PreviewSale' })

export const wireImport = z
  .strictObject({
    id: z.string(),
    state: z.enum(['receiving', 'detected', 'queued', 'running', 'done', 'failed']),
    file_name: z.string(),
    file_bytes: z.int(),
    file_sha256: z.string().nullable(),
    site_id: z.string(),
    connection_id: z.string().nullable(),
    detection: wireDetection.nullable(),
    preview: z.array(previewSale).nullable().meta({ description: 'The first sales as they will stand; until it runs' }),
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
    noticed: z.record(z.string(), z.int()),
    fault: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
    actor: z.string(),
    created_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
  })
  .meta({ id: 'Import' })

export const wireRejection = z
  .strictObject({
    row: z.int(),
    code: z.string(),
    say: z.string(),
    column: z.string().nullable(),
    raw: z.string(),
  })
  .meta({ id: 'ImportRejection' })

export type WireImport = z.infer<typeof wireImport>
export type PreviewSale = z.infer<typeof previewSale>

export function importToWire(row: ImportRow, now: Instant, preview: readonly PreviewSale[] | null = null): WireImport {
  const until = row.finishedAt ?? now
  const seconds = row.startedAt === null ? 0 : Math.max(0.001, (until - row.startedAt) / 1000)
  const rate = seconds > 0 && row.rowsRead > 0n ? Number(row.rowsRead) / seconds : null
  const left = row.state === 'running' && row.progress > 0 ? (seconds / row.progress) * (1 - row.progress) : null
  return {
    id: row.id,
    state: row.state,
    file_name: row.fileName,
    file_bytes: Number(row.fileBytes),
    file_sha256: row.fileSha256 === null ? null : Buffer.from(row.fileSha256).toString('hex'),
    site_id: row.siteId,
    connection_id: row.connectionId,
    detection: row.detection === null ? null : detectionToWire(row.detection),
    preview: preview === null ? null : [...preview],
    progress: row.progress,
    rows_read: Number(row.rowsRead),
    rows_rejected: Number(row.rowsRejected),
    rows_per_second: rate === null ? null : Math.round(rate),
    seconds_left: left === null ? null : Math.ceil(left),
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
    fault: row.fault === null ? null : { ...row.fault },
    actor: row.actor,
    created_at: instantText(row.createdAt),
    started_at: timeText(row.startedAt),
    finished_at: timeText(row.finishedAt),
  }
}

/** Nothing priced is not the same as nothing earned. */
export function isPriced(row: ImportRow): boolean {
  return row.detection?.notes.every((note) => note.code !== 'no_prices') ?? false
}

export function detectionToWire(detection: FileDetection): z.infer<typeof wireDetection> {
  return {
    container: detection.container,
    encoding: detection.encoding,
    byte_order_mark: detection.byteOrderMark,
    delimiter: detection.delimiter,
    preamble: [...detection.preamble],
    header_row: detection.headerRow,
    columns: detection.columns.map((column) => ({ ...column })),
    shape: detection.shape,
    grain: detection.grain,
    date_order: detection.dateOrder,
    decimal_mark: detection.decimalMark,
    currency: detection.currency as CurrencyCode,
    currency_from: detection.currencyFrom,
    rows_looked_at: detection.rowsLookedAt,
    whole_file: detection.wholeFile,
    notes: detection.notes.map((note) => ({ ...note })),
  }
}

export function rejectionToWire(row: StoredRejection): z.infer<typeof wireRejection> {
  return { ...row }
}

function timeText(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}
