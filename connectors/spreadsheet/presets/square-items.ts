import type { Preset } from './preset.ts'

// Square Dashboard, Reports, Item sales, "Items detail CSV": one row for each item of a payment or refund.
//
// Certain, from public copies of real exports of 2024 to 2026: the headings (24, 33 and 35 columns; they grow at the
// end), ISO dates beside `Time Zone` in Rails' words, amounts such as `$8.00` and `-$3.00`, older ones `($33.62)`,
// `Event Type` Payment or Refund, modifiers inside the item's amount, no tip and no tender amounts.
// Unconfirmed: what `Itemization Type` says of a gift card that is sold (the words of Square's API are taken).
//
// Amounts of Europe and Australia hold inclusive tax, those of the United States, Canada and Japan never do, and no
// column tells which; see `tax`.

const SHARED: Preset['columns'] = {
  Date: 'date',
  Time: 'time',
  'Time Zone': 'zone',
  Category: 'category',
  Item: 'item',
  Qty: 'quantity',
  'Price Point Name': 'variant',
  SKU: 'sku',
  'Modifiers Applied': 'modifiers',
  Discounts: 'discount',
  Tax: 'tax',
  'Transaction ID': 'sale_id',
  'Device Name': 'register',
  'Event Type': 'type',
  Location: 'location',
  'Dining Option': 'channel',
  'Customer ID': 'customer',
  'Itemization Type': 'item_kind',
  'Itemisation Type': 'item_kind',
  Employee: 'staff',
}

const KINDS: Preset['kinds'] = {
  'Gift Card': 'gift_card',
  'Gift Card Activation': 'gift_card',
  'Gift Card Reload': 'gift_card',
}

export const squareItems: Preset = {
  id: 'square-items',
  name: 'Square: items detail',
  family: 'square',
  needs: ['Date', 'Time', 'Item', 'Qty', 'Price Point Name', 'Gross Sales', 'Net Sales', 'Tax', 'Transaction ID'],
  lacks: ['Product Sales'],
  grain: 'item',
  columns: { ...SHARED, 'Gross Sales': 'gross' },
  tax: { USD: 'added', CAD: 'added', JPY: 'added' },
  kinds: KINDS,
  ids: 'forever',
}

/** Where an item's amount before discounts is called "Product Sales", "Gross Sales" are what was taken, tax inside. */
export const squareItemsProductSales: Preset = {
  id: 'square-items-product-sales',
  name: 'Square: items detail with product sales',
  family: 'square',
  needs: ['Date', 'Time', 'Item', 'Qty', 'Price Point Name', 'Product Sales', 'Net Sales', 'Tax', 'Transaction ID'],
  grain: 'item',
  columns: { ...SHARED, 'Product Sales': 'gross' },
  tax: { USD: 'added', CAD: 'added', JPY: 'added' },
  kinds: KINDS,
  ids: 'forever',
}
