// Inside the generator money is a safe integer of minor units, several times faster than bigint; it becomes bigint
// where a sale is handed out.

const KEPT = Array.from({ length: 8192 }, (_, amount) => BigInt(amount))

/** Most amounts of a small shop are below a hundred euros, and a kept bigint costs nothing. */
export function big(amount: number): bigint {
  return KEPT[amount] ?? BigInt(amount)
}

/** The quotient, halves away from zero upwards. */
export function dividedHalfUp(dividend: number, divisor: number): number {
  return Math.floor((2 * dividend + divisor) / (2 * divisor))
}

/**
 * Splits a total by weights so that the parts sum to it exactly: each part is the growth of the rounded running sum.
 * With whole weights and a total no larger than their sum, no part exceeds its weight.
 */
export function allocated(total: number, weights: readonly number[]): number[] {
  let sum = 0
  for (const weight of weights) sum += weight
  let reached = 0
  let given = 0
  return weights.map((weight) => {
    reached += weight
    const upTo = sum === 0 ? 0 : Math.round(total * (reached / sum))
    const part = upTo - given
    given = upTo
    return part
  })
}
