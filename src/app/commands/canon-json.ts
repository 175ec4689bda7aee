import type { CurrencyCode } from '#kernel/currency.ts'
import { type Instant, instantText } from '#kernel/instant.ts'

// Canon as JSON in the words and shapes of the wire: snake_case, money with its currency, times in UTC with a `Z`.

/** Every bigint in canon is money of the one currency that its fact has; every number under a key that ends in `At` a time. */
export function canonJson(value: unknown, currency: CurrencyCode): unknown {
  if (typeof value === 'bigint') return { amount: Number(value), currency }
  if (Array.isArray(value)) return value.map((one) => canonJson(one, currency))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      snake(key),
      /At$/.test(key) && typeof one === 'number' ? instantText(one as Instant) : canonJson(one, currency),
    ]),
  )
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
