import type { ArticleMention } from './sale.ts'

/**
 * What tells one connection's articles apart: the source's id, else its SKU, else name and variant as written. Kinds of
 * key cannot meet: each has its own prefix.
 */
export function articleKey(article: ArticleMention): string {
  if (article.externalId !== null)
    return `id:${article.externalId}${article.variant === null ? '' : `\u001f${article.variant}`}`
  if (article.sku !== null) return `sku:${article.sku}`
  return `name:${article.name ?? ''}\u001f${article.variant ?? ''}`
}
