import { sql } from 'kysely'
import type { Id } from '#kernel/ids.ts'
import type { Instant, LocalDate } from '#kernel/instant.ts'
import { arrayOf, type Column, insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Source } from './filing.ts'
import { tenantOf, time } from './store-write.ts'

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

/** Takes the keys that nobody holds yet; answers the external ids that are new. */
export async function claimSaleKeys(tx: Tx, source: Source, keys: readonly SaleKey[]): Promise<Set<string>> {
  const columns: Column<SaleKey>[] = [
    { name: 'external_id', type: 'text', of: (key) => key.externalId },
    { name: 'sale_id', type: 'uuid', of: (key) => key.saleId },
    { name: 'filed_on', type: 'date', of: (key) => key.filedOn },
    { name: 'version', type: 'integer', of: (key) => key.version },
    { name: 'versions', type: 'integer', of: (key) => key.versions },
    { name: 'source_version', type: 'bigint', of: (key) => key.sourceVersion },
    { name: 'source_updated_at', type: 'timestamptz', of: (key) => time(key.sourceUpdatedAt) },
    { name: 'content_hash', type: 'bytea', of: (key) => key.contentHash },
  ]
  const taken = await insertRows<SaleKey, { external_id: string }>(tx, keys, {
    into: 'pos.sale_keys',
    constants: [tenantOf(source), { name: 'connection_id', type: 'uuid', value: source.connectionId }],
    columns,
    suffix: 'on conflict (tenant_id, connection_id, external_id) do nothing returning external_id',
  })
  return new Set(taken.map((row) => row.external_id))
}

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
    select external_id as "externalId", sale_id as "saleId", filed_on as "filedOn", version, versions,
      source_version as "sourceVersion", source_updated_at as "sourceUpdatedAt", content_hash as "contentHash"
    from pos.sale_keys
    where tenant_id = ${tenantId} and connection_id = ${connectionId} and external_id = any(${arrayOf(externalIds)}::text[])
    order by external_id
    ${mode === 'lock' ? sql`for update` : sql``}`.execute(tx)
  return rows
}

export async function moveSaleKeys(tx: Tx, source: Source, keys: readonly SaleKey[]): Promise<void> {
  if (keys.length === 0) return
  await sql`
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
      and k.external_id = v.external_id`.execute(tx)
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
