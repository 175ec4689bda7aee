import { z } from 'zod'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import type {
  AmountLevel,
  AmountRole,
  ColumnRole,
  DateOrder,
  FileChoices,
  FileEncoding,
  FileGrain,
} from '../../../connectors/contract-files.ts'

// A person's corrections on the wire. What is left out is worked out from the file.

/** Every role, in the order in which a person would look for it. */
export const COLUMN_ROLES = [
  'sale_id',
  'sale_number',
  'line_id',
  'date',
  'time',
  'date_time',
  'zone',
  'item',
  'variant',
  'sku',
  'category',
  'modifiers',
  'quantity',
  'unit_price',
  'gross',
  'discount',
  'tax',
  'tax_rate',
  'net',
  'total',
  'tip',
  'service_charge',
  'gift_card_sales',
  'rounding',
  'fee',
  'payment_id',
  'tender',
  'tender_amount',
  'card_brand',
  'last4',
  'type',
  'voided',
  'cancelled_at',
  'refunded',
  'refunded_tip',
  'refunded_at',
  'refund_reason',
  'row_grain',
  'item_kind',
  'location',
  'register',
  'staff',
  'channel',
  'currency',
  'customer',
  'line_count',
  'ignore',
] as const satisfies readonly ColumnRole[]

// A role of the contract that is missing above is a compile error here.
export const wireRole: z.ZodType<ColumnRole> = z.enum(COLUMN_ROLES satisfies readonly ColumnRole[])
export const wireEncoding = z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']) satisfies z.ZodType<FileEncoding>
export const wireDateOrder = z.enum(['ymd', 'dmy', 'mdy']) satisfies z.ZodType<DateOrder>
export const wireGrain = z.enum(['item', 'sale', 'payment', 'mixed']) satisfies z.ZodType<FileGrain>
export const wireMark = z.enum(['.', ','])
export const wireTax = z.enum(['added', 'included'])
export const wireLevel = z.enum(['line', 'sale']) satisfies z.ZodType<AmountLevel>

const level = wireLevel.optional()
/** As the database can hold it. */
const heading = z
  .string()
  .max(1_000)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'holds what is no text')

export const wireChoices = z
  .strictObject({
    encoding: wireEncoding.optional(),
    delimiter: z.string().length(1).optional(),
    header_row: z.int().min(1).max(1_000).optional().meta({ description: 'From 1, counting records' }),
    date_order: wireDateOrder.optional(),
    decimal_mark: wireMark.optional(),
    currency: z.string().optional(),
    zone: z.string().max(100).optional().meta({ description: 'Of times that name none; an IANA name' }),
    grain: wireGrain.optional().meta({ description: 'What a row speaks of' }),
    tax: wireTax.optional(),
    levels: z
      .strictObject({
        gross: level,
        discount: level,
        tax: level,
        net: level,
        total: level,
        tip: level,
        service_charge: level,
      } satisfies Record<AmountRole, typeof level>)
      .optional(),
    columns: z.record(heading, wireRole).optional().meta({
      description: 'Roles by heading; the second column of a name is `Name#2`, one without a name `#<index>`',
    }),
    preset: z.string().max(100).nullable().optional().meta({ description: 'An id, or null for none' }),
    accepted: z
      .array(z.string().max(100))
      .max(100)
      .optional()
      .meta({ description: 'Codes of notes that were seen and need not be confirmed again' }),
  })
  .meta({ id: 'FileChoices' })

export type WireChoices = z.infer<typeof wireChoices>

/** Throws `currency.unknown` or `zone.unknown`. */
export function choicesOf(wire: WireChoices): FileChoices {
  return present({
    encoding: wire.encoding,
    delimiter: wire.delimiter,
    headerRow: wire.header_row,
    dateOrder: wire.date_order,
    decimalMark: wire.decimal_mark,
    currency: wire.currency === undefined ? undefined : currencyCode(wire.currency),
    zone: wire.zone === undefined ? undefined : zoneName(wire.zone),
    grain: wire.grain,
    tax: wire.tax,
    levels: wire.levels === undefined ? undefined : present(wire.levels),
    columns: wire.columns,
    preset: wire.preset,
    accepted: wire.accepted,
  })
}

export function wireOfChoices(choices: FileChoices): WireChoices {
  const { headerRow, dateOrder, decimalMark, levels, columns, accepted, ...same } = choices
  return present({
    ...same,
    header_row: headerRow,
    date_order: dateOrder,
    decimal_mark: decimalMark,
    levels: levels === undefined ? undefined : { ...levels },
    columns: columns === undefined ? undefined : { ...columns },
    accepted: accepted === undefined ? undefined : [...accepted],
  })
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the fields that say nothing. */
function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>
}
