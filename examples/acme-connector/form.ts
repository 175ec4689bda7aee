import type { Drift } from '../../connectors/contract.ts'
import { type Decimal, findDecimal, ZERO } from '../../src/kernel/decimal.ts'
import { type Instant, instant } from '../../src/kernel/instant.ts'
import { isObject, type Json, readMoment } from './api.ts'

// Takes a provider's object apart field by field. Whatever is not as it should be is noted as drift, with its path and
// never with its value, and reading goes on with nothing in its place.

export type Form = {
  readonly drift: readonly Drift[]
  text(json: Json, path: string, field: string): string
  findText(json: Json, path: string, field: string): string | null
  amount(json: Json, path: string, field: string): bigint
  quantity(json: Json, path: string, field: string): Decimal
  flag(json: Json, path: string, field: string): boolean
  moment(json: Json, path: string, field: string): Instant
  list(json: Json, path: string, field: string): readonly Json[]
  texts(json: Json, path: string, field: string): readonly string[]
  find(json: Json, path: string, field: string): Json | null
  /** The word, or null for one that is not known. */
  word<Word extends string>(json: Json, path: string, field: string, words: readonly Word[]): Word | null
  /** Notes the fields that are not among those known. */
  only(json: Json, path: string, fields: readonly string[]): void
}

export function openForm(): Form {
  const drift: Drift[] = []
  const note = (what: Drift['what'], path: string, value: string | null = null) => drift.push({ what, path, value })
  const as = <T>(path: string, field: string, value: T | null, instead: T): T => {
    if (value === null) note('wrong_type', `${path}.${field}`)
    return value ?? instead
  }
  const absent = (value: unknown) => value === undefined || value === null
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  return {
    drift,
    text: (json, path, field) => as(path, field, text(json[field]), ''),
    findText: (json, path, field) => (absent(json[field]) ? null : as(path, field, text(json[field]), '')),
    amount: (json, path, field) => as(path, field, wholeNumber(json[field]), 0n),
    quantity: (json, path, field) => as(path, field, findDecimal(text(json[field]) ?? 'none'), ZERO),
    flag: (json, path, field) => as(path, field, typeof json[field] === 'boolean' ? json[field] : null, false),
    moment: (json, path, field) => as(path, field, readMoment(json[field]), instant(0)),
    find: (json, path, field) => {
      const value = json[field]
      return absent(value) ? null : as(path, field, isObject(value) ? value : null, {})
    },
    list: (json, path, field) => {
      const value = json[field]
      return as<readonly Json[]>(path, field, Array.isArray(value) && value.every(isObject) ? value : null, [])
    },
    texts: (json, path, field) => {
      const value = json[field]
      const all = Array.isArray(value) && value.every((one) => typeof one === 'string')
      return as<readonly string[]>(path, field, all ? value : null, [])
    },
    word: (json, path, field, words) => {
      const value = text(json[field])
      const known = words.find((one) => one === value)
      if (value === null) note('wrong_type', `${path}.${field}`)
      else if (known === undefined) note('unknown_value', `${path}.${field}`, wordLike(value))
      return known ?? null
    },
    only: (json, path, fields) => {
      for (const field of Object.keys(json)) if (!fields.includes(field)) note('unknown_field', `${path}.${field}`)
    },
  }
}

function wholeNumber(value: unknown): bigint | null {
  return Number.isSafeInteger(value) ? BigInt(value as number) : null
}

/** What does not look like a member of an enumeration may be anything, a name among them. */
function wordLike(value: string): string | null {
  return /^[A-Z][A-Z0-9_]{0,40}$/.test(value) ? value : null
}
