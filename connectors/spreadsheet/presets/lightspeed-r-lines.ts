import type { Preset } from './preset.ts'

// Lightspeed Retail R-Series, Reports, Sales, "Lines", Export: one row for each line of a completed sale.
//
// Unconfirmed as a whole: the headings are those that its users describe, and no public copy of a real export was
// found. `ID` is taken for the sale's, `Subtotal` for price times quantity less the discount; what comes back has a
// quantity below zero.

export const lightspeedRLines: Preset = {
  id: 'lightspeed-r-lines',
  name: 'Lightspeed R-Series: sales lines',
  family: 'lightspeed-r',
  needs: ['ID', 'Date', 'Item', 'Qty', 'Price', 'Discount', 'Subtotal', 'Tax', 'Total', 'Employee', 'Shop'],
  grain: 'item',
  columns: {
    ID: 'sale_id',
    Date: 'date_time',
    Item: 'item',
    Qty: 'quantity',
    Price: 'unit_price',
    Discount: 'discount',
    Tax: 'tax',
    Total: 'total',
    Employee: 'staff',
    Shop: 'location',
  },
}
