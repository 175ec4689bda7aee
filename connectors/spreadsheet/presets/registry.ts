import { cloverLineItems } from './clover-line-items.ts'
import { cloverOrders } from './clover-orders.ts'
import { cloverPayments } from './clover-payments.ts'
import { lightspeedRLines } from './lightspeed-r-lines.ts'
import { lightspeedXSales } from './lightspeed-x-sales.ts'
import { loyverseReceipts } from './loyverse-receipts.ts'
import { loyverseReceiptsByItem } from './loyverse-receipts-by-item.ts'
import { mobilepayMyshop } from './mobilepay-myshop.ts'
import type { Preset } from './preset.ts'
import { shopifyOrders } from './shopify-orders.ts'
import { squareItems, squareItemsProductSales } from './square-items.ts'
import { squareTransactions } from './square-transactions.ts'
import { sumupSalesReport, sumupSalesReportEnglish } from './sumup-sales-report.ts'
import { sumupTransactions } from './sumup-transactions.ts'
import { toastCheckDetails } from './toast-check-details.ts'
import { toastItemSelection } from './toast-item-selection.ts'
import { toastModifiers } from './toast-modifiers.ts'
import { toastOrderDetails } from './toast-order-details.ts'
import { toastPaymentDetails } from './toast-payment-details.ts'
import { toastProductMix } from './toast-product-mix.ts'
import { zettleAccountStatement } from './zettle-account-statement.ts'
import { zettleReceiptsDanish, zettleReceiptsSwedish } from './zettle-receipts.ts'

/** Every export that is known by its headings. Adding one is a file of data beside this one and a line here. */
export const PRESETS: readonly Preset[] = [
  squareItems,
  squareItemsProductSales,
  squareTransactions,
  shopifyOrders,
  toastItemSelection,
  toastOrderDetails,
  toastPaymentDetails,
  toastCheckDetails,
  toastModifiers,
  toastProductMix,
  cloverLineItems,
  cloverOrders,
  cloverPayments,
  loyverseReceipts,
  loyverseReceiptsByItem,
  lightspeedXSales,
  lightspeedRLines,
  sumupSalesReport,
  sumupSalesReportEnglish,
  sumupTransactions,
  zettleReceiptsDanish,
  zettleReceiptsSwedish,
  zettleAccountStatement,
  mobilepayMyshop,
]

const BY_ID: ReadonlyMap<string, Preset> = new Map(PRESETS.map((preset) => [preset.id, preset]))

/** Null for an id that is not, or no longer, known. */
export function presetOf(id: string): Preset | null {
  return BY_ID.get(id) ?? null
}
