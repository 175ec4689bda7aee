import type { Preset } from './preset.ts'

// Zettle by PayPal, Reports, Receipts (a workbook): sixteen rows about the two parties, the headings, one row for each
// receipt, and a note at the end. Tax is inside `Total`; `Netto` is what is left after the fee, and passed over.
//
// Certain, from public programs that read Danish (2021 and 2025) and Swedish accounts' reports: the headings, the rate
// in the heading of the tax, and a date column that holds the time as well, which the time column repeats. Receipt
// numbers count on for good.
// Unconfirmed: the words for a refund besides `Refundering` and `Återbetalning`, and the headings of other languages,
// which get the ordinary guess.

export const zettleReceiptsDanish: Preset = {
  id: 'zettle-receipts',
  name: 'Zettle: receipts (Danish)',
  family: 'zettle',
  needs: ['Dato', 'Kvitteringsnummer', 'Total', 'Afgift', 'Netto', 'Betalingsmetode', 'Beskrivelse'],
  grain: 'sale',
  columns: {
    Dato: 'date',
    Tid: 'time',
    Kvitteringsnummer: 'sale_id',
    Moms: 'tax',
    'Moms (25.0%)': { role: 'tax', detail: '25' },
    'Moms (25%)': { role: 'tax', detail: '25' },
    'Moms (0.0%)': { role: 'tax', detail: '0' },
    'Moms (0%)': { role: 'tax', detail: '0' },
    Drikkepenge: 'tip',
    Total: 'total',
    Afgift: 'fee',
    Betalingsmetode: 'tender',
    Hændelsestype: 'type',
    Kortudsteder: 'card_brand',
    'Sidste cifre': 'last4',
    Personale: 'staff',
    'Solgt via': 'channel',
  },
  tax: 'included',
  dateOrder: 'dmy',
  ids: 'forever',
}

export const zettleReceiptsSwedish: Preset = {
  id: 'zettle-receipts-sv',
  name: 'Zettle: receipts (Swedish)',
  family: 'zettle',
  needs: ['Datum', 'Kvittonummer', 'Totalt', 'Avgift', 'Netto'],
  grain: 'sale',
  columns: {
    Datum: 'date',
    Tid: 'time',
    Kvittonummer: 'sale_id',
    Moms: 'tax',
    'Moms (25.0%)': { role: 'tax', detail: '25' },
    'Moms (12.0%)': { role: 'tax', detail: '12' },
    'Moms (6.0%)': { role: 'tax', detail: '6' },
    'Moms (0.0%)': { role: 'tax', detail: '0' },
    Totalt: 'total',
    Avgift: 'fee',
    Betalningsmetod: 'tender',
    Händelsetyp: 'type',
    Kortutgivare: 'card_brand',
    Korttyp: 'card_brand',
    'Sista siffror': 'last4',
    Personal: 'staff',
    'Sålt via': 'channel',
  },
  tax: 'included',
  dateOrder: 'ymd',
  types: { återbetalning: 'refund', köp: 'sale' },
  ids: 'forever',
}
