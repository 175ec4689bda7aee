import type { Instant } from '#kernel/instant.ts'
import { instantText } from '#kernel/instant.ts'
import type { Page, ProviderAnswer, ProviderCall, PullWindow } from '../../contract.ts'
import { type Json, jsonOf, objectsIn, textIn } from '../answers.ts'
import { momentOf } from '../read/moments.ts'
import { type Kind, recordsOf } from '../read/records.ts'

// What all streams share: how a call is made of a window, and a page of an answer.

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS

/** Times are written on the millisecond and both ends count, so ten minutes are for what Square shows late. */
export const OVERLAP_MS = 10 * MINUTE_MS

/** A till without a network has three days to deliver; a day more for whoever is asked to look. */
export const LATE_MS = 96 * HOUR_MS

/** Before Square was: for addresses that show the last year alone unless they are told otherwise. */
export const BEGINNING = '2009-01-01T00:00:00.000Z'

export function timeField(window: PullWindow): 'created_at' | 'updated_at' {
  return window.by === 'created' ? 'created_at' : 'updated_at'
}

export function rangeOf({ from, to }: PullWindow): { readonly start_at: string; readonly end_at: string } {
  return { start_at: instantText(from), end_at: instantText(to) }
}

/** For addresses whose beginning does not count: a millisecond earlier. */
export function justBefore(from: Instant): string {
  return instantText(Math.max(0, from - 1) as Instant)
}

export function search(name: string, path: string, body: Json): ProviderCall {
  return { name, method: 'POST', path, body: JSON.stringify(body), repeatable: true }
}

export function list(name: string, path: string): ProviderCall {
  return { name, method: 'GET', path, body: null, repeatable: true }
}

/**
 * `holder` is where the objects stand in the answer; `sortedBy` the time by which they rise, null where they do not. No
 * cursor, or an empty one, is the end.
 */
export function pageOf(
  kind: Kind,
  answer: ProviderAnswer,
  holder: string,
  sortedBy: 'created_at' | 'updated_at' | null,
): Page {
  const json = jsonOf(answer)
  const objects = objectsIn(json[holder])
  return {
    records: recordsOf(kind, json),
    next: textIn(json.cursor),
    lastAt: sortedBy === null ? null : momentOf(objects.at(-1)?.[sortedBy]),
    count: objects.length,
  }
}
