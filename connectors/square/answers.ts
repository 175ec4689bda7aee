import { Garbled, type ProviderAnswer } from '../contract.ts'
import { isObject } from './read/drift.ts'

export type Json = Readonly<Record<string, unknown>>

/** The object that an answer's body holds. Throws `Garbled`: gateways in front of Square answer in HTML and plain text. */
export function jsonOf(answer: ProviderAnswer): Json {
  const found = findJson(answer.body)
  if (found === null) throw new Garbled('the answer holds no JSON object')
  return found
}

/** Null for anything but one JSON object in UTF-8. */
export function findJson(body: Uint8Array): Json | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** The objects in a list of an answer; none where the list is left out, as Square does when it is empty. */
export function objectsIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

export function query(path: string, parameters: Readonly<Record<string, string | number | null>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== null) search.set(name, String(value))
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}
