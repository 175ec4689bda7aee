import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { NewEvent } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { type Availability, selectSelling, selectSoldOut } from './store-availability.ts'
import { selectChannels, selectItemIds } from './store-channels.ts'

// Lines of the outbox that tell a channel what of its items can be sold.

const BY_POS = 'hub:matching'

/** One line for each item that stands for an article whose word has changed. */
export async function availabilityEvents(
  tx: Tx,
  tenantId: TenantId,
  changed: readonly Availability[],
  now: Instant,
): Promise<NewEvent[]> {
  const events: NewEvent[] = []
  for (const [connectionId, words] of byConnection(changed)) {
    const ids = [...new Set(words.map(({ externalId }) => externalId))]
    const selling = await selectSelling(tx, tenantId, connectionId, ids)
    if (selling.length === 0) continue
    for (const word of words) {
      const items = selling.filter(({ externalId }) => externalId === word.externalId)
      for (const { channel, itemId } of items) events.push(eventOf({ channel, itemId, word }, now))
    }
  }
  return events
}

function byConnection(words: readonly Availability[]): Map<Id, Availability[]> {
  const groups = new Map<Id, Availability[]>()
  for (const word of words) groups.set(word.connectionId, [...(groups.get(word.connectionId) ?? []), word])
  return groups
}

type Told = {
  readonly channel: string
  readonly itemId: string
  readonly word: Omit<Availability, 'saidAt'>
}

function eventOf({ channel, itemId, word }: Told, now: Instant): NewEvent {
  return {
    type: 'channel_item.availability_changed',
    subject: `channel/${channel}`,
    occurredAt: now,
    actor: BY_POS,
    data: {
      channel,
      item_id: itemId,
      available: word.available,
      connection_id: word.connectionId,
      // Null: everywhere.
      location: word.location === '' ? null : word.location,
      site_id: word.siteId,
      until: word.until === null ? null : instantText(word.until),
    },
  }
}

type Meant = { readonly before: ReadonlyMap<string, string>; readonly after: ReadonlyMap<string, string> }

/** What changes for items that stand for another article now, where one of the two is sold out. */
export async function availabilityMoved(
  tx: Tx,
  of: { readonly tenantId: TenantId; readonly connectionId: Id; readonly channel: string | null },
  itemIds: readonly string[],
  { before, after }: Meant,
  now: Instant,
): Promise<NewEvent[]> {
  const articles = [...new Set([...before.values(), ...after.values()])]
  const { tenantId, connectionId, channel } = of
  const words = await selectSoldOut(
    tx,
    tenantId,
    articles.map((externalId) => ({ connectionId, externalId })),
  )
  if (words.length === 0) return []
  const channels = channel === null ? (await selectChannels(tx, tenantId)).map((one) => one.channel) : [channel]
  const events: NewEvent[] = []
  for (const one of channels) {
    const sold = channel === null ? await selectItemIds(tx, { tenantId, channel: one }, itemIds) : new Set(itemIds)
    for (const itemId of itemIds) {
      if (!sold.has(itemId)) continue
      const wordsOf = (external: string | undefined) => words.filter(({ externalId }) => externalId === external)
      const [was, is] = [wordsOf(before.get(itemId)), wordsOf(after.get(itemId))]
      const ended = was.filter(({ location }) => !is.some((word) => word.location === location))
      const told = [...is, ...ended.map((word) => ({ ...word, available: true, until: null }))]
      for (const word of told) {
        events.push(eventOf({ channel: one, itemId, word }, now))
      }
    }
  }
  return events
}
