import { z } from 'zod'
import { wireMoney } from '#modules/mirror/wire.ts'

// What a dry run says, and the rows that could not be read.

export const wireFault = z.strictObject({ code: z.string(), detail: z.string() })
const counts = z.record(z.string(), z.int())

export const wireRejection = z
  .strictObject({
    row: z.int(),
    code: z.string(),
    say: z.string(),
    column: z.string().nullable(),
    raw: z.string(),
  })
  .meta({ id: 'ImportRejection' })

export const wireCheckDay = z.strictObject({
  business_date: z.string().meta({ format: 'date' }),
  sales: z.int(),
  refunds: z.int(),
  units: z.string(),
  gross: wireMoney.nullable(),
  total: wireMoney.nullable(),
  refunded: wireMoney,
})

export const wireCheck = z
  .strictObject({
    state: z.enum(['waiting', 'running', 'done', 'failed']),
    progress: z.number().meta({ description: '0 to 1' }),
    rows_read: z.int(),
    rows_per_second: z.number().nullable(),
    seconds_left: z.number().nullable(),
    sales: z.int(),
    refunds: z.int(),
    items: z.int(),
    units: z.string(),
    gross: wireMoney.nullable(),
    total: wireMoney.nullable(),
    rows_rejected: z.int(),
    rejected_by_code: counts,
    rejected: z.array(wireRejection).meta({ description: 'The first hundred; there once it is done' }),
    days: z.array(wireCheckDay).meta({ description: 'The newest thousand, oldest first; there once it is done' }),
    days_left_out: z.int(),
    new_sales: z.int(),
    changed_sales: z.int(),
    same_sales: z.int(),
    noticed: counts,
    fault: wireFault.nullable(),
  })
  .meta({ id: 'ImportCheck', description: 'A dry run: what the import would do. Nothing of it is recorded.' })

export type WireCheck = z.infer<typeof wireCheck>
