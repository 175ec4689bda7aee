import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { findInstant, type Instant } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { OutboxEvent } from '#platform/outbox/event.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import { availabilityEvents } from './announce-availability.ts'
import {
  type Availability,
  availabilityKey,
  endSoldOut,
  lockAvailability,
  tenantsWithEnded,
  upsertAvailability,
} from './store-availability.ts'

// What a POS says of whether an article can be sold. The newest word at each place counts; one that comes late is passed
// over; one that names its own end ends by the clock.

/** The site of each place of a connection, by the provider's id of the place. */
export type SitesOf = (tx: Tx, tenantId: TenantId, connectionId: Id) => Promise<ReadonlyMap<string, Id>>

const TENANTS_A_TICK = 200
const ENDED_A_TRANSACTION = 500

/** Takes words of one tenant, in the order in which they were told, and tells the channels whose items they change. */
export async function takeAvailability(
  tx: Tx,
  tenantId: TenantId,
  events: readonly OutboxEvent[],
  now: Instant,
  sitesOf: SitesOf,
): Promise<void> {
  const words = await placed(
    tx,
    tenantId,
    events.flatMap((event) => wordOf(event, now) ?? []),
    sitesOf,
  )
  const standing = new Map<string, Availability>()
  for (const connectionId of new Set(words.map((word) => word.connectionId))) {
    const ids = words.filter((word) => word.connectionId === connectionId).map(({ externalId }) => externalId)
    for (const one of await lockAvailability(tx, tenantId, connectionId, [...new Set(ids)])) {
      standing.set(availabilityKey(one), one)
    }
  }
  const newest = new Map<string, Availability>()
  for (const word of words) {
    const key = availabilityKey(word)
    const known = newest.get(key) ?? standing.get(key)
    if (known === undefined || known.saidAt <= word.saidAt) newest.set(key, word)
  }
  const changed = [...newest].flatMap(([key, word]) => (isNews(word, standing.get(key)) ? word : []))
  await upsertAvailability(tx, tenantId, [...newest.values()], now)
  await appendEvents(tx, tenantId, await availabilityEvents(tx, tenantId, changed, now))
}

async function placed(
  tx: Tx,
  tenantId: TenantId,
  words: readonly Availability[],
  sitesOf: SitesOf,
): Promise<Availability[]> {
  const sites = new Map<Id, ReadonlyMap<string, Id>>()
  for (const { connectionId, location } of words) {
    if (location === '' || sites.has(connectionId)) continue
    sites.set(connectionId, await sitesOf(tx, tenantId, connectionId))
  }
  return words.map((word) => ({ ...word, siteId: sites.get(word.connectionId)?.get(word.location) ?? null }))
}

/** What nobody ever spoke of is there. */
function isNews(word: Availability, before: Availability | undefined): boolean {
  if (before === undefined) return !word.available
  return word.available !== before.available || word.until !== before.until
}

/** What is sold out until a moment that is now is there again, in every tenant. */
export async function endWhatIsOver(database: Database, now: Instant): Promise<void> {
  const tenants = await database.system((tx) => tenantsWithEnded(tx, now, TENANTS_A_TICK))
  for (const tenantId of tenants) {
    await database.tenant(tenantId, async (tx) => {
      const ended = await endSoldOut(tx, tenantId, now, ENDED_A_TRANSACTION)
      await appendEvents(tx, tenantId, await availabilityEvents(tx, tenantId, ended, now))
    })
  }
}

/** Null where the line does not say what it should: it was not written by us, and nothing can be made of it. */
function wordOf({ data, occurredAt }: OutboxEvent, now: Instant): Availability | null {
  const { connection_id: connectionId, external_id: externalId, location, available } = data
  if (typeof connectionId !== 'string' || !isId(connectionId)) return null
  if (typeof externalId !== 'string' || externalId === '' || typeof available !== 'boolean') return null
  const until = momentOf(data.until)
  const isOver = available || (until !== null && until <= now)
  return {
    connectionId: connectionId as Id,
    externalId,
    location: typeof location === 'string' ? location : '',
    siteId: null,
    available: isOver,
    saidAt: momentOf(data.at) ?? occurredAt,
    until: isOver ? null : until,
  }
}

function momentOf(value: unknown): Instant | null {
  return typeof value === 'string' ? findInstant(value) : null
}
