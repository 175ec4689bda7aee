import type { Currency } from './shop-shape.ts'

/** Enough currencies to meet every number of decimals and the cash rounding of Switzerland and Sweden. */
export const CURRENCIES = {
  EUR: { code: 'EUR', exponent: 2, level: 1, step: 10, cashStep: null, notes: [500, 1000, 2000, 5000] },
  USD: { code: 'USD', exponent: 2, level: 1.1, step: 25, cashStep: null, notes: [500, 1000, 2000, 5000] },
  GBP: { code: 'GBP', exponent: 2, level: 0.9, step: 10, cashStep: null, notes: [500, 1000, 2000, 5000] },
  CHF: { code: 'CHF', exponent: 2, level: 1.4, step: 10, cashStep: 5, notes: [1000, 2000, 5000, 10_000] },
  SEK: { code: 'SEK', exponent: 2, level: 11, step: 100, cashStep: 100, notes: [5000, 10_000, 20_000, 50_000] },
  AUD: { code: 'AUD', exponent: 2, level: 1.6, step: 10, cashStep: 5, notes: [500, 1000, 2000, 5000] },
  INR: { code: 'INR', exponent: 2, level: 40, step: 500, cashStep: 100, notes: [10_000, 20_000, 50_000] },
  JPY: { code: 'JPY', exponent: 0, level: 150, step: 10, cashStep: null, notes: [1000, 5000, 10_000] },
  KRW: { code: 'KRW', exponent: 0, level: 1500, step: 100, cashStep: 10, notes: [5000, 10_000, 50_000] },
  KWD: { code: 'KWD', exponent: 3, level: 0.35, step: 50, cashStep: null, notes: [1000, 5000, 10_000, 20_000] },
} as const satisfies Readonly<Record<string, Currency>>
