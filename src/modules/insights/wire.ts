import { z } from 'zod'

// Figures on the wire. These addresses were promised with decimal money, so amounts are decimal major units with the
// currency beside them; figures of several currencies are never added: each has its own block.

const day = z.string().meta({ format: 'date' })
const decimalMoney = z.number().meta({ description: 'Major units of the block’s currency, exact to its minor unit' })

export const figuresRequest = z
  .strictObject({
    from: day.meta({ description: 'First business day' }),
    to: day.meta({ description: 'Last business day, inclusive' }),
    pos_system: z.string().optional(),
    locations: z.array(z.string()).min(1).optional().meta({ description: 'Site ids' }),
    compare: z.enum(['previous', 'same_weekdays', 'last_year']).optional(),
  })
  .meta({ id: 'FiguresRequest' })

export const wireCoverage = z
  .strictObject({
    state: z.enum(['complete', 'partial', 'unknown']),
    gaps: z.array(z.strictObject({ from: day, to: day, connection_id: z.string().nullable(), reason: z.string() })),
    say: z.string().meta({ description: 'One sentence for a person' }),
  })
  .meta({ id: 'Coverage' })

const summary = z.strictObject({
  total_revenue: decimalMoney.meta({ description: 'Net sales: gross less discounts, refunds and tax inside prices' }),
  total_transactions: z.int(),
  total_items_sold: z.number().meta({ description: 'Units, may be fractional' }),
  average_transaction_value: decimalMoney.nullable(),
  gross_sales: decimalMoney,
  discounts: decimalMoney,
  refunds: decimalMoney,
  tax_in_prices: decimalMoney,
  refunds_of_goods: decimalMoney.meta({ description: 'Refunds without their tax and tips' }),
  refund_count: z.int(),
  net_sales: decimalMoney,
  tax: decimalMoney.meta({ description: 'Added and included, less tax given back' }),
  tips: decimalMoney,
  service_charges: decimalMoney,
  rounding: decimalMoney,
  gift_cards_sold: decimalMoney,
  total_collected: decimalMoney.meta({ description: 'Totals of closed sales less refunds' }),
  voided_transactions: z.int(),
  unpriced_transactions: z.int().meta({ description: 'Closed sales whose source states no amount' }),
})

const change = z.strictObject({
  before: z.number(),
  change: z.number(),
  percent: z.number().nullable().meta({ description: 'Null when there was nothing before' }),
})

const growth = z.strictObject({
  basis: z.enum(['previous', 'same_weekdays', 'last_year']),
  from: day,
  to: day,
  coverage: wireCoverage,
  total_revenue: change,
  total_transactions: change,
  total_items_sold: change,
  average_transaction_value: change.nullable(),
})

const itemFigure = z.strictObject({
  item_name: z.string().nullable(),
  variant: z.string().nullable(),
  category: z.string().nullable(),
  quantity_sold: z.number(),
  revenue: decimalMoney
    .nullable()
    .meta({ description: 'Net of discounts, refunds and included tax; null when unpriced' }),
  share: z.number().nullable().meta({ description: 'Share of the revenue of all items, 0 to 1' }),
  last_sold_on: day,
})

export const figuresBlock = z
  .strictObject({
    currency: z.string(),
    summary,
    growth: growth.nullable(),
    daily_trend: z.array(
      z.strictObject({
        date: day,
        revenue: decimalMoney,
        transactions: z.int(),
        items_sold: z.number(),
        compare_date: day.nullable(),
        compare_revenue: decimalMoney.nullable(),
      }),
    ),
    top_items: z.array(itemFigure),
    slow_items: z.array(itemFigure),
    categories: z.array(
      z.strictObject({
        category: z.string().nullable(),
        quantity_sold: z.number(),
        revenue: decimalMoney,
        share: z.number().nullable(),
      }),
    ),
    hours: z.array(
      z.strictObject({
        weekday: z.int().meta({ description: '1 Monday to 7 Sunday' }),
        hour: z.int(),
        revenue: decimalMoney,
        transactions: z.int(),
      }),
    ),
    payment_methods: z.array(
      z.strictObject({
        method: z.string(),
        amount: decimalMoney,
        payments: z.int(),
        share: z.number().nullable(),
        refunded: decimalMoney,
      }),
    ),
    sites: z.array(
      z.strictObject({
        location_id: z.string(),
        name: z.string(),
        revenue: decimalMoney,
        transactions: z.int(),
        share: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: 'FiguresBlock' })

export const wireFigures = figuresBlock
  .extend({
    from: day,
    to: day,
    demo: z.boolean().meta({ description: 'True when every figure is made up' }),
    as_of: z
      .string()
      .meta({ format: 'date-time', description: 'When the newest fact behind these figures was stored' }),
    coverage: wireCoverage,
    other_currencies: z.array(figuresBlock),
    definitions: z.record(z.string(), z.string()),
    customers: z
      .strictObject({ known: z.int(), share_of_transactions: z.number().nullable() })
      .nullable()
      .meta({ description: 'Null when no source names customers' }),
    baskets: z
      .array(
        z.strictObject({
          items: z.array(z.string()).length(2),
          sales: z.int(),
          support: z.number().meta({ description: 'Share of the sales looked at that hold both' }),
          lift: z.number().meta({ description: '1 is chance; 2 is twice as often together as chance' }),
        }),
      )
      .meta({ description: 'Items bought together, by lift, among the newest sales of the range' }),
    basket: z.strictObject({
      average_lines: z.number().nullable(),
      average_units: z.number().nullable(),
      sales_looked_at: z.int().meta({ description: 'How many of the newest sales the pairs were counted in' }),
    }),
  })
  .meta({ id: 'Figures' })

export type FiguresRequest = z.infer<typeof figuresRequest>
export type FiguresBlock = z.infer<typeof figuresBlock>
export type WireFigures = z.infer<typeof wireFigures>
export type WireCoverage = z.infer<typeof wireCoverage>

const time = z.string().meta({ format: 'date-time', description: 'UTC, RFC 3339' })

const wireSignIn = z.strictObject({
  fields: z
    .array(
      z.strictObject({
        name: z.string().meta({ description: 'Its key in `credentials` of a configuration' }),
        label: z.string(),
        secret: z.boolean(),
        required: z.boolean(),
        help: z.string().meta({ description: 'Where a merchant finds it' }),
      }),
    )
    .meta({ description: 'What is typed in to connect without the system’s own page' }),
  oauth: z
    .strictObject({
      redirect_uri: z.string().meta({ description: 'To be entered at the system, letter by letter' }),
      environments: z
        .array(z.enum(['production', 'sandbox']))
        .meta({ description: 'Where the system knows this hub; empty: the settings are missing' }),
      settings: z.array(z.string()).meta({ description: 'The settings that make the hub known to the system' }),
    })
    .nullable()
    .meta({ description: 'Null where the system has no page of its own to sign in at' }),
  webhooks: z
    .strictObject({
      url: z.string().meta({ description: 'Where it delivers to; a connection of its own adds its id' }),
      reachable: z.boolean().meta({ description: 'False where the address is known in its own house only' }),
    })
    .nullable(),
})

export const wireSystem = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    available: z.boolean().meta({ description: 'Whether this hub can connect it' }),
    can: z.array(z.enum(['files', 'webhooks', 'pull', 'push', 'update'])),
    connects_by: z.array(z.enum(['file', 'key', 'oauth', 'webhook'])),
    connected: z.boolean().meta({ description: 'Whether this tenant has an active connection to it' }),
    connections: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        state: z.enum(['active', 'needs_sign_in', 'disconnected']),
      }),
    ),
    sign_in: wireSignIn.nullable().meta({ description: 'Null where it is not asked live' }),
    orders: z
      .strictObject({
        notices: z.array(z.string()).meta({ description: 'What a merchant must know first, such as a fee' }),
        unmapped: z.enum(['by_name', 'refused']).meta({ description: 'What becomes of an item that stands for none' }),
      })
      .nullable()
      .meta({ description: 'Null where no orders can be put into it' }),
  })
  .meta({ id: 'PosSystem' })

export const wireConnectionHealth = z
  .strictObject({
    connection_id: z.string(),
    name: z.string(),
    pos_system: z.string(),
    state: z
      .enum(['active', 'empty', 'needs_sign_in', 'disconnected'])
      .meta({ description: '`empty`: nothing has arrived yet' }),
    say: z.string().meta({ description: 'One sentence for a person' }),
    last_arrival: z
      .strictObject({ kind: z.enum(['event', 'import', 'sync']), at: time, outcome: z.string() })
      .nullable()
      .meta({ description: 'The last thing that came in, whatever became of it' }),
    newest_sale_at: time.nullable(),
    newest_sale_stored_at: time.nullable(),
    coverage: z.strictObject({ from: day, to: day }).nullable(),
    sales: z.int(),
    refunds: z.int(),
    voided: z.int(),
    unpriced: z.int(),
  })
  .meta({ id: 'ConnectionHealth' })

export const wireHealth = z
  .strictObject({
    state: z.enum(['ok', 'attention', 'empty']),
    as_of: time.meta({ description: 'When the newest fact of this tenant was stored' }),
    connections: z.array(wireConnectionHealth),
  })
  .meta({ id: 'ConnectionsHealth' })

export type WireSystem = z.infer<typeof wireSystem>
export type WireHealth = z.infer<typeof wireHealth>
export type WireConnectionHealth = z.infer<typeof wireConnectionHealth>
