import { layPart } from '#canon/merge-parts.ts'
import { layRefund, type RefundKind } from '#canon/merge-refunds.ts'
import type { SalePart } from '#canon/sale.ts'
import type { Id } from '#kernel/ids.ts'
import { isNewer, type Origin } from './filing.ts'

// A word is what one batch or one live event said of a fact, at one time. What stands is made of the words in the order
// in which they came, and of nothing else: the same rule is applied when one more arrives and, with all that remain, when
// a batch is taken back. That is why taking back leaves exactly what the others alone would have made.

export type Word = Age & {
  /** The version that keeps its content. A repeat names the version that it repeats. */
  readonly version: number
  readonly part: SalePart
  /** Null for a live word, which nobody takes back. */
  readonly batchId: Id | null
  readonly contentHash: Uint8Array
}

export type Standing = {
  /** The words that count: of each kind of part the last. */
  readonly words: readonly Word[]
  /** The newest of them: whose batch and whose age the sale bears. */
  readonly head: Word | null
}

export const NOTHING_STANDS: Standing = { words: [], head: null }

type Incoming = Omit<Word, 'version' | 'batchId'>

/** The word that counts and says the same. */
export function findRepeated(standing: Standing, incoming: Pick<Incoming, 'part' | 'contentHash'>): Word | undefined {
  return standing.words.find(
    (word) => word.part === incoming.part && Buffer.compare(word.contentHash, incoming.contentHash) === 0,
  )
}

/** Whether a word that this one would do away with is newer, by the source's own account. */
export function isLate(standing: Standing, incoming: Incoming): boolean {
  const rivals = standing.words.filter(
    ({ part }) => incoming.part === 'whole' || part === 'whole' || part === incoming.part,
  )
  return !rivals.every((rival) => isNewer(incoming, rival))
}

export function lay(standing: Standing, word: Word): Standing {
  return { words: layPart(standing.words, word), head: word }
}

/** What stands after words that came in this order. */
export function fold(words: readonly Word[]): Standing {
  return words.reduce<Standing>(
    (standing, word) =>
      findRepeated(standing, word) !== undefined || isLate(standing, word) ? standing : lay(standing, word),
    NOTHING_STANDS,
  )
}

/** Whether two standings are made of the same contents, whoever said them. */
export function sameContent(a: Standing, b: Standing): boolean {
  return a.words.length === b.words.length && a.words.every((one) => b.words.some((two) => two.version === one.version))
}

/**
 * Whether a repeat says nothing, whatever is taken back: the same batch, or a live word, said the same of the same age, and
 * nobody has said anything else since. Where somebody has, the repeat may be what brings it back, and is kept.
 */
export function isVain<Said extends Pick<RefundWord, 'batchId' | 'contentHash'> & Partial<Age>>(
  said: readonly Said[],
  repeat: Said,
): boolean {
  const isSame = (word: Said) => Buffer.compare(word.contentHash, repeat.contentHash) === 0
  const since = said.slice(said.findLastIndex((word) => !isSame(word)) + 1)
  return since.some(
    (word) =>
      (word.batchId === null || word.batchId === repeat.batchId) &&
      word.sourceVersion === repeat.sourceVersion &&
      word.sourceUpdatedAt === repeat.sourceUpdatedAt,
  )
}

type Age = Pick<Origin, 'sourceVersion' | 'sourceUpdatedAt'>

export type RefundWord = {
  readonly version: number
  readonly kind: RefundKind
  readonly batchId: Id | null
  readonly contentHash: Uint8Array
}

export function findRepeatedRefund<Word extends RefundWord>(
  standing: readonly Word[],
  incoming: Pick<RefundWord, 'kind' | 'contentHash'>,
): Word | undefined {
  return standing.find(
    (word) => word.kind === incoming.kind && Buffer.compare(word.contentHash, incoming.contentHash) === 0,
  )
}

/** The words about a refund that count, the newest at the end; refunds know no age, so the later one is the newer. */
export function foldRefund<Word extends RefundWord>(words: readonly Word[]): readonly Word[] {
  return words.reduce<readonly Word[]>(
    (standing, word) => (findRepeatedRefund(standing, word) === undefined ? layRefund(standing, word) : standing),
    [],
  )
}
