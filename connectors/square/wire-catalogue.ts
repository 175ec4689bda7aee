import { known, many, one, shape, type ToldBy } from './shape.ts'

// The catalogue as Square's API writes it: the fields of items, variations and categories that are read. An object of the
// catalogue carries one `…_data` field, named after its type; those of other types are of no use to us.

const VARIATION_DATA = shape({
  item_id: 'text',
  name: 'text',
  sku: 'text',
  upc: 'text',
  pricing_type: 'text',
  price_money: 'money',
  ...known('location_overrides', 'measurement_unit_id', 'sellable', 'stockable', 'track_inventory'),
})

const CATEGORY_REFERENCE = shape({ id: 'text', ...known('ordinal') })

const ITEM_DATA = shape({
  name: 'text',
  category_id: 'text',
  reporting_category: one(CATEGORY_REFERENCE),
  categories: many(CATEGORY_REFERENCE),
  ...known('variations', 'product_type', 'is_archived'),
})

export const CATALOG_OBJECT = shape({
  type: 'text',
  id: 'text',
  updated_at: 'time',
  version: 'whole',
  is_deleted: 'flag',
  item_data: one(ITEM_DATA),
  item_variation_data: one(VARIATION_DATA),
  category_data: one(shape({ name: 'text' })),
})

export type WireCatalogObject = ToldBy<typeof CATALOG_OBJECT>
