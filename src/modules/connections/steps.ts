import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { TickStep } from '#platform/queue/ticker.ts'
import type { Desk } from './desk.ts'
import { finishEnds } from './disconnect.ts'
import { endpointPath } from './endpoints.ts'
import type { ConnectionRef } from './live.ts'
import { claimDueEndpoints } from './store-endpoints.ts'
import { tendEndpoint } from './subscriptions.ts'

// What connections need without anybody asking: sign-ins renewed before they end, subscriptions looked after, people
// warned in time. Each step looks up in the tables what is due; two hubs may take the same step at once.

const AT_ONCE = 4
const REFRESHES_MAX = 40
const ENDPOINTS_MAX = 20
/** How long an endpoint that is being tended is left to whoever took it. */
const TENDING_MS = 5 * 60_000
const DAY_MS = 86_400_000
/** Days before the end of a sign-in that nothing can renew, at which a person is warned. */
const WARNINGS_DAYS = [7, 1] as const

export function connectionSteps(desk: Desk): TickStep[] {
  let aligned = false
  return [
    { name: 'sign-ins', everyMs: 5_000, run: (now) => refreshDue(desk, now) },
    {
      name: 'subscriptions',
      everyMs: 5_000,
      run: async (now) => {
        if (!aligned) await alignEndpoints(desk, now)
        aligned = true
        await tendDue(desk, now)
      },
    },
    {
      name: 'connection-care',
      everyMs: 60_000,
      run: async (now) => {
        await warnOfEnds(desk, now)
        await finishEnds(desk, now)
        await pruneAttempts(desk, now)
      },
    },
  ]
}

/** Renews what is due. A sign-in that cannot be renewed any more and has ended waits for a person from now on. */
export async function refreshDue(desk: Desk, now: Instant): Promise<void> {
  const due = await desk.database.system(async (tx) => {
    const { rows } = await sql<DueRow>`
      select tenant_id, id, credentials_version, token_expires_at from pos.configurations
      where refresh_due_at <= ${instantText(now)} and state = 'active'
      order by refresh_due_at limit ${REFRESHES_MAX}`.execute(tx)
    return rows
  })
  await eachOf(due, async (row) => {
    const ref: ConnectionRef = { tenantId: row.tenant_id, id: row.id }
    const renewal = await desk.keeper.renew(ref, row.credentials_version)
    const hasEnded = row.token_expires_at === null || row.token_expires_at <= now
    if (renewal.kind !== 'impossible') return
    desk.log.warn({ connection: row.id }, 'a sign-in could not be renewed')
    const refusal = { credentialsVersion: row.credentials_version, code: 'refresh_refused' }
    if (hasEnded) await desk.keeper.markNeedsSignIn(ref, refusal)
  })
}

type DueRow = { tenant_id: TenantId; id: Id; credentials_version: number; token_expires_at: Instant | null }

/** Tends the subscriptions that are due, each by one hub alone. */
export async function tendDue(desk: Desk, now: Instant): Promise<void> {
  const until = instant(now + TENDING_MS)
  const owners = await desk.database.system(async (tx) => [
    ...(await claimDueEndpoints(tx, 'pos.webhook_endpoints', now, until, ENDPOINTS_MAX)),
    ...(await claimDueEndpoints(tx, 'hub.application_endpoints', now, until, ENDPOINTS_MAX)),
  ])
  await eachOf(owners, async (owner) => void (await tendEndpoint(desk, owner)))
}

/** Subscriptions that lead to where the hub's address was before its last start are due at once. */
async function alignEndpoints(desk: Desk, now: Instant): Promise<void> {
  const base = desk.publicBase.href.replace(/\/+$/, '')
  await desk.database.system(async (tx) => {
    for (const table of ['pos.webhook_endpoints', 'hub.application_endpoints']) {
      await sql`
        update ${sql.table(table)} set due_at = ${instantText(now)}
        where state not in ('off', 'manual', 'left') and not starts_with(url, ${`${base}${WEBHOOKS_AT}`})`.execute(tx)
    }
  })
}

const WEBHOOKS_AT = endpointPath('spreadsheet', null).replace('spreadsheet', '')

/** Warns once at each of the days before a sign-in ends that nothing will renew. */
export async function warnOfEnds(desk: Desk, now: Instant): Promise<void> {
  const soon = instantText(instant(now + WARNINGS_DAYS[0] * DAY_MS))
  const ending = await desk.database.system(async (tx) => {
    const { rows } = await sql<{ tenant_id: TenantId; id: Id }>`
      select tenant_id, id from pos.configurations
      where state = 'active' and token_expires_at <= ${soon} and token_expires_at > ${instantText(now)}
        and (credentials_from <> 'oauth' or refresh_failures > 0)`.execute(tx)
    return rows
  })
  for (const { tenant_id: tenantId, id } of ending) {
    await desk.database.tenant(tenantId, (tx) => warn(tx, { tenantId, id }, now))
  }
}

async function warn(tx: Tx, { tenantId, id }: ConnectionRef, now: Instant): Promise<void> {
  const { rows } = await sql<WarnRow>`
    select name, pos_system, token_expires_at, warned_days from pos.configurations
    where tenant_id = ${tenantId} and id = ${id} and state = 'active' for update`.execute(tx)
  const row = rows[0]
  if (row === undefined || row.token_expires_at === null) return
  const left = row.token_expires_at - now
  const days = WARNINGS_DAYS.filter((one) => left <= one * DAY_MS).at(-1)
  if (days === undefined || (row.warned_days !== null && row.warned_days <= days)) return
  await sql`
    update pos.configurations set warned_days = ${days} where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
  await appendEvents(tx, tenantId, [
    {
      type: 'connection.expiring',
      subject: `connection/${id}`,
      occurredAt: now,
      actor: 'hub:connections',
      data: {
        connection_id: id,
        days,
        expires_at: instantText(row.token_expires_at),
        name: row.name,
        pos_system: row.pos_system,
      },
    },
  ])
}

type WarnRow = { name: string; pos_system: string; token_expires_at: Instant | null; warned_days: number | null }

/** Ways to a page of consent that nobody came back from. */
async function pruneAttempts(desk: Desk, now: Instant): Promise<void> {
  const before = instantText(instant(now - DAY_MS))
  await desk.database.system((tx) => sql`delete from pos.oauth_attempts where expires_at < ${before}`.execute(tx))
}

/** A few at a time; one that fails does not keep the others. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const failures: unknown[] = []
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await work(item).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} of ${items.length} connections failed`)
}
