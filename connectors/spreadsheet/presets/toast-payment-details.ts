import type { Preset } from './preset.ts'

// Toast, PaymentDetails.csv: one row for each payment, also for one that failed.
//
// Certain, from Toast's field reference and a restaurant's public exports: the headings, `Total` = Amount + Tip +
// Gratuity, `Status` CAPTURED, DENIED, VOIDED, ERROR or CANCELLED, `Type` Credit, Cash or Gift Card, `Refunded` NONE
// where nothing went back. `Refund Amount` leaves the tip out, which `Refund Tip Amount` has, as in Toast's API.
// Unconfirmed: the words of `Refunded` besides NONE (not read), and several refunds of one payment.

export const toastPaymentDetails: Preset = {
  id: 'toast-payment-details',
  name: 'Toast: payment details',
  family: 'toast',
  needs: ['Payment Id', 'Order Id', 'Paid Date', 'Check Id', 'Amount', 'Tip', 'Total', 'Amount Tendered', 'Status'],
  grain: 'payment',
  columns: {
    Location: 'location',
    'Payment Id': 'payment_id',
    'Order Id': 'sale_id',
    'Order #': 'sale_number',
    'Paid Date': 'date_time',
    Server: 'staff',
    'Dining Option': 'channel',
    Tip: 'tip',
    Gratuity: 'service_charge',
    Total: 'total',
    'Refund Date': 'refunded_at',
    'Refund Amount': 'refunded',
    'Refund Tip Amount': 'refunded_tip',
    Status: 'type',
    Type: 'tender',
    'Card Type': 'card_brand',
    'Last 4 Card Digits': 'last4',
    'V/MC/D Fees': 'fee',
  },
  tipInTotal: true,
  dateOrder: 'mdy',
  types: {
    captured: 'sale',
    open: 'sale',
    authorized: 'open',
    denied: 'void',
    voided: 'void',
    error: 'void',
    cancelled: 'void',
  },
  ids: 'forever',
}
