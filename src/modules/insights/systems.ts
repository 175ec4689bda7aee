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
}

/** A tenant's link to a system, as its own module keeps it. */
export type Connection = {
  readonly id: Id
  readonly posSystem: string
  readonly name: string
  readonly state: 'active' | 'disconnected'
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
      }
    })
    .sort((a, b) => Number(b.available) - Number(a.available) || (a.name < b.name ? -1 : 1))
}
