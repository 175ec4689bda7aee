// How alike two names of articles are, whoever wrote them: case, accents, word order and the way a size is written do not
// count; a different size does. Symmetric, and 1 for names that say the same.

export type Words = {
  /** Distinct words, sorted, without those that say a size. */
  readonly words: readonly string[]
  /** Sizes in one way of writing: `s`, `m`, `l`, `xl`. */
  readonly sizes: readonly string[]
  /** Amounts in one unit: `500ml`, `1000g`, `12oz`. */
  readonly measures: readonly string[]
  /** Pieces of three letters, of each word by itself, sorted. */
  readonly pieces: readonly string[]
}

const SIZES: Readonly<Record<string, string>> = {
  ...{ xs: 'xs', mini: 'xs', tiny: 'xs' },
  ...{ s: 's', small: 's', klein: 's', kleine: 's', kleiner: 's', kleines: 's', petit: 's', petite: 's', piccolo: 's' },
  ...{ piccola: 's', pequeno: 's', pequena: 's', chico: 's', chica: 's', liten: 's', maly: 's', kucuk: 's' },
  ...{ m: 'm', medium: 'm', med: 'm', mittel: 'm', moyen: 'm', moyenne: 'm', medio: 'm', media: 'm', mediano: 'm' },
  ...{ mediana: 'm', orta: 'm' },
  ...{ l: 'l', large: 'l', lg: 'l', gross: 'l', grosse: 'l', grosser: 'l', grosses: 'l', grand: 'l' },
  ...{ grande: 'l', groot: 'l', stor: 'l', duzy: 'l', buyuk: 'l' },
  ...{ xl: 'xl', xlarge: 'xl', extralarge: 'xl', riesig: 'xl', xxl: 'xxl' },
}

/** What a variant is called where there is only one: it says nothing. */
const NO_VARIANT = new Set(['', 'default', 'default title', 'regular', 'standard', 'normal', 'einzeln', 'one size'])

const LITRE = 1_000
const MILLILITRES: Readonly<Record<string, number>> = {
  ...{ ml: 1, cl: 10, dl: 100, l: LITRE, lt: LITRE, ltr: LITRE, liter: LITRE, litre: LITRE, litro: LITRE },
}
const GRAMS: Readonly<Record<string, number>> = { g: 1, gr: 1, gram: 1, gramm: 1, kg: 1_000, kilo: 1_000 }
const MEASURE =
  /(?<![\p{L}\p{N}.,])(\d{1,6}(?:[.,]\d{1,3})?)\s?(ml|cl|dl|ltr|lt|liter|litre|litro|l|kg|kilo|gramm|gram|gr|g|oz)(?![\p{L}\p{N}])/gu

/** The words of a name and, where there are variants, of the variant. */
export function wordsOf(name: string, variant: string | null): Words {
  const said = folded(variant ?? '').trim()
  const text = folded(name) + (NO_VARIANT.has(said) ? '' : ` ${said}`)
  const measures = new Set<string>()
  const rest = text.replace(MEASURE, (_whole, amount: string, unit: string) => {
    measures.add(measureText(amount, unit))
    return ' '
  })
  const sizes = new Set<string>()
  const words = new Set<string>()
  for (const word of rest.split(/[^\p{L}\p{N}]+/u)) {
    if (word === '') continue
    const size = Object.hasOwn(SIZES, word) ? SIZES[word] : undefined
    if (size === undefined) words.add(word)
    else sizes.add(size)
  }
  const sorted = [...words].sort()
  return { words: sorted, sizes: [...sizes].sort(), measures: [...measures].sort(), pieces: piecesOf(sorted) }
}

/** The same for names that say the same. Empty where a name holds nothing that could be compared. */
export function nameKey({ words, sizes, measures }: Words): string {
  return words.length === 0 ? '' : `${words.join(' ')}|${sizes.join(' ')}|${measures.join(' ')}`
}

/** How much a word tells: what few names hold tells most. */
export type WeightOf = (word: string) => number

const EVEN: WeightOf = () => 1

/** From 0, nothing in common, to 1. Words count by their weight, and pieces catch what was mistyped. */
export function likeness(a: Words, b: Words, weightOf: WeightOf = EVEN): number {
  if (a.words.length === 0 || b.words.length === 0) return 0
  const byWords = shared(a.words, b.words, weightOf)
  const byPieces = byWords === 1 ? 1 : shared(a.pieces, b.pieces, EVEN)
  // A name of one mistyped word has no word in common with what is meant, and nearly all of its pieces.
  const alike = Math.max(0.55 * byWords + 0.45 * byPieces, 0.85 * byPieces)
  return (byWords === 1 ? 1 : alike) * agreement(a.sizes, b.sizes) * agreement(a.measures, b.measures)
}

/** Small is not large, however alike the names are; a size that only one of the two says is a lesser doubt. */
function agreement(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 && b.length === 0) return 1
  if (a.length === 0 || b.length === 0) return 0.9
  return a.some((one) => b.includes(one)) ? 1 : 0.5
}

/** Dice's measure over two sorted lists of distinct parts. */
function shared(a: readonly string[], b: readonly string[], weightOf: WeightOf): number {
  let both = 0
  let all = 0
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const left = a[i]
    const right = b[j]
    if (left !== undefined && left === right) {
      const weight = weightOf(left)
      both += 2 * weight
      all += 2 * weight
      i++
      j++
    } else if (right === undefined || (left !== undefined && left < right)) {
      all += weightOf(left as string)
      i++
    } else {
      all += weightOf(right)
      j++
    }
  }
  return all === 0 ? 0 : both / all
}

/** One way of writing for all cases and accents. Through capitals and back, since some letters only meet there: ß and SS. */
function folded(text: string): string {
  const oneCase = text.normalize('NFKD').toUpperCase().toLowerCase()
  return oneCase.normalize('NFKD').replace(/\p{M}/gu, '')
}

function measureText(amount: string, unit: string): string {
  const number = Number(amount.replace(',', '.'))
  const millilitres = MILLILITRES[unit]
  if (millilitres !== undefined) return `${Math.round(number * millilitres)}ml`
  const grams = GRAMS[unit]
  return grams === undefined ? `${number}${unit}` : `${Math.round(number * grams)}g`
}

export function piecesOf(words: readonly string[]): string[] {
  const pieces = new Set<string>()
  for (const word of words) {
    const padded = `  ${word} `
    for (let at = 0; at + 3 <= padded.length; at++) pieces.add(padded.slice(at, at + 3))
  }
  return [...pieces].sort()
}
