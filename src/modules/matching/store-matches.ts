import { sql } from 'kysely'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf, insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { EVERY_CHANNEL, type Namespace } from './namespaces.ts'

// SQL of "this article is that article", and of every change of it.

/** person: row by row. suggestion: confirmed. table: a file. program: a list by the API. */
export type SaidHow = 'person' | 'suggestion' | 'table' | 'program' | 'undo'

export type Match = {
  readonly leftId: string
  /** Null: it stands for none, whatever holds for every channel. */
  readonly rightId: string | null
  readonly saidBy: string
  readonly saidAt: Instant
  readonly saidHow: SaidHow
  readonly confidence: number | null
  readonly pricesAccepted: string | null
}

/** Two namespaces whose ids are matched. */
export type Pairing = { readonly tenantId: TenantId; readonly left: Namespace; readonly right: Namespace }

/** One change of a pairing at a time, so that what stood before it is what it says. */
export async function lockPairing(tx: Tx, { tenantId, left, right }: Pairing): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`match ${tenantId} ${left} ${right}`}, 0))`.execute(tx)
}

/** By left id; all of them where no ids are given. */
export async function selectMatches(tx: Tx, of: Pairing, ids?: readonly string[]): Promise<Map<string, Match>> {
  const { rows } = await sql<MatchRow>`
    select left_id, right_id, said_by, said_at, said_how, confidence, prices_accepted from pos.article_matches
    where tenant_id = ${of.tenantId} and left_namespace = ${of.left} and right_namespace = ${of.right}
      ${ids === undefined ? sql`` : sql`and left_id = any(${arrayOf(ids)}::text[])`}`.execute(tx)
  return new Map(rows.map((row) => [row.left_id, matchOf(row)]))
}

/** What ids stand for: by the pairing's own word, else by that for every channel. Those that stand for nothing are absent. */
export async function selectStanding(tx: Tx, of: Pairing, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ left_id: string; right_id: string | null }>`
    select distinct on (left_id) left_id, right_id from pos.article_matches
    where tenant_id = ${of.tenantId} and left_namespace in (${of.left}, ${EVERY_CHANNEL})
      and right_namespace = ${of.right} and left_id = any(${arrayOf(ids)}::text[])
    order by left_id, (left_namespace = ${EVERY_CHANNEL})`.execute(tx)
  return new Map(rows.flatMap((row) => (row.right_id === null ? [] : [[row.left_id, row.right_id] as const])))
}

export async function upsertMatches(tx: Tx, of: Pairing, matches: readonly Match[]): Promise<void> {
  await insertRows<Match>(tx, matches, {
    into: 'pos.article_matches',
    constants: [
      { name: 'tenant_id', type: 'uuid', value: of.tenantId },
      { name: 'left_namespace', type: 'text', value: of.left },
      { name: 'right_namespace', type: 'text', value: of.right },
    ],
    columns: [
      { name: 'left_id', type: 'text', of: (match) => match.leftId },
      { name: 'right_id', type: 'text', of: (match) => match.rightId },
      { name: 'said_by', type: 'text', of: (match) => match.saidBy },
      { name: 'said_at', type: 'timestamptz', of: (match) => instantText(match.saidAt) },
      { name: 'said_how', type: 'text', of: (match) => match.saidHow },
      { name: 'confidence', type: 'text', cast: 'real', of: ({ confidence }) => confidence?.toString() ?? null },
      { name: 'prices_accepted', type: 'text', of: (match) => match.pricesAccepted },
    ],
    suffix: `on conflict (tenant_id, left_namespace, left_id, right_namespace) do update
      set right_id = excluded.right_id, said_by = excluded.said_by, said_at = excluded.said_at,
        said_how = excluded.said_how, confidence = excluded.confidence, prices_accepted = excluded.prices_accepted`,
  })
}

export async function deleteMatches(tx: Tx, of: Pairing, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await sql`
    delete from pos.article_matches
    where tenant_id = ${of.tenantId} and left_namespace = ${of.left} and right_namespace = ${of.right}
      and left_id = any(${arrayOf(ids)}::text[])`.execute(tx)
}

/** Keeps both prices, as they stand, as ones that may differ. */
export async function acceptPrices(tx: Tx, of: Pairing, accepted: ReadonlyMap<string, string>): Promise<void> {
  if (accepted.size === 0) return
  await sql`
    update pos.article_matches m set prices_accepted = said.prices
    from unnest(${arrayOf([...accepted.keys()])}::text[], ${arrayOf([...accepted.values()])}::text[]) as said (id, prices)
    where m.tenant_id = ${of.tenantId} and m.left_namespace = ${of.left} and m.right_namespace = ${of.right}
      and m.left_id = said.id`.execute(tx)
}

/** How many of the lefts that count for the pairing each right stands for. */
export async function countSharing(tx: Tx, of: Pairing, rightIds: readonly string[]): Promise<Map<string, number>> {
  if (rightIds.length === 0) return new Map()
  const { rows } = await sql<{ right_id: string; lefts: bigint }>`
    select right_id, count(distinct left_id) as lefts from pos.article_matches
    where tenant_id = ${of.tenantId} and right_namespace = ${of.right}
      and right_id = any(${arrayOf(rightIds)}::text[]) and left_namespace in (${of.left}, ${EVERY_CHANNEL})
    group by right_id`.execute(tx)
  return new Map(rows.map((row) => [row.right_id, Number(row.lefts)]))
}

// ── Changes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What stood for a left id: a match, or none. */
export type Stood = { readonly leftId: string; readonly match: Match | null }

export type MatchChange = {
  readonly id: Id
  readonly changedAt: Instant
  readonly changedBy: string
  readonly how: SaidHow
  readonly changed: number
  readonly undoneAt: Instant | null
  readonly undoneBy: string | null
}

export type NewChange = {
  readonly changedBy: string
  readonly requestId: string | null
  readonly how: SaidHow
  readonly now: Instant
  readonly before: readonly Stood[]
  readonly after: readonly Stood[]
}

export async function insertChange(tx: Tx, of: Pairing, change: NewChange): Promise<Id> {
  const id = newId()
  await sql`
    insert into pos.item_match_changes
      (tenant_id, id, left_namespace, right_namespace, changed_at, changed_by, request_id, how, changed, before, after)
    values (${of.tenantId}, ${id}, ${of.left}, ${of.right}, ${instantText(change.now)}, ${change.changedBy},
      ${change.requestId}, ${change.how}, ${change.after.length}, ${JSON.stringify(change.before.map(keptOf))}::jsonb,
      ${JSON.stringify(change.after.map(keptOf))}::jsonb)`.execute(tx)
  return id
}

/** Newest first; undone ones and those that undid others too. */
export async function selectChanges(
  tx: Tx,
  of: Pairing,
  page: { readonly before: string | null; readonly limit: number },
): Promise<MatchChange[]> {
  const { rows } = await sql<ChangeRow>`
    select id, changed_at, changed_by, how, changed, undone_at, undone_by from pos.item_match_changes
    where tenant_id = ${of.tenantId} and left_namespace = ${of.left} and right_namespace = ${of.right}
      and (${page.before}::uuid is null or id < ${page.before}::uuid)
    order by id desc limit ${page.limit}`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    changedAt: row.changed_at,
    changedBy: row.changed_by,
    how: row.how,
    changed: row.changed,
    undoneAt: row.undone_at,
    undoneBy: row.undone_by,
  }))
}

export type Undoable = { readonly id: Id; readonly before: readonly Stood[] }

/** The newest change that stands. */
export async function findUndoable(tx: Tx, of: Pairing): Promise<Undoable | null> {
  const { rows } = await sql<{ id: Id; before: readonly KeptMatch[] }>`
    select id, before from pos.item_match_changes
    where tenant_id = ${of.tenantId} and left_namespace = ${of.left} and right_namespace = ${of.right}
      and undone_at is null and how <> 'undo'
    order by id desc limit 1`.execute(tx)
  const row = rows[0]
  return row === undefined ? null : { id: row.id, before: row.before.map(stoodOf) }
}

export async function markUndone(tx: Tx, of: Pairing, id: Id, by: string, now: Instant): Promise<void> {
  await sql`
    update pos.item_match_changes set undone_at = ${instantText(now)}, undone_by = ${by}
    where tenant_id = ${of.tenantId} and id = ${id}`.execute(tx)
}

/** A match as JSON keeps it; without a `right_id`: there was none. */
type KeptMatch = { left_id: string } & Partial<
  Omit<MatchRow, 'left_id' | 'said_at' | 'confidence'> & { said_at: number; confidence: number | null }
>

function keptOf({ leftId, match }: Stood): KeptMatch {
  if (match === null) return { left_id: leftId }
  return {
    left_id: leftId,
    right_id: match.rightId,
    said_by: match.saidBy,
    said_at: match.saidAt,
    said_how: match.saidHow,
    confidence: match.confidence,
    prices_accepted: match.pricesAccepted,
  }
}

function stoodOf(kept: KeptMatch): Stood {
  const { left_id: leftId, said_by: saidBy, said_at: saidAt, said_how: saidHow } = kept
  if (saidBy === undefined || saidAt === undefined || saidHow === undefined) return { leftId, match: null }
  return {
    leftId,
    match: {
      leftId,
      rightId: kept.right_id ?? null,
      saidBy,
      saidAt: saidAt as Instant,
      saidHow,
      confidence: kept.confidence ?? null,
      pricesAccepted: kept.prices_accepted ?? null,
    },
  }
}

type MatchRow = {
  left_id: string
  right_id: string | null
  said_by: string
  said_at: Instant
  said_how: SaidHow
  confidence: number | null
  prices_accepted: string | null
}

function matchOf(row: MatchRow): Match {
  return {
    leftId: row.left_id,
    rightId: row.right_id,
    saidBy: row.said_by,
    saidAt: row.said_at,
    saidHow: row.said_how,
    confidence: row.confidence,
    pricesAccepted: row.prices_accepted,
  }
}

type ChangeRow = {
  id: Id
  changed_at: Instant
  changed_by: string
  how: SaidHow
  changed: number
  undone_at: Instant | null
  undone_by: string | null
}
