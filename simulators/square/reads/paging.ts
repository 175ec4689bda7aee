import { hash } from 'node:crypto'
import type { JsonObject } from '../answer.ts'
import type { Call } from '../endpoint.ts'
import { invalid } from '../refusal.ts'

// Lists are sorted, and a cursor says after which entry to go on, so that what is added or taken away between two
// pages neither repeats nor skips an entry. It names the last few, because the very last may be gone by then. It also
// says to what request it belongs: another one cannot use it.

const NAMED = 8

export type Paged<T> = { readonly page: readonly T[]; readonly cursor: { readonly cursor?: string } }

/**
 * The page that the call asks for. `keyOf` names an entry; the list is sorted the same way on every call. `name` is the
 * call's, for the faults of lists, which strike here as everywhere.
 */
export function pageOf<T>(
  call: Call,
  name: string,
  list: readonly T[],
  limit: number,
  keyOf: (entry: T) => string,
): Paged<T> {
  const { faults } = call.square
  const asked: JsonObject = { ...call.query, ...call.body }
  const belongsTo = fingerprint(call.params, asked)
  const start = asked.cursor === undefined ? 0 : startOf(asked.cursor, belongsTo, list, keyOf)
  if (start > 0 && faults.strikes('cursor-expired', name)) {
    throw invalid('INVALID_CURSOR', 'The cursor has expired.', 'cursor')
  }
  const from = start > 0 && faults.strikes('repeated-page', name) ? start - 1 : start
  const end = from + limit
  const page = list.slice(from, end).filter(() => !faults.strikes('missing-records', name))
  if (end >= list.length || faults.strikes('clipped-page', name)) return { page, cursor: {} }
  const named = list.slice(Math.max(0, end - NAMED), end).map(keyOf)
  const words = JSON.stringify([belongsTo, named, end])
  return { page, cursor: { cursor: Buffer.from(words).toString('base64url') } }
}

function fingerprint(params: JsonObject, asked: JsonObject): string {
  const { cursor: _, limit: __, ...rest } = asked
  return hash('sha256', JSON.stringify([params, Object.entries(rest).sort()])).slice(0, 12)
}

function startOf<T>(cursor: unknown, belongsTo: string, list: readonly T[], keyOf: (entry: T) => string): number {
  const words = typeof cursor === 'string' ? parsed(cursor) : null
  if (words === null || words[0] !== belongsTo) {
    throw invalid('INVALID_CURSOR', 'The pagination cursor is invalid.', 'cursor')
  }
  const [, named, place] = words
  const last = list.findLastIndex((entry) => named.includes(keyOf(entry)))
  return last === -1 ? Math.max(0, place - named.length) : last + 1
}

type Words = readonly [belongsTo: string, named: readonly string[], place: number]

function parsed(cursor: string): Words | null {
  try {
    const words: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (!Array.isArray(words) || !Array.isArray(words[1]) || typeof words[2] !== 'number') return null
    return [String(words[0]), words[1], words[2]]
  } catch {
    return null
  }
}
