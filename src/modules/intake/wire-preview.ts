import { z } from 'zod'
import { wireSale } from '#modules/mirror/wire.ts'

/** A sale as it would stand: without the ids that it is given when it is recorded. */
export const previewSale = wireSale
  .omit({ id: true, connection_id: true, pos_system: true, version: true })
  .extend({ rows: z.array(z.int()) })
  .meta({ id: 'PreviewSale' })

export type PreviewSale = z.infer<typeof previewSale>
