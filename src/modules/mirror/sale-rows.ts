import type { ArticleBook } from './article-book.ts'
import type { DraftSale } from './draft.ts'
import type { Source } from './filing.ts'
import type { SaleKey } from './store-keys.ts'
import type { RevisionRow } from './store-words.ts'
import type { SaleRow } from './store-write.ts'

// From a draft to its rows. Made for every sale of an import.

export function rowOf(source: Source, { filing, identity }: DraftSale, key: SaleKey, articles: ArticleBook): SaleRow {
  return {
    ...filing,
    id: key.saleId,
    filedOn: key.filedOn,
    version: key.version,
    refunded: 0n,
    articleIds: filing.sale.items.map((item) => articles.idOf(item.article)),
    identity,
    batchId: source.batchId,
  }
}

type RevisionMore = Partial<Pick<RevisionRow, 'late' | 'contentHash' | 'said' | 'snapshot'>>

export function revisionOf({ filing }: DraftSale, key: SaleKey, more: RevisionMore): RevisionRow {
  return {
    saleId: key.saleId,
    filedOn: key.filedOn,
    version: key.version,
    part: filing.part,
    sourceVersion: filing.sourceVersion,
    sourceUpdatedAt: filing.sourceUpdatedAt,
    rows: filing.rows,
    raw: filing.raw,
    late: more.late ?? false,
    contentHash: more.contentHash ?? null,
    said: more.said ?? null,
    snapshot: more.snapshot ?? null,
  }
}
