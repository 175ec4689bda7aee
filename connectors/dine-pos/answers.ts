import { Garbled, type ProviderAnswer } from '../contract.ts'

export type Json = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object that bytes hold as JSON in UTF-8; null for anything else. */
export function findJson(body: Uint8Array): Json | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** Throws `Garbled`: what answers may be a gateway that speaks HTML. */
export function jsonOf(answer: Pick<ProviderAnswer, 'body'>): Json {
  const found = findJson(answer.body)
  if (found === null) throw new Garbled('the answer holds no JSON object')
  return found
}

/** A text or a number as text, trimmed; null where there is none. Such systems write one id both ways. */
export function wordIn(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null
  if (typeof value !== 'string') return null
  const text = value.trim()
  return text === '' ? null : text
}

/** What stands at a path such as `data.id`; undefined where nothing does. */
export function at(json: Json, path: string): unknown {
  let value: unknown = json
  for (const name of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

/** A word or a `true` or `false` at a path, as a word. */
export function answerAt(json: Json, path: string): string | null {
  const value = at(json, path)
  return typeof value === 'boolean' ? String(value) : wordIn(value)
}

/** The first word that one of the paths leads to. */
export function firstWord(json: Json, paths: readonly string[]): string | null {
  for (const path of paths) {
    const word = wordIn(at(json, path))
    if (word !== null) return word
  }
  return null
}

export function objectsIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** `1`, `true`, `Y` and their like; null for what is neither yes nor no. */
export function flagIn(value: unknown): boolean | null {
  const word = String(value).trim().toLowerCase()
  if (['1', 'true', 'y', 'yes', 'open'].includes(word)) return true
  return ['0', 'false', 'n', 'no', 'closed'].includes(word) ? false : null
}

/** A code, and never a sentence: what a person typed must not come out as one. */
export function codeIn(value: unknown): string | null {
  const word = wordIn(value)
  return word !== null && /^[A-Za-z0-9][\w.-]{0,63}$/.test(word) ? word : null
}
