import { sql } from 'kysely'
import type { Id } from '#kernel/ids.ts'
import type { Instant, LocalDate } from '#kernel/instant.ts'
import { arrayOf, type Statement } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { executeTogether, statementOf } from '#platform/postgres/together.ts'
import type { Source } from './filing.ts'
import { time } from './store-write.ts'

export type SaleKey = {
  readonly externalId: string
  readonly saleId: Id
  readonly filedOn: LocalDate
  /** The version that stands; 0 when nothing stands under this id any more. */
  readonly version: number
  readonly versions: number
  readonly sourceVersion: bigint | null
  readonly sourceUpdatedAt: Instant | null
  readonly contentHash: Uint8Array
}

/** Keys by external id: those that this call has taken, since nobody held them, and those that were held before. */
export type HeldKeys = { readonly taken: ReadonlySet<string>; readonly held: ReadonlyMap<string, SaleKey> }

/**
 * Takes the keys that nobody holds yet and locks the others until the transaction ends. The keys come in the order of
 * their external ids, which is the same for every writer.
 */
export async function holdSaleKeys(tx: Tx, source: Source, keys: readonly SaleKey[]): Promise<HeldKeys> {
  if (keys.length === 0) return { taken: new Set(), held: new Map() }
  const { tenantId, connectionId } = source
  const ids = arrayOf(keys.map((key) => key.externalId))
  const { rows } = await sql<SaleKey | Taken>`
    with taken as (
      insert into pos.sale_keys as t (tenant_id, connection_id, external_id, sale_id, filed_on, version, versions,
        source_version, source_updated_at, content_hash)
      select ${tenantId}::uuid, ${connectionId}::uuid, v.*
      from unnest(
        ${ids}::text[],
        ${arrayOf(keys.map((key) => key.saleId))}::uuid[],
        ${arrayOf(keys.map((key) => key.filedOn))}::date[],
        ${arrayOf(keys.map((key) => key.version))}::integer[],
        ${arrayOf(keys.map((key) => key.versions))}::integer[],
        ${arrayOf(keys.map((key) => key.sourceVersion))}::bigint[],
        ${arrayOf(keys.map((key) => time(key.sourceUpdatedAt)))}::timestamptz[],
        ${arrayOf(keys.map((key) => key.contentHash))}::bytea[]
      ) as v
      on conflict (tenant_id, connection_id, external_id) do nothing
      returning external_id
    ), held as (
      select ${KEY_COLUMNS} from pos.sale_keys
      where tenant_id = ${tenantId} and connection_id = ${connectionId} and external_id = any(array(
        select id from unnest(${ids}::text[]) as id where id not in (select external_id from taken)))
      order by external_id
      for update
    )
    select external_id as "externalId", null::uuid as "saleId", null::date as "filedOn", null::integer as version,
      null::integer as versions, null::bigint as "sourceVersion", null::timestamptz as "sourceUpdatedAt",
      null::bytea as "contentHash"
    from taken
    union all
    select * from held`.execute(tx)
  const taken = new Set(rows.filter((row) => row.saleId === null).map((row) => row.externalId))
  const held = new Map(rows.flatMap((row) => (row.saleId === null ? [] : [[row.externalId, row] as const])))
  // Taken by somebody else while this statement waited for it: it was not there yet when the statement began to look.
  const missed = keys.map((key) => key.externalId).filter((id) => !taken.has(id) && !held.has(id))
  for (const key of await lockSaleKeys(tx, source, missed)) held.set(key.externalId, key)
  return { taken, held }
}

type Taken = { readonly externalId: string; readonly saleId: null }

const KEY_COLUMNS = sql.raw(`external_id as "externalId", sale_id as "saleId", filed_on as "filedOn", version, versions,
  source_version as "sourceVersion", source_updated_at as "sourceUpdatedAt", content_hash as "contentHash"`)

/** The keys that are held already, locked until the transaction ends, in an order that is the same for every writer. */
export function lockSaleKeys(tx: Tx, source: Owner, externalIds: readonly string[]): Promise<SaleKey[]> {
  return selectSaleKeys(tx, source, externalIds, 'lock')
}

/** The same without a lock, for whoever only looks. */
export function findSaleKeys(tx: Tx, source: Owner, externalIds: readonly string[]): Promise<SaleKey[]> {
  return selectSaleKeys(tx, source, externalIds, 'look')
}

type Owner = Pick<Source, 'tenantId' | 'connectionId'>

async function selectSaleKeys(
  tx: Tx,
  { tenantId, connectionId }: Owner,
  externalIds: readonly string[],
  mode: 'lock' | 'look',
): Promise<SaleKey[]> {
  if (externalIds.length === 0) return []
  const { rows } = await sql<SaleKey>`
    select ${KEY_COLUMNS} from pos.sale_keys
    where tenant_id = ${tenantId} and connection_id = ${connectionId} and external_id = any(${arrayOf(externalIds)}::text[])
    order by external_id
    ${mode === 'lock' ? sql`for update` : sql``}`.execute(tx)
  return rows
}

export async function moveSaleKeys(tx: Tx, source: Source, keys: readonly SaleKey[]): Promise<void> {
  await executeTogether(tx, [keyMoves(tx, source, keys)])
}

/** The statement that `moveSaleKeys` would send; null without keys. */
export function keyMoves(tx: Tx, source: Source, keys: readonly SaleKey[]): Statement | null {
  if (keys.length === 0) return null
  const move = sql`
    update pos.sale_keys k
    set version = v.version, versions = v.versions, source_version = v.source_version,
      source_updated_at = v.source_updated_at, content_hash = v.content_hash
    from unnest(
      ${arrayOf(keys.map((key) => key.externalId))}::text[],
      ${arrayOf(keys.map((key) => key.version))}::integer[],
      ${arrayOf(keys.map((key) => key.versions))}::integer[],
      ${arrayOf(keys.map((key) => key.sourceVersion))}::bigint[],
      ${arrayOf(keys.map((key) => time(key.sourceUpdatedAt)))}::timestamptz[],
      ${arrayOf(keys.map((key) => key.contentHash))}::bytea[]
    ) as v (external_id, version, versions, source_version, source_updated_at, content_hash)
    where k.tenant_id = ${source.tenantId} and k.connection_id = ${source.connectionId}
      and k.external_id = v.external_id`
  return statementOf(tx, move)
}

/** How many of the ids each connection has standing sales for at a site. */
export async function countIdsByConnection(
  tx: Tx,
  tenantId: Source['tenantId'],
  siteId: Id,
  externalIds: readonly string[],
): Promise<Map<Id, number>> {
  // The tenant's connections are found by stepping from one to the next in the index: they are few, their keys are not.
  const { rows } = await sql<{ connectionId: Id; known: bigint }>`
    with recursive held as (
      (select connection_id from pos.sale_keys where tenant_id = ${tenantId} order by connection_id limit 1)
      union all
      select (
        select k.connection_id from pos.sale_keys k
        where k.tenant_id = ${tenantId} and k.connection_id > held.connection_id
        order by k.connection_id limit 1)
      from held where held.connection_id is not null
    )
    select held.connection_id as "connectionId", count(*) as known
    from held
    join pos.sale_keys k on k.tenant_id = ${tenantId} and k.connection_id = held.connection_id
      and k.external_id = any(${arrayOf(externalIds)}::text[]) and k.version > 0
    join pos.transactions t on t.tenant_id = k.tenant_id and t.id = k.sale_id and t.filed_on = k.filed_on
      and t.site_id = ${siteId}
    group by held.connection_id`.execute(tx)
  return new Map(rows.map((row) => [row.connectionId, Number(row.known)]))
}
