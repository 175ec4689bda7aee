import { hash } from 'node:crypto'
import type { Payment, Refund, Sale, SaleItem, SalePart } from './sale.ts'

// Two readings of a sale are the same version when they say the same of it. The fingerprint covers all that canon says
// except refunds, which are facts of their own. It is written out by hand because it is made for every row of an import.

const FIELD = '\u001f'
const RECORD = '\u001e'

/** SHA-256 over what is said of the sale, 32 bytes. Equal content, equal bytes, in every process and version. */
export function saleFingerprint(sale: Sale, part: SalePart): Uint8Array {
  // A part that says less than the whole must never be taken for it, though all that it says is the same.
  let text = part === 'whole' ? '' : part + RECORD
  text += fields([
    sale.externalId,
    sale.number,
    sale.location,
    sale.register,
    sale.staff,
    sale.channel,
    sale.customer,
    sale.status,
    sale.currency,
    sale.openedAt,
    sale.closedAt,
    sale.timePrecision,
    sale.gross,
    sale.discount,
    sale.taxAdded,
    sale.taxIncluded,
    sale.serviceCharge,
    sale.tip,
    sale.rounding,
    sale.deferred,
    sale.total,
  ])
  for (const item of sale.items) text += itemText(item)
  for (const payment of sale.payments) text += paymentText(payment)
  return hash('sha256', text, 'buffer')
}

/** SHA-256 over what the refund says, 32 bytes. */
export function refundFingerprint(refund: Refund, saleExternalId: string | null): Uint8Array {
  let text = fields([
    refund.externalId,
    saleExternalId,
    refund.refundedAt,
    refund.amount,
    refund.tax,
    refund.tip,
    refund.tender,
    refund.reason,
  ])
  for (const item of refund.items) {
    text += fields([item.saleItemExternalId, item.article.name, item.quantity, item.amount, item.tax])
  }
  return hash('sha256', text, 'buffer')
}

function itemText(item: SaleItem): string {
  const article = item.article
  let text = fields([
    item.externalId,
    article.externalId,
    article.sku,
    article.name,
    article.variant,
    article.category,
    item.quantity,
    item.unitPrice,
    item.gross,
    item.discount,
    item.kind,
  ])
  for (const tax of item.taxes) text += fields([tax.name, tax.rate, tax.amount, tax.included])
  for (const modifier of item.modifiers) text += fields([modifier.name, modifier.quantity, modifier.price])
  return text
}

function paymentText(payment: Payment): string {
  return fields([
    payment.externalId,
    payment.tender,
    payment.brand,
    payment.last4,
    payment.amount,
    payment.tip,
    payment.fee,
    payment.paidAt,
  ])
}

// A null must differ from an empty text, and no text may run into its neighbour.
function fields(values: readonly (string | number | bigint | boolean | null)[]): string {
  let text = ''
  for (const value of values) text += value === null ? `\u0000${FIELD}` : `${value}${FIELD}`
  return text + RECORD
}
