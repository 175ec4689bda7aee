import { z } from 'zod'

// The sale on the wire, as it was promised. Money is whole minor units beside its currency, times are UTC.

export const wireMoney = z
  .strictObject({ amount: z.int(), currency: z.string() })
  .meta({ id: 'Money', description: 'Whole minor units (cents, yen, fils) and an ISO 4217 code.' })

const time = z.string().meta({ format: 'date-time', description: 'UTC, RFC 3339' })
const day = z.string().meta({ format: 'date', description: 'A business day, YYYY-MM-DD' })

const wireTax = z.strictObject({
  name: z.string().nullable(),
  rate: z.string().nullable().meta({ description: 'Percent, as an exact decimal' }),
  amount: wireMoney,
  included: z.boolean(),
})

const wireArticle = z.strictObject({
  id: z.string().nullable(),
  external_id: z.string().nullable(),
  sku: z.string().nullable(),
  name: z.string().nullable(),
  variant: z.string().nullable(),
  category: z.string().nullable(),
})

const wireItem = z.strictObject({
  position: z.int(),
  external_id: z.string().nullable(),
  kind: z.enum(['article', 'gift_card']),
  article: wireArticle,
  quantity: z.string().meta({ description: 'Exact decimal' }),
  unit_price: wireMoney.nullable(),
  gross: wireMoney.nullable(),
  discount: wireMoney,
  modifiers: z.array(z.strictObject({ name: z.string(), quantity: z.string(), price: wireMoney })),
  taxes: z.array(wireTax),
})

const wirePayment = z.strictObject({
  external_id: z.string().nullable(),
  tender: z.string(),
  brand: z.string().nullable(),
  last4: z.string().nullable(),
  amount: wireMoney.meta({ description: 'All that was paid with this tender, tip inside' }),
  tip: wireMoney,
  fee: wireMoney.nullable().meta({ description: 'What the provider of the payment keeps of it; no part of the sale' }),
  paid_at: time.nullable(),
})

const wireRefund = z.strictObject({
  id: z.string(),
  external_id: z.string(),
  refunded_at: time,
  business_date: day,
  amount: wireMoney,
  tax: wireMoney,
  tip: wireMoney,
  tender: z.string(),
  reason: z.string().nullable(),
  unallocated: wireMoney.meta({ description: 'What the refunded items do not explain of the amount' }),
  items: z.array(
    z.strictObject({
      sale_item_external_id: z.string().nullable(),
      name: z.string().nullable(),
      quantity: z.string(),
      amount: wireMoney,
      tax: wireMoney,
    }),
  ),
})

export const wireSale = z
  .strictObject({
    id: z.string(),
    connection_id: z.string(),
    pos_system: z.string(),
    external_id: z.string(),
    number: z.string().nullable(),
    version: z.int(),
    location_id: z.string().meta({ description: 'The site' }),
    register: z.string().nullable(),
    staff: z.string().nullable(),
    channel: z.string().nullable(),
    customer: z.string().nullable().meta({ description: 'An opaque handle' }),
    status: z.enum(['open', 'closed', 'voided']),
    currency: z.string(),
    opened_at: time,
    closed_at: time.nullable(),
    time_precision: z.enum(['instant', 'day']).meta({ description: '`day`: the source knows the day alone' }),
    business_date: day,
    gross: wireMoney.nullable(),
    discount: wireMoney,
    tax_added: wireMoney,
    tax_included: wireMoney,
    service_charge: wireMoney,
    tip: wireMoney,
    rounding: wireMoney,
    deferred: wireMoney,
    total: wireMoney.nullable(),
    refunded: wireMoney,
    identity: z.enum(['holds', 'differs', 'incomplete']),
    difference: wireMoney.nullable(),
    items: z.array(wireItem),
    payments: z.array(wirePayment),
    refunds: z.array(wireRefund),
  })
  .meta({ id: 'Sale' })

export const wireRevision = z.strictObject({
  version: z.int(),
  recorded_at: time,
  source_version: z.string().nullable(),
  source_updated_at: time.nullable(),
  late: z.boolean().meta({ description: 'It arrived after a newer version and never stood' }),
  part: z
    .enum(['whole', 'items', 'sale', 'payments'])
    .nullable()
    .meta({ description: 'How much of the sale its source told; null for what stood after an import was taken back' }),
  withdrawn_at: time.nullable().meta({
    description: 'When the import that brought it was taken back. It stands on where another import said the same.',
  }),
  stands: z.boolean(),
  source: z
    .strictObject({
      import_id: z.string().nullable(),
      rows: z.array(z.int()).nullable().meta({ description: 'Row numbers of the file' }),
      raw: z.string().nullable().meta({ description: 'The source as it came' }),
    })
    .meta({ description: 'Where this version came from' }),
  sale: z.unknown().nullable().meta({ description: 'Our reading of a version that no longer stands' }),
})

export const wireSaleDetail = wireSale
  .extend({
    identity_reasons: z.array(z.string()),
    revisions: z.array(wireRevision),
  })
  .meta({ id: 'SaleDetail' })

export const wireSource = z
  .strictObject({
    kind: z.string(),
    external_id: z.string(),
    version: z.string().nullable(),
    updated_at: time.nullable(),
    seen_at: time.meta({ description: 'When it was true for sure' }),
    told_by: z.enum(['webhook', 'pull', 'fetch']),
    deleted: z.boolean(),
    earlier: z.int().meta({ description: 'Words that it replaced, or that came too late to count' }),
    body: z.unknown().meta({ description: 'What the provider said, personal data covered' }),
  })
  .meta({ id: 'SourceRecord', description: 'The newest word of a provider on one of its objects' })

/** A sale with what it was read from; that is empty for one that came in a file, whose revisions have the source. */
export const wireSaleWithSources = wireSaleDetail
  .extend({ sources: z.array(wireSource) })
  .meta({ id: 'SaleWithSources' })

export type WireSource = z.infer<typeof wireSource>
export type WireSale = z.infer<typeof wireSale>
export type WireRefund = z.infer<typeof wireRefund>
export type WireSaleDetail = z.infer<typeof wireSaleDetail>
