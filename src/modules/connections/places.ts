import { sql } from 'kysely'
import { type CurrencyCode, isCurrencyCode } from '#kernel/currency.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ProviderLocation } from '../../../connectors/contract.ts'

// Rows of pos.connection_places: what the provider told of its places, and which site each was given.

export type Place = {
  readonly externalId: string
  readonly name: string
  readonly active: boolean
  readonly currency: CurrencyCode | null
  readonly timeZone: string | null
  readonly country: string | null
  readonly chosen: boolean
  readonly siteId: Id | null
}

type Where = { readonly tenantId: TenantId; readonly id: Id }

export async function listPlaces(tx: Tx, { tenantId, id }: Where): Promise<Place[]> {
  const places = await placesOf(tx, tenantId, [id])
  return places.get(id) ?? []
}

/** Places of several connections of a tenant, or of all of them. */
export async function placesOf(tx: Tx, tenantId: TenantId, ids: readonly Id[] | null): Promise<Map<Id, Place[]>> {
  const { rows } = await sql<PlaceRow>`
    select connection_id, external_id, name, active, currency, time_zone, country, chosen, site_id
    from pos.connection_places
    where tenant_id = ${tenantId} and ${ids === null ? sql`true` : sql`connection_id = any(${[...ids]}::uuid[])`}
    order by name, external_id`.execute(tx)
  return grouped(rows)
}

/** Places of connections of all tenants, for engines. */
export async function placesOfAll(tx: Tx, ids: readonly Id[]): Promise<Map<Id, Place[]>> {
  const { rows } = await sql<PlaceRow>`
    select connection_id, external_id, name, active, currency, time_zone, country, chosen, site_id
    from pos.connection_places
    where connection_id = any(${[...ids]}::uuid[]) order by name, external_id`.execute(tx)
  return grouped(rows)
}

/** Writes what the provider says of its places. Choices and sites stay; places that it no longer names are in use no more. */
export async function recordPlaces(
  tx: Tx,
  { tenantId, id }: Where,
  told: readonly ProviderLocation[],
  now: Instant,
): Promise<void> {
  const at = instantText(now)
  await sql`
    insert into pos.connection_places
      (tenant_id, connection_id, external_id, name, active, currency, time_zone, country, chosen, seen_at)
    select ${tenantId}, ${id}, place.*, false, ${at}::timestamptz
    from unnest(
      ${told.map((place) => place.id)}::text[], ${told.map((place) => place.name)}::text[],
      ${told.map((place) => place.active)}::boolean[], ${told.map((place) => place.currency)}::text[],
      ${told.map((place) => place.timeZone)}::text[], ${told.map((place) => place.country)}::text[]
    ) as place
    on conflict (tenant_id, connection_id, external_id) do update set
      name = excluded.name, active = excluded.active, currency = excluded.currency, time_zone = excluded.time_zone,
      country = excluded.country, seen_at = excluded.seen_at`.execute(tx)
  await sql`
    update pos.connection_places set active = false
    where tenant_id = ${tenantId} and connection_id = ${id} and active and seen_at < ${at}
      and external_id <> all(${told.map((place) => place.id)}::text[])`.execute(tx)
  await sql`
    update pos.configurations set places_read_at = ${at} where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
}

/** Which site each place's sales are filed at; null: the place is not chosen. */
export async function recordChoices(
  tx: Tx,
  { tenantId, id }: Where,
  choices: ReadonlyMap<string, Id | null>,
): Promise<void> {
  const given = [...choices]
  await sql`
    update pos.connection_places place set chosen = choice.site_id is not null,
      -- A site that was once given is remembered, so that a place chosen again goes on where it was.
      site_id = coalesce(choice.site_id, place.site_id)
    from unnest(${given.map(([place]) => place)}::text[], ${given.map(([, site]) => site)}::uuid[])
      as choice (external_id, site_id)
    where place.tenant_id = ${tenantId} and place.connection_id = ${id}
      and place.external_id = choice.external_id`.execute(tx)
}

type PlaceRow = {
  connection_id: Id
  external_id: string
  name: string
  active: boolean
  currency: string | null
  time_zone: string | null
  country: string | null
  chosen: boolean
  site_id: Id | null
}

function grouped(rows: readonly PlaceRow[]): Map<Id, Place[]> {
  const byConnection = new Map<Id, Place[]>()
  for (const row of rows) {
    const places = byConnection.get(row.connection_id) ?? []
    places.push({
      externalId: row.external_id,
      name: row.name,
      active: row.active,
      currency: row.currency !== null && isCurrencyCode(row.currency) ? row.currency : null,
      timeZone: row.time_zone,
      country: row.country,
      chosen: row.chosen,
      siteId: row.site_id,
    })
    byConnection.set(row.connection_id, places)
  }
  return byConnection
}
