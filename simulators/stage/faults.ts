import { Dice, seedOf, streamOf } from '../trade/random.ts'

// What can go wrong, switched on by name. Each fault draws from its own seeded stream, so that one more call of another
// kind does not move where it strikes, and the same seed strikes at the same places again.

export type FaultDescription = {
  readonly name: string
  /** The row of the list of pains that it plays; null where it plays none in particular. */
  readonly pain: number | null
  readonly says: string
  /** How often it strikes when no rate is named; everywhere if not stated. */
  readonly rate?: number
  /** What `value` means and is, if it is not named: seconds, most often. */
  readonly value?: { readonly means: string; readonly standard: number }
  /** How often it strikes before it switches itself off, where no `times` is named. */
  readonly times?: number
}

export type FaultOrder = {
  readonly name: string
  readonly on: boolean
  /** Between 0 and 1. */
  readonly rate?: number | undefined
  readonly seed?: string | number | undefined
  readonly value?: number | undefined
  /** It switches itself off after so many strikes. */
  readonly times?: number | undefined
  /** Only these calls, by name or by the start of it: `orders` means `orders.search` and its like. */
  readonly calls?: readonly string[] | undefined
}

export type FaultState = Omit<FaultDescription, 'rate' | 'value' | 'times'> & {
  readonly on: boolean
  readonly rate: number
  readonly seed: string
  readonly value: number | null
  readonly value_means: string | null
  /** Null: without end. */
  readonly times_left: number | null
  readonly calls: readonly string[] | null
  /** How often it has struck since the start. */
  readonly struck: number
}

type Switch = { description: FaultDescription; state: FaultState; dice: Dice }

export class Switchboard {
  readonly #switches: ReadonlyMap<string, Switch>
  readonly #listeners: ((state: FaultState) => void)[] = []

  constructor(descriptions: readonly FaultDescription[], seed = 'faults') {
    this.#switches = new Map(
      descriptions.map((description) => [
        description.name,
        { description, ...switched(description, { name: description.name, on: false, seed }, 0) },
      ]),
    )
    if (this.#switches.size < descriptions.length) throw new RangeError('Two faults have one name.')
  }

  /** Switches a fault on or off, and starts its stream anew. Refuses a name that it does not know. */
  set(order: FaultOrder): FaultState {
    const found = this.#get(order.name)
    if (order.rate !== undefined && !(order.rate >= 0 && order.rate <= 1)) {
      throw new RangeError(`The rate of ${order.name} must lie between 0 and 1.`)
    }
    Object.assign(found, switched(found.description, order, found.state.struck))
    this.#tell(found.state)
    return found.state
  }

  /** Told of every switch that is thrown, by hand or by a last strike. */
  onSwitch(listener: (state: FaultState) => void): void {
    this.#listeners.push(listener)
  }

  list(): FaultState[] {
    return [...this.#switches.values()].map(({ state }) => state)
  }

  isOn(name: string): boolean {
    return this.#get(name).state.on
  }

  /** Its value, also after a last strike has switched it off; nought where it has none. */
  valueOf(name: string): number {
    return this.#get(name).state.value ?? 0
  }

  /** The value of a fault that lasts for as long as it is on; null while it is off. */
  valueWhileOn(name: string): number | null {
    return this.isOn(name) ? this.valueOf(name) : null
  }

  /** Whether it strikes this time. `call` is what it would strike at, for a fault that was told which calls it means. */
  strikes(name: string, call?: string): boolean {
    const found = this.#get(name)
    const { state } = found
    if (!state.on || !this.means(name, call)) return false
    if (!found.dice.chance(state.rate)) return false
    const left = state.times_left === null ? null : state.times_left - 1
    found.state = { ...state, struck: state.struck + 1, times_left: left, on: left !== 0 }
    if (left === 0) this.#tell(found.state)
    return true
  }

  /** Whether it was told to strike at such calls, on or off; it means all of them where it was told nothing. */
  means(name: string, call?: string): boolean {
    const { calls } = this.#get(name).state
    return calls === null || (call !== undefined && calls.some((start) => call.startsWith(start)))
  }

  /** A number in [0, 1) of that fault's stream: how late, which of them. */
  draw(name: string): number {
    return this.#get(name).dice.unit()
  }

  #tell(state: FaultState): void {
    for (const listener of this.#listeners) listener(state)
  }

  #get(name: string): Switch {
    const found = this.#switches.get(name)
    if (found === undefined) {
      throw new RangeError(`There is no fault "${name}". There are: ${[...this.#switches.keys()].join(', ')}.`)
    }
    return found
  }
}

function switched(description: FaultDescription, order: FaultOrder, struck: number): Omit<Switch, 'description'> {
  const seed = String(order.seed ?? 'faults')
  const { name, pain, says } = description
  return {
    dice: new Dice().reseed(seedOf(seed), streamOf(name), 0),
    state: {
      name,
      pain,
      says,
      on: order.on,
      rate: order.rate ?? description.rate ?? 1,
      seed,
      value: order.value ?? description.value?.standard ?? null,
      value_means: description.value?.means ?? null,
      times_left: order.times ?? description.times ?? null,
      calls: order.calls ?? null,
      struck,
    },
  }
}
