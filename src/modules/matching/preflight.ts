import type { Id, TenantId } from '#kernel/ids.ts'
import { addDays, type Instant, instant } from '#kernel/instant.ts'
import { dateOf, instantOf, wallClockAt, wallClockOf, type ZoneName } from '#kernel/zone.ts'
import { type Connection, listConnections } from '#modules/connections/connections.ts'
import { catalogStamp } from '#modules/mirror/catalog-list.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import { type Findings, findingsOf } from './findings.ts'
import { findChannel } from './store-channels.ts'
import { selectMappingRows } from './store-mapping-rows.ts'
import { insertPreflight, latestPreflight, prunePreflights } from './store-preflights.ts'
import {
  dueSoon,
  endWatches,
  putDown,
  takeDue,
  takeLooks,
  type Watch,
  type WatchReason,
  type WatchRef,
} from './store-watches.ts'
import { freshenSuggestions } from './suggestions.ts'
import { raiseTasks, settleTasks, type TaskNotices } from './tasks.ts'

// Every night, and after every change of either catalogue or of what stands for what, a channel's items are looked through
// before the next order comes: once for each connection that sells them.

export type Preflights = {
  readonly database: Database
  readonly notices: TaskNotices
  zoneOf(tx: Tx, tenantId: TenantId): Promise<ZoneName>
}

const WATCHES_A_TICK = 8
const LOOKS_A_TICK = 100
const NIGHT_MS = 3 * 3_600_000
/** Not every tenant of a zone at the same minute. */
const SPREAD_MS = 30 * 60_000
const KEPT_MS = 90 * 86_400_000

/** What is due, of every tenant. Two hubs share it. */
export async function runDue(preflights: Preflights, now: Instant): Promise<void> {
  const due = await preflights.database.system((tx) => takeDue(tx, now, WATCHES_A_TICK))
  for (const one of due) await runOne(preflights, one, now)
}

async function runOne(preflights: Preflights, due: Watch, now: Instant): Promise<void> {
  await runPreflight(preflights, due, due.reason, now, due.dueAt)
  // Worked out now, so that whoever opens the list does not wait.
  if (due.reason === 'catalogue') await freshenSuggestions(preflights.database, due, now)
}

/** Sees whether catalogues have changed since the last preflight, and has one made where they have. */
export async function lookAround(database: Database, now: Instant): Promise<void> {
  const looks = await database.system((tx) => takeLooks(tx, now, LOOKS_A_TICK))
  for (const look of looks) {
    await database.tenant(look.tenantId, async (tx) => {
      if ((await stampOf(tx, look)).stamp !== look.seenStamp) await dueSoon(tx, look, 'catalogue', now)
    })
  }
}

/** Looks through all items of a channel for a connection; null where there is nothing to look at any more. */
export async function runPreflight(
  { database, notices, zoneOf }: Preflights,
  ref: WatchRef,
  reason: WatchReason,
  now: Instant,
  dueAt: Instant | null = null,
): Promise<Findings | null> {
  const read = await database.tenant(ref.tenantId, (tx) => readAll(tx, ref))
  return database.tenant(ref.tenantId, async (tx) => {
    if (read === null) {
      await endWatches(tx, ref)
      await settleTasks(tx, notices, ref, now)
      return null
    }
    const { connection, findings, stamp, hasCatalog } = read
    const before = await latestPreflight(tx, ref)
    const isNews = before === null || !isSame(before, findings)
    await insertPreflight(tx, ref, findings, reason, now)
    await prunePreflights(tx, ref, instant(now - KEPT_MS))
    await putDown(tx, ref, { dueAt, nextAt: nextNight(now, await zoneOf(tx, ref.tenantId), ref.connectionId), stamp })
    await raiseTasks(tx, notices, { ...ref, connectionName: connection.name }, findings, {
      isNews: isNews || reason === 'nightly',
      hasCatalog,
      now,
    })
    if (isNews) await announce(tx, ref, findings, now)
    return findings
  })
}

type Read = {
  readonly connection: Connection
  readonly findings: Findings
  readonly stamp: string
  readonly hasCatalog: boolean
}

async function readAll(tx: Tx, ref: WatchRef): Promise<Read | null> {
  const connection = (await listConnections(tx, ref.tenantId)).find(({ id }) => id === ref.connectionId)
  if (connection === undefined || connection.state === 'disconnected') return null
  const { stamp, hasCatalog } = await stampOf(tx, ref)
  return { connection, stamp, hasCatalog, findings: findingsOf(await selectMappingRows(tx, { ...ref, hasCatalog })) }
}

async function stampOf(tx: Tx, ref: WatchRef): Promise<{ readonly stamp: string; readonly hasCatalog: boolean }> {
  const channel = await findChannel(tx, ref)
  const catalog = await catalogStamp(tx, ref.tenantId, ref.connectionId)
  return { stamp: `${channel?.revision ?? 0}/${catalog.stamp}`, hasCatalog: catalog.articles > 0 }
}

function isSame(a: Findings, b: Findings): boolean {
  const told = ({ items, mapped, unmapped, unmappedModifiers, removed, repriced, examples }: Findings) =>
    JSON.stringify([items, mapped, unmapped, unmappedModifiers, removed, repriced, Object.entries(examples).sort()])
  return told(a) === told(b)
}

/** About three o'clock of the zone's next night. */
export function nextNight(now: Instant, zone: ZoneName, connectionId: Id): Instant {
  const spread = Number.parseInt(connectionId.slice(-4), 16) % SPREAD_MS
  const today = dateOf(wallClockAt(now, zone))
  for (const day of [today, addDays(today, 1)]) {
    const at = instant(instantOf(wallClockOf(day, NIGHT_MS), zone).at + spread)
    if (at > now) return at
  }
  return instant(now + 86_400_000)
}

async function announce(tx: Tx, ref: WatchRef, findings: Findings, now: Instant): Promise<void> {
  const { items, mapped, unmapped, unmappedModifiers, removed, repriced } = findings
  await appendEvents(tx, ref.tenantId, [
    {
      type: 'item_preflight.changed',
      subject: `connection/${ref.connectionId}`,
      occurredAt: now,
      actor: 'job:matching.preflight',
      data: {
        connection_id: ref.connectionId,
        channel: ref.channel,
        items,
        mapped,
        unmapped,
        unmapped_modifiers: unmappedModifiers,
        removed,
        repriced,
      },
    },
  ])
}
