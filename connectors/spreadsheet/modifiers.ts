import type { Modifier } from '#canon/sale.ts'
import { type Decimal, findDecimal, ONE } from '#kernel/decimal.ts'
import { copied } from './dates.ts'
import { isPlaceholder } from './words.ts'

// What was added to an article, from one cell: `Extra shot, 2 x Oat milk`. Its price is inside the line's already.

const NONE: readonly Modifier[] = []
const CACHE_MAX = 5000
const CACHED_CHARS_MAX = 1000
const MODIFIERS_MAX = 100
const BEFORE = /^(\d{1,4})\s*[x×]\s+(?=\S)/i
/** `Oat milk (M1QX7T2M0ZB8K) $0.75`: neither an id nor a price is part of the name. */
const PRICED = /\s*(?:\([A-Z0-9]{13}\)\s*)?-?[$€£]-?\d+(?:[.,]\d{2})?$/
const BEHIND = /\s*(?:\((\d{1,4})\)|\s[x×]\s?(\d{1,4}))$/i

const known = new Map<string, readonly Modifier[]>()

export function modifiersOf(cell: string | null): readonly Modifier[] {
  if (cell === null) return NONE
  const found = known.get(cell)
  if (found !== undefined) return found
  const made = read(cell)
  if (known.size >= CACHE_MAX) known.clear()
  if (cell.length <= CACHED_CHARS_MAX) known.set(copied(cell), made)
  return made
}

function read(cell: string): readonly Modifier[] {
  const modifiers: Modifier[] = []
  for (const part of cell.split(/,\s+|;|\n/)) {
    const text = part.trim().replace(PRICED, '')
    if (text !== '' && !isPlaceholder(text) && modifiers.length < MODIFIERS_MAX) modifiers.push(modifier(text))
  }
  return modifiers.length === 0 ? NONE : modifiers
}

function modifier(text: string): Modifier {
  const before = BEFORE.exec(text)
  const behind = before === null ? BEHIND.exec(text) : null
  const name = before ? text.slice(before[0].length) : behind ? text.slice(0, behind.index) : text
  const count = before?.[1] ?? behind?.[1] ?? behind?.[2]
  if (count === undefined || name === '' || Number(count) === 0) return { name: copied(text), quantity: ONE, price: 0n }
  return { name: copied(name), quantity: findDecimal(count) ?? (count as Decimal), price: 0n }
}
