import { z } from 'zod'

// What differs from one such system to the next, as data: where things stand in its answers, which words it uses, and by
// which calls it is asked. A profile is a whole map; a connection’s own `field_map` (JSON) lays its entries over it.

const path = z.string().regex(/^\/[^\s?#]{0,199}$/, 'must begin with / and hold no space')
const place = z.string().regex(/^[\w-]+(?:\.[\w-]+){0,5}$/, 'must be a place such as data.id')
const places = z.array(place).max(20)
const words = z.array(z.string().trim().min(1).max(80)).max(50)
const progress = z.enum(['placed', 'accepted', 'preparing', 'ready', 'dispatched', 'completed', 'cancelled'])
const header = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,59}$/, 'must be the name of a header')
const scalar = z.union([z.string().max(500), z.number(), z.boolean()])

const shape = z.strictObject({
  push: z.strictObject({
    /** Null: the system takes no orders. */
    path: path.nullable(),
    idempotency_header: header.nullable(),
    /** Whether the same order sent again is one order there. Only then it is ever sent again by itself. */
    repeat_is_safe: z.boolean(),
  }),
  /** Null: it takes no order back. `{order_id}` stands for our id of the order. */
  cancel: z.strictObject({ path: path.nullable() }),
  menu: z.strictObject({ path: path.nullable() }),
  /** What says inside an answer that it went well; `path` null: its status alone does. */
  success: z.strictObject({ path: place.nullable(), values: words }),
  pos_order_id: places,
  total: places,
  error: z.strictObject({ code: places, message: places, fields: places }),
  /** By which an answer says that it has the order already: codes, or parts of its message. */
  duplicate: z.strictObject({ codes: words, messages: words }),
  /** Words of its own for how far an order is. */
  statuses: z.record(z.string().trim().toLowerCase().min(1).max(60), progress),
  sale: z.strictObject({ closed_by: z.enum(['accepted', 'ready', 'completed']) }),
  /** Whether items that stand for none of the menu’s may be sent by their names. */
  open_items: z.boolean(),
  /** Ids of taxes in the menu by their names, such as CGST. */
  tax_ids: z.record(z.string().min(1).max(60), z.string().min(1).max(60)),
  /** Whether an add-on’s quantity is for the whole line or for each one of it. */
  addon_quantity: z.enum(['line', 'each']),
  limits: z.strictObject({ lines: z.int().min(1).max(1_000), note: z.int().min(20).max(4_000) }),
  /** Other names for fields of the order that is sent, by place; lists are passed through. */
  rename: z.record(place, z.string().min(1).max(60)),
  /** Further fields at its top. */
  add: z.record(z.string().min(1).max(60), scalar),
  /** Fields at its top whose value is sent as JSON inside a text. */
  json_text: z.array(z.string().min(1).max(60)).max(20),
})

const own = z.strictObject(
  Object.fromEntries(
    Object.entries(shape.shape).map(([name, part]) => [
      name,
      part instanceof z.ZodObject ? part.partial().optional() : part.optional(),
    ]),
  ),
)

export type FieldMap = z.output<typeof shape>

export type ReadMap = { readonly map: FieldMap } | { readonly say: string }

/** A profile with a connection’s own entries over it; or what is wrong with them, in a sentence. */
export function readFieldMap(text: string | undefined, base: FieldMap): ReadMap {
  if (text === undefined || text.trim() === '') return { map: base }
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return { say: 'The field map is no JSON. Write it as {"success": {"path": "status", "values": ["ok"]}}.' }
  }
  const read = own.safeParse(given)
  if (!read.success) {
    const [first] = read.error.issues
    const where = first === undefined || first.path.length === 0 ? 'The field map' : `“${first.path.join('.')}” in it`
    return { say: `The field map cannot be used. ${where}: ${first?.message ?? 'is not what it must be'}.` }
  }
  return { map: laidOver(base, read.data) }
}

function laidOver(base: FieldMap, given: Readonly<Record<string, unknown>>): FieldMap {
  const merged = Object.entries(base).map(([name, standing]) => {
    const said = given[name]
    if (said === undefined) return [name, standing]
    return [name, isRecord(standing) && isRecord(said) ? { ...standing, ...said } : said]
  })
  return shape.parse(Object.fromEntries(merged))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
