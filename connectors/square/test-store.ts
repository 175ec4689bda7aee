import type { Sale } from '#canon/sale.ts'
import type { Lookup, Reading, ReadRefund, RecordRef, SourceRecord } from '../contract.ts'
import { reader } from './read/reader.ts'

// The newest of each record, and all that they say together: every subject is read whole, with what its reading needs.

export type Told = {
  readonly sales: ReadonlyMap<string, Sale>
  readonly refunds: ReadonlyMap<string, ReadRefund>
  readonly readings: readonly Reading[]
}

export type Store = { keep(records: readonly SourceRecord[]): void; tell(lookup: Lookup): Told }

export function openStore(): Store {
  const kept = new Map<string, SourceRecord>()
  const keyOf = ({ kind, id }: RecordRef) => `${kind} ${id}`

  function readSubject(subject: string, lookup: Lookup): Reading {
    const own = [...kept.values()].filter(({ subjects }) => subjects.includes(subject))
    const also = new Map<string, SourceRecord>()
    for (;;) {
      const reading = reader.read(subject, own, [...also.values()], lookup)
      const found = reading.needs.flatMap((ref) => kept.get(keyOf(ref)) ?? []).filter((one) => !also.has(keyOf(one)))
      if (found.length === 0) return reading
      for (const record of found) also.set(keyOf(record), record)
    }
  }

  return {
    keep(records) {
      for (const record of records) {
        const before = kept.get(keyOf(record))
        if ((before?.version.updatedAt ?? -1) <= (record.version.updatedAt ?? 0)) kept.set(keyOf(record), record)
      }
    },
    tell(lookup) {
      const subjects = new Set([...kept.values()].flatMap((record) => record.subjects))
      const readings = [...subjects].map((subject) => readSubject(subject, lookup))
      const sales = readings.flatMap((reading) => reading.sales)
      const refunds = readings.flatMap((reading) => reading.refunds)
      const told = {
        sales: new Map(sales.map((sale) => [sale.externalId, sale])),
        refunds: new Map(refunds.map((refund) => [refund.refund.externalId, refund])),
      }
      if (told.sales.size !== sales.length || told.refunds.size !== refunds.length) throw new Error('told twice')
      return { ...told, readings }
    },
  }
}
