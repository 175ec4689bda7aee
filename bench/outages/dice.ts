/** A stream of numbers from 0 to 1 that the seed alone decides (mulberry32 over an FNV-1a hash). */
export function diceOf(seed: string): () => number {
  let state = 2_166_136_261
  for (const sign of seed) state = Math.imul(state ^ (sign.codePointAt(0) ?? 0), 16_777_619)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function pick<const T>(dice: () => number, list: readonly [T, ...T[]]): T {
  return list[Math.floor(dice() * list.length)] ?? list[0]
}
