import { deepStrictEqual } from 'node:assert/strict'
import type { Refund, Sale } from '#canon/sale.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Drift, Lookup, Reader, Reading, ReadRefund, RecordRef, SourceRecord } from '../contract.ts'

// Records in memory, under the contract's rules: the newest of each stays, a change of any record has its subjects read
// anew and whole, and a record that lacks its type is kept out of the facts.

export type Facts = {
  readonly sales: ReadonlyMap<string, Sale>
  readonly refunds: ReadonlyMap<string, ReadRefund>
  /** Facts that two subjects tell, each in its own way. */
  readonly contradictions: readonly string[]
}

export type Keeper = {
  keep(records: readonly SourceRecord[], seenAt: Instant): void
  /** Reads what changed. */
  read(lookup: Lookup): void
  /** Records that readings need and nobody has brought; each is named once. */
  wanted(): readonly RecordRef[]
  /** What readings ask to be looked at again. */
  unsettled(): readonly { readonly reason: string; readonly again: readonly RecordRef[] }[]
  facts(): Facts
  readonly records: () => readonly SourceRecord[]
  readonly readings: ReadonlyMap<string, Reading>
  readonly drift: () => readonly Drift[]
  recordsOf(subject: string): { readonly own: readonly SourceRecord[]; readonly also: readonly SourceRecord[] }
}

const ROUNDS_MAX = 20

type Kept = { readonly record: SourceRecord; readonly seenAt: Instant }

export function openKeeper(reader: Reader): Keeper {
  const kept = new Map<string, Kept>()
  const keysOf = new Map<string, Set<string>>()
  const needsOf = new Map<string, readonly RecordRef[]>()
  const readings = new Map<string, Reading>()
  const filed = new Map<string, Reading>()
  const asked = new Set<string>()
  const drift: Drift[] = []
  const dirty = new Set<string>()

  const present = (keys: Iterable<string>) => [...keys].flatMap((key) => kept.get(key)?.record ?? [])
  const recordsOf = (subject: string) => ({
    own: present(keysOf.get(subject) ?? []),
    also: present((needsOf.get(subject) ?? []).map(keyOf)),
  })

  /** Until it needs nothing that is here and was not given. */
  const readWith = (subject: string, lookup: Lookup): Reading => {
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
      const { own, also } = recordsOf(subject)
      const reading = reader.read(subject, own, also, lookup)
      const before = needsOf.get(subject) ?? []
      const needs = new Map([...before, ...reading.needs].map((ref) => [keyOf(ref), ref]))
      needsOf.set(subject, [...needs.values()])
      const given = new Set([...before.map(keyOf), ...own.map(keyOf)])
      if (!reading.needs.some((ref) => kept.has(keyOf(ref)) && !given.has(keyOf(ref)))) return reading
    }
    throw new Error(`${subject} needs other records at every reading`)
  }

  return {
    readings,
    recordsOf,
    records: () => [...kept.values()].map(({ record }) => record),
    drift: () => drift,
    keep(records, seenAt) {
      for (const record of records) {
        const key = keyOf(record)
        const before = kept.get(key)
        if (before !== undefined && !replaces({ record, seenAt }, before)) continue
        kept.set(key, { record, seenAt })
        for (const subject of before?.record.subjects ?? []) keysOf.get(subject)?.delete(key)
        for (const subject of record.subjects) keysOf.set(subject, (keysOf.get(subject) ?? new Set()).add(key))
        for (const subject of [...(before?.record.subjects ?? []), ...record.subjects]) dirty.add(subject)
        for (const [subject, needs] of needsOf) if (needs.some((ref) => keyOf(ref) === key)) dirty.add(subject)
      }
    },
    read(lookup) {
      for (const subject of dirty) {
        const reading = readWith(subject, lookup)
        readings.set(subject, reading)
        drift.push(...reading.drift)
        if (!reading.drift.some(({ what }) => what === 'wrong_type')) filed.set(subject, reading)
      }
      dirty.clear()
    },
    wanted() {
      const refs: RecordRef[] = []
      for (const reading of readings.values()) {
        for (const ref of reading.needs) {
          const key = keyOf(ref)
          if (kept.has(key) || asked.has(key)) continue
          asked.add(key)
          refs.push(ref)
        }
      }
      return refs
    },
    unsettled: () => [...readings.values()].flatMap(({ settling }) => settling ?? []),
    facts: () => factsOf(filed.values()),
  }
}

export function keyOf({ kind, id }: RecordRef): string {
  return `${kind} ${id}`
}

/** Greater version, then greater time; where both are equal and the content is not, what was asked for later. */
function replaces(next: Kept, before: Kept): boolean {
  const [a, b] = [next.record, before.record]
  if (a.version.version !== null && b.version.version !== null && a.version.version !== b.version.version) {
    return a.version.version > b.version.version
  }
  const [at, bt] = [a.version.updatedAt, b.version.updatedAt]
  if (at !== null && bt !== null && at !== bt) return at > bt
  return a.body !== b.body || a.deleted !== b.deleted ? next.seenAt >= before.seenAt : false
}

/** What readings say together: a fact told by two of them must be told alike. */
export function factsOf(readings: Iterable<Reading>): Facts {
  const sales = new Map<string, Sale>()
  const refunds = new Map<string, ReadRefund>()
  const contradictions: string[] = []
  const tell = <T>(known: Map<string, T>, id: string, fact: T, what: string) => {
    const before = known.get(id)
    if (before !== undefined && !same(before, fact)) contradictions.push(`${what} ${id}`)
    known.set(id, fact)
  }
  for (const reading of readings) {
    for (const sale of reading.sales) {
      tell(sales, sale.externalId, sale, 'sale')
      for (const refund of sale.refunds) tell(refunds, refund.externalId, refundOf(sale, refund), 'refund')
    }
    for (const refund of reading.refunds) tell(refunds, refund.refund.externalId, refund, 'refund')
  }
  return { sales, refunds, contradictions }
}

function refundOf(sale: Sale, refund: Refund): ReadRefund {
  return { refund, saleExternalId: sale.externalId, location: sale.location, currency: sale.currency }
}

export function same(a: unknown, b: unknown): boolean {
  try {
    deepStrictEqual(a, b)
    return true
  } catch {
    return false
  }
}

/** Facts as values that can be compared, whatever the order in which they were learnt. */
export function factsShown(facts: Facts): unknown {
  const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  return { sales: sorted(facts.sales), refunds: sorted(facts.refunds), contradictions: facts.contradictions }
}

export function sameFacts(a: Facts, b: Facts): boolean {
  return same(factsShown(a), factsShown(b))
}
