import { piecesOf, type WeightOf, type Words } from './likeness.ts'

// Thousands of names against thousands are millions of pairs, and nearly all have nothing in common. Who holds a word is
// looked up; a word that nobody holds is taken for the listed ones that are spelt alike. What is left is compared closely.

export type Candidates = {
  readonly holders: ReadonlyMap<string, readonly number[]>
  readonly weightOf: WeightOf
  /** Room to count in, zero between two look-ups. */
  readonly counted: Float64Array
  /** Listed words by a piece of theirs. */
  readonly spelt: ReadonlyMap<string, readonly string[]>
  /** What a word was taken for, so that it is looked up once. */
  readonly alike: Map<string, readonly string[]>
}

const CLOSELY_MAX = 40
const ALIKE_MAX = 5
/** A word that most of a menu holds finds nothing that rarer ones have not found. */
const VISITS_MAX = 3_000
/** Beyond so many, those with less than half of the best one's weight are not worth sorting. */
const SORTED_MAX = 200
/** Of each word the pieces that two spellings must share, of all that both have. */
const SPELT_ALIKE_MIN = 0.45

export function listedWords(names: readonly Words[]): Candidates {
  const holders = new Map<string, number[]>()
  for (const [at, { words }] of names.entries()) {
    for (const word of words) {
      const list = holders.get(word)
      if (list === undefined) holders.set(word, [at])
      else list.push(at)
    }
  }
  const spelt = new Map<string, string[]>()
  for (const word of holders.keys()) {
    for (const piece of piecesOf([word])) {
      const list = spelt.get(piece)
      if (list === undefined) spelt.set(piece, [word])
      else list.push(word)
    }
  }
  const weights = new Map([...holders].map(([word, { length }]) => [word, weightAt(names.length, length)]))
  const unheard = weightAt(names.length, 0)
  const weightOf = (word: string) => weights.get(word) ?? unheard
  return { holders, weightOf, spelt, alike: new Map(), counted: new Float64Array(names.length) }
}

function weightAt(names: number, holders: number): number {
  return Math.log(2 + names / (1 + holders))
}

/** Places of the names that may be this one, the likeliest first; at most a few dozen. */
export function findCandidates(listed: Candidates, { words }: Words): number[] {
  const known = words.flatMap((word) => {
    const taken = listed.holders.has(word) ? [word] : alikeOf(listed, word)
    return taken.map((one) => ({ weight: listed.weightOf(one), holders: listed.holders.get(one) ?? [] }))
  })
  known.sort((a, b) => a.holders.length - b.holders.length)
  const { counted } = listed
  const found: number[] = []
  let visits = 0
  let most = 0
  for (const { weight, holders } of known) {
    if (found.length > 0 && visits + holders.length > VISITS_MAX) break
    visits += holders.length
    for (const at of holders) {
      const before = counted[at] ?? 0
      if (before === 0) found.push(at)
      counted[at] = before + weight
      most = Math.max(most, before + weight)
    }
  }
  const worth = found.length > SORTED_MAX ? found.filter((at) => (counted[at] ?? 0) * 2 >= most) : found
  const best = worth.sort((a, b) => (counted[b] ?? 0) - (counted[a] ?? 0) || a - b).slice(0, CLOSELY_MAX)
  for (const at of found) counted[at] = 0
  return best
}

function alikeOf(listed: Candidates, word: string): readonly string[] {
  const known = listed.alike.get(word)
  if (known !== undefined) return known
  const pieces = piecesOf([word])
  const times = new Map<string, number>()
  for (const piece of pieces) {
    for (const other of listed.spelt.get(piece) ?? []) times.set(other, (times.get(other) ?? 0) + 1)
  }
  const alike = [...times]
    .map(([other, both]) => ({ other, share: (2 * both) / (pieces.length + piecesOf([other]).length) }))
    .filter(({ share }) => share >= SPELT_ALIKE_MIN)
    .sort((a, b) => b.share - a.share || (a.other < b.other ? -1 : 1))
    .slice(0, ALIKE_MAX)
    .map(({ other }) => other)
  listed.alike.set(word, alike)
  return alike
}
