import type { Id, TenantId } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { DraftSale } from './draft.ts'
import { countIdsByConnection, findSaleKeys, type SaleKey } from './store-keys.ts'
import { readWords } from './store-words.ts'
import { findRepeated, fold } from './words.ts'

// What the mirror knows already of sales that are still in somebody's hand. Looks, and neither writes nor locks.

export type KnownCount = {
  /** Nothing stands under their ids. */
  readonly created: number
  /** Something stands, and this says otherwise or more of it. */
  readonly changed: number
  /** What they say is known. */
  readonly same: number
}

/** How many of the drafted sales a connection does not know, knows otherwise, and knows as they are. */
export async function countKnown(
  tx: Tx,
  of: { readonly tenantId: TenantId; readonly connectionId: Id },
  drafts: readonly DraftSale[],
): Promise<KnownCount> {
  const ids = drafts.map((sale) => sale.key.externalId)
  const keys = new Map((await findSaleKeys(tx, of, ids)).map((key) => [key.externalId, key]))
  const standing = drafts.flatMap((sale) => {
    const key = keys.get(sale.key.externalId)
    return key === undefined || key.version === 0 ? [] : [{ sale, key }]
  })
  const differing = standing.filter(({ sale, key }) => !isSaidBy(sale, key))
  // Words that count beside the newest one lie in the history of the sale.
  const composed = differing.filter(({ key }) => key.versions > 1)
  const words = await readWords(
    tx,
    of.tenantId,
    composed.map(({ key }) => key),
  )
  const repeated = composed.filter(({ sale, key }) => {
    const said = { part: sale.filing.part, contentHash: sale.key.contentHash }
    return findRepeated(fold(words.get(key.saleId) ?? []), said) !== undefined
  })
  const changed = differing.length - repeated.length
  return { created: drafts.length - standing.length, changed, same: standing.length - changed }
}

/** The key has the hash of the newest word that counts. */
function isSaidBy(sale: DraftSale, key: SaleKey): boolean {
  return Buffer.compare(key.contentHash, sale.key.contentHash) === 0
}

/** How many of the external ids each connection has standing sales for at the site; connections with none are left out. */
export async function connectionsKnowing(
  tx: Tx,
  tenantId: TenantId,
  siteId: Id,
  externalIds: readonly string[],
): Promise<ReadonlyMap<Id, number>> {
  return externalIds.length === 0 ? new Map() : countIdsByConnection(tx, tenantId, siteId, externalIds)
}
