import { z } from 'zod'
import { PROGRESS } from './progress-states.ts'
import { PUSH_STATUSES } from './stored-order.ts'

// Orders as they are answered. Lists know no person: names, addresses and notes stand in the single order alone.

const time = z.string().meta({ format: 'date-time', description: 'UTC, RFC 3339' })
const money = z
  .strictObject({ amount: z.int(), currency: z.string() })
  .meta({ description: 'Whole minor units and an ISO 4217 code' })
const words = z.string().nullable()

export const ORDER_STATES = [...PROGRESS, 'cancel_requested'] as const

export const wireOrderPush = z
  .strictObject({
    id: z.string(),
    connection_id: z.string(),
    status: z.enum(PUSH_STATUSES),
    outcome: z.enum(['unknown']).nullable().meta({ description: '`unknown`: it may be in the POS or not' }),
    pos_order_id: words,
    pos_order_number: words,
    retry_count: z.int(),
    next_retry_at: time.nullable(),
    error_code: words,
    waits_for_person: z.boolean(),
  })
  .meta({ id: 'OrderPush', description: 'How far an order is on its way into the POS' })

const standing = {
  id: z.string(),
  channel: z.string(),
  external_id: z.string(),
  number: z.string(),
  location_id: z.string().meta({ description: 'The site' }),
  version: z.int(),
  progress: z.enum(ORDER_STATES),
  progress_at: time,
  ready_at: time.nullable().meta({ description: 'When it will be ready, as the POS says' }),
  handled_by: words.meta({ description: 'Who said at the counter how far it is' }),
  test: z.boolean(),
  placed_at: time,
  created_at: time,
  currency: z.string(),
  total: money,
}

export const wireOrderLine = z
  .strictObject({
    ...standing,
    fulfilment: z.enum(['pickup', 'delivery', 'dine_in']),
    promised_at: time.nullable(),
    lines: z.int(),
    payment_state: z.enum(['due', 'paid']),
    push: wireOrderPush.nullable(),
  })
  .meta({ id: 'OrderLine', description: 'An order as a list shows it' })

export const wireOrder = z
  .strictObject({
    ...standing,
    fulfilment: z.strictObject({
      kind: z.enum(['pickup', 'delivery', 'dine_in']),
      at: time.nullable(),
      table: words,
      guests: z.int().nullable(),
      address: z
        .strictObject({
          lines: z.array(z.string()),
          city: words,
          region: words,
          postal_code: words,
          country: words,
        })
        .nullable(),
      note: words,
    }),
    customer: z.strictObject({ name: z.string(), phone: words, email: words }).nullable(),
    items: z.array(
      z.strictObject({
        line_id: z.string(),
        item_id: words,
        name: z.string(),
        sku: words,
        quantity: z.string().meta({ description: 'Exact decimal' }),
        unit_price: money,
        modifiers: z.array(
          z.strictObject({ item_id: words, name: z.string(), quantity: z.string(), unit_price: money }),
        ),
        discount: money,
        total: money,
        note: words,
      }),
    ),
    discounts: z.array(z.strictObject({ name: z.string(), code: words, amount: money })),
    taxes: z.array(
      z.strictObject({
        name: z.string(),
        rate: words,
        amount: money,
        included: z.boolean(),
        line_ids: z.array(z.string()).nullable(),
      }),
    ),
    charges: z.array(
      z.strictObject({ kind: z.enum(['delivery', 'packing', 'service']), name: z.string(), amount: money }),
    ),
    tip: money,
    payment: z.strictObject({ state: z.enum(['due', 'paid']), method: z.string(), reference: words }),
    note: words,
  })
  .meta({ id: 'Order' })

export const wireHistoryEntry = z.strictObject({
  kind: z.enum(['received', 'progress', 'amended', 'paid', 'cancel_requested', 'cancel_refused']),
  at: time.meta({ description: 'When it was so, as far as whoever said it knows' }),
  recorded_at: time,
  by: z.string(),
  progress: z.enum(PROGRESS).nullable(),
  moved: z.boolean().meta({ description: 'False: it came late and changed nothing' }),
  ready_at: time.nullable(),
  reason: words,
  version: z.int().nullable(),
  changed: z.array(z.string()).meta({ description: 'Fields that this version changed' }),
  note: words,
})

export const wireOrderDetail = wireOrder
  .extend({ history: z.array(wireHistoryEntry), push: wireOrderPush.nullable() })
  .meta({ id: 'OrderDetail' })

export const wireRemark = z.strictObject({
  pointer: z.string(),
  detail: z.string(),
  code: z.string().optional(),
  in: z.string().optional(),
})

export const wireTaken = z
  .strictObject({
    data: z.array(
      z.strictObject({
        status: z.enum(['created', 'known', 'valid', 'invalid']),
        order: wireOrder.nullable(),
        errors: z.array(wireRemark),
        preview: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
  })
  .meta({ id: 'OrdersTaken', description: 'One outcome for each order of a batch, in its order' })

export const wireDryRun = z
  .strictObject({
    dry_run: z.literal(true),
    status: z.enum(['valid', 'known']),
    order: wireOrder,
    preview: z.record(z.string(), z.unknown()).nullable().meta({ description: 'What would be sent to the POS' }),
  })
  .meta({ id: 'OrderDryRun' })

export type WireOrder = z.infer<typeof wireOrder>
export type WireOrderLine = z.infer<typeof wireOrderLine>
export type WireOrderDetail = z.infer<typeof wireOrderDetail>
export type WireOrderPush = z.infer<typeof wireOrderPush>
export type WireTaken = z.infer<typeof wireTaken>
