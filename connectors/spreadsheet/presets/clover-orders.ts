import type { Preset } from './preset.ts'

// Clover dashboard, Orders, Export: one row for each order.
//
// Certain, from a third party that rebuilt real exports cell by cell from Clover's API: the headings, dates such as
// `23-Aug-2026 09:34 PM EDT`, `Order Total` with tax and service charge and without the tip, `Discount` below zero,
// `Service Charge` blank where there is none, `Tender` with one word for each payment (`Credit Card, Cash`).
// Unconfirmed: `Refunds Total` (taken as what went back of this order) and the states besides Paid and Open.
// `Manual Refunds Total` belongs to no order and is passed over.

export const cloverOrders: Preset = {
  id: 'clover-orders',
  name: 'Clover: orders',
  family: 'clover',
  needs: ['Order Date', 'Order ID', 'Tax Amount', 'Tip', 'Order Total', 'Payments Total', 'Order Payment State'],
  lacks: ['Payment ID', 'Item Name'],
  grain: 'sale',
  columns: {
    'Order Date': 'date_time',
    'Order ID': 'sale_id',
    'Order Number': 'sale_number',
    'Order Type': 'channel',
    'Order Employee Name': 'staff',
    Currency: 'currency',
    'Tax Amount': 'tax',
    Tip: 'tip',
    'Service Charge': 'service_charge',
    Discount: 'discount',
    'Order Total': 'total',
    'Refunds Total': 'refunded',
    Tender: 'tender',
    'Order Payment State': 'type',
  },
  tax: { USD: 'added', CAD: 'added' },
  tipInTotal: false,
  types: {
    paid: 'sale',
    refunded: 'sale',
    'partially refunded': 'sale',
    'manually refunded': 'sale',
    credited: 'sale',
    open: 'open',
    'partially paid': 'open',
  },
  ids: 'forever',
}
