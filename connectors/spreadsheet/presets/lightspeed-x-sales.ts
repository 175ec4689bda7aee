import type { Preset } from './preset.ts'

// Lightspeed Retail X-Series (once Vend), Sales history, Export: the rows of a sale, of its lines and of its payments
// in one table, told apart by `Line Type`.
//
// From a public program's model of the export: the headings. Unconfirmed, since no public copy of a real export was
// found: which cells are filled on which kind of row, that `Subtotal` is after discounts and before tax, that `Details`
// names the article on a line and the way of paying on a payment, that `Paid` holds a payment's amount, and the words
// of `Status`. Registers count their receipts on their own, so day and register are made part of a short number.

export const lightspeedXSales: Preset = {
  id: 'lightspeed-x-sales',
  name: 'Lightspeed X-Series: sales history',
  family: 'lightspeed-x',
  needs: ['Date', 'Receipt Number', 'Line Type', 'Quantity', 'Subtotal', 'Sales Tax', 'Total', 'Paid', 'Details'],
  grain: 'mixed',
  columns: {
    Date: 'date_time',
    'Receipt Number': 'sale_id',
    'Line Type': 'row_grain',
    'Customer Code': 'customer',
    Quantity: 'quantity',
    Subtotal: 'net',
    'Sales Tax': 'tax',
    Discount: 'discount',
    Total: 'total',
    Paid: 'tender_amount',
    Details: 'item',
    Register: 'register',
    User: 'staff',
    Status: 'type',
    Sku: 'sku',
  },
  tax: 'added',
  types: {
    closed: 'sale',
    'on account closed': 'sale',
    'layby closed': 'sale',
    'on account': 'open',
    layby: 'open',
    saved: 'open',
    parked: 'open',
    voided: 'void',
  },
  grains: { Sale: 'sale', 'Sale Line': 'item', Payment: 'payment' },
}
