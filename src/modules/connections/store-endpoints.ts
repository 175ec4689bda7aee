import { type RawBuilder, sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Environment, PosSystem } from '../../../connectors/contract.ts'

// Rows of pos.webhook_endpoints (one connection's own subscription) and of hub.application_endpoints (an application's
// one subscription for all accounts). They differ in whose they are, and in nothing else.

export type EndpointState =
  /** Not wanted. */
  | 'off'
  /** Wanted, and not asked for yet. */
  | 'waiting'
  | 'subscribed'
  /** A person made it at the provider and pasted its secret here. */
  | 'manual'
  /** It was there and is gone. */
  | 'missing'
  /** The provider stopped it. */
  | 'disabled'
  /** It leads to another address than ours is now. */
  | 'elsewhere'
  /** The provider cannot reach this hub's address. */
  | 'unreachable'
  | 'failed'
  /** The connection ended and the subscription could not be removed at the provider. */
  | 'left'

export type EndpointOwner =
  | { readonly kind: 'connection'; readonly tenantId: TenantId; readonly id: Id }
  | {
      readonly kind: 'application'
      readonly posSystem: PosSystem
      readonly environment: Environment
      readonly applicationId: string
    }

export type EndpointRow = {
  readonly url: string
  readonly subscriptionId: string | null
  readonly secret: Buffer | null
  readonly secretBefore: Buffer | null
  readonly secretBeforeUntil: Instant | null
  readonly state: EndpointState
  readonly reason: string | null
  readonly attempts: number
  readonly checkedAt: Instant | null
}

/** How long a secret that was replaced may still have signed what is on its way: providers repeat for up to two days. */
export const OLD_SECRET_MS = 72 * 3_600_000

const COLUMNS = sql.raw(
  'url, subscription_id, secret_sealed, secret_before_sealed, secret_before_until, state, reason, attempts, checked_at',
)

export async function findEndpointRow(tx: Tx, owner: EndpointOwner): Promise<EndpointRow | null> {
  const { rows } = await sql<StoredRow>`select ${COLUMNS} from ${tableOf(owner)} where ${keyOf(owner)}`.execute(tx)
  return rows[0] === undefined ? null : rowOf(rows[0])
}

/** The states of all subscriptions of a tenant's connections. */
export async function endpointsOf(tx: Tx, tenantId: TenantId): Promise<Map<Id, EndpointRow>> {
  const { rows } = await sql<StoredRow & { connection_id: Id }>`
    select connection_id, ${COLUMNS} from pos.webhook_endpoints where tenant_id = ${tenantId}`.execute(tx)
  return new Map(rows.map((row) => [row.connection_id, rowOf(row)]))
}

/** Puts an endpoint down as to be seen to at `dueAt`; one that stands keeps its subscription and its secrets. */
export async function putEndpoint(
  tx: Tx,
  owner: EndpointOwner,
  { url, state, dueAt }: { readonly url: string; readonly state: EndpointState; readonly dueAt: Instant | null },
): Promise<void> {
  const due = dueAt === null ? null : instantText(dueAt)
  const into =
    owner.kind === 'connection'
      ? sql`pos.webhook_endpoints as stood (tenant_id, connection_id, url, state, due_at)
          values (${owner.tenantId}, ${owner.id}, ${url}, ${state}, ${due})
          on conflict (tenant_id, connection_id)`
      : sql`hub.application_endpoints as stood (pos_system, environment, application_id, url, state, due_at)
          values (${owner.posSystem}, ${owner.environment}, ${owner.applicationId}, ${url}, ${state}, ${due})
          on conflict (pos_system, environment, application_id)`
  await sql`
    insert into ${into} do update set due_at = excluded.due_at, attempts = 0, reason = null,
      state = case when stood.state = 'subscribed' and excluded.state = 'waiting' then stood.state
        else excluded.state end`.execute(tx)
}

/** What stands at the provider now; a secret that is replaced stays valid for a while. */
export async function recordSubscription(
  tx: Tx,
  owner: EndpointOwner,
  made: { readonly url: string; readonly subscriptionId: string | null; readonly secret: Buffer | null },
  state: 'subscribed' | 'manual',
  now: Instant,
  dueAt: Instant | null,
): Promise<void> {
  await sql`
    update ${tableOf(owner)} set url = ${made.url}, subscription_id = ${made.subscriptionId},
      secret_before_sealed = case when secret_sealed is null or ${made.secret}::bytea is null
        then secret_before_sealed else secret_sealed end,
      secret_before_until = case when secret_sealed is null or ${made.secret}::bytea is null
        then secret_before_until else ${instantText(instant(now + OLD_SECRET_MS))}::timestamptz end,
      secret_sealed = coalesce(${made.secret}::bytea, secret_sealed),
      state = ${state}, reason = null, attempts = 0, checked_at = ${instantText(now)},
      due_at = ${dueAt === null ? null : instantText(dueAt)}
    where ${keyOf(owner)}`.execute(tx)
}

/** A state that was found; the subscription and its secrets stay as they are known. */
export async function recordEndpointState(
  tx: Tx,
  owner: EndpointOwner,
  found: { readonly state: EndpointState; readonly reason: string | null; readonly failed: boolean },
  now: Instant,
  dueAt: Instant | null,
): Promise<void> {
  await sql`
    update ${tableOf(owner)} set state = ${found.state}, reason = ${found.reason?.slice(0, 80) ?? null},
      attempts = ${found.failed ? sql`attempts + 1` : sql`0`}, checked_at = ${instantText(now)},
      due_at = ${dueAt === null ? null : instantText(dueAt)}
    where ${keyOf(owner)}`.execute(tx)
}

/** The subscription is gone at the provider, and with it every secret of it. */
export async function forgetSubscription(tx: Tx, owner: EndpointOwner, now: Instant): Promise<void> {
  await sql`
    update ${tableOf(owner)} set subscription_id = null, secret_sealed = null, secret_before_sealed = null,
      secret_before_until = null, state = 'off', reason = null, checked_at = ${instantText(now)}, due_at = null
    where ${keyOf(owner)}`.execute(tx)
}

/** Takes endpoints that are due, for the caller alone: nobody else is given them until `until`. */
export async function claimDueEndpoints(
  tx: Tx,
  table: 'pos.webhook_endpoints' | 'hub.application_endpoints',
  now: Instant,
  until: Instant,
  max: number,
): Promise<EndpointOwner[]> {
  const keys =
    table === 'pos.webhook_endpoints'
      ? sql.raw('tenant_id, connection_id')
      : sql.raw('pos_system, environment, application_id')
  const { rows } = await sql<OwnerRow>`
    update ${sql.table(table)} set due_at = ${instantText(until)}
    where (${keys}) in (select ${keys} from ${sql.table(table)} where due_at <= ${instantText(now)}
      order by due_at limit ${max} for update skip locked)
    returning ${keys}`.execute(tx)
  return rows.map((row) =>
    'tenant_id' in row
      ? { kind: 'connection', tenantId: row.tenant_id, id: row.connection_id }
      : {
          kind: 'application',
          posSystem: row.pos_system,
          environment: row.environment,
          applicationId: row.application_id,
        },
  )
}

type OwnerRow =
  | { tenant_id: TenantId; connection_id: Id }
  | { pos_system: PosSystem; environment: Environment; application_id: string }

type StoredRow = {
  url: string
  subscription_id: string | null
  secret_sealed: Buffer | null
  secret_before_sealed: Buffer | null
  secret_before_until: Instant | null
  state: EndpointState
  reason: string | null
  attempts: number
  checked_at: Instant | null
}

function tableOf(owner: EndpointOwner): RawBuilder<unknown> {
  return owner.kind === 'connection' ? sql.raw('pos.webhook_endpoints') : sql.raw('hub.application_endpoints')
}

function keyOf(owner: EndpointOwner): RawBuilder<unknown> {
  return owner.kind === 'connection'
    ? sql`tenant_id = ${owner.tenantId} and connection_id = ${owner.id}`
    : sql`pos_system = ${owner.posSystem} and environment = ${owner.environment}
        and application_id = ${owner.applicationId}`
}

function rowOf(row: StoredRow): EndpointRow {
  return {
    url: row.url,
    subscriptionId: row.subscription_id,
    secret: row.secret_sealed,
    secretBefore: row.secret_before_sealed,
    secretBeforeUntil: row.secret_before_until,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    checkedAt: row.checked_at,
  }
}
