import type { Square } from './square.ts'

/** One thing that happens to a sale; `run` is told the instant by Square's own clock. */
export type Act = { readonly at: number; readonly run: (at: number) => void }

/** Does what is past at once, in order, and leaves the rest to the clock. */
export function play(square: Square, acts: readonly Act[]): void {
  const { clock } = square
  const now = clock.now()
  const skew = () => square.now() - clock.now()
  for (const { at, run } of acts.toSorted((one, other) => one.at - other.at)) {
    if (at <= now) run(at + skew())
    else clock.at(at, () => run(at + skew()))
  }
}
