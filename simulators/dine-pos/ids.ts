import { fixedDraw, seedOf } from '../trade/random.ts'

// Ids are worked out from what they name, so that the same seed gives the same ids on every run.

/** A number of that many digits, as these systems number everything. */
export function numberId(digits: number, ...words: readonly string[]): string {
  const least = 10 ** (digits - 1)
  return String(least + Math.floor(luckOf(...words) * 9 * least))
}

/** So many signs of a credential. */
export function tokenText(length: number, ...words: readonly string[]): string {
  return Array.from({ length }, (_, at) => SIGNS.charAt(Math.floor(luckOf(...words, String(at)) * SIGNS.length))).join(
    '',
  )
}

/** A number in [0, 1) that belongs to those words for good. */
export function luckOf(...words: readonly string[]): number {
  return fixedDraw(seedOf(...words), 1)
}

const SIGNS = '0123456789abcdefghijklmnopqrstuvwxyz'
