import type { ColumnRole } from '../contract-files.ts'

// What tills call their columns and what they write in their cells, in English, German, Danish, French, Spanish,
// Italian, Dutch and Swedish. Data alone: how words are compared stands in columns.ts and words.ts. Earlier words of a
// role are the surer ones. Case, accents, punctuation and camel case make no difference.

function list(words: string): readonly string[] {
  return words.split(',').map((word) => word.trim())
}

export const SYNONYMS: Readonly<Partial<Record<ColumnRole, readonly string[]>>> = {
  sale_id: list(`
    transaction id, sale id, order id, receipt id, check id, ticket id, invoice id, bill id, transaction,
    transaktions id, transaktionsnummer, transaction number, order number, receipt number, ticket number,
    invoice number, bill number, check number, order no, receipt no, bill no, ticket no, invoice no,
    transaction no, order, receipt, invoice, ticket, bill, sale number, sale no, belegnummer, beleg nr, beleg,
    bon nr, bonnummer, bestellnummer, rechnungsnummer, kvitteringsnummer, bonnr, ordrenummer, numero de ticket,
    numero ticket, ticket de caisse, numero de commande, numero de recibo, numero de pedido, numero scontrino,
    scontrino, kassabonnummer, kvittonummer, transaction ref, transaction reference, orderid, vorgangsnummer,
    bon, bon nummer, belegnr, beleg nummer, rechnungsnr, rechnungs nr, bestell nr, auftragsnummer, kvittering,
    kvitteringsnr, ordrenr, ordre nr, kvitto, kvittonr, kvitto nr, ordernummer, n ticket, no ticket, num ticket,
    numero facture, numero de facture, facture, n facture, n commande, num recibo, numero de factura, factura,
    recibo, pedido, numero ordine, numero documento, ricevuta, kassabon, factuurnummer, transactienummer`),
  sale_number: list(`
    receipt number, order number, invoice number, check number, ticket number, number, display number`),
  line_id: list(`
    item selection id, line item id, lineitem id, line id, order line id, line number, positionsnummer,
    position id`),
  date_time: list(`
    date time, datetime, timestamp, date and time, transaction time, transaction date time, sale time,
    order date time, created at, paid at, closed at, created, datum uhrzeit, zeitpunkt, zeitstempel, date heure,
    fecha y hora, fecha hora, dato og tid, tidspunkt, data e ora, datum en tijd, datum und uhrzeit,
    date et heure, salgstidspunkt, oprettet, dato tid, datum tid, data ora, sold at, ordered at, order placed`),
  date: list(`
    date, sale date, order date, transaction date, business date, receipt date, invoice date, paid date,
    payment date, line item date, day, opened, closed, datum, verkaufsdatum, belegdatum, tag, dato, salgsdato,
    betalingsdato, fecha, fecha de venta, data, date de vente, jour, data vendita, verkoopdatum, created date,
    opened date, ds, date of sale, rechnungsdatum, bestelldatum, transaktionsdatum, transaktionsdato, ordredato,
    forsaljningsdatum, kopdatum, date vente, date ticket, date commande, date de transaction, fecha venta,
    fecha pedido, fecha transaccion, data di vendita, data ordine, orderdatum, transactiedatum`),
  time: list(`
    time, sale time, order time, hour, uhrzeit, zeit, tid, klokkeslaet, heure, hora, ora, tijd, opened time,
    transaction time, time of sale, klockslag, heure de vente, hora de venta, verkaufszeit`),
  zone: list(`
    time zone, timezone, zone, zeitzone, tidszone, fuseau horaire, zona horaria`),
  item: list(`
    item name, item, menu item, product name, product, article name, article, lineitem name, dish,
    product title, item description, product description, artikel, artikelbezeichnung, artikelname, produkt,
    bezeichnung, ware, vare, varenavn, designation, libelle, produit, articulo, producto, articolo, prodotto,
    description, beschreibung, beskrivelse, omschrijving, descripcion, descrizione, produktnamn, produktname,
    benamning, vara, varunamn, artikelnaam, productnaam, nom du produit, nom article, nombre del producto,
    nome prodotto, plat, gericht, details, name`),
  variant: list(`
    price point name, variant, variation, variant name, size, variante, groesse, grosse, storrelse, taille,
    tamano`),
  sku: list(`
    sku, item sku, lineitem sku, product sku, item code, product code, item product code, plu, barcode, gtin,
    ean, artikelnummer, artikel nr, artikelnr, varenummer, code article, reference article, codigo, stock code`),
  category: list(`
    category, product category, item category, menu group, sales category, department, product type, kategorie,
    warengruppe, artikelgruppe, kategori, varegruppe, categorie, famille, rayon, categoria, familia, item type`),
  modifiers: list(`
    modifiers applied, modifiers, modifier, options, extras, toppings, add ons, tilvalg, optionen`),
  quantity: list(`
    quantity, qty, lineitem quantity, quantity sold, units, units sold, item quantity, per unit quantity, menge,
    anzahl, stueck, stuck, stuckzahl, antal, maengde, quantite, qte, cantidad, cant, quantita, qta, aantal,
    count, item qty, transaction qty, pcs`),
  unit_price: list(`
    unit price, price per unit, product price, item price, lineitem price, price, price each, single price,
    einzelpreis, stuckpreis, stueckpreis, preis pro stuck, e preis, stykpris, enhedspris, pris, prix unitaire,
    pu, sale price, selling price, sales price, verkaufspreis, salgspris, prix de vente, precio de venta,
    prezzo di vendita, verkoopprijs, forsaljningspris, apris, a pris, prix, precio unitario, precio, prezzo unitario, prezzo, stukprijs, prijs, styckpris, preis`),
  gross: list(`
    gross sales, gross price, gross amount, gross, product sales, preis vor rabatt, umsatz brutto, bruttoumsatz,
    brutto vor rabatt, bruttoomsaetning, pris for rabat, ventes brutes, montant brut, ventas brutas, bruto,
    vendite lorde, sales before discount, amount before discount, item revenue, betrag vor rabatt`),
  discount: list(`
    discounts, discount, discount amount, total discount, rabatt, rabattbetrag, nachlass, rabat, remise,
    reduction, descuento, descuentos, sconto, korting, lineitem discount`),
  tax: list(`
    tax, taxes, tax amount, sales tax, vat, vat amount, gst, hst, pst, moms, mwst, mwst betrag, mehrwertsteuer,
    ust, umsatzsteuer, steuer, steuerbetrag, tva, taxe, montant tva, iva, impuestos, impuesto, btw, total tax`),
  tax_rate: list(`
    tax rate, item tax rate, tax percent, tax percentage, tax %, vat rate, vat %, gst rate, steuersatz, mwst satz,
    mwst %, ust satz, momssats, moms %, taux tva, taux de tva, tva %, tipo iva, tipo de iva, iva %, aliquota,
    aliquota iva, btw tarief, btw %, momssats %`),
  net: list(`
    net sales, net price, net amount, net, subtotal, sub total, preis netto, netto, nettobetrag, nettoumsatz,
    zwischensumme, nettoomsaetning, montant net, net ht, total ht, montant ht, ventas netas, neto, importe neto,
    netto verkoop, amount excl tax, total excl tax, total excl vat, total ex vat, amount excl vat, total netto,
    summe netto, belob ekskl moms, total uden moms, total exkl moms, imponibile`),
  total: list(`
    total collected, order total, total amount, grand total, total, amount paid, total paid, sale total,
    transaction total, payments total, line total, item total, total price, total revenue, amount, revenue,
    turnover, sales, money, paid, gesamt, gesamtbetrag, gesamtpreis, summe, betrag, betrag inkl mwst,
    preis brutto, brutto, bruttobetrag, endbetrag, umsatz, i alt, belob, beløb, total ttc, montant ttc, montant,
    total sales, sales total, sales amount, order amount, order value, transaction amount, payment amount,
    paid amount, receipt total, ticket total, total ticket, invoice total, invoice amount, bill amount,
    line amount, line value, total value, total incl tax, total inc tax, total incl vat, total inc vat,
    total including tax, amount incl vat, amount incl tax, gesamt brutto, summe brutto, total brutto,
    gesamtsumme, rechnungsbetrag, zahlbetrag, i alt inkl moms, total inkl moms, belob inkl moms, montant total,
    prezzo totale, totale riga, importo totale, totaal bedrag, totalt, summa inkl moms,
    importe, importe total, monto, totale, importo, totaal, bedrag, belopp, summa, prix total, subtotal incl tax`),
  tip: list(`
    tip, tips, tip amount, gratuity, trinkgeld, trinkgeldbetrag, drikkepenge, pourboire, propina, mancia, fooi,
    dricks`),
  service_charge: list(`
    service charge, service charges, service charge amount, servicegebuhr, bedienungsgeld, frais de service,
    cargo por servicio, delivery fee, delivery charge, shipping, liefergebuhr, versand`),
  gift_card_sales: list(`
    gift card sales, gift cards sold, gutscheinverkauf, gutscheinverkaufe, solgte gavekort, gavekortsalg`),
  rounding: list(`
    rounding, cash rounding, rounding amount, rundung, rundungsdifferenz, afrunding, oresafrunding, avrundning,
    oresavrundning, avrunding, arrondi, redondeo, arrotondamento, afronding`),
  fee: list(`
    fees, fee, processing fee, card fee, gebuhr, gebuhren, gebyr, afgift, frais, commission, comision,
    third party fees`),
  payment_id: list(`
    payment id, payment number, zahlungs id, zahlungsnummer, betalings id, betalingsid`),
  tender: list(`
    payment type, payment method, tender, tender type, payment, paid by, cash type, payment mode,
    zahlungsmethode, zahlungsart, zahlart, betalingsmetode, betalingstype, betaling, mode de paiement,
    moyen de paiement, reglement, forma de pago, metodo de pago, medio de pago, metodo di pagamento,
    betaalwijze, betaalmethode, betalningssatt, betalsatt, betalningsmetod, betalning, zahlungsmittel,
    zahlungsform, zahlung, betalingsmiddel, betaalmiddel, type de paiement, mode reglement, mode de reglement,
    tipo de pago, forma pago, metodo pagamento, tipo pagamento, modalita di pagamento, tender name`),
  card_brand: list(`
    card brand, card type, card, card scheme, kartentyp, kortudsteder, korttype, type de carte, tipo de tarjeta`),
  last4: list(`
    pan suffix, last 4 card digits, last 4, last four, card number, sidste cifre, kartennummer, last4`),
  type: list(`
    event type, receipt type, transaction type, type, line type, sale type, status, transaction status,
    order status, typ, transaktionsart, vorgang, vorgangsart, belegart, haendelsestype, tipo,
    type de transaction, tipo de transaccion, statut, estado, order payment state, financial status`),
  voided: list(`
    void, voided, is void, is voided, cancelled, canceled, storniert, annulleret, annule, anulado, annullato`),
  cancelled_at: list(`
    cancelled at, canceled at, voided at, cancellation date, void date, storniert am, annulleret den`),
  refunded: list(`
    refunded amount, total refunded, amount refunded, refund amount, refunds total, erstatteter betrag, refunderet belob`),
  refunded_tip: list(`
    refund tip amount, refunded tip, tip refunded`),
  refunded_at: list(`
    refund date, refunded at, erstattet am, refunderet den`),
  refund_reason: list(`
    refund reason, erstattungsgrund`),
  row_grain: list(`
    line type, row type, record type, zeilentyp, linjetype`),
  item_kind: list(`
    item kind, itemization type, item type, product type, is gift card, gift card`),
  location: list(`
    location, location name, store, store name, store location, outlet, shop, branch, site, payment point,
    filiale, standort, laden, butik, afdeling, magasin, etablissement, tienda, sucursal, negozio, winkel,
    restaurant`),
  register: list(`
    register, pos, terminal, device name, device, till, cash register, kasse, kassennummer, caisse, caja, cassa,
    kassa, station`),
  staff: list(`
    staff, staff name, employee, employee name, cashier, cashier name, server, order employee name, bediener,
    mitarbeiter, kassierer, kellner, personale, medarbejder, vendeur, caissier, employe, empleado, cajero,
    vendedor, salesperson`),
  channel: list(`
    channel, source, order source, sales channel, dining option, order type, solgt via, kanal, vertriebskanal,
    canal, service`),
  currency: list(`
    currency, currency code, wahrung, valuta, devise, moneda, divisa`),
  customer: list(`
    customer id, customer, customer number, kundennummer, kunden id, kunde, kundenr, client, cliente,
    customer reference id`),
  line_count: list(`
    total products, number of items, item count, items count, product count, total items, number of products,
    total quantity, line count, anzahl positionen`),
  ignore: list(`
    customer name, customer email, email, e mail, phone, customer phone, customer contacts, billing name,
    shipping name, address, net total, cost of goods, cost, gross profit, profit, margin, deposit date,
    deposit id, tax rate, steuersatz, taux tva, item tax rate, refund date, void date, unit, number of guests,
    guests, covers, paid at, fulfilled at, cancelled at, weekday, month, month name, hour of day, time of day,
    week, year, notes, note, comment, bemerkung, day of week, wochentag, tax name, discount name, discount code,
    balance, saldo, refunded, exchanged, partial refunds, deposit details, sent date, compare at price,
    net profit, gross margin, cost price, unit cost, cost of sales, total cost, cogs, kostpris, einkaufspreis,
    ek preis, wareneinsatz, rohertrag, deckungsbeitrag, marge, list price, original price, regular price, rrp,
    msrp, amount tendered, cash tendered, tendered, change, change due, change given, gegeben, ruckgeld, byttepenge,
    rendu monnaie, cambio, amount due, balance due, outstanding balance, open amount, payout, payout amount,
    deposit amount, settlement amount, taxable amount, taxable sales, taxable total, tax exempt amount,
    running total, cumulative total, discount %, discount percent, discount percentage, discount rate, rabatt %,
    rabat %, remise %, descuento %, tip %, tip percent, points, loyalty points, refund total, total refunds`),
}

export type RowType = 'sale' | 'refund' | 'void' | 'open'

export const TYPE_WORDS: Readonly<Record<RowType, readonly string[]>> = {
  sale: list(`
    sale, sales, payment, paid, purchase, closed, completed, complete, success, successful, approved, order,
    sale line, captured, partially refunded, false, no, n, 0, verkauf, umsatz, bezahlt, zahlung, erfolgreich,
    abgeschlossen, kob, kop, køb, salg, betalt, gennemfort, gennemført, vente, paiement, paye, encaisse, venta,
    pago, pagado, completado, vendita, pagato, verkoop, betaald, forsaljning`),
  refund: list(`
    refund, refunded, return, returned, credit, ruckgabe, ruckerstattung, erstattung, retoure, gutschrift,
    refundering, returnering, retur, remboursement, rembourse, retour, avoir, devolucion, reembolso, rimborso,
    reso, terugbetaling, aterbetalning`),
  void: list(`
    void, voided, cancelled, canceled, cancel, failed, declined, storno, storniert, abgebrochen, fehlgeschlagen,
    annulleret, annule, annulee, annulation, anulado, anulada, cancelado, cancelada, annullato, geannuleerd,
    true, yes, y, 1`),
  open: list(`
    open, pending, unpaid, offen, unbezahlt, aben, åben, ouvert, en attente, abierto, abierta, pendiente,
    aperto, draft, parked`),
}

/** What a row of a table speaks of, where the table holds a sale's own row, its items' rows and its payments' rows. */
export const GRAIN_WORDS: Readonly<Record<'item' | 'sale' | 'payment', readonly string[]>> = {
  sale: list(`
    sale, order, receipt, transaction, header, total, verkauf, beleg, salg, vente, venta`),
  item: list(`
    sale line, line, line item, lineitem, item, product, order line, article, position, artikel, varelinje,
    ligne, linea, articulo`),
  payment: list(`
    payment, tender, paid, zahlung, betaling, paiement, reglement, pago`),
}

/** What a row sells: a thing, or a promise to be redeemed later. */
export const KIND_WORDS: Readonly<Record<'article' | 'gift_card', readonly string[]>> = {
  article: list(`
    physical good, physical item, prepared food and beverage, digital good, service, article, product, item,
    menu item, custom amount, false, no, n, 0`),
  gift_card: list(`
    gift card, giftcard, gift card activation, gift card reload, gift certificate, stored value, gutschein,
    gavekort, carte cadeau, tarjeta regalo, true, yes, y, 1`),
}

export const TENDER_WORDS: Readonly<
  Record<'cash' | 'card' | 'gift_card' | 'wallet' | 'bank_transfer' | 'voucher', readonly string[]>
> = {
  gift_card: list(`
    gift card, giftcard, gutschein, geschenkkarte, geschenkgutschein, gavekort, carte cadeau, tarjeta regalo,
    carta regalo, cadeaukaart, square gift card`),
  cash: list(`
    cash, bar, bargeld, barzahlung, kontant, kontanter, especes, efectivo, contanti, contant, kontanten`),
  wallet: list(`
    mobilepay, mobile pay, apple pay, applepay, google pay, upi, twint, paypal, venmo, cash app, swish, vipps,
    bizum, alipay, wechat pay, paytm, e wallet, wallet, satispay, lydia, gcash`),
  card: list(`
    card, credit card, debit card, credit, debit, contactless, chip, swipe, visa, mc, mastercard, amex,
    american express, maestro, discover, dankort, v pay, girocard, karte, kartenzahlung, ec karte, ec,
    kreditkarte, kort, kortbetaling, carte, carte bancaire, cb, tarjeta, tarjeta de credito, carta, bancomat,
    pin, pinpas, kreditkort, shopify payments`),
  bank_transfer: list(`
    transfer, bank transfer, wire, uberweisung, bankoverforsel, overforsel, bankoverførsel, virement,
    transferencia, bonifico, overschrijving, bank deposit, invoice, rechnung, faktura`),
  voucher: list(`
    voucher, coupon, meal voucher, luncheon voucher, ticket restaurant, titre restaurant, cheque dejeuner,
    buono pasto, vale, essensgutschein`),
}

/** First cells of rows that hold totals. */
export const TOTAL_WORDS = list(`
  total, totals, grand total, sum, subtotal, summe, gesamt, gesamtsumme, total general, i alt, totaux,
  total generale, totale, totaal, summa, note, report total, endsumme`)

/** Stand-ins that tills write where no article was rung up. */
export const PLACEHOLDER_WORDS = list(`
  none, n/a, na, null, nan, unknown item, no item, -, --, #n/a, (none), nil, keine, ingen, aucun, ninguno`)

/** Words that prove that an amount of a heading is of one line. */
export const LINE_WORDS = list(`
  line, lineitem, item, unit, product, position`)

/** Words that prove that it is of the whole sale. */
export const SALE_WORDS = list(`
  order, receipt, sale, transaction, grand, collected, ticket, bill, invoice, check, payments`)

/** Headings whose language settles which of two readings of a date is customary. */
export const DAY_FIRST_HEADINGS = list(`
  datum, dato, fecha, data, jour, uhrzeit, tid, heure, hora, ora, menge, antal, quantite, cantidad, betrag,
  montant, importe, artikel, vare, beleg, belegnummer, zahlungsart, preis, prix, precio, pris, moms, mwst, tva,
  iva, vat, summe`)
