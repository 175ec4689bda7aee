// Every draw comes from a named stream of a seeded place: `reseed(seed, stream, index)`. A stream starts at the same
// point wherever it is asked for, so any sale of any day can be made without those before it, and one more draw in
// the payments leaves every basket as it was.

/** Sixty-four bits as two unsigned halves; enough that no two days of a chain share a stream. */
export type Seed = { readonly high: number; readonly low: number }

export type Weighted<T> = { readonly value: T; readonly weight: number }

/** The words are joined by a character that no name holds, so `ab, c` and `a, bc` differ. */
export function seedOf(...words: readonly string[]): Seed {
  const text = words.join('\u001f')
  let high = 0x9e3779b9
  let low = 0x85ebca6b
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    high = Math.imul(high ^ unit, 0x9e3779b1)
    low = Math.imul(low ^ unit, 0x5f356495)
  }
  high = mixed(high ^ (low >>> 15))
  low = mixed(low ^ (high >>> 13))
  return { high: high >>> 0, low: low >>> 0 }
}

/** The number by which a stream is named; worked out once, where the stream is declared. */
export function streamOf(name: string): number {
  return seedOf('stream', name).low
}

/** A number in [0, 1) that belongs to a name for good: a regular's usual drink, an item's luck at a site. */
export function fixedDraw(seed: Seed, index: number): number {
  return (mixed(seed.low ^ mixed(index + seed.high)) >>> 0) / 2 ** 32
}

/** A short tag for identifiers, so that two seeds never hand out the same one. */
export function tagOf(seed: Seed): string {
  return (seed.high.toString(36).padStart(7, '0') + seed.low.toString(36).padStart(7, '0')).slice(-9)
}

/** The finisher of MurmurHash3: each bit of the input reaches every bit of the output. */
function mixed(bits: number): number {
  let mixing = bits | 0
  mixing = Math.imul(mixing ^ (mixing >>> 16), 0x85ebca6b)
  mixing = Math.imul(mixing ^ (mixing >>> 13), 0xc2b2ae35)
  return mixing ^ (mixing >>> 16)
}

/** The sfc32 generator. One object serves many streams in turn: reseeding costs less than making a new one. */
export class Dice {
  #a = 0
  #b = 0
  #c = 0
  #counter = 1

  reseed(seed: Seed, stream: number, index: number): this {
    this.#a = mixed(seed.low ^ stream)
    this.#b = mixed(seed.high + Math.imul(index, 0x9e3779b1))
    this.#c = mixed(this.#a ^ Math.imul(index + 1, 0x85ebca6b))
    this.#counter = 1
    for (let turn = 0; turn < 8; turn++) this.#turn()
    return this
  }

  #turn(): number {
    const drawn = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + drawn) | 0
    return drawn
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return (this.#turn() >>> 0) / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  /** A whole number in [0, count). */
  below(count: number): number {
    return Math.floor(this.unit() * count)
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit())
  }

  /** Log-normal by its median; `spread` is the standard deviation of the logarithm. */
  around(median: number, spread: number): number {
    return median * Math.exp(spread * this.normal())
  }

  /** Marsaglia and Tsang's method, for shapes of one and more. */
  gamma(shape: number): number {
    const d = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const x = this.normal()
      const v = (1 + c * x) ** 3
      if (v > 0 && Math.log(1 - this.unit()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
    }
  }

  /** Exact for small means; past sixty the rounded normal cannot be told from it on any chart. */
  poisson(mean: number): number {
    if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()))
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = this.unit(); product > limit; product *= this.unit()) count++
    return count
  }

  /** One of the options, each as likely as its weight says. */
  byWeight<T extends { readonly weight: number }>(options: readonly T[]): T {
    let weight = 0
    for (const option of options) weight += option.weight
    let left = this.unit() * weight
    for (const option of options) {
      left -= option.weight
      if (left < 0) return option
    }
    const last = options.at(-1)
    if (last === undefined) throw new RangeError('There is nothing to pick from.')
    return last
  }

  pick<T>(options: readonly Weighted<T>[]): T {
    return this.byWeight(options).value
  }

  oneOf<T>(options: readonly T[]): T {
    const option = options[this.below(options.length)]
    if (option === undefined) throw new RangeError('There is nothing to pick from.')
    return option
  }
}
