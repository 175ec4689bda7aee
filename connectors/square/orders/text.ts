import type { OrderRemark } from '../../contract.ts'

// Square refuses a text that is too long. What a shopper wrote is shortened, and said to be, rather than the order lost.

/** Cuts between characters as people see them, and says so where it had to. */
export function fitting(
  text: string,
  max: number,
  pointer: string,
  what: string,
): { text: string; remarks: OrderRemark[] } {
  if (text.length <= max) return { text, remarks: [] }
  const kept: string[] = []
  let length = 0
  for (const { segment } of GRAPHEMES.segment(text)) {
    if (length + segment.length > max - 1) break
    kept.push(segment)
    length += segment.length
  }
  const say = `Square takes at most ${max} characters of the ${what}; the rest is left out.`
  return { text: `${kept.join('')}…`, remarks: [{ code: 'orders.shortened', pointer, say }] }
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })
