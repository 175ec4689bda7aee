import type { Preset } from './preset.ts'

// Loyverse back office, Reports, Receipts, Export: one row for each receipt.
//
// Certain, from public copies of real exports: the headings, `7/28/26 1:33 PM` or `01/10/2026 23:50` by the account's
// language, receipt numbers such as `2-1678` (till and count), `Receipt type` Sale or Refund, `Gross sales`
// above zero on refunds while the other amounts are below, `Status` Closed or Cancelled.
// Certain also: a refund has a number of its own and names no sale.
// Unconfirmed: that a till's count never begins anew, and how a receipt with two payments is written.

export const loyverseReceipts: Preset = {
  id: 'loyverse-receipts',
  name: 'Loyverse: receipts',
  family: 'loyverse',
  needs: ['Date', 'Receipt number', 'Receipt type', 'Gross sales', 'Net sales', 'Total collected', 'Payment type'],
  lacks: ['Item'],
  grain: 'sale',
  columns: {
    Date: 'date_time',
    'Receipt number': 'sale_id',
    'Receipt type': 'type',
    'Gross sales': 'gross',
    Discounts: 'discount',
    Taxes: 'tax',
    Tips: 'tip',
    'Total collected': 'total',
    'Payment type': 'tender',
    'Dining option': 'channel',
    POS: 'register',
    Store: 'location',
    'Cashier name': 'staff',
    Status: 'voided',
  },
  ids: 'forever',
}
