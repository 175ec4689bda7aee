import type { Preset } from './preset.ts'

// Toast, CheckDetails.csv: one row for each check. Certain, from Toast's field reference: it names checks and never
// orders, while every other export of Toast names the order, which may have several checks. Read beside those it would
// count every sale twice.

export const toastCheckDetails: Preset = {
  id: 'toast-check-details',
  name: 'Toast: check details',
  family: 'toast',
  needs: ['Opened Date', 'Opened Time', 'Item Description', 'Check Id', 'Check #', 'Table Size', 'Total'],
  lacks: ['Order Id'],
  grain: 'sale',
  columns: {},
  refuse:
    'Toast\'s "CheckDetails" names checks and not orders, so its sales could not be told from those of Toast\'s other exports. Export "OrderDetails", "ItemSelectionDetails" or "PaymentDetails" instead; they may be given in any order and make one sale together.',
}
