import { isCurrencyCode } from '#kernel/currency.ts'
import { findDecimal } from '#kernel/decimal.ts'
import type { Drift } from '../../contract.ts'
import type { Compiled, Field, Shape, Told } from '../shape.ts'
import { momentOf } from './moments.ts'

// Whether a record still looks as it is known. Everything that readers rely on is checked here, once, and nowhere else:
// what comes out without `wrong_type` is of the types that its shape promises.

/** A record's body as its shape says; null when something in it is of another type than the readers rely on. */
export type Checked<S extends Shape> = { readonly told: Told<S> | null; readonly drift: readonly Drift[] }

// An enumeration's member, and never a name, a number or a sentence that stands where one should.
const MEMBER = /^[A-Z][A-Z0-9_]{0,63}$/

type Walk = {
  readonly drift: Drift[]
  /** Of the first amount: a till sells in one currency, and sums of two would mean nothing. */
  currency: string | null
}

/** `root` begins every path: `order`. */
export function checkShape<S extends Shape>(value: unknown, of: Compiled<S>, root: string): Checked<S> {
  const walk: Walk = { drift: [], currency: null }
  walkObject(value, of, root, walk)
  const wrong = walk.drift.some(({ what }) => what === 'wrong_type')
  return { told: wrong ? null : (value as Told<S>), drift: walk.drift }
}

function walkObject(value: unknown, { fields }: Compiled, path: string, walk: Walk): void {
  if (!isObject(value)) {
    wrong(path, walk)
    return
  }
  for (const name in value) {
    const field = fields.get(name)
    if (field === undefined) walk.drift.push({ what: 'unknown_field', path: `${path}.${fieldName(name)}`, value: null })
    else if (field !== 'known') {
      const inner = value[name]
      if (inner !== null && inner !== undefined) walkField(inner, field, path, name, walk)
    }
  }
}

// Paths are put together where something is found or an object is entered: most fields are plain, and as they should be.
function walkField(value: unknown, field: Field, parent: string, name: string, walk: Walk): void {
  if (typeof field === 'string') {
    if (!isPlain(value, field, walk)) wrong(`${parent}.${name}`, walk)
  } else if ('words' in field) {
    if (typeof value !== 'string') wrong(`${parent}.${name}`, walk)
    else if (!field.words.has(value)) {
      const word = MEMBER.test(value) ? value : null
      walk.drift.push({ what: 'unknown_value', path: `${parent}.${name}`, value: word })
    }
  } else if ('one' in field) walkObject(value, field.one, `${parent}.${name}`, walk)
  else if (Array.isArray(value)) {
    const path = `${parent}.${name}[]`
    for (const element of value) walkObject(element, field.many, path, walk)
  } else wrong(`${parent}.${name}`, walk)
}

function isPlain(value: unknown, field: Field, walk: Walk): boolean {
  switch (field) {
    case 'text':
      return typeof value === 'string'
    case 'money':
      return isMoney(value, walk)
    case 'time':
      return momentOf(value) !== null
    case 'decimal':
      return typeof value === 'string' && value.length <= 40 && findDecimal(value) !== null
    case 'whole':
      return Number.isSafeInteger(value)
    default:
      return typeof value === 'boolean'
  }
}

/** Amounts beyond 2^53 cannot be told from their neighbours any more once JSON is read, so they are not believed. */
function isMoney(value: unknown, walk: Walk): boolean {
  if (!isObject(value)) return false
  const { amount, currency } = value
  if (amount !== undefined && amount !== null && !Number.isSafeInteger(amount)) return false
  if (currency === undefined || currency === null) return true
  if (currency === walk.currency) return true
  if (walk.currency !== null || typeof currency !== 'string' || !isCurrencyCode(currency)) return false
  walk.currency = currency
  return true
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(path: string, walk: Walk): void {
  walk.drift.push({ what: 'wrong_type', path, value: null })
}

/** A field's name comes from outside too: whatever is no plain name is not repeated. */
function fieldName(name: string): string {
  return /^[a-z][a-z0-9_]{0,63}$/i.test(name) ? name : '(odd name)'
}
