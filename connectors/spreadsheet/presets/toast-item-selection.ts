import type { Preset } from './preset.ts'

// Toast, ItemSelectionDetails.csv (nightly export, or Reports): one row for each item of a check.
//
// Certain, from Toast's field reference: the headings, `Discnt` (exports of today say `Discount`), `Gross Price`
// without tax, `Void?` and `Deferred` as true or false, where deferred means sold and not yet delivered, as a gift card
// is. From public exports: dates such as `10/8/26 5:18 PM`, amounts such as `1,013.00`, ids of 18 and 19 digits.
// Unconfirmed: that the price of an item holds its modifiers, and that `Tax` never has more than two decimals.
// A restaurant may choose its columns; one that leaves out the ones needed here gets the ordinary guess.

export const toastItemSelection: Preset = {
  id: 'toast-item-selection',
  name: 'Toast: item selection details',
  family: 'toast',
  needs: ['Order Id', 'Order Date', 'Item Selection Id', 'Menu Item', 'Gross Price', 'Net Price', 'Qty', 'Void?'],
  lacks: ['Modifier Id'],
  grain: 'item',
  columns: {
    Location: 'location',
    'Order Id': 'sale_id',
    'Order #': 'sale_number',
    'Order Date': 'date_time',
    Server: 'staff',
    'Dining Option': 'channel',
    'Item Selection Id': 'line_id',
    SKU: 'sku',
    'Menu Item': 'item',
    'Menu Group': 'category',
    'Gross Price': 'gross',
    Discount: 'discount',
    Discnt: 'discount',
    Qty: 'quantity',
    Tax: 'tax',
    'Void?': 'voided',
    Deferred: 'item_kind',
  },
  tax: 'added',
  dateOrder: 'mdy',
  kinds: { true: 'gift_card', false: 'article' },
  ids: 'forever',
}
