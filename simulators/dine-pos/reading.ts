import { type JsonObject, PosRefusal } from './answer.ts'

// Fields of a request, read as these systems read them: nearly everything is a text, a number is taken as one too, and
// what is missing is an empty text.

export function objectIn(from: JsonObject, field: string): JsonObject {
  const value = from[field]
  return isObject(value) ? value : {}
}

export function listIn(from: JsonObject, field: string): readonly JsonObject[] {
  const value = from[field]
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function textIn(from: JsonObject, field: string): string {
  const value = from[field]
  if (typeof value === 'string') return value.trim()
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : ''
}

/** Refuses what is missing; `path` is where the reader of the answer finds it. */
export function neededText(from: JsonObject, field: string, path: string): string {
  const text = textIn(from, field)
  if (text === '') throw invalid(path, 'is required')
  return text
}

export function memberIn<T extends string>(from: JsonObject, field: string, members: readonly T[], path: string): T {
  const text = textIn(from, field)
  const member = members.find((each) => each === text)
  if (member === undefined) throw invalid(path, `must be one of ${members.join(', ')}`)
  return member
}

export function invalid(path: string, what: string): PosRefusal {
  return new PosRefusal('validation', `${path} ${what}.`, { [path]: `${what}.` })
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
