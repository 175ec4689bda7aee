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

const MODIFIER_DATA = shape({
  name: 'text',
  modifier_list_id: 'text',
  price_money: 'money',
  ...known('ordinal', 'location_overrides', 'image_id', 'on_by_default', 'hidden_online', 'kitchen_name'),
})

const MODIFIER_LIST_DATA = shape({
  name: 'text',
  ...known('ordinal', 'selection_type', 'modifiers', 'image_ids', 'allow_quantities', 'is_conversational'),
  ...known('modifier_type', 'max_length', 'text_required', 'internal_name', 'min_selected_modifiers'),
  ...known('max_selected_modifiers', 'hidden_from_customer'),
})

export const CATALOG_OBJECT = shape({
  type: 'text',
  id: 'text',
  updated_at: 'time',
  version: 'whole',
  is_deleted: 'flag',
  item_data: one(ITEM_DATA),
  item_variation_data: one(VARIATION_DATA),
  modifier_data: one(MODIFIER_DATA),
  modifier_list_data: one(MODIFIER_LIST_DATA),
  category_data: one(shape({ name: 'text' })),
})

export type WireCatalogObject = ToldBy<typeof CATALOG_OBJECT>
