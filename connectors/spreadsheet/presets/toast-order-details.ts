import type { Preset } from './preset.ts'

// Toast, OrderDetails.csv: one row for each order.
//
// Certain, from Toast's field reference and a restaurant's public exports: the headings (`Location` may be missing),
// `Amount` after discounts and before tax, `Total` = Amount + Tax + Tip + Gratuity, `Voided` true or false with zeros,
// `Order #` beginning anew each day and `Order Id` (18 or 19 digits) never.
// Unconfirmed: that `Amount` holds gift cards that are sold with the order.

export const toastOrderDetails: Preset = {
  id: 'toast-order-details',
  name: 'Toast: order details',
  family: 'toast',
  needs: ['Order Id', 'Order #', 'Checks', 'Opened', '# of Guests', 'Amount', 'Total', 'Voided'],
  grain: 'sale',
  columns: {
    Location: 'location',
    'Order Id': 'sale_id',
    'Order #': 'sale_number',
    Opened: 'date_time',
    Server: 'staff',
    'Dining Options': 'channel',
    'Discount Amount': 'discount',
    Amount: 'net',
    Tax: 'tax',
    Tip: 'tip',
    Gratuity: 'service_charge',
    Total: 'total',
    Voided: 'voided',
  },
  tax: 'added',
  tipInTotal: true,
  dateOrder: 'mdy',
  ids: 'forever',
}
