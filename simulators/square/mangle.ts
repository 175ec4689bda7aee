import type { Switchboard } from '../stage/faults.ts'
import { type JsonObject, JsonText } from './answer.ts'

// Answers as no document describes them: members and fields from the future, amounts as text, noughts left out. Each
// record of an answer is struck by itself, so a rate of one in a hundred spoils one order of a page and not the page.

const MANGLES: Readonly<Record<string, (record: unknown) => unknown>> = {
  'unknown-enum': withUnknownMembers,
  'unknown-field': withUnknownFields,
  'wrong-type': withTextAmounts,
  'null-money': withoutNoughts,
}

/** The answer's body with those of its records changed that the faults of the day strike. */
export function mangled(body: unknown, faults: Switchboard, call: string): unknown {
  const on = Object.keys(MANGLES).filter((name) => faults.isOn(name))
  if (on.length === 0) return body
  const whole = body instanceof JsonText ? JSON.parse(body.text) : body
  if (!isObject(whole)) return whole
  const change = (record: unknown): unknown =>
    on.reduce((changed, name) => (faults.strikes(name, call) ? MANGLES[name]?.(changed) : changed), record)
  return mapObject(whole, (value) => {
    if (Array.isArray(value)) return value.map((each) => (isObject(each) ? change(each) : each))
    return isObject(value) ? change(value) : value
  })
}

const ENUM_FIELDS = new Set(['state', 'status', 'source_type', 'item_type', 'card_brand', 'square_product', 'type'])

function withUnknownMembers(record: unknown): unknown {
  return deeply(record, (value, field) =>
    typeof value === 'string' && ENUM_FIELDS.has(field) ? `${value}_OF_2031` : value,
  )
}

function withUnknownFields(record: unknown): unknown {
  const added = deeply(record, (value) =>
    isObject(value) ? { ...value, field_of_2031: { note: 'new', amount: 1 } } : value,
  )
  return isObject(added) ? { ...added, field_of_2031: ['new'] } : added
}

function withTextAmounts(record: unknown): unknown {
  return deeply(record, (value) => (isMoney(value) ? { ...value, amount: String(value.amount) } : value))
}

function withoutNoughts(record: unknown): unknown {
  return deeply(record, (value) => (isMoney(value) && value.amount === 0 ? undefined : value))
}

/** Every value below, from the inside out; what becomes undefined is left out of its object. */
function deeply(value: unknown, change: (value: unknown, field: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => deeply(each, change))
  if (!isObject(value)) return value
  const entries = Object.entries(value).flatMap(([field, each]) => {
    const changed = change(deeply(each, change), field)
    return changed === undefined ? [] : [[field, changed] as const]
  })
  return Object.fromEntries(entries)
}

function mapObject(object: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([field, value]) => [field, change(value)]))
}

function isMoney(value: unknown): value is JsonObject {
  return isObject(value) && typeof value.amount === 'number' && typeof value.currency === 'string'
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
