import type { Preset } from './preset.ts'

// Zettle by PayPal, Account statement: card payments, fees and payouts as money moves. Certain, from a public program
// that reads a Danish account's statements. It has no cash and no items, and a payment is not told from its fee.

export const zettleAccountStatement: Preset = {
  id: 'zettle-account-statement',
  name: 'Zettle: account statement',
  family: 'zettle',
  needs: ['Afregningsdato', 'Betalingsdato', 'Reference', 'Type', 'Saldo'],
  grain: 'payment',
  columns: {},
  refuse:
    'This is Zettle\'s account statement (payments, fees and payouts), which lacks cash sales. Export the "Receipts" report (Kvitteringer) instead.',
}
