import type { Preset } from './preset.ts'

// Loyverse back office, Reports, Receipts, "Export by item": one row for each item of a receipt.
//
// Certain, from public copies of real exports: the headings (some accounts have `Item name`, and no `Dining option`),
// quantities such as `1.000`, receipt numbers and types as in the receipts export.
// No column says whether tax is inside the prices: both kinds exist, and `Net sales` is `Gross sales` less `Discounts`
// either way. So it is asked for, where there is any tax.

export const loyverseReceiptsByItem: Preset = {
  id: 'loyverse-receipts-by-item',
  name: 'Loyverse: receipts by item',
  family: 'loyverse',
  needs: ['Date', 'Receipt number', 'Receipt type', 'Quantity', 'Gross sales', 'Net sales'],
  lacks: ['Total collected'],
  grain: 'item',
  columns: {
    Date: 'date_time',
    'Receipt number': 'sale_id',
    'Receipt type': 'type',
    Category: 'category',
    SKU: 'sku',
    Item: 'item',
    'Item name': 'item',
    Variant: 'variant',
    'Modifiers applied': 'modifiers',
    Quantity: 'quantity',
    'Gross sales': 'gross',
    Discounts: 'discount',
    Taxes: 'tax',
    'Dining option': 'channel',
    POS: 'register',
    Store: 'location',
    'Cashier name': 'staff',
    Status: 'voided',
  },
  ids: 'forever',
}
