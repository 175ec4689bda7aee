import { hash } from 'node:crypto'

// Names for sales. An id that a till never uses again stays as it is. A short number may come back when the till is
// reset, so the day is made part of it. A row without any id is named by what it says.

/** Long and mixed, or of at least ten digits: no till counts so far and starts again. */
export function isStrongId(id: string): boolean {
  if (id.length < 8) return false
  let digits = 0
  let letters = 0
  for (let at = 0; at < id.length; at++) {
    const code = id.charCodeAt(at)
    if (code >= 48 && code <= 57) digits++
    else if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) letters++
  }
  return digits >= 10 || (letters > 0 && digits > 0 && letters + digits >= 8)
}

/** What is known of a till's ids: given once for all time, begun anew each day, or to be judged by their look. */
export type IdRule = 'forever' | 'day' | 'look'

/** Whether the id alone names a sale for good. */
export function isLasting(id: string, rule: IdRule): boolean {
  return rule === 'look' ? isStrongId(id) : rule === 'forever'
}

/** Without blanks, and without the `.0` that a number gets on its way through a data frame. */
export function bareId(cell: string): string {
  const id = cell.trim()
  return id.endsWith('.0') && /^\d+\.0$/.test(id) ? id.slice(0, -2) : id
}

/** The id of a row that has none: the same content has the same id in whatever file and order it stands. */
export function rowId(content: string, ordinal: number): string {
  return `row:${hash('sha256', `${content}|${ordinal}`, 'hex').slice(0, 40)}`
}

/** 52 bits of a text, for sets that remember many keys. Two sums with different multipliers, mixed at the end. */
export function keyHash(text: string): number {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995) + 0x1b873593
  }
  a ^= a >>> 15
  a = Math.imul(a, 0x85ebca6b)
  a ^= a >>> 13
  b ^= b >>> 16
  b = Math.imul(b, 0xc2b2ae35)
  b ^= b >>> 15
  return ((a >>> 0) & 0xfffff) * 0x100000000 + (b >>> 0)
}
