import type { Order, OrderAddress, OrderCustomer } from '#canon/order.ts'
import type { Id } from '#kernel/ids.ts'
import type { Sealer } from '#platform/vault/vault.ts'

// What an order tells of a person. It lies sealed in its revision, for exactly that order and version, and nowhere else:
// whoever erases it empties one column of the order's revisions, and all figures stand.

export type OrderPersonal = {
  readonly customer: OrderCustomer | null
  readonly address: OrderAddress | null
  readonly fulfilmentNote: string | null
  readonly note: string | null
  /** Each with its line's id; people write names and allergies there. */
  readonly lineNotes: readonly (readonly [lineId: string, note: string])[]
}

/** Null when the order says nothing of anybody. */
export function personalOf({ customer, fulfilment, note, items }: Order): OrderPersonal | null {
  const lineNotes = items.flatMap((item) => (item.note === null ? [] : [[item.lineId, item.note] as const]))
  const { address, note: fulfilmentNote } = fulfilment
  const isNothing = customer === null && address === null && fulfilmentNote === null && note === null
  if (isNothing && lineNotes.length === 0) return null
  return { customer, address, fulfilmentNote, note, lineNotes }
}

export function sealPersonal(sealer: Sealer, personal: OrderPersonal | null, orderId: Id, version: number) {
  if (personal === null) return null
  return sealer.seal(Buffer.from(JSON.stringify(personal)), placeOf(orderId, version))
}

/** Throws `vault.unreadable`, `vault.key-missing`. */
export function openPersonal(sealer: Sealer, sealed: Uint8Array | null, orderId: Id, version: number) {
  if (sealed === null) return null
  return JSON.parse(sealer.open(sealed, placeOf(orderId, version)).toString('utf8')) as OrderPersonal
}

export function sealNote(sealer: Sealer, note: string | null, orderId: Id, entryId: Id): Buffer | null {
  return note === null ? null : sealer.seal(Buffer.from(note), ['order-history', orderId, entryId])
}

export function openNote(sealer: Sealer, sealed: Uint8Array | null, orderId: Id, entryId: Id): string | null {
  return sealed === null ? null : sealer.open(sealed, ['order-history', orderId, entryId]).toString('utf8')
}

function placeOf(orderId: Id, version: number): readonly string[] {
  return ['order', orderId, String(version)]
}
