import { z } from 'zod'
import { findCardNumbers } from '#kernel/card-numbers.ts'

// An order as a channel hands it in, and what may be changed of it later. Only shapes and lengths are checked here; what
// the fields mean is checked by read-order.ts and circumstances.ts, all of it at once.

/** More lines than any kitchen cooks as one order. */
export const LINES_MAX = 500
export const BATCH_MAX = 100
export const NOTE_LENGTH_MAX = 2_000
export const NUMBER_LENGTH_MAX = 60

/** Text that a database and a printer can hold: no NUL, no half of a pair of surrogates. */
const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max, `longer than ${max.toLocaleString('en')} characters`)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'holds a character that is none')
const optional = (max: number) => text(max).nullish()

/** What a person writes beside an order. */
export const remarkText = (max: number) =>
  text(max).refine((value) => findCardNumbers(value).length === 0, 'holds the number of a payment card')
const note = optional(NOTE_LENGTH_MAX)
const moment = z.iso.datetime({ offset: true, error: 'not a moment such as 2026-03-31T09:00:00Z' })

const money = z
  .strictObject({
    amount: z.int('not a whole number of minor units that JSON holds exactly'),
    currency: z.string().length(3, 'not an ISO 4217 code such as EUR'),
  })
  .meta({ id: 'MoneyOfOrder', description: 'Whole minor units (cents, yen, fils) and an ISO 4217 code.' })

const quantity = z
  .union([z.string().max(20), z.number()], 'not a number such as 2 or "0.25"')
  .meta({ description: 'Above zero, at most three decimals' })

const modifier = z.strictObject({
  item_id: optional(120).meta({ description: 'The channel’s id of it' }),
  name: text(200),
  quantity: quantity.optional().meta({ description: 'For each one of the line; 1 when left out' }),
  unit_price: money,
})

const item = z
  .strictObject({
    line_id: text(60).optional().meta({ description: 'Unique within the order; made here when left out' }),
    item_id: optional(120).meta({
      description: 'The channel’s id of what is sold, the variant where there are variants',
    }),
    name: text(200),
    sku: optional(120),
    quantity,
    unit_price: money.meta({ description: 'Of one, modifiers outside' }),
    modifiers: z.array(modifier).max(50).optional(),
    discount: money.optional().meta({ description: 'Of the line' }),
    total: money.optional().meta({ description: '(unit price + modifiers) × quantity − discount; checked when given' }),
    note,
  })
  .meta({ id: 'NewOrderItem' })

const address = z.strictObject({
  lines: z.array(text(200)).min(1).max(5),
  city: optional(120),
  region: optional(120),
  postal_code: optional(40),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'not an ISO 3166-1 code such as DE')
    .nullish(),
})
const fulfilment = z.strictObject({
  kind: z.enum(['pickup', 'delivery', 'dine_in']),
  at: moment.nullish().meta({ description: 'When it was promised; as soon as possible when left out' }),
  table: optional(60),
  guests: z.int().min(1).max(1_000).nullish(),
  address: address.nullish(),
  note,
})
const customer = z.strictObject({
  name: text(200),
  phone: optional(40).meta({ description: 'E.164, such as +4930123456' }),
  email: optional(254),
})
const discounts = z.array(z.strictObject({ name: text(200), code: optional(120), amount: money })).max(50)
const taxes = z
  .array(
    z.strictObject({
      name: text(200),
      rate: z.string().max(20).nullish().meta({ description: 'Percent, as an exact decimal' }),
      amount: money,
      included: z.boolean().meta({ description: 'Contained in the prices: told apart, not added' }),
      line_ids: z.array(text(60)).max(LINES_MAX).nullish(),
    }),
  )
  .max(50)
const charges = z
  .array(z.strictObject({ kind: z.enum(['delivery', 'packing', 'service']), name: text(200), amount: money }))
  .max(50)
const payment = z.strictObject({
  state: z.enum(['paid', 'due']),
  method: z.enum(['card', 'cash', 'wallet', 'transfer', 'gift_card', 'other']).optional(),
  reference: optional(200).meta({ description: 'The channel’s id of the payment; never a card number' }),
})
const items = z
  .array(item)
  .min(1, 'an order has at least one line')
  .max(LINES_MAX, `more than ${LINES_MAX} lines; hand them in as several orders`)

const amendable = { items, discounts, taxes, charges, total: money }

export const newOrder = z
  .strictObject({
    channel: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'small letters, digits and hyphens'),
    external_id: text(200).meta({ description: 'The channel’s id of the order: it is taken once' }),
    number: optional(NUMBER_LENGTH_MAX).meta({ description: 'What a person calls it; the external id when left out' }),
    placed_at: moment,
    currency: z.string().length(3, 'not an ISO 4217 code such as EUR'),
    location: optional(120).meta({ description: 'A site’s id or slug; may be left out where the tenant has one site' }),
    fulfilment,
    customer: customer.nullish(),
    items,
    discounts: discounts.optional(),
    taxes: taxes.optional(),
    charges: charges.optional(),
    tip: money.optional(),
    total: money.meta({ description: 'Items − discounts + added taxes + charges + tip; checked' }),
    payment,
    note,
    test: z.boolean().optional().meta({ description: 'Made to try the way to the POS' }),
  })
  .meta({ id: 'NewOrder' })

/** Each order of a batch is read by itself, so that a bad one does not spoil the others. */
export const orderBatch = z.strictObject({
  orders: z
    .array(z.unknown())
    .min(1)
    .max(BATCH_MAX, `more than ${BATCH_MAX} orders at once`)
    .meta({ description: 'Each as it would be handed in alone' }),
})

export const orderAmendment = z
  .strictObject({
    version: z.int().min(1).optional().meta({ description: 'The version that is changed; or an If-Match header' }),
    fulfilment: fulfilment.omit({ kind: true }).partial().optional(),
    customer: customer.partial().nullish(),
    items: amendable.items.optional(),
    discounts: amendable.discounts.optional(),
    taxes: amendable.taxes.optional(),
    charges: amendable.charges.optional(),
    tip: money.optional(),
    total: amendable.total.optional(),
    payment: payment.partial().optional(),
    note,
  })
  .meta({ id: 'OrderAmendment' })

export type NewOrder = z.infer<typeof newOrder>
export type OrderAmendment = z.infer<typeof orderAmendment>
export type NewOrderItem = NewOrder['items'][number]
export type GivenMoney = z.infer<typeof money>
