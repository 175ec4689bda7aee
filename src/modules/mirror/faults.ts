export const MIRROR_FAULTS = {
  'sale.filter': 'A filter of the list of sales cannot be used; the answer names it.',
  'sale.withdrawn': 'The sale with this id was taken back together with the import that brought it.',
  'sale.missing': 'There is no sale with the id that was given in this tenant.',
} as const
