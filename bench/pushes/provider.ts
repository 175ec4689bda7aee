import { CONNECTORS } from '#connectors/registry.ts'
import type { GivenAccount } from '#modules/connections/for-orders.ts'
import type { Systems } from '#modules/connections/keeping.ts'
import type { StageClock } from '#simulators/stage/clock.ts'
import type { Application, Connector } from '../../connectors/contract.ts'
import type { Trouble } from './mix.ts'

// A provider as a fault run meets it: simulators with a few merchants, trouble that can be switched, and what stands in
// its books in the end. Each kind has a file of its own beside this one.

export type Provider = {
  /** What the result is filed under. */
  readonly name: string
  readonly posSystem: string
  /** Where it is asked; what another process needs to ask it too. */
  readonly access: ProviderAccess
  readonly merchants: readonly Merchant[]
  /** The standard mix from now on. */
  trouble(trouble: Trouble): void
  outage(on: boolean): void
  /** What goes wrong there, in words. */
  readonly mix: readonly string[]
  /** How often each fault has struck. */
  struck(): Readonly<Record<string, number>>
  /** All that was pushed in and stands there, whatever the hub believes of it. */
  standing(): readonly StandingOrder[]
  /** Requests that came, by the name of their call. */
  arrived(): Readonly<Record<string, number>>
  close(): Promise<void>
}

export type ProviderAccess = {
  /** What takes the place of the system's own address; null: each merchant names one. */
  readonly baseUrl: string | null
  readonly application: Application | null
}

export type Merchant = {
  readonly account: GivenAccount
  readonly currency: string
  readonly timeZone: string
  /** What stands for what, where the system takes nothing by its name: the POS's id by ours. */
  readonly mapping: Readonly<Record<string, string>>
  /** Ends the sign-in so that only a person can mend it; null: such a thing is not played. */
  readonly endSignIn: (() => void) | null
  /** What a person signs in again with. */
  signIn(): GivenAccount
}

export type StandingOrder = {
  readonly reference: string
  readonly posOrderId: string
  readonly total: number
  /** Nothing is left to do, such as paying for it. */
  readonly whole: boolean
}

export type ProviderOptions = { readonly clock: StageClock; readonly seed: string; readonly merchants: number }

/** A politeness of ten calls a second would make the run one of waiting; every other word of the connector holds. */
const PACE = { requestsPerSecond: 10_000, concurrent: 64, timeoutMs: 5_000 }

/** The connectors as they are, in a hurry. */
export function hurriedSystems({ baseUrl, application }: ProviderAccess): Systems {
  const connectors = new Map<string, Connector>(CONNECTORS.map((one) => [one.id, inHurry(one)]))
  return {
    findConnector: (posSystem) => connectors.get(posSystem) ?? null,
    baseUrlOf: () => baseUrl ?? 'http://no-address.invalid',
    addressOf(posSystem, _environment, credentials) {
      const named = baseUrl === null ? connectors.get(posSystem)?.live?.api.baseUrlOf?.(credentials) : null
      if (named == null) return { baseUrl: baseUrl ?? 'http://no-address.invalid', addressBy: 'hub', guarded: false }
      return { baseUrl: named, addressBy: 'merchant', guarded: false }
    },
    applicationOf: () => application,
    applicationSettings: () => [],
  }
}

function inHurry(connector: Connector): Connector {
  const { live } = connector
  if (live === undefined) return connector
  return { ...connector, live: { ...live, api: { ...live.api, pace: { ...live.api.pace, ...PACE } } } }
}
