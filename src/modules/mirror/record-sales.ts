import { executeInTurn } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ArticleBook } from './article-book.ts'
import type { DraftSale } from './draft.ts'
import type { Source } from './filing.ts'
import { type Held, recordKnown, type SalesOutcome } from './record-known.ts'
import { addSale, type RollupDelta } from './rollup.ts'
import { revisionOf, rowOf } from './sale-rows.ts'
import { claimSaleKeys, lockSaleKeys } from './store-keys.ts'
import { linkRefunds } from './store-refunds.ts'
import { firstRevisions } from './store-words.ts'
import { saleInserts } from './store-write.ts'

// Recording what is said of sales, each at most once in a call. Most are new, or known as they are: these two ways are
// short. Who says something else about a known sale is held against all that was said of it before.

export async function recordEachSale(
  tx: Tx,
  source: Source,
  sales: readonly DraftSale[],
  articles: ArticleBook,
  delta: RollupDelta,
): Promise<SalesOutcome> {
  const claimed = await claimSaleKeys(
    tx,
    source,
    sales.map((sale) => sale.key),
  )
  const isNew = (sale: DraftSale) => claimed.has(sale.key.externalId)
  const held = await holdKeys(
    tx,
    source,
    sales.filter((sale) => !isNew(sale)),
  )
  const known = await recordKnown(tx, source, held, articles, delta)

  const created = sales.filter(isNew).map((sale) => rowOf(source, sale, sale.key, articles))
  const first = sales.filter(isNew).map((sale) => revisionOf(sale, sale.key, {}))
  await executeInTurn(tx, [...saleInserts(source, created), () => firstRevisions(source, first)])
  for (const row of created) addSale(delta, row, 1)
  await linkRefunds(tx, source, created)
  return {
    ...known,
    created: created.length + known.created,
    changedSaleIds: [...created.map((row) => row.id), ...known.changedSaleIds],
  }
}

async function holdKeys(tx: Tx, source: Source, sales: readonly DraftSale[]): Promise<Held[]> {
  const keys = await lockSaleKeys(
    tx,
    source,
    sales.map((sale) => sale.key.externalId),
  )
  const keyById = new Map(keys.map((key) => [key.externalId, key]))
  return sales.map((sale) => {
    const key = keyById.get(sale.key.externalId)
    if (key === undefined) throw new Error('a key that was taken is not there')
    return { sale, key }
  })
}
