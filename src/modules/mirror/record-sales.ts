import type { Tx } from '#platform/postgres/database.ts'
import type { DraftSale } from './draft.ts'
import type { Source } from './filing.ts'
import { type Books, recordKnown, type SalesOutcome } from './record-known.ts'
import { addSale } from './rollup.ts'
import { revisionOf, rowOf } from './sale-rows.ts'
import { type HeldKeys, holdSaleKeys, type SaleKey } from './store-keys.ts'
import { linkRefunds } from './store-refunds.ts'
import { firstRevisions } from './store-words.ts'
import { linesOf, saleInserts } from './store-write.ts'

// Recording what is said of sales, each at most once in a call. Most are new, or known as they are: these two ways are
// short. Who says something else about a known sale is held against all that was said of it before.

export async function recordEachSale(
  tx: Tx,
  source: Source,
  sales: readonly DraftSale[],
  books: Books,
): Promise<SalesOutcome> {
  const { articles, delta, writer } = books
  const { taken, held } = await holdSaleKeys(
    tx,
    source,
    sales.map((sale) => sale.key),
  )
  const isNew = (sale: DraftSale) => taken.has(sale.key.externalId)
  const before = sales.filter((sale) => !isNew(sale)).map((sale) => ({ sale, key: keyOf(held, sale) }))
  const known = await recordKnown(tx, source, before, books)

  const created = sales.filter(isNew).map((sale) => rowOf(source, sale, sale.key, articles))
  const first = sales.filter(isNew).map((sale) => revisionOf(sale, sale.key, {}))
  await writer.write(linesOf(created), [...saleInserts(source, created), () => firstRevisions(source, first)])
  for (const row of created) addSale(delta, row, 1)
  await linkRefunds(tx, source, created, writer)
  return {
    ...known,
    created: created.length + known.created,
    changedSaleIds: [...created.map((row) => row.id), ...known.changedSaleIds],
  }
}

function keyOf(held: HeldKeys['held'], sale: DraftSale): SaleKey {
  const key = held.get(sale.key.externalId)
  if (key === undefined) throw new Error('a key that was taken is not there')
  return key
}
