import type { JsonObject } from '../answer.ts'
import { invalid } from '../refusal.ts'

// What a caller asked for, field by field, refused with Square's own codes. A field that is null counts as left out.

function given(from: JsonObject, field: string): unknown {
  return from[field] ?? undefined
}

export function textOf(from: JsonObject, field: string): string | undefined {
  const value = given(from, field)
  if (value !== undefined && typeof value !== 'string') throw invalid('EXPECTED_STRING', 'Expected a string.', field)
  return value
}

/** Text that must be there. */
export function neededText(from: JsonObject, field: string): string {
  const text = textOf(from, field)
  if (text === undefined) throw invalid('MISSING_REQUIRED_PARAMETER', `Missing required parameter ${field}.`, field)
  if (text === '') throw invalid('VALUE_EMPTY', 'Field must not be blank.', field)
  return text
}

/** Also from a query string, where numbers are text. */
export function integerOf(from: JsonObject, field: string): number | undefined {
  const value = given(from, field)
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  if (number === undefined) return undefined
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    throw invalid('EXPECTED_INTEGER', 'Expected an integer value.', field)
  }
  return number
}

/** How many at most; outside of the range Square refuses where the description says so. */
export function limitOf(from: JsonObject, max: number, otherwise: number): number {
  const limit = integerOf(from, 'limit') ?? otherwise
  if (limit < 1) throw invalid('VALUE_TOO_LOW', `\`limit\` must be at least 1.`, 'limit')
  if (limit > max) throw invalid('VALUE_TOO_HIGH', `\`limit\` must be at most ${max}.`, 'limit')
  return limit
}

export function flagOf(from: JsonObject, field: string): boolean {
  const value = given(from, field)
  if (value === undefined || value === 'false') return false
  if (value === 'true') return true
  if (typeof value !== 'boolean') throw invalid('EXPECTED_BOOLEAN', 'Expected a boolean value.', field)
  return value
}

/** Empty when left out. */
export function textsOf(from: JsonObject, field: string): readonly string[] {
  const value = given(from, field) ?? []
  if (!Array.isArray(value)) throw invalid('EXPECTED_ARRAY', 'Expected an array.', field)
  for (const each of value) if (typeof each !== 'string') throw invalid('EXPECTED_STRING', 'Expected a string.', field)
  return value
}

/** A list that must be there and hold something. */
export function neededTexts(from: JsonObject, field: string): readonly string[] {
  const texts = textsOf(from, field)
  if (given(from, field) === undefined) {
    throw invalid('MISSING_REQUIRED_PARAMETER', `Missing required parameter ${field}.`, field)
  }
  if (texts.length === 0) throw invalid('ARRAY_EMPTY', 'Array must not be empty.', field)
  return texts
}

export function memberOf<T extends string>(from: JsonObject, field: string, members: readonly T[]): T | undefined {
  const text = textOf(from, field)
  if (text === undefined) return undefined
  return member(text, field, members)
}

export function membersOf<T extends string>(from: JsonObject, field: string, members: readonly T[]): readonly T[] {
  return textsOf(from, field).map((text) => member(text, field, members))
}

function member<T extends string>(text: string, field: string, members: readonly T[]): T {
  const found = members.find((each) => each === text)
  if (found === undefined) throw invalid('INVALID_ENUM_VALUE', `\`${text}\` is not a valid enum value.`, field)
  return found
}

/** Epoch milliseconds. */
export function timeOf(from: JsonObject, field: string): number | undefined {
  const text = textOf(from, field)
  if (text === undefined) return undefined
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)
  const time = zoned ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw invalid('INVALID_TIME', `\`${text}\` is not an RFC 3339 timestamp.`, field)
  return time
}

/** Undefined when left out. */
export function objectOf(from: JsonObject, field: string): JsonObject | undefined {
  const value = given(from, field)
  if (value === undefined) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid('EXPECTED_OBJECT', 'Expected an object.', field)
  return value as JsonObject
}

/** Empty when left out. */
export function objectsOf(from: JsonObject, field: string): readonly JsonObject[] {
  const value = given(from, field) ?? []
  if (!Array.isArray(value)) throw invalid('EXPECTED_ARRAY', 'Expected an array.', field)
  for (const each of value) {
    if (typeof each !== 'object' || each === null) throw invalid('EXPECTED_OBJECT', 'Expected an object.', field)
  }
  return value
}

/** A `TimeRange`, both ends inclusive; endless where an end is left out. */
export function rangeOf(from: JsonObject, field: string): { readonly fromMs: number; readonly toMs: number } {
  const range = objectOf(from, field) ?? {}
  const fromMs = timeOf(range, 'start_at') ?? Number.NEGATIVE_INFINITY
  const toMs = timeOf(range, 'end_at') ?? Number.POSITIVE_INFINITY
  if (fromMs > toMs) throw invalid('INVALID_TIME_RANGE', 'start_at must not be after end_at.', field)
  return { fromMs, toMs }
}
