import { sql } from 'kysely'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf, type Statement } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { statementOf } from '#platform/postgres/together.ts'
import type { Owner } from './store-records.ts'

// Subjects, the records that each is read from, and the facts that each led to.

export type SubjectState = 'new' | 'filed' | 'unplaced' | 'quarantined'

/** A subject as it stands, locked until the transaction ends. */
export type HeldSubject = {
  readonly subject: string
  /** `new`: nothing of it was ever told, so this transaction has all its records in hand. */
  readonly state: SubjectState
  readonly sales: readonly string[]
  readonly refunds: readonly string[]
  readonly updatedAt: Instant | null
}

/** Locks subjects, in an order that is the same for every writer; what is new gets its row. */
export async function holdSubjects(tx: Tx, owner: Owner, subjects: readonly string[]): Promise<HeldSubject[]> {
  if (subjects.length === 0) return []
  const { rows } = await sql<HeldSubject>`
    insert into pos.source_subjects as s (tenant_id, connection_id, subject, state)
    select ${owner.tenantId}::uuid, ${owner.connectionId}::uuid, subject, 'new'
    from unnest(${arrayOf([...subjects].sort())}::text[]) as w (subject)
    on conflict (tenant_id, connection_id, subject) do update set subject = excluded.subject
    returning subject, state, sales, refunds, updated_at as "updatedAt"`.execute(tx)
  return rows
}

/** What a reading made of a subject. */
export type SubjectOutcome = Omit<HeldSubject, 'state'> & {
  readonly state: Exclude<SubjectState, 'new'>
  readonly settling: string | null
  readonly code: string | null
  readonly say: string | null
}

export function subjectPutDown(
  tx: Tx,
  owner: Owner,
  outcomes: readonly SubjectOutcome[],
  now: Instant,
): Statement | null {
  if (outcomes.length === 0) return null
  const list = (of: (outcome: SubjectOutcome) => string | null) => arrayOf(outcomes.map(of))
  const putDown = sql`
    update pos.source_subjects s
    set state = v.state, sales = v.sales::text[], refunds = v.refunds::text[], updated_at = v.updated_at,
      settling = v.settling, read_at = ${instantText(now)}, code = v.code, say = v.say
    from unnest(
      ${list((one) => one.subject)}::text[],
      ${list((one) => one.state)}::text[],
      ${list((one) => arrayOf(one.sales))}::text[],
      ${list((one) => arrayOf(one.refunds))}::text[],
      ${list((one) => (one.updatedAt === null ? null : instantText(one.updatedAt)))}::timestamptz[],
      ${list((one) => one.settling)}::text[],
      ${list((one) => one.code)}::text[],
      ${list((one) => one.say)}::text[]
    ) as v (subject, state, sales, refunds, updated_at, settling, code, say)
    where s.tenant_id = ${owner.tenantId} and s.connection_id = ${owner.connectionId}
      and s.subject = v.subject`
  return statementOf(tx, putDown)
}

export type Link = {
  readonly subject: string
  readonly kind: string
  readonly id: string
  /** `also`: the subject's reading asked for the record, which need not be there yet. */
  readonly role: 'part' | 'also'
}

/** Of links that hang on what a statement beside this one writes: those of the records that it answers. */
export type LinksOf = 'all' | 'answered'

function isMeant(of: LinksOf) {
  return of === 'all' ? sql`true` : sql`(v.kind, v.external_id) in (select answered.kind, answered.id from answered)`
}

/** A record that is a part of a subject stays one, also when its reading asks for it besides. */
export function linkAddition(tx: Tx, owner: Owner, links: readonly Link[], of: LinksOf): Statement | null {
  if (links.length === 0) return null
  const list = (of: (link: Link) => string) => arrayOf(links.map(of))
  const addition = sql`
    insert into pos.source_links as l (tenant_id, connection_id, subject, kind, external_id, role)
    select ${owner.tenantId}::uuid, ${owner.connectionId}::uuid, v.subject, v.kind, v.external_id, max(v.role)
    from unnest(
      ${list((link) => link.subject)}::text[], ${list((link) => link.kind)}::text[],
      ${list((link) => link.id)}::text[], ${list((link) => link.role)}::text[]
    ) as v (subject, kind, external_id, role)
    where ${isMeant(of)}
    group by v.subject, v.kind, v.external_id
    on conflict (tenant_id, connection_id, subject, kind, external_id) do update set role = 'part'
    where l.role = 'also' and excluded.role = 'part'`
  return statementOf(tx, addition)
}

/** Records that have left a subject. */
export function linkRemoval(tx: Tx, owner: Owner, links: readonly Omit<Link, 'role'>[], of: LinksOf): Statement | null {
  if (links.length === 0) return null
  const list = (of: (link: Omit<Link, 'role'>) => string) => arrayOf(links.map(of))
  const removal = sql`
    delete from pos.source_links l
    using unnest(
      ${list((link) => link.subject)}::text[], ${list((link) => link.kind)}::text[], ${list((link) => link.id)}::text[]
    ) as v (subject, kind, external_id)
    where l.tenant_id = ${owner.tenantId} and l.connection_id = ${owner.connectionId} and l.subject = v.subject
      and l.kind = v.kind and l.external_id = v.external_id and ${isMeant(of)}`
  return statementOf(tx, removal)
}

export type Fact = {
  readonly fact: 'sale' | 'refund'
  readonly externalId: string
  readonly subject: string
}

export function factAddition(tx: Tx, owner: Owner, facts: readonly Fact[]): Statement | null {
  if (facts.length === 0) return null
  const list = (of: (fact: Fact) => string) => arrayOf(facts.map(of))
  const addition = sql`
    insert into pos.source_facts (tenant_id, connection_id, fact, external_id, subject)
    select ${owner.tenantId}::uuid, ${owner.connectionId}::uuid, fact, external_id, subject
    from unnest(
      ${list((one) => one.fact)}::text[], ${list((one) => one.externalId)}::text[], ${list((one) => one.subject)}::text[]
    ) as v (fact, external_id, subject)
    on conflict do nothing`
  return statementOf(tx, addition)
}

export function factRemoval(tx: Tx, owner: Owner, facts: readonly Fact[]): Statement | null {
  if (facts.length === 0) return null
  const list = (of: (fact: Fact) => string) => arrayOf(facts.map(of))
  const removal = sql`
    delete from pos.source_facts f
    using unnest(
      ${list((one) => one.fact)}::text[], ${list((one) => one.externalId)}::text[], ${list((one) => one.subject)}::text[]
    ) as v (fact, external_id, subject)
    where f.tenant_id = ${owner.tenantId} and f.connection_id = ${owner.connectionId} and f.fact = v.fact
      and f.external_id = v.external_id and f.subject = v.subject`
  return statementOf(tx, removal)
}

/** Those of the facts that another subject tells too. */
export async function findFactsElsewhere(tx: Tx, owner: Owner, facts: readonly Fact[]): Promise<Fact[]> {
  if (facts.length === 0) return []
  const list = (of: (fact: Fact) => string) => arrayOf(facts.map(of))
  const { rows } = await sql<Fact>`
    select f.fact, f.external_id as "externalId", f.subject
    from unnest(
      ${list((one) => one.fact)}::text[], ${list((one) => one.externalId)}::text[], ${list((one) => one.subject)}::text[]
    ) as v (fact, external_id, subject)
    join pos.source_facts f on f.tenant_id = ${owner.tenantId} and f.connection_id = ${owner.connectionId}
      and f.fact = v.fact and f.external_id = v.external_id and f.subject <> v.subject`.execute(tx)
  return rows
}
