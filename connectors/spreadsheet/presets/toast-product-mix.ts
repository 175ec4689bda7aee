import type { Preset } from './preset.ts'

// Toast, AllItemsReport.csv and Product Mix: totals of each menu item over a period. Certain, from Toast's field
// reference; nothing in it says when or to whom anything was sold.

const refuse =
  'This is Toast\'s product mix: totals of each item over a period, without single sales. Export "ItemSelectionDetails" instead, which has the items of each order.'

export const toastProductMix: Preset = {
  id: 'toast-product-mix',
  name: 'Toast: product mix',
  family: 'toast',
  needs: ['Menu Item', 'Menu Group', 'Avg Price', 'Item Qty', 'Gross Amount', 'Net Amount'],
  grain: 'item',
  columns: {},
  refuse,
}
