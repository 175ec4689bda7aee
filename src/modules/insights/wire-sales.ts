import { z } from 'zod'
import { wireSale } from '#modules/mirror/wire.ts'
import { figuresRequest, wireCoverage } from './wire.ts'

export const salesDataRequest = figuresRequest
  .extend({
    limit: z.int().min(1).max(500).default(50),
    cursor: z.string().max(400).nullish(),
  })
  .meta({ id: 'SalesDataRequest', description: '`compare` is taken, as in every question here, and changes nothing.' })

export const wireSalesData = z
  .strictObject({
    from: z.string().meta({ format: 'date' }),
    to: z.string().meta({ format: 'date' }),
    demo: z.boolean(),
    as_of: z.string().meta({ format: 'date-time' }),
    coverage: wireCoverage,
    currency: z.string().meta({ description: 'The one with the most sales in the range; every sale states its own' }),
    data: z.array(wireSale),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'SalesData' })

export type WireSalesData = z.infer<typeof wireSalesData>
