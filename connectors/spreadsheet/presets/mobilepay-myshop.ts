import type { Preset } from './preset.ts'

// MobilePay MyShop (Denmark), transfer overview, CSV: money received by phone, its refunds, transfers to the bank and
// fees.
//
// Certain, from three public programs that read such files: the headings, `;` with decimal commas, times with seven
// decimals and their offset, `Event` Payment. Payer's name, number and comment are personal and not read.
// Unconfirmed: that what goes back is called Refund and has an amount below zero; every other event is passed over.

export const mobilepayMyshop: Preset = {
  id: 'mobilepay-myshop',
  name: 'MobilePay MyShop: transfer overview',
  family: 'mobilepay',
  needs: ['Event', 'Currency', 'Amount', 'Date and time', 'MP-number', 'TransactionID', 'MyShop-Number'],
  grain: 'mixed',
  columns: {
    Event: 'row_grain',
    Currency: 'currency',
    Amount: { role: 'tender_amount', detail: 'wallet' },
    'Date and time': 'date_time',
    TransactionID: 'sale_id',
    'Payment point': 'location',
  },
  grains: { Payment: 'sale', Refund: 'sale' },
  ids: 'forever',
}
