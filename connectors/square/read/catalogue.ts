import type { CatalogArticle } from '#canon/catalog.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import type { SourceRecord } from '../../contract.ts'
import { CATALOG_OBJECT, type WireCatalogObject } from '../wire-catalogue.ts'
import { parsed } from './checked.ts'
import { checkShape } from './drift.ts'
import { variantName } from './items.ts'
import { momentOf } from './moments.ts'
import { minorOf } from './money.ts'

// What a line of a sale points at is a variation. Its name is its item's, its category that item's category: each is a
// record of its own, and each may change alone.

type Entry = { readonly object: WireCatalogObject; readonly deleted: boolean }

/** An article for each variation that the records describe, by themselves, by their item or by its category. */
export function readArticles(
  records: readonly SourceRecord[],
  also: readonly SourceRecord[],
): readonly CatalogArticle[] {
  const entries = new Map<string, Entry>()
  for (const record of [...also, ...records]) enter(record, entries)
  const touched = new Set(records.map(({ id }) => id))
  const articles: CatalogArticle[] = []
  for (const [id, entry] of entries) {
    if (entry.object.type === 'MODIFIER') {
      const list = entries.get(entry.object.modifier_data?.modifier_list_id ?? '')
      if ([id, list?.object.id].some((one) => one && touched.has(one))) articles.push(modifierOf(id, entry, list))
      continue
    }
    if (entry.object.type !== 'ITEM_VARIATION') continue
    const item = entries.get(entry.object.item_variation_data?.item_id ?? '')
    const category = entries.get(categoryOf(item) ?? '')
    const isTouched = [id, item?.object.id, category?.object.id].some((one) => one && touched.has(one))
    if (isTouched) articles.push(articleOf(id, entry, item, category))
  }
  return articles
}

/** What does not look as it should stays out: the article as it was last understood stays as it is. */
function enter(record: SourceRecord, entries: Map<string, Entry>): void {
  if (record.kind !== 'catalog') return
  const before = entries.get(record.id)
  const { told } = checkShape(parsed(record), CATALOG_OBJECT, 'catalog')
  if (told === null) return
  // Of a deleted object nothing but its id may be left; its name is still on receipts.
  const object = { ...before?.object, ...told, id: record.id }
  entries.set(record.id, { object, deleted: record.deleted })
}

function articleOf(id: string, { object, deleted }: Entry, item?: Entry, category?: Entry): CatalogArticle {
  const data = object.item_variation_data
  const itemName = item?.object.item_data?.name?.trim() ?? ''
  const price = data?.pricing_type === 'VARIABLE_PRICING' ? null : minorOf(data?.price_money)
  return {
    externalId: id,
    parentExternalId: data?.item_id ?? null,
    name: itemName === '' ? (data?.name?.trim() ?? '') : itemName,
    variant: itemName === '' ? null : variantName(data?.name),
    sku: data?.sku || null,
    barcode: data?.upc || null,
    category: category?.object.category_data?.name?.trim() || null,
    price,
    currency: price === null ? null : ((data?.price_money?.currency ?? null) as CurrencyCode | null),
    deleted: deleted || item?.deleted === true,
    updatedAt: latest([object, item?.object, category?.object]),
  }
}

/** What is added to an article, such as oat milk: named in lines of its own, and mapped like any other. */
function modifierOf(id: string, { object, deleted }: Entry, list?: Entry): CatalogArticle {
  const data = object.modifier_data
  const price = minorOf(data?.price_money)
  return {
    externalId: id,
    kind: 'modifier',
    parentExternalId: data?.modifier_list_id ?? null,
    name: data?.name?.trim() ?? '',
    ...{ variant: null, sku: null, barcode: null },
    category: list?.object.modifier_list_data?.name?.trim() || null,
    price,
    currency: price === null ? null : ((data?.price_money?.currency ?? null) as CurrencyCode | null),
    deleted: deleted || list?.deleted === true,
    updatedAt: latest([object, list?.object]),
  }
}

/** The one that reports go by, where the item has several. */
function categoryOf(item: Entry | undefined): string | null {
  const data = item?.object.item_data
  return data?.reporting_category?.id ?? data?.categories?.[0]?.id ?? data?.category_id ?? null
}

function latest(objects: readonly (WireCatalogObject | undefined)[]): CatalogArticle['updatedAt'] {
  const times = objects.flatMap((object) => momentOf(object?.updated_at) ?? [])
  return times.length === 0 ? null : times.reduce((a, b) => (a > b ? a : b))
}
