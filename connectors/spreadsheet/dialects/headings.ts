import type { Language } from './dialect.ts'
import type { TradedTender } from './trade.ts'

// What tills call things in five languages.

export type Field =
  | 'number'
  | 'moment'
  | 'date'
  | 'time'
  | 'register'
  | 'item'
  | 'sku'
  | 'quantity'
  | 'price'
  | 'gross'
  | 'discount'
  | 'tax'
  | 'line_total'
  | 'total'
  | 'tip'
  | 'tender'
  | 'type'
  | 'currency'

type Words = Readonly<Record<Field, string>>

const EN =
  'Receipt number, Date and time, Date, Time, Register, Item, SKU, Quantity, Unit price, Gross sales, Discount, Tax, Line total, Order total, Tip, Payment type, Event type, Currency'
const DE =
  'Belegnummer, Zeitpunkt, Datum, Uhrzeit, Kasse, Artikel, Artikelnummer, Menge, Einzelpreis, Preis vor Rabatt, Rabatt, MwSt, Summe, Gesamtbetrag, Trinkgeld, Zahlungsart, Vorgang, Währung'
const DA =
  'Kvitteringsnummer, Tidspunkt, Dato, Tid, Kasse, Vare, Varenummer, Antal, Stykpris, Pris før rabat, Rabat, Moms, Beløb, I alt, Drikkepenge, Betalingsmetode, Hændelsestype, Valuta'
const FR =
  'Numéro de ticket, Date heure, Date, Heure, Caisse, Article, Code article, Quantité, Prix unitaire, Ventes brutes, Remise, TVA, Montant, Total TTC, Pourboire, Mode de paiement, Type de transaction, Devise'
const ES =
  'Número de ticket, Fecha y hora, Fecha, Hora, Caja, Artículo, SKU, Cantidad, Precio unitario, Ventas brutas, Descuento, IVA, Importe, Importe total, Propina, Forma de pago, Tipo de transacción, Moneda'

const FIELDS: readonly Field[] = [
  'number',
  'moment',
  'date',
  'time',
  'register',
  'item',
  'sku',
  'quantity',
  'price',
  'gross',
  'discount',
  'tax',
  'line_total',
  'total',
  'tip',
  'tender',
  'type',
  'currency',
]

function words(list: string): Words {
  const each = list.split(', ')
  return Object.fromEntries(FIELDS.map((field, nth) => [field, each[nth] ?? field])) as Words
}

export const HEADINGS: Readonly<Record<Language, Words>> = {
  en: words(EN),
  de: words(DE),
  da: words(DA),
  fr: words(FR),
  es: words(ES),
}

export const TENDERS: Readonly<Record<Language, Readonly<Record<TradedTender, string>>>> = {
  en: { cash: 'Cash', card: 'Visa', wallet: 'PayPal' },
  de: { cash: 'Bar', card: 'Kartenzahlung', wallet: 'PayPal' },
  da: { cash: 'Kontant', card: 'Dankort', wallet: 'MobilePay' },
  fr: { cash: 'Espèces', card: 'Carte bancaire', wallet: 'Apple Pay' },
  es: { cash: 'Efectivo', card: 'Tarjeta de crédito', wallet: 'Bizum' },
}

export const TYPES: Readonly<Record<Language, { readonly sale: string; readonly refund: string }>> = {
  en: { sale: 'Payment', refund: 'Refund' },
  de: { sale: 'Verkauf', refund: 'Erstattung' },
  da: { sale: 'Køb', refund: 'Refundering' },
  fr: { sale: 'Vente', refund: 'Remboursement' },
  es: { sale: 'Venta', refund: 'Devolución' },
}

export const MONTHS: Readonly<Record<Language, readonly string[]>> = {
  en: 'Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec'.split(','),
  de: 'Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember'.split(','),
  da: 'januar,februar,marts,april,maj,juni,juli,august,september,oktober,november,december'.split(','),
  fr: 'janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre'.split(','),
  es: 'enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre'.split(','),
}
