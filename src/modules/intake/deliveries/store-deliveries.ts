import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import type { ClaimedDelivery, Ending, NewDelivery } from './delivery.ts'

// The log of deliveries. Engines write it across tenants: many deliveries of many tenants in one statement.

/** Who works at what: one for each process. A claim that is not renewed ends by itself. */
export type Claimer = { readonly id: Id; readonly leaseMs: number }

export type Accepted = 'stored' | 'repeated' | 'unowned'

// Its text stands still, so that it is put together once and the server reads it once on each connection. A row names
// itself only where it was there before or came several times: most answer with their id alone.
const INSERT = `
  insert into pos.webhook_logs as t (tenant_id, connection_id, event_key, id, pos_system, event_id, type, occurred_at,
    received_at, headers, body, body_bytes, outcome, repeats, repeated_at, attempts, due_at, claimed_by, claimed_until,
    claim_no, processed_at, code, say)
  select d.tenant_id, d.connection_id, d.event_key, d.id, d.pos_system, d.event_id, d.type, d.occurred_at,
    d.received_at, d.headers, substring($19::bytea from d.body_start for d.sealed_bytes), d.body_bytes,
    coalesce(d.outcome, 'received'), d.repeats, case when d.repeats > 0 then d.received_at end,
    case when d.claimed_until is null then 0 else 1 end, case when d.outcome is null then d.received_at end,
    case when d.claimed_until is not null then $18::uuid end, d.claimed_until,
    case when d.claimed_until is null then 0 else 1 end, case when d.outcome is not null then d.received_at end,
    d.code, d.say
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
    $9::timestamptz[], $10::jsonb[], $11::integer[], $12::integer[], $13::integer[], $14::text[], $15::text[],
    $16::text[], $17::integer[], $20::timestamptz[])
    as d (tenant_id, connection_id, event_key, id, pos_system, event_id, type, occurred_at, received_at, headers,
      body_start, sealed_bytes, body_bytes, outcome, code, say, repeats, claimed_until)
  join pos.open_connections c on c.tenant_id = d.tenant_id and c.id = d.connection_id
  order by d.tenant_id, d.connection_id, d.event_key
  on conflict (tenant_id, connection_id, event_key) do update
  set repeats = t.repeats + excluded.repeats + 1, repeated_at = excluded.received_at
  returning t.id, case when t.repeats > 0 then t.tenant_id || ' ' || t.connection_id || ' ' || t.event_key end as name`

type Written = { readonly id: Id; readonly name: string | null }

/**
 * Writes and commits deliveries, each once for ever; those that wait are claimed for `claimer` at once where one is given.
 * `unowned`: its connection ended meanwhile, and nothing is kept. The same delivery twice in a call is one and a repeat.
 */
export async function insertDeliveries(
  database: Pick<Database, 'systemStatement'>,
  deliveries: readonly NewDelivery[],
  claimer: Claimer | null,
): Promise<Accepted[]> {
  const groups = Map.groupBy(deliveries, nameOf)
  const written = await database.systemStatement<Written>({
    name: 'insert-deliveries',
    text: INSERT,
    values: valuesOf([...groups.values()].map(rowOf), claimer),
  })
  const ids = new Set(written.map(({ id }) => id))
  const repeated = new Set(written.map(({ name }) => name))
  return deliveries.map((delivery) => {
    if (ids.has(delivery.id)) return 'stored'
    return repeated.has(nameOf(delivery)) ? 'repeated' : 'unowned'
  })
}

function valuesOf(rows: readonly DeliveryRow[], claimer: Claimer | null): readonly unknown[] {
  const list = (of: (row: DeliveryRow) => string | number | null) => arrayOf(rows.map(of))
  return [
    list(({ first }) => first.tenantId),
    list(({ first }) => first.connectionId),
    list(({ first }) => first.eventKey),
    list(({ first }) => first.id),
    list(({ first }) => first.posSystem),
    list(({ first }) => first.eventId),
    list(({ first }) => first.type),
    list(({ first }) => timeOrNull(first.occurredAt)),
    list(({ first }) => instantText(first.receivedAt)),
    list(({ first }) => JSON.stringify(first.headers)),
    arrayOf(startsOf(rows.map(({ first }) => first.sealed.length))),
    list(({ first }) => first.sealed.length),
    list(({ first }) => first.body.length),
    list(({ first }) => first.ending?.outcome ?? null),
    list(({ first }) => first.ending?.code ?? null),
    list(({ first }) => first.ending?.say ?? null),
    list(({ repeats }) => repeats),
    claimer?.id ?? null,
    // All bodies travel as one value, as the bytes they are: written out one by one as text they would be twice as long.
    Buffer.concat(rows.map(({ first }) => first.sealed)),
    list(({ first }) => claimEnd(first, claimer)),
  ]
}

type DeliveryRow = { readonly first: NewDelivery; readonly repeats: number }

function rowOf(same: readonly NewDelivery[]): DeliveryRow {
  const [first] = same
  if (first === undefined) throw new Error('a group holds at least one')
  return { first, repeats: same.length - 1 }
}

function nameOf({ tenantId, connectionId, eventKey }: NewDelivery): string {
  return `${tenantId} ${connectionId} ${eventKey}`
}

/** Where each piece begins in all of them together; PostgreSQL counts from one. */
function startsOf(lengths: readonly number[]): number[] {
  let start = 1
  return lengths.map((length) => {
    const here = start
    start += length
    return here
  })
}

function claimEnd({ ending, receivedAt }: NewDelivery, claimer: Claimer | null): string | null {
  return ending !== null || claimer === null ? null : instantText(instant(receivedAt + claimer.leaseMs))
}

function timeOrNull(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}

/**
 * Claims deliveries that are due and that nobody works at, a few of each connection, those that wait longest first. Two
 * processes never claim the same one.
 */
export async function claimDue(
  tx: Tx,
  claimer: Claimer,
  now: Instant,
  most: { readonly ofConnection: number; readonly all: number },
): Promise<ClaimedDelivery[]> {
  const at = instantText(now)
  const { rows } = await sql<ClaimedRow>`
    with recursive lanes as (
      (select tenant_id, connection_id from pos.webhook_logs where outcome = 'received'
       order by tenant_id, connection_id limit 1)
      union all
      select next.tenant_id, next.connection_id from lanes cross join lateral (
        select w.tenant_id, w.connection_id from pos.webhook_logs w
        where w.outcome = 'received' and (w.tenant_id, w.connection_id) > (lanes.tenant_id, lanes.connection_id)
        order by w.tenant_id, w.connection_id limit 1) next
    ), due as (
      select w.tenant_id, w.connection_id, w.event_key, w.nth from lanes cross join lateral (
        select tenant_id, connection_id, event_key, row_number() over (order by due_at) as nth
        from pos.webhook_logs
        where tenant_id = lanes.tenant_id and connection_id = lanes.connection_id and outcome = 'received'
          and due_at <= ${at} and (claimed_until is null or claimed_until <= ${at})
        order by due_at limit ${most.ofConnection}) w
      order by w.nth limit ${most.all}
    ), free as (
      select tenant_id, connection_id, event_key from pos.webhook_logs w
      where (tenant_id, connection_id, event_key) in (select tenant_id, connection_id, event_key from due)
        and outcome = 'received' and due_at <= ${at} and (claimed_until is null or claimed_until <= ${at})
      for update skip locked
    )
    update pos.webhook_logs w
    set claimed_by = ${claimer.id}, claimed_until = ${instantText(instant(now + claimer.leaseMs))},
      claim_no = w.claim_no + 1, attempts = w.attempts + 1
    from free
    where w.tenant_id = free.tenant_id and w.connection_id = free.connection_id and w.event_key = free.event_key
    returning w.tenant_id as "tenantId", w.connection_id as "connectionId", w.id, w.event_key as "eventKey",
      w.pos_system as "posSystem", w.received_at as "receivedAt", w.claim_no as "claimNo", w.attempts, w.again, w.body as sealed`.execute(
    tx,
  )
  return rows.map(({ sealed, ...row }) => ({ ...row, content: { sealed } }))
}

type ClaimedRow = Omit<ClaimedDelivery, 'content'> & { readonly sealed: Uint8Array }

/** Keeps claims alive while their work goes on. */
export async function renewClaims(tx: Tx, claimer: Claimer, ids: readonly Id[], now: Instant): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update pos.webhook_logs set claimed_until = ${instantText(instant(now + claimer.leaseMs))}
    where outcome = 'received' and claimed_by = ${claimer.id} and id = any(${arrayOf(ids)}::uuid[])`.execute(tx)
}

/** How a claimed delivery ends, with the facts it led to. */
export type Ended = {
  readonly delivery: ClaimedDelivery
  readonly ending: Ending
  readonly subjects: readonly string[]
}

/**
 * Puts down how deliveries ended, where the claim still holds; answers the ids of those. Whoever finds one missing has
 * lost its claim, and must leave no trace of its work.
 */
export async function endDeliveries(
  tx: Tx,
  claimer: Claimer,
  ended: readonly Ended[],
  now: Instant,
): Promise<ReadonlySet<Id>> {
  if (ended.length === 0) return new Set()
  const list = (of: (one: Ended) => string | number | null) => arrayOf(ended.map(of))
  const { rows } = await sql<{ id: Id }>`
    update pos.webhook_logs w
    set outcome = v.outcome, processed_at = ${instantText(now)}, due_at = null, claimed_by = null, claimed_until = null,
      code = v.code, say = v.say, subjects = v.subjects::text[], again = false
    from unnest(
      ${list(({ delivery }) => delivery.tenantId)}::uuid[], ${list(({ delivery }) => delivery.connectionId)}::uuid[],
      ${list(({ delivery }) => delivery.eventKey)}::text[], ${list(({ delivery }) => delivery.claimNo)}::integer[],
      ${list(({ ending }) => ending.outcome)}::text[], ${list(({ ending }) => ending.code)}::text[],
      ${list(({ ending }) => ending.say)}::text[], ${list(({ subjects }) => arrayOf(subjects))}::text[]
    ) as v (tenant_id, connection_id, event_key, claim_no, outcome, code, say, subjects)
    where w.tenant_id = v.tenant_id and w.connection_id = v.connection_id and w.event_key = v.event_key
      and w.outcome = 'received' and w.claimed_by = ${claimer.id} and w.claim_no = v.claim_no
    returning w.id`.execute(tx)
  return new Set(rows.map((row) => row.id))
}

/** A delivery that is tried again later. */
export type Put = {
  readonly delivery: ClaimedDelivery
  readonly dueAt: Instant
  readonly code: string
  readonly say: string
}

/** Gives claims back, each with when to try again and why it did not go; answers the ids of those whose claim held. */
export async function putOffDeliveries(tx: Tx, claimer: Claimer, put: readonly Put[]): Promise<ReadonlySet<Id>> {
  if (put.length === 0) return new Set()
  const list = (of: (one: Put) => string | number) => arrayOf(put.map(of))
  const { rows } = await sql<{ id: Id }>`
    update pos.webhook_logs w
    set due_at = v.due_at, claimed_by = null, claimed_until = null, code = v.code, say = v.say
    from unnest(
      ${list(({ delivery }) => delivery.tenantId)}::uuid[], ${list(({ delivery }) => delivery.connectionId)}::uuid[],
      ${list(({ delivery }) => delivery.eventKey)}::text[], ${list(({ delivery }) => delivery.claimNo)}::integer[],
      ${list(({ dueAt }) => instantText(dueAt))}::timestamptz[], ${list(({ code }) => code)}::text[],
      ${list(({ say }) => say)}::text[]
    ) as v (tenant_id, connection_id, event_key, claim_no, due_at, code, say)
    where w.tenant_id = v.tenant_id and w.connection_id = v.connection_id and w.event_key = v.event_key
      and w.outcome = 'received' and w.claimed_by = ${claimer.id} and w.claim_no = v.claim_no
    returning w.id`.execute(tx)
  return new Set(rows.map((row) => row.id))
}

/** Sets an ended delivery going again, as if it had just come. False when there is no such one that has ended. */
export async function restartDelivery(
  tx: Tx,
  { tenantId, connectionId, id }: { readonly tenantId: TenantId; readonly connectionId: Id; readonly id: Id },
  now: Instant,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update pos.webhook_logs
    set outcome = 'received', due_at = ${instantText(now)}, processed_at = null, attempts = 0, code = null, say = null,
      claimed_by = null, claimed_until = null, again = true
    where tenant_id = ${tenantId} and connection_id = ${connectionId} and id = ${id}
      and outcome <> 'received'`.execute(tx)
  return numAffectedRows === 1n
}
