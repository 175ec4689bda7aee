import type { FieldMap } from '../field-map.ts'

// What a connection’s field map does to an order that is about to be sent: other names, further fields, and values that
// are wanted as JSON inside a text.

export function mapped(body: object, { rename, add, json_text: asText }: FieldMap): object {
  const named = Object.keys(rename).length === 0 ? body : (renamed(body, '', rename) as object)
  const whole = { ...named, ...add }
  if (asText.length === 0) return whole
  return Object.fromEntries(
    Object.entries(whole).map(([name, value]) => [name, asText.includes(name) ? JSON.stringify(value) : value]),
  )
}

/** Lists are passed through: `items.name` is the name of every item. */
function renamed(value: unknown, path: string, rename: FieldMap['rename']): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, path, rename))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const at = path === '' ? name : `${path}.${name}`
      return [Object.hasOwn(rename, at) ? (rename[at] as string) : name, renamed(inner, at, rename)]
    }),
  )
}
