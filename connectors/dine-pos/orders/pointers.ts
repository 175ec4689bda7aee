// The fields that a system finds fault with, by its names, as places in the order that was given to us.

const NAMES: Readonly<Record<string, string>> = {
  item: 'items',
  items: 'items',
  orderitem: 'items',
  quantity: 'quantity',
  unit_price: 'unit_price',
  price: 'unit_price',
  final_price: 'unit_price',
  id: 'item_id',
  variation_id: 'item_id',
  addons: 'modifiers',
  addonitem: 'modifiers',
  tax: 'taxes',
  taxes: 'taxes',
  item_tax: 'taxes',
  tax_total: 'taxes',
  discount: 'discounts',
  discounts: 'discounts',
  item_discount: 'discount',
  discount_total: 'discounts',
  charges: 'charges',
  delivery_charges: 'charges',
  packing_charges: 'charges',
  service_charge: 'charges',
  total: 'total',
  payment: 'payment',
  payment_type: 'payment/method',
  order_type: 'fulfilment/kind',
  table_no: 'fulfilment/table',
  persons: 'fulfilment/guests',
  no_of_persons: 'fulfilment/guests',
  scheduled_for: 'fulfilment/at',
  preorder_date: 'fulfilment/at',
  preorder_time: 'fulfilment/at',
  address: 'fulfilment/address',
  customer: 'customer',
  name: 'name',
  phone: 'customer/phone',
  email: 'customer/email',
  orderid: 'external_id',
  order_id: 'external_id',
  created_at: 'placed_at',
  created_on: 'placed_at',
  note: 'note',
  description: 'note',
}

/** Names that only wrap what is meant. */
const WRAPPERS: ReadonlySet<string> = new Set(['orderinfo', 'order', 'details', 'data', 'restaurant'])

/** Of `OrderItem.details[2].price`: `/items/2/unit_price`. Null for a name that stands for nothing of the order’s. */
export function pointerOf(field: string): string | null {
  const parts = field
    .replaceAll(/[[\]]+/g, '.')
    .split(/[./]/)
    .filter((part) => part !== '')
  const known: string[] = []
  for (const part of parts) {
    const name = part.toLowerCase()
    if (/^\d{1,4}$/.test(name)) known.push(name)
    else if (!WRAPPERS.has(name)) {
      const meant = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
      if (meant === undefined) break
      // A full place, such as that of a phone number, stands by itself whatever was around it.
      if (meant.includes('/') || (known.length > 0 && meant === known.at(-1))) known.length = 0
      known.push(meant)
    }
  }
  return known.length === 0 || /^\d+$/.test(known[0] ?? '') ? null : `/${known.join('/')}`
}
