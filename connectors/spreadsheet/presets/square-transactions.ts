import type { Preset } from './preset.ts'

// Square Dashboard, Transactions, "Transactions CSV": one row for each payment taken or refunded, tenders side by side.
//
// Certain, from public copies of real exports: the headings of 2018 (44 columns, `12/27/2018`) and of 2026 (55 columns,
// ISO dates), `Event Type` Payment or Refund. `Net Total` is what is left after Square's fees and is passed over;
// `Partial Refunds` is inside `Total Collected` of a refund that names no items.
// Unconfirmed: that a refund always names the transaction that it undoes (else it stands alone), and that an amount in
// `Cash App` is not in `Other Tender` as well.

export const squareTransactions: Preset = {
  id: 'square-transactions',
  name: 'Square: transactions',
  family: 'square',
  needs: ['Date', 'Time', 'Gross Sales', 'Gift Card Sales', 'Total Collected', 'Card', 'Cash', 'Transaction ID'],
  grain: 'sale',
  columns: {
    Date: 'date',
    Time: 'time',
    'Time Zone': 'zone',
    'Gross Sales': 'gross',
    Discounts: 'discount',
    'Service Charges': 'service_charge',
    'Gift Card Sales': 'gift_card_sales',
    Tax: 'tax',
    Tip: 'tip',
    'Total Collected': 'total',
    Card: { role: 'tender_amount', detail: 'card' },
    Cash: { role: 'tender_amount', detail: 'cash' },
    'Square Gift Card': { role: 'tender_amount', detail: 'gift_card' },
    'Other Tender': { role: 'tender_amount', detail: 'other' },
    'Cash App': { role: 'tender_amount', detail: 'wallet' },
    Fees: 'fee',
    'Transaction ID': 'sale_id',
    'Card Brand': 'card_brand',
    'PAN Suffix': 'last4',
    'Device Name': 'register',
    'Staff Name': 'staff',
    'Event Type': 'type',
    Location: 'location',
    'Dining Option': 'channel',
    'Customer ID': 'customer',
    'Refund Reason': 'refund_reason',
  },
  tipInTotal: true,
  ids: 'forever',
}
