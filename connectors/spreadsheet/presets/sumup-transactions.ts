import type { Preset } from './preset.ts'

// SumUp, Reports, Transactions report, CSV (`Transaktionsbericht`): one row for each transaction, and one for each
// payout under the same id.
//
// Certain, from two public programs that read German accounts' reports: the headings, `Transaktionsart` (once
// `Zahlungsart`) Umsatz, Auszahlung or Rückerstattung, `Status` Erfolgreich, `Betrag inkl. MwSt.` with the tip inside.
// It says how sales were paid and not what was sold, so beside a sales report it adds tips and cards.
// Unconfirmed: the headings of other languages, the other words of `Status`, and the sign of a refund's
// amount (either is read).

export const sumupTransactions: Preset = {
  id: 'sumup-transactions',
  name: 'SumUp: transactions report (German)',
  family: 'sumup',
  needs: ['Datum', 'Transaktions-ID', 'Status', 'Beschreibung', 'Betrag inkl. MwSt.', 'Trinkgeldbetrag', 'Gebühr'],
  grain: 'payment',
  columns: {
    Datum: 'date_time',
    'Transaktions-ID': 'sale_id',
    Transaktionsart: 'type',
    Zahlungsart: 'type',
    Status: 'voided',
    Zahlungsmethode: 'tender',
    Kartentyp: 'card_brand',
    'Letzte 4 Ziffern': 'last4',
    Währung: 'currency',
    'Betrag inkl. MwSt.': 'total',
    'MwSt.': 'tax',
    Trinkgeldbetrag: 'tip',
    Gebühr: 'fee',
  },
  tax: 'included',
  tipInTotal: true,
  types: { umsatz: 'sale', verkauf: 'sale', auszahlung: 'void', ruckerstattung: 'refund' },
  ids: 'forever',
}
