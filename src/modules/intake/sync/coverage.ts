import { type Instant, instant } from '#kernel/instant.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { DataType } from '../../../../connectors/contract.ts'
import { stagedStreams } from './plan.ts'
import { wantedPositions } from './start.ts'
import { listPositions, type Past, type Position } from './store-positions.ts'

// What is known of a connection, and what is not: from when on, until when, and why no further. A figure over a time that
// lies outside is not whole, and must not be shown as if it were.

export type Coverage = {
  readonly dataType: DataType
  /** Everything from here on is read, at every place. Null: nothing of it yet. */
  readonly from: Instant | null
  /** Everything that changed until then is known, as far as the provider tells. */
  readonly to: Instant | null
  /** `unfinished`: older sales are still to be read. */
  readonly past: Past
  /** The provider shows nothing older, by its own rule; null: it has none that is known. */
  readonly horizon: Instant | null
  /** Streams and places of which the past is not read to its end. */
  readonly unfinished: readonly { readonly stream: string; readonly location: string; readonly from: Instant }[]
}

/** One statement for each kind of data that the connection has. */
export async function coverageOf(tx: Tx, connection: LiveConnection, now: Instant): Promise<Coverage[]> {
  const owner = { tenantId: connection.tenantId, connectionId: connection.id }
  const positions = await listPositions(tx, owner)
  return connection.dataTypes.flatMap((dataType) => coverageOfType(connection, dataType, positions, now) ?? [])
}

export function coverageOfType(
  connection: LiveConnection,
  dataType: DataType,
  positions: readonly Position[],
  now: Instant,
): Coverage | null {
  const staged = stagedStreams(connection.live.pull.streams, [dataType])
  if (staged.length === 0) return null
  const horizons = staged.flatMap(({ stream }) => (stream.horizonMs === null ? [] : [now - stream.horizonMs]))
  const horizon = horizons.length === 0 ? null : instant(Math.max(...horizons))
  const wanted = wantedPositions({ ...connection, dataTypes: [dataType] })
  const known = wanted.map(({ stream, location }) =>
    positions.find((one) => one.stream === stream && one.location === location),
  )
  const found = known.filter((position) => position !== undefined)
  if (found.length < known.length || found.length === 0) {
    return { dataType, from: null, to: null, past: 'unfinished', horizon, unfinished: [] }
  }
  const from = found.reduce((latest, { readFrom }) => Math.max(latest, readFrom), 0 as number)
  const to = found.reduce((least, { readTo }) => Math.min(least, readTo), now as number)
  const unfinished = found
    .filter(({ past }) => past === 'unfinished')
    .map(({ stream, location, readFrom }) => ({ stream, location, from: readFrom }))
  return { dataType, from: instant(from), to: instant(to), past: pastOf(found), horizon, unfinished }
}

/** The least that holds for all: what is unfinished anywhere is unfinished. */
function pastOf(positions: readonly Position[]): Past {
  const order: readonly Past[] = ['unfinished', 'horizon', 'wanted', 'exhausted', 'whole']
  return order.find((past) => positions.some((position) => position.past === past)) ?? 'unfinished'
}
