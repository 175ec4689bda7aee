/**
 * Counts equal rows: the first of its kind is 0, the next 1. Kinds that come back after long are kept to the end, all
 * others for two generations, so memory stays flat.
 */
export class Ordinals {
  private current = new Map<string, number>()
  private previous = new Map<string, number>()
  private readonly kept = new Map<string, number>()

  next(content: string, keep: boolean): number {
    if (keep) {
      const ordinal = this.kept.get(content) ?? 0
      this.kept.set(content, ordinal + 1)
      return ordinal
    }
    const ordinal = this.current.get(content) ?? this.previous.get(content) ?? 0
    this.current.set(content, ordinal + 1)
    return ordinal
  }

  /** Whether an equal row came within the last two generations. */
  knows(content: string): boolean {
    return this.current.has(content) || this.previous.has(content)
  }

  nextGeneration(): void {
    this.previous = this.current
    this.current = new Map()
  }
}
