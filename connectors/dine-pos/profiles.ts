import type { FieldMap } from './field-map.ts'

// Which contract a connection speaks. None of them is published by a system of the name Dine POS: `default` is a contract
// of our own, the others are public ones that many restaurants’ systems resemble.

export const PROFILES = ['default', 'petpooja', 'urbanpiper'] as const

export type Profile = (typeof PROFILES)[number]

const DEFAULT: FieldMap = {
  push: { path: '/orders', idempotency_header: 'Idempotency-Key', repeat_is_safe: true },
  cancel: { path: '/orders/{order_id}/cancel' },
  menu: { path: '/menu' },
  success: { path: 'success', values: ['true', '1'] },
  pos_order_id: ['pos_order_id', 'orderID', 'order_id', 'data.id'],
  total: ['total'],
  error: { code: ['errorCode', 'error_code'], message: ['message'], fields: ['validation_errors'] },
  duplicate: { codes: ['duplicate', 'duplicate_order', 'already_exists'], messages: ['already exist', 'duplicate'] },
  statuses: {},
  sale: { closed_by: 'completed' },
  open_items: false,
  tax_ids: {},
  addon_quantity: 'line',
  limits: { lines: 500, note: 500 },
  rename: {},
  add: {},
  json_text: [],
}

const PETPOOJA: FieldMap = {
  ...DEFAULT,
  // What it does with an order id that it knows already is not settled by any public text: nothing is sent again by
  // itself unless whoever set the connection up says that it may.
  push: { path: '/save_order', idempotency_header: null, repeat_is_safe: false },
  cancel: { path: '/update_order_status' },
  menu: { path: '/mapped_restaurant_menus' },
  pos_order_id: ['orderID'],
  total: [],
}

const URBANPIPER: FieldMap = {
  ...DEFAULT,
  // It publishes no address that takes orders from outside: it hands orders to tills itself. A partner who was given one
  // names it in the field map.
  push: { path: null, idempotency_header: null, repeat_is_safe: false },
  cancel: { path: '/external/api/v1/orders/{order_id}/status/' },
  menu: { path: null },
  // The answer says that it was taken in; what became of it is told later.
  success: { path: null, values: [] },
  pos_order_id: ['order_id', 'id'],
  total: [],
}

export const PROFILE_MAPS: Readonly<Record<Profile, FieldMap>> = {
  default: DEFAULT,
  petpooja: PETPOOJA,
  urbanpiper: URBANPIPER,
}

export function isProfile(word: string): word is Profile {
  return (PROFILES as readonly string[]).includes(word)
}
