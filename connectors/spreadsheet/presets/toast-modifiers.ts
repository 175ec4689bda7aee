import type { Preset } from './preset.ts'

// Toast, ModifiersSelectionDetails.csv: what was changed about items. Certain, from Toast's field reference: it repeats
// the ids of order and item, and its prices stand beside those of the items. Read as sales it would double them.

export const toastModifiers: Preset = {
  id: 'toast-modifiers',
  name: 'Toast: modifier selection details',
  family: 'toast',
  needs: ['Order Id', 'Item Selection Id', 'Modifier Id', 'Modifier', 'Qty'],
  grain: 'item',
  columns: {},
  refuse:
    'This is Toast\'s list of modifiers, which says nothing of the items they belong to. Export "ItemSelectionDetails" for what was sold and "PaymentDetails" for how it was paid.',
}
