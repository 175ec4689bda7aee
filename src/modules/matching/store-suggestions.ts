import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { channelNamespace, EVERY_CHANNEL, type Namespace } from './namespaces.ts'
import type { Candidate, Suggestion } from './suggest.ts'

// SQL of suggestions, and of what people confirmed elsewhere.

type For = { readonly tenantId: TenantId; readonly connectionId: Id; readonly channel: string }

/** What the suggestions in store were worked out from; null: there are none yet. */
export async function findSuggestedStamp(tx: Tx, of: For): Promise<string | null> {
  const { rows } = await sql<{ stamp: string }>`
    select stamp from pos.item_suggestion_runs
    where tenant_id = ${of.tenantId} and connection_id = ${of.connectionId} and channel = ${of.channel}`.execute(tx)
  return rows[0]?.stamp ?? null
}

export async function putSuggestions(
  tx: Tx,
  of: For,
  suggestions: readonly Suggestion[],
  stamp: string,
  now: Instant,
): Promise<void> {
  // The row of the run is the lock: whoever worked them out at the same time puts his own here afterwards.
  await sql`
    insert into pos.item_suggestion_runs (tenant_id, connection_id, channel, stamp, made_at)
    values (${of.tenantId}, ${of.connectionId}, ${of.channel}, ${stamp}, ${instantText(now)})
    on conflict (tenant_id, connection_id, channel) do update
      set stamp = excluded.stamp, made_at = excluded.made_at`.execute(tx)
  await sql`
    delete from pos.item_suggestions
    where tenant_id = ${of.tenantId} and connection_id = ${of.connectionId} and channel = ${of.channel}`.execute(tx)
  await insertRows<Suggestion>(tx, suggestions, {
    into: 'pos.item_suggestions',
    constants: [
      { name: 'tenant_id', type: 'uuid', value: of.tenantId },
      { name: 'connection_id', type: 'uuid', value: of.connectionId },
      { name: 'channel', type: 'text', value: of.channel },
    ],
    columns: [
      { name: 'item_id', type: 'text', of: (one) => one.itemId },
      { name: 'confidence', type: 'text', cast: 'real', of: (one) => String(one.candidates[0]?.confidence ?? 0) },
      { name: 'pos_item_id', type: 'text', of: (one) => one.candidates[0]?.posItemId ?? '' },
      { name: 'candidates', type: 'text', cast: 'jsonb', of: (one) => JSON.stringify(one.candidates.map(keptOf)) },
    ],
  })
}

export type KeptCandidate = {
  readonly pos_item_id: string
  readonly confidence: number
  readonly reasons: readonly { readonly code: string; readonly say: string }[]
}

function keptOf({ posItemId, confidence, reasons }: Candidate): KeptCandidate {
  return { pos_item_id: posItemId, confidence, reasons }
}

export type Confirmed = { readonly name: string; readonly variant: string | null; readonly posItemId: string }

/** Names of items of other channels, with what they stand for in the connection. */
export async function selectHistory(
  tx: Tx,
  tenantId: TenantId,
  right: Namespace,
  channel: string,
): Promise<Confirmed[]> {
  const { rows } = await sql<{ name: string; variant: string | null; right_id: string }>`
    select i.name, i.variant, m.right_id
    from pos.channel_items i
    cross join lateral (
      select right_id from pos.article_matches
      where tenant_id = i.tenant_id and left_namespace = ${channelNamespace('')} || i.channel and left_id = i.item_id
        and right_namespace = ${right}
      limit 1
    ) m
    where i.tenant_id = ${tenantId} and i.channel <> ${channel} and m.right_id is not null`.execute(tx)
  return rows.map((row) => ({ name: row.name, variant: row.variant, posItemId: row.right_id }))
}

/** Another one whenever something was confirmed for another channel. */
export async function historyStamp(tx: Tx, tenantId: TenantId, right: Namespace, channel: string): Promise<string> {
  const { rows } = await sql<{ matches: bigint; said_at: Instant | null }>`
    select count(*) as matches, max(said_at) as said_at from pos.article_matches
    where tenant_id = ${tenantId} and right_namespace = ${right}
      and left_namespace not in (${channelNamespace(channel)}, ${EVERY_CHANNEL})`.execute(tx)
  return `${rows[0]?.matches ?? 0}.${rows[0]?.said_at ?? 0}`
}
