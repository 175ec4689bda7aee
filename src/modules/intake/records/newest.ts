import { hash } from 'node:crypto'
import type { Instant } from '#kernel/instant.ts'
import type { SeenRecord } from './kept.ts'

// Which of two words on one record is the newer one. A connector says how old a record is by a rising version, by a time
// of change, or by both. Where neither tells them apart, the one whose reading began later wins, so that a slow answer
// never overwrites a fresh word; and at the same moment the greater hash, so that every order of arrival ends alike.
// `store-records.ts` says the same in SQL, where it guards the row itself.

export type WordAge = {
  readonly version: bigint | null
  readonly updatedAt: Instant | null
  readonly seenAt: Instant
  readonly contentHash: Uint8Array
}

export function isNewerWord(incoming: WordAge, standing: WordAge): boolean {
  const versions = incoming.version !== null && standing.version !== null
  if (versions && incoming.version !== standing.version) {
    return (incoming.version as bigint) > (standing.version as bigint)
  }
  const times = incoming.updatedAt !== null && standing.updatedAt !== null
  if (times && incoming.updatedAt !== standing.updatedAt) {
    return (incoming.updatedAt as Instant) > (standing.updatedAt as Instant)
  }
  if (incoming.seenAt !== standing.seenAt) return incoming.seenAt > standing.seenAt
  return Buffer.compare(incoming.contentHash, standing.contentHash) > 0
}

const FIELD = '\u001f'

/** SHA-256 over all that the record says. Equal words, equal bytes; who told it and when does not count. */
export function recordHash(record: SeenRecord): Buffer {
  const { kind, id, deleted, location, version, subjects, body } = record
  const age = `${version.version ?? ''}${FIELD}${version.updatedAt ?? ''}`
  const text = [kind, id, deleted ? '1' : '0', location ?? '', age, subjects.join('\u001e'), body].join(FIELD)
  return hash('sha256', text, 'buffer')
}

/** A record with its hash, which is made once. */
export type Word = { readonly record: SeenRecord; readonly contentHash: Buffer }

export function ageOf({ record, contentHash }: Word): WordAge {
  return { ...record.version, seenAt: record.seenAt, contentHash }
}

export function keyOf(one: { readonly kind: string; readonly id: string }): string {
  return `${one.kind}${FIELD}${one.id}`
}
