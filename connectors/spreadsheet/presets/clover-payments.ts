import type { Preset } from './preset.ts'

// Clover dashboard, Transactions, Payments, Export: one row for each payment.
//
// Certain, from a third party that rebuilt real exports cell by cell from Clover's API: the headings, `Amount` with tax
// and without the tip, `Tip Amount` blank where there is none, `Card Number` with the last four digits alone, `Result`
// SUCCESS. The cardholder's name stands in `Customer Name` and is not read.
// Unconfirmed: `Refund Amount`, which has no time of its own, and whether it holds the tip; the words of a failed
// payment are those of Clover's API.

export const cloverPayments: Preset = {
  id: 'clover-payments',
  name: 'Clover: payments',
  family: 'clover',
  needs: ['Payment Date', 'Payment ID', 'Order ID', 'Tender', 'Amount', 'Tip Amount', 'Result'],
  grain: 'payment',
  columns: {
    'Payment Date': 'date_time',
    'Payment ID': 'payment_id',
    Tender: 'tender',
    'Card Brand': 'card_brand',
    'Card Number': 'last4',
    Currency: 'currency',
    Amount: 'total',
    'Tip Amount': 'tip',
    'Payment Employee Name': 'staff',
    'Order ID': 'sale_id',
    Result: 'type',
    Device: 'register',
    'Refund Amount': 'refunded',
  },
  tipInTotal: false,
  types: {
    success: 'sale',
    'auth completed': 'sale',
    auth: 'open',
    initiated: 'void',
    fail: 'void',
    voided: 'void',
    voiding: 'void',
    'void failed': 'sale',
  },
  ids: 'forever',
}
