import { sql } from 'kysely'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import type { Reader } from '../../../../connectors/contract.ts'
import { maskedJson } from './masked.ts'
import { openBody, recordPlace } from './sealed-body.ts'
import type { Owner } from './store-records.ts'

// The provider's own words behind a sale, for whoever wants to see what we made of them.

export type RawRecord = {
  readonly kind: string
  readonly externalId: string
  readonly version: bigint | null
  readonly updatedAt: Instant | null
  readonly seenAt: Instant
  readonly toldBy: 'webhook' | 'pull' | 'fetch'
  readonly deleted: boolean
  /** Words that it replaced, or that came too late to count. */
  readonly earlier: number
  /** Personal data covered; null where it is no JSON. */
  readonly body: unknown
}

/** Most records shown of one sale. */
const RECORDS_MAX = 100

/** The newest of each record that a sale was read from. `personal` is the connector's. Empty for a sale that no live system told. */
export async function rawOfSale(
  tx: Tx,
  sealer: Sealer,
  owner: Owner,
  saleExternalId: string,
  personal: Reader['personal'],
): Promise<RawRecord[]> {
  const { rows } = await sql<Omit<RawRecord, 'body'> & { readonly body: Uint8Array }>`
    select r.kind, r.external_id as "externalId", r.version, r.updated_at as "updatedAt", r.seen_at as "seenAt",
      r.told_by as "toldBy", r.deleted, r.body,
      (select count(*)::integer from pos.source_record_versions v
       where v.tenant_id = r.tenant_id and v.connection_id = r.connection_id and v.kind = r.kind
         and v.external_id = r.external_id) as earlier
    from (
      select distinct l.kind, l.external_id
      from pos.source_facts f
      join pos.source_links l on l.tenant_id = f.tenant_id and l.connection_id = f.connection_id
        and l.subject = f.subject
      where f.tenant_id = ${owner.tenantId} and f.connection_id = ${owner.connectionId} and f.fact = 'sale'
        and f.external_id = ${saleExternalId}
    ) named
    join pos.source_records r on r.tenant_id = ${owner.tenantId} and r.connection_id = ${owner.connectionId}
      and r.kind = named.kind and r.external_id = named.external_id
    order by r.kind, r.external_id limit ${RECORDS_MAX}`.execute(tx)
  return rows.map((row) => {
    const text = openBody(sealer, row.body, recordPlace(owner.connectionId, row.kind, row.externalId)).toString('utf8')
    return { ...row, body: maskedJson(text, personal[row.kind] ?? []) }
  })
}
