/** Who is read together: places, or the whole account where a stream speaks of no place. */
export type Batch = readonly string[] | null

/**
 * Places in batches of at most `locationsMax`, each place in exactly one, as even as can be: eleven places by ten are six
 * and five, and not ten and one. Always the same batches for the same places. No places, no batches; null for the max is
 * the whole account.
 */
export function batchesOf(locations: readonly string[], locationsMax: number | null): Batch[] {
  if (locationsMax === null) return [null]
  if (locationsMax < 1) throw new Error('a window speaks of one place at least')
  const all = [...new Set(locations)].sort()
  const count = Math.ceil(all.length / locationsMax)
  return Array.from({ length: count }, (_, index) =>
    all.slice(Math.floor((index * all.length) / count), Math.floor(((index + 1) * all.length) / count)),
  )
}

/** The places of a batch as positions are kept by: one for each, or the empty one of a whole account. */
export function positionKeys(batch: Batch): readonly string[] {
  return batch ?? ['']
}
