import type { Preset } from './preset.ts'

// SumUp, Reports, Sales report, CSV: one row for each item of a sale, tax inside the prices.
//
// Certain, from a public program that reads an account's monthly reports: the headings of a German account
// (`24.03.2023, 12:32`, `Typ` Verkauf) and of an English one of 2023 (`24.03.23` and `12:32` apart, `Type` Sales), and
// transaction ids of ten letters and digits that are never given twice.
// Unconfirmed: what a refund looks like (a type that says so, or an amount below zero, are both understood), and
// whether `Preis vor Rabatt` is of the piece or of the row (of the row). `Konto` and `Account` are e-mail addresses and
// not read.

export const sumupSalesReport: Preset = {
  id: 'sumup-sales-report',
  name: 'SumUp: sales report (German)',
  family: 'sumup',
  needs: ['Datum', 'Typ', 'Transaktionsnummer', 'Menge', 'Beschreibung', 'Preis (brutto)', 'Preis (netto)', 'Steuer'],
  grain: 'item',
  columns: {
    Datum: 'date_time',
    Typ: 'type',
    Transaktionsnummer: 'sale_id',
    Zahlungsmethode: 'tender',
    Menge: 'quantity',
    Beschreibung: 'item',
    Category: 'category',
    Sku: 'sku',
    Währung: 'currency',
    'Preis vor Rabatt': 'gross',
    Rabatt: 'discount',
    'Preis (brutto)': 'total',
    Steuer: 'tax',
    Steuersatz: 'tax_rate',
  },
  tax: 'included',
  dateOrder: 'dmy',
  ids: 'forever',
}

export const sumupSalesReportEnglish: Preset = {
  id: 'sumup-sales-report-en',
  name: 'SumUp: sales report (English)',
  family: 'sumup',
  needs: ['Date', 'Time', 'Type', 'Transaction ID', 'Quantity', 'Description', 'Price (Gross)', 'Price (Net)', 'Tax'],
  grain: 'item',
  columns: {
    Date: 'date',
    Time: 'time',
    Type: 'type',
    'Transaction ID': 'sale_id',
    'Receipt Number': 'sale_number',
    'Payment Method': 'tender',
    Quantity: 'quantity',
    Description: 'item',
    Category: 'category',
    SKU: 'sku',
    Currency: 'currency',
    'Price before discount': 'gross',
    Discount: 'discount',
    'Price (Gross)': 'total',
    Tax: 'tax',
    'Tax rate': 'tax_rate',
  },
  tax: 'included',
  dateOrder: 'dmy',
  ids: 'forever',
}
