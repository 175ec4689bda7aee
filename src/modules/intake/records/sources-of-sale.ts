import { isId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { WireSource } from '#modules/mirror/wire.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { Vault } from '#platform/vault/vault.ts'
import type { Connector } from '../../../../connectors/contract.ts'
import { type RawRecord, rawOfSale } from './raw-of-sale.ts'

// The provider's own words, as the wire shows them.

export type SourceDesk = {
  readonly database: Database
  readonly vault: Vault
  findConnector(posSystem: string): Connector | null
}

/** What a sale was read from. None for one that no live system told. */
export async function sourcesOfSale(
  { database, vault, findConnector }: SourceDesk,
  tenantId: TenantId,
  sale: { readonly connection_id: string; readonly pos_system: string; readonly external_id: string },
): Promise<WireSource[]> {
  const live = findConnector(sale.pos_system)?.live
  const connectionId = sale.connection_id
  if (live === undefined || !isId(connectionId)) return []
  const sealer = await vault.tenant(tenantId)
  const owner = { tenantId, connectionId }
  const records = await database.tenant(tenantId, (tx) =>
    rawOfSale(tx, sealer, owner, sale.external_id, live.reader.personal),
  )
  return records.map(recordToWire)
}

function recordToWire(record: RawRecord): WireSource {
  return {
    kind: record.kind,
    external_id: record.externalId,
    version: record.version?.toString() ?? null,
    updated_at: timeText(record.updatedAt),
    seen_at: instantText(record.seenAt),
    told_by: record.toldBy,
    deleted: record.deleted,
    earlier: record.earlier,
    body: record.body,
  }
}

function timeText(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}
