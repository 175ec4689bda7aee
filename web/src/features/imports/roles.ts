import type { ColumnRole } from '../../app/wire.ts'

// The roles in the order and under the headings in which a merchant would look for them.

export const ROLE_GROUPS = [
  {
    group: 'sale',
    roles: ['sale_id', 'sale_number', 'line_id', 'type', 'row_grain', 'voided', 'cancelled_at', 'line_count'],
  },
  { group: 'time', roles: ['date_time', 'date', 'time', 'zone'] },
  {
    group: 'item',
    roles: ['item', 'variant', 'sku', 'category', 'modifiers', 'quantity', 'unit_price', 'item_kind'],
  },
  {
    group: 'amounts',
    roles: [
      'gross',
      'discount',
      'net',
      'tax',
      'tax_rate',
      'total',
      'tip',
      'service_charge',
      'rounding',
      'gift_card_sales',
      'fee',
      'currency',
    ],
  },
  { group: 'payment', roles: ['tender', 'tender_amount', 'payment_id', 'card_brand', 'last4'] },
  { group: 'refund', roles: ['refunded', 'refunded_tip', 'refunded_at', 'refund_reason'] },
  { group: 'place', roles: ['location', 'register', 'staff', 'channel', 'customer'] },
] as const satisfies readonly { group: string; roles: readonly ColumnRole[] }[]

export type GroupedRole = (typeof ROLE_GROUPS)[number]['roles'][number]

// A role of the hub that no group shows would be one that nobody can choose: it does not compile.
const ALL_SHOWN: Exclude<ColumnRole, GroupedRole> extends 'ignore' ? true : never = true
void ALL_SHOWN
