import type { Order } from '#canon/order.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import type { OutgoingOrder, PosArticle } from '../../../connectors/contract.ts'

// What was sent, as it is kept: word for word the same goes again while nobody knows whether it arrived, whatever
// became of the order, the mapping or the settings meanwhile.

type Kept = Omit<OutgoingOrder, 'articles' | 'order'> & {
  readonly order: Order
  readonly articles: readonly (readonly [string, PosArticle])[]
}

export function sealIntent(sealer: Sealer, pushId: string, outgoing: OutgoingOrder): Buffer {
  const kept: Kept = { ...outgoing, articles: [...outgoing.articles] }
  return sealer.seal(Buffer.from(JSON.stringify(kept, write)), binding(pushId))
}

export function openIntent(sealer: Sealer, pushId: string, sealed: Uint8Array): OutgoingOrder {
  const kept = JSON.parse(sealer.open(sealed, binding(pushId)).toString(), read) as Kept
  return { ...kept, articles: new Map(kept.articles) }
}

function binding(pushId: string): readonly string[] {
  return ['push-intent', pushId]
}

type Minor = { readonly $minor: string }

function write(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? ({ $minor: String(value) } satisfies Minor) : value
}

function read(_name: string, value: unknown): unknown {
  const isMinor = typeof value === 'object' && value !== null && '$minor' in value
  return isMinor ? BigInt((value as Minor).$minor) : value
}
