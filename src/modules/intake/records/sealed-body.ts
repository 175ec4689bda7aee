import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Id } from '#kernel/ids.ts'
import type { Sealer } from '#platform/vault/vault.ts'

// A provider's own bytes as they lie in a table: packed where that pays, then sealed for exactly their place. What is
// sealed cannot be packed any more, by the database or by a backup, so it is done before. A delivery is not packed: while a
// provider waits for its answer, packing a kilobyte costs as much as sealing it.

const PLAIN = 0
const PACKED = 1
/** Below this a packed text is hardly smaller. */
const WORTH_PACKING_BYTES = 400
/** A provider's answer is at most 32 MiB, so nothing that we packed is larger. */
const UNPACKED_BYTES_MAX = 64 * 1024 * 1024

export type Place = readonly string[]

export function recordPlace(connectionId: Id, kind: string, externalId: string): Place {
  return ['source-record', connectionId, kind, externalId]
}

export function deliveryPlace(connectionId: Id, eventKey: string): Place {
  return ['webhook', connectionId, eventKey]
}

export function sealBody(sealer: Sealer, body: Uint8Array, place: Place): Buffer {
  return sealer.seal(packed(body) ?? asItIs(body), place)
}

export function sealUnpacked(sealer: Sealer, body: Uint8Array, place: Place): Buffer {
  return sealer.seal(asItIs(body), place)
}

/** Throws a `vault.*` fault when it was not sealed for this tenant and place, or was altered. */
export function openBody(sealer: Sealer, sealed: Uint8Array, place: Place): Buffer {
  const bytes = sealer.open(sealed, place)
  if (bytes[0] === PLAIN) return bytes.subarray(1)
  if (bytes[0] === PACKED) return inflateRawSync(bytes.subarray(1), { maxOutputLength: UNPACKED_BYTES_MAX })
  throw new Error('a sealed body begins with how it is packed')
}

/** Null where it is not worth it. */
function packed(body: Uint8Array): Buffer | null {
  if (body.length < WORTH_PACKING_BYTES) return null
  const smaller = deflateRawSync(body, { level: 1 })
  return smaller.length < body.length ? Buffer.concat([Buffer.of(PACKED), smaller]) : null
}

function asItIs(body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(PLAIN), body])
}
