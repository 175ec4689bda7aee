const BLOCKS_MAX = 2 ** 20
const BLOCKS_MIN = 2 ** 11
/** 512 bits: all that is asked of one key lies together in the processor's cache. */
const WORDS_PER_BLOCK = 16
const PROBES = 10

/** A set of keys of 52 bits that may say yes to one it was never given, and never no to one it was. */
export class Bloom {
  private readonly words: Uint32Array
  private readonly blocks: number

  /** Some forty to eighty bits for each row of forty bytes, up to 64 MiB: a filter that is too full only says yes too often. */
  constructor(sizeBytes: number) {
    this.blocks = BLOCKS_MIN
    while (this.blocks * WORDS_PER_BLOCK * 32 < sizeBytes && this.blocks < BLOCKS_MAX) this.blocks *= 2
    this.words = new Uint32Array(this.blocks * WORDS_PER_BLOCK)
  }

  has(key: number): boolean {
    const from = this.blockOf(key)
    let mixed = mixOf(key)
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = mixed >>> 23
      if (((this.words[from + (bit >>> 5)] ?? 0) & (1 << (bit & 31))) === 0) return false
      mixed = Math.imul(mixed, 0x9e3779b1) + 0x7f4a7c15
    }
    return true
  }

  add(key: number): void {
    const from = this.blockOf(key)
    let mixed = mixOf(key)
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = mixed >>> 23
      const word = from + (bit >>> 5)
      this.words[word] = (this.words[word] ?? 0) | (1 << (bit & 31))
      mixed = Math.imul(mixed, 0x9e3779b1) + 0x7f4a7c15
    }
  }

  private blockOf(key: number): number {
    return (Math.imul(key >>> 0, 0x85ebca6b) & (this.blocks - 1)) * WORDS_PER_BLOCK
  }
}

/** The upper bits of a key, mixed with the lower ones. */
function mixOf(key: number): number {
  const high = (key / 0x100000000) | 0
  let mixed = Math.imul(high ^ (key >>> 15), 0x9e3779b1)
  mixed ^= mixed >>> 16
  return Math.imul(mixed, 0xc2b2ae35) ^ (key | 0)
}
