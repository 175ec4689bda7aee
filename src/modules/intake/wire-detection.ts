import { z } from 'zod'
import type { AmountRole, ColumnMapping, FileDetection } from '../../../connectors/contract-files.ts'
import {
  wireChoices,
  wireDateOrder,
  wireEncoding,
  wireGrain,
  wireLevel,
  wireMark,
  wireOfChoices,
  wireRole,
  wireTax,
} from './wire-choices.ts'

// What a table was taken for, as the dashboard and programs see it.

const wireColumn = z.strictObject({
  index: z.int(),
  header: z.string(),
  key: z.string().meta({ description: 'What `choices.columns` calls it' }),
  role: wireRole,
  detail: z.string().nullable().meta({ description: 'The tender of a `tender_amount`, the rate of a `tax`' }),
  confidence: z.number().meta({ description: '0 to 1' }),
  from: z.enum(['person', 'preset', 'heading', 'cells']),
  because: z.string(),
  examples: z.array(z.string()).meta({ description: 'The first filled cells, three at most' }),
})

export const wireDetection = z
  .strictObject({
    container: z.enum(['plain', 'gzip', 'zip', 'xlsx']),
    encoding: wireEncoding,
    byte_order_mark: z.boolean(),
    delimiter: z.string(),
    preamble: z.array(z.string()),
    header_row: z.int(),
    columns: z.array(wireColumn),
    shape: z.string(),
    family: z.string().meta({ description: 'Files of one family name the same sales by the same ids' }),
    preset: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
    score: z.number().meta({ description: '0 to 1: how much it looks like sales' }),
    grain: wireGrain,
    date_order: wireDateOrder.nullable(),
    decimal_mark: wireMark,
    marks: z.array(wireMark).meta({ description: 'The decimal mark of each column' }),
    currency: z.string(),
    currency_from: z.enum(['file', 'person', 'site']),
    zone: z.string(),
    levels: z.strictObject({
      gross: wireLevel,
      discount: wireLevel,
      tax: wireLevel,
      net: wireLevel,
      total: wireLevel,
      tip: wireLevel,
      service_charge: wireLevel,
    } satisfies Record<AmountRole, typeof wireLevel>),
    tax: wireTax,
    tip_in_total: z.boolean(),
    net_trusted: z.boolean(),
    rows_looked_at: z.int(),
    whole_file: z.boolean(),
    notes: z.array(
      z.strictObject({ code: z.string(), severity: z.enum(['info', 'warning', 'confirm']), say: z.string() }),
    ),
    choices: wireChoices,
  })
  .meta({ id: 'FileDetection' })

export type WireDetection = z.infer<typeof wireDetection>

export function detectionToWire(detection: FileDetection): WireDetection {
  return {
    container: detection.container,
    encoding: detection.encoding,
    byte_order_mark: detection.byteOrderMark,
    delimiter: detection.delimiter,
    preamble: [...detection.preamble],
    header_row: detection.headerRow,
    columns: columnsToWire(detection.columns),
    shape: detection.shape,
    family: detection.family,
    preset: detection.preset === null ? null : { ...detection.preset },
    score: detection.score,
    grain: detection.grain,
    date_order: detection.dateOrder,
    decimal_mark: detection.decimalMark,
    marks: [...detection.marks],
    currency: detection.currency,
    currency_from: detection.currencyFrom,
    zone: detection.zone,
    levels: { ...detection.levels },
    tax: detection.tax,
    tip_in_total: detection.tipInTotal,
    net_trusted: detection.netTrusted,
    rows_looked_at: detection.rowsLookedAt,
    whole_file: detection.wholeFile,
    notes: detection.notes.map((note) => ({ ...note })),
    choices: wireOfChoices(detection.choices),
  }
}

/** Each column with the key that a choice names it by: its heading, told apart where one occurs again. */
export function columnsToWire(columns: readonly ColumnMapping[]): WireDetection['columns'] {
  const seen = new Map<string, number>()
  return columns.map((column) => {
    const nth = (seen.get(column.header) ?? 0) + 1
    seen.set(column.header, nth)
    const key = column.header === '' ? `#${column.index}` : nth === 1 ? column.header : `${column.header}#${nth}`
    return { ...column, key, examples: [...column.examples] }
  })
}
