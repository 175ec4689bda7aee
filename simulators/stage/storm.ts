import type { StageClock } from './clock.ts'
import type { Switchboard } from './faults.ts'

// A provider that has had enough: once the fault strikes, every call that it means is refused until the storm has
// passed by the clock. A rate alone would let the next call through, which no real throttle does.

export class Storm {
  readonly #faults: Switchboard
  readonly #clock: StageClock
  readonly #name: string
  #until = Number.NEGATIVE_INFINITY

  /** The value of that fault is how long one storm lasts, in seconds. */
  constructor(faults: Switchboard, clock: StageClock, name: string) {
    this.#faults = faults
    this.#clock = clock
    this.#name = name
    faults.onSwitch((state) => {
      if (state.name === name && !state.on && state.times_left !== 0) this.#until = Number.NEGATIVE_INFINITY
    })
  }

  /** Null: the call may pass. Else the whole seconds until one would. */
  refuse(call: string): number | null {
    const now = this.#clock.now()
    if (now >= this.#until) {
      if (!this.#faults.strikes(this.#name, call)) return null
      this.#until = now + 1000 * this.#faults.valueOf(this.#name)
    } else if (!this.#faults.means(this.#name, call)) return null
    return Math.max(1, Math.ceil((this.#until - now) / 1000))
  }
}
