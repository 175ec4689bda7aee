import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Connection, listConnections } from '#modules/connections/connections.ts'
import { findCatalogArticles } from '#modules/mirror/catalog.ts'
import { catalogStamp } from '#modules/mirror/catalog-list.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { type Channel, findChannel, selectKinds } from './store-channels.ts'

// What must be known before anything is matched: the connection, the channel, and both ids of each mapping.

/** Throws `matching.connection-missing`. */
export async function getConnection(tx: Tx, tenantId: TenantId, named: string): Promise<Connection> {
  const found = (await listConnections(tx, tenantId)).find(({ id }) => id === named)
  if (found !== undefined) return found
  throw new Fault('missing', 'matching.connection-missing', {
    say: `There is no connection "${named.slice(0, 64)}" here. The list of connections says what there is.`,
  })
}

/** Throws `matching.channel-missing`. */
export async function getChannel(tx: Tx, tenantId: TenantId, channel: string): Promise<Channel> {
  const found = await findChannel(tx, { tenantId, channel })
  if (found !== null) return found
  throw new Fault('missing', 'matching.channel-missing', {
    say: `The channel "${channel.slice(0, 64)}" has no catalogue here. Hand it in with PUT …/channels/${channel.slice(0, 64)}/items first.`,
  })
}

export type Pair = { readonly itemId: string; readonly posItemId: string | null }

export type Wrong = { readonly at: number; readonly field: 'item_id' | 'pos_item_id'; readonly detail: string }

export type CheckedAgainst = { readonly tenantId: TenantId; readonly connectionId: Id; readonly channel: string | null }

/** What is wrong with each pair, in their order. An article is only asked for where the connection has a catalogue. */
export async function wrongPairs(tx: Tx, of: CheckedAgainst, pairs: readonly Pair[]): Promise<Wrong[]> {
  const { tenantId, connectionId, channel } = of
  const itemIds = pairs.map(({ itemId }) => itemId)
  const items = channel === null ? null : await selectKinds(tx, { tenantId, channel }, itemIds)
  const posIds = pairs.flatMap(({ posItemId }) => posItemId ?? [])
  const articles = await findCatalogArticles(tx, tenantId, connectionId, posIds)
  const hasCatalog = (await catalogStamp(tx, tenantId, connectionId)).articles > 0
  const firstAt = new Map<string, number>()
  return pairs.flatMap(({ itemId, posItemId }, at): Wrong[] => {
    const wrong: Wrong[] = []
    const first = firstAt.get(itemId)
    if (first === undefined) firstAt.set(itemId, at)
    else wrong.push({ at, field: 'item_id', detail: 'is named twice' })
    if (items !== null && !items.has(itemId)) {
      wrong.push({ at, field: 'item_id', detail: `is no item of the channel ${channel}` })
    }
    if (posItemId === null || !hasCatalog) return wrong
    const article = articles.get(posItemId)
    if (article === undefined) wrong.push({ at, field: 'pos_item_id', detail: 'is no article of the connection' })
    else if (article.deleted) wrong.push({ at, field: 'pos_item_id', detail: 'is an article that is sold no longer' })
    else if (article.kind === 'modifier' && items?.get(itemId) === 'item') {
      wrong.push({ at, field: 'pos_item_id', detail: 'is a modifier, which is not sold by itself' })
    }
    return wrong
  })
}
