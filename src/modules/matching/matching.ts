import type { Id, TenantId } from '#kernel/ids.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import type { ZoneName } from '#kernel/zone.ts'
import { findCatalogArticles } from '#modules/mirror/catalog.ts'
import { catalogStamp } from '#modules/mirror/catalog-list.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import type { Route } from '#platform/http/route.ts'
import type { Follower } from '#platform/outbox/follow.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import type { TickStep } from '#platform/queue/ticker.ts'
import type { PosArticle } from '../../../connectors/contract.ts'
import { articleRoutes } from './article-routes.ts'
import { endWhatIsOver, type SitesOf, takeAvailability } from './availability.ts'
import { bulkRoutes } from './bulk-routes.ts'
import { pairingOf, replaceMatches, type Wanted } from './change-matches.ts'
import { channelRoutes } from './channel-routes.ts'
import { wrongPairs } from './check-mappings.ts'
import { connectionFollower } from './follow-connections.ts'
import { mappingRoutes } from './mapping-routes.ts'
import { lookAround, runDue } from './preflight.ts'
import { preflightRoutes } from './preflight-routes.ts'
import { findChannel, selectChannels, selectItemIds } from './store-channels.ts'
import { selectMatches, selectStanding } from './store-matches.ts'
import { dueSoon, watch } from './store-watches.ts'
import type { TaskNotices } from './tasks.ts'

// "This article is that article", said in one place: what a channel sells, what it stands for in a POS, and whether it can
// be sold at the moment. Functions take the caller's tenant transaction.

export type MatchingOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly notices: TaskNotices
  /** Connections that orders are pushed to: their items are looked at before anything is mapped. */
  pushTargets(tx: Tx, tenantId: TenantId): Promise<readonly Id[]>
  readonly sitesOf: SitesOf
  /** The tenant's own clock, for what is done at night. */
  zoneOf(tx: Tx, tenantId: TenantId): Promise<ZoneName>
}

export type Matching = {
  readonly routes: readonly Route[]
  readonly steps: readonly TickStep[]
  readonly followers: readonly Follower[]
}

export function createMatching(options: MatchingOptions): Matching {
  const { database, clock, sitesOf } = options
  return {
    routes: [
      ...channelRoutes(options),
      ...mappingRoutes(database),
      ...bulkRoutes(database),
      ...preflightRoutes(options),
      ...articleRoutes(database),
    ],
    steps: [
      { name: 'item-preflights', everyMs: 1_000, run: (now) => runDue(options, now) },
      { name: 'item-catalogues', everyMs: 10_000, run: (now) => lookAround(database, now) },
      { name: 'item-availability', everyMs: 1_000, run: (now) => endWhatIsOver(database, now) },
    ],
    followers: [
      {
        name: 'matching.availability',
        types: ['pos_item.availability'],
        async handle(tx, events) {
          const tenantId = events[0]?.tenantId
          if (tenantId !== undefined) await takeAvailability(tx, tenantId, events, clock.now(), sitesOf)
        },
      },
      connectionFollower(clock),
    ],
  }
}

/** Items of a channel within one connection's articles. */
export type Sold = { readonly connectionId: Id; readonly channel: string; readonly itemIds: readonly string[] }

/**
 * What items and modifiers stand for, by the channel's id. What stands for nothing is absent, and so is what stands for an
 * article that the connection no longer sells: it goes by its name, or the order is refused.
 */
export async function articlesFor(
  tx: Tx,
  tenantId: TenantId,
  { connectionId, channel, itemIds }: Sold,
): Promise<ReadonlyMap<string, PosArticle>> {
  const standing = await selectStanding(tx, pairingOf({ tenantId, connectionId, channel }), itemIds)
  if (standing.size === 0) return new Map()
  const articles = await findCatalogArticles(tx, tenantId, connectionId, [...new Set(standing.values())])
  // A connection without a catalogue cannot say what it does not have: there the mapping alone counts.
  const hasCatalog = articles.size > 0 || (await catalogStamp(tx, tenantId, connectionId)).articles > 0
  const found = new Map<string, PosArticle>()
  for (const [itemId, externalId] of standing) {
    const article = articles.get(externalId)
    if (article === undefined ? hasCatalog : article.deleted) continue
    const { parentExternalId = null, name = externalId, price = null } = article ?? {}
    found.set(itemId, { externalId, parentExternalId, name, price })
  }
  return found
}

export type MappingOf = {
  readonly connectionId: Id
  /** Null: what holds in every channel that says nothing else, as a configuration's `item_mapping` does. */
  readonly channel: string | null
}

/** The POS's article by the channel's item id, as it was said for just this. */
export async function mappingOf(tx: Tx, tenantId: TenantId, of: MappingOf): Promise<Readonly<Record<string, string>>> {
  const matches = [...(await selectMatches(tx, pairingOf({ ...of, tenantId }))).values()]
  matches.sort((a, b) => (a.leftId < b.leftId ? -1 : 1))
  return Object.fromEntries(matches.flatMap(({ leftId, rightId }) => (rightId === null ? [] : [[leftId, rightId]])))
}

export type NewMapping = MappingOf & {
  /** The POS's article by the channel's item id. */
  readonly mapping: Readonly<Record<string, string>>
  readonly by: string
  readonly requestId: string | null
  readonly now: Instant
}

/** Replaces it whole. Throws `matching.mapping-wrong` with places `/push/item_mapping/<item id>`. */
export async function replaceMapping(tx: Tx, tenantId: TenantId, wanted: NewMapping): Promise<void> {
  const { connectionId, channel, mapping } = wanted
  const pairs = Object.entries(mapping).map(([itemId, posItemId]) => ({ itemId, posItemId }))
  const wrong = await wrongPairs(tx, { tenantId, connectionId, channel }, pairs)
  if (wrong.length > 0) {
    throw new HttpFault(422, 'matching.mapping-wrong', {
      say: `${wrong.length} entries of item_mapping name what does not exist. Nothing was stored.`,
      places: wrong.slice(0, 100).map(({ at, field, detail }) => ({
        pointer: `/push/item_mapping/${pointerPart(pairs[at]?.itemId ?? '')}`,
        detail: field === 'item_id' ? detail : `names ${pairs[at]?.posItemId.slice(0, 64)}, which ${detail}`,
      })),
    })
  }
  const meant = new Map(
    pairs.map((one): [string, Wanted] => [one.itemId, { kind: 'article', posItemId: one.posItemId, confidence: null }]),
  )
  await replaceMatches(tx, { tenantId, connectionId, channel }, meant, { ...wanted, how: 'program' })
}

function pointerPart(text: string): string {
  return text.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Those of the ids that the channel sells; null where it never said what it sells. */
export async function knownItems(
  tx: Tx,
  tenantId: TenantId,
  channel: string,
  ids: readonly string[],
): Promise<ReadonlySet<string> | null> {
  const ref = { tenantId, channel }
  return (await findChannel(tx, ref)) === null ? null : selectItemIds(tx, ref, ids)
}

/** From now on every channel's items are looked at for the connection; the first time at once. */
export async function watchConnection(tx: Tx, tenantId: TenantId, connectionId: Id, now: Instant): Promise<void> {
  const channels = await selectChannels(tx, tenantId)
  await watch(
    tx,
    channels.map(({ channel }) => ({ tenantId, connectionId, channel })),
    now,
  )
  await dueSoon(tx, { tenantId, connectionId }, 'asked', now)
}
