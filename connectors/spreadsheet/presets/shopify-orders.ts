import type { Preset } from './preset.ts'

// Shopify admin, Orders, Export: one row for each line of an order; what speaks of the order stands on its first row.
//
// Certain, from Shopify's help and public exports: the headings, `Name` (`#1001`) as the order on every row,
// order-level cells on the first row alone, `Subtotal` after discounts, times with their offset, zips that begin with
// `'`, notes of several lines. `Refunded Amount` has no time of its own.
// Unconfirmed: that `Discount Amount` holds what `Lineitem discount` takes off, too. Duties, and gift cards that are
// sold, cannot be told from the rest.
//
// A refunded order was a sale and is one with a refund; only `voided` never was. An order awaiting its money is open.

export const shopifyOrders: Preset = {
  id: 'shopify-orders',
  name: 'Shopify: orders export',
  family: 'shopify',
  needs: ['Name', 'Financial Status', 'Created at', 'Subtotal', 'Total', 'Lineitem quantity', 'Lineitem name'],
  grain: 'item',
  columns: {
    Name: 'sale_id',
    'Financial Status': 'type',
    'Created at': 'date_time',
    Currency: 'currency',
    Shipping: 'service_charge',
    Taxes: 'tax',
    Total: 'total',
    'Discount Amount': 'discount',
    'Lineitem quantity': 'quantity',
    'Lineitem name': 'item',
    'Lineitem price': 'unit_price',
    'Lineitem sku': 'sku',
    'Payment Method': 'tender',
    'Cancelled at': 'cancelled_at',
    'Refunded Amount': 'refunded',
    Location: 'location',
    Employee: 'staff',
    'Device ID': 'register',
    Source: 'channel',
  },
  levels: {
    gross: 'line',
    discount: 'sale',
    tax: 'sale',
    total: 'sale',
    service_charge: 'sale',
  },
  types: {
    paid: 'sale',
    refunded: 'sale',
    'partially refunded': 'sale',
    pending: 'open',
    authorized: 'open',
    'partially paid': 'open',
    expired: 'void',
    voided: 'void',
  },
  ids: 'forever',
}
