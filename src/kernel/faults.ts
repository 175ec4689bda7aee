/** Faults that a text can have wherever it is read, and what they mean to whoever receives them. */
export const KERNEL_FAULTS = {
  'currency.unknown': 'The text is no currency code of ISO 4217.',
  'cursor.unreadable': 'The cursor is not one that this list gave. Start again without a cursor.',
  'date.unreadable': 'The text is not a day that exists, written as 2026-03-31.',
  'zone.unknown': 'The text is not the name of an IANA time zone.',
} as const
