import type { Id } from '#kernel/ids.ts'
import type { WireSystem } from './wire.ts'

// Which POS systems there are, as plain data that the composition root gathers from the connectors: this module knows no
// connector by name.

/** The parts a connector may have; what a system can do is the parts that are there. */
export type SystemPart = 'files' | 'webhooks' | 'pull' | 'push' | 'update'

export type KnownSystem = {
  readonly id: string
  readonly name: string
  /** Empty while there is no connector for it. */
  readonly can: readonly SystemPart[]
  readonly connectsBy: readonly ('file' | 'key' | 'oauth' | 'webhook')[]
  /** What a person needs to connect it; null where it is not asked live. */
  readonly signIn: SystemSignIn | null
  /** Left out where no orders can be put into it. */
  readonly orders?: { readonly notices: readonly string[]; readonly unmapped: 'by_name' | 'refused' } | undefined
}

export type SystemSignIn = {
  readonly fields: readonly {
    readonly name: string
    readonly label: string
    readonly secret: boolean
    readonly required: boolean
    readonly help: string
  }[]
  /** Null where the system has no page of its own to sign in at. */
  readonly oauth: {
    /** What is to be entered at the system, letter by letter. */
    readonly redirectUri: string
    /** The environments in which the system knows this hub. */
    readonly environments: readonly ('production' | 'sandbox')[]
    /** The settings that make it known. */
    readonly settings: readonly string[]
  } | null
  /** Null where the system never tells by itself. */
  readonly webhooks: { readonly url: string; readonly reachable: boolean } | null
}

/** A tenant's link to a system, as its own module keeps it. */
export type Connection = {
  readonly id: Id
  readonly posSystem: string
  readonly name: string
  readonly state: 'active' | 'needs_sign_in' | 'disconnected'
  /** Where all of its sales are made, if it is bound to one site. */
  readonly siteId: Id | null
}

/** Available systems first, then by name: the order of a list to choose from. */
export function wireSystems(systems: readonly KnownSystem[], connections: readonly Connection[]): WireSystem[] {
  return systems
    .map((system) => {
      const own = connections.filter((connection) => connection.posSystem === system.id)
      return {
        id: system.id,
        name: system.name,
        available: system.can.length > 0,
        can: [...system.can],
        connects_by: [...system.connectsBy],
        connected: own.some((connection) => connection.state === 'active'),
        connections: own.map(({ id, name, state }) => ({ id, name, state })),
        sign_in: system.signIn === null ? null : signInToWire(system.signIn),
        orders: system.orders === undefined ? null : { ...system.orders, notices: [...system.orders.notices] },
      }
    })
    .sort((a, b) => Number(b.available) - Number(a.available) || (a.name < b.name ? -1 : 1))
}

function signInToWire({ fields, oauth, webhooks }: SystemSignIn): NonNullable<WireSystem['sign_in']> {
  return {
    fields: fields.map((field) => ({ ...field })),
    oauth: oauth && {
      redirect_uri: oauth.redirectUri,
      environments: [...oauth.environments],
      settings: [...oauth.settings],
    },
    webhooks: webhooks && { ...webhooks },
  }
}
