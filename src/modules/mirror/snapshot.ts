import type { Modifier, Payment, Refund, RefundItem, Sale, SaleItem, Tax } from '#canon/sale.ts'
import type { Id } from '#kernel/ids.ts'
import type { Place, RefundFiling } from './filing.ts'

// Our reading of one version of a fact, as JSON that is kept when the version no longer stands. Its shape is canon's own;
// amounts are texts, since JSON has no integers of their size.

/** What a word says of a sale, and where that places it. */
export type Content = Place & { readonly sale: Sale }

/** What a word says of a refund. */
export type RefundContent = Pick<
  RefundFiling,
  'siteId' | 'businessDate' | 'businessHour' | 'refund' | 'saleExternalId' | 'currency'
>

export type Snapshot = Content & { readonly id: Id; readonly version: number }

export function snapshotText(from: Snapshot): string {
  const { id, version, siteId, businessDate, businessHour, sale } = from
  return JSON.stringify(
    { id, version, siteId, businessDate, businessHour, sale: { ...sale, refunds: [] } },
    bigintsAsText,
  )
}

export function refundText(from: RefundContent): string {
  const { siteId, businessDate, businessHour, saleExternalId, currency, refund } = from
  return JSON.stringify({ siteId, businessDate, businessHour, saleExternalId, currency, refund }, bigintsAsText)
}

/** For JSON.stringify: bigints become texts and are read back as bigints. */
export function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** A type as it comes back from JSON. */
type Kept<Type> = Type extends bigint
  ? string
  : Type extends string | number | boolean | null
    ? Type
    : { [Key in keyof Type]: Kept<Type[Key]> }

/** Reads what `snapshotText` wrote, out of a column of type jsonb. */
export function readSnapshot(json: unknown): Content {
  const { siteId, businessDate, businessHour, sale } = json as Kept<Content>
  return { siteId, businessDate, businessHour, sale: readSale(sale) } as Content
}

/** Reads what `refundText` wrote. */
export function readRefundText(json: unknown): RefundContent {
  const kept = json as Kept<RefundContent>
  return { ...kept, refund: readRefund(kept.refund) } as RefundContent
}

function readSale(kept: Kept<Sale>): Sale {
  return {
    ...kept,
    gross: amountOrNull(kept.gross),
    discount: BigInt(kept.discount),
    taxAdded: BigInt(kept.taxAdded),
    taxIncluded: BigInt(kept.taxIncluded),
    serviceCharge: BigInt(kept.serviceCharge),
    tip: BigInt(kept.tip),
    rounding: BigInt(kept.rounding),
    deferred: BigInt(kept.deferred),
    total: amountOrNull(kept.total),
    items: kept.items.map(
      (item) =>
        ({
          ...item,
          unitPrice: amountOrNull(item.unitPrice),
          gross: amountOrNull(item.gross),
          discount: BigInt(item.discount),
          taxes: item.taxes.map((tax) => ({ ...tax, amount: BigInt(tax.amount) }) as Tax),
          modifiers: item.modifiers.map((one) => ({ ...one, price: BigInt(one.price) }) as Modifier),
        }) as SaleItem,
    ),
    payments: kept.payments.map(readPayment),
    refunds: [],
  } as Sale
}

function readPayment(kept: Kept<Payment>): Payment {
  return { ...kept, amount: BigInt(kept.amount), tip: BigInt(kept.tip), fee: amountOrNull(kept.fee) } as Payment
}

function readRefund(kept: Kept<Refund>): Refund {
  return {
    ...kept,
    amount: BigInt(kept.amount),
    tax: BigInt(kept.tax),
    tip: BigInt(kept.tip),
    items: kept.items.map((item) => ({ ...item, amount: BigInt(item.amount), tax: BigInt(item.tax) }) as RefundItem),
  } as Refund
}

function amountOrNull(text: string | null): bigint | null {
  return text === null ? null : BigInt(text)
}
