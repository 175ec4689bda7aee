import type { Preset } from './preset.ts'

// Clover dashboard, Reporting, Line items export: one row for each piece sold.
//
// Certain, from a third party that rebuilt real exports cell by cell from Clover's API: the headings, the order's own
// time on every row, `Total Revenue` = Item Revenue + Modifiers Revenue, both discounts below zero (`Order Discount
// Proportion` is money, whatever its name says), `Item Total` = Total Revenue + Total Discount + Order Discount
// Proportion, a `Per Unit Quantity` for what is weighed alone, and a service charge as a row of its own, marked `True`.
// Unconfirmed: `Refunded` and `Exchanged`, which are passed over; what went back stands in the other two exports.
// `Item Tax Rate` is a fraction (`0.065`).

export const cloverLineItems: Preset = {
  id: 'clover-line-items',
  name: 'Clover: line items',
  family: 'clover',
  needs: ['Line Item Date', 'Order ID', 'Item Name', 'Item Revenue', 'Total Revenue', 'Item Total', 'Tax Amount'],
  grain: 'item',
  columns: {
    'Line Item Date': 'date_time',
    'Order Employee Name': 'staff',
    'Item SKU': 'sku',
    'Order ID': 'sale_id',
    'Item Name': 'item',
    Currency: 'currency',
    'Per Unit Quantity': 'quantity',
    Modifiers: 'modifiers',
    'Total Revenue': 'gross',
    'Total Discount': 'discount',
    'Order Discount Proportion': 'discount',
    'Item Tax Rate': 'tax_rate',
    'Tax Amount': 'tax',
    'Order Payment State': 'type',
    'Service Charge': 'item_kind',
  },
  tax: { USD: 'added', CAD: 'added' },
  types: {
    paid: 'sale',
    refunded: 'sale',
    'partially refunded': 'sale',
    'manually refunded': 'sale',
    credited: 'sale',
    open: 'open',
    'partially paid': 'open',
  },
  kinds: { true: 'service_charge' },
  ids: 'forever',
}
