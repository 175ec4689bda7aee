import type { Instant } from '#kernel/instant.ts'
import type { Lookup, Reader, Reading, SourceRecord } from '../../contract.ts'
import { PERSONAL } from '../personal.ts'
import { readArticles } from './catalogue.ts'
import { checkRecords } from './checked.ts'
import { reportOf } from './order-report.ts'
import { KINDS, recordsOf } from './records.ts'
import { readReturn } from './refunds.ts'
import { readSale } from './sale.ts'

export const reader: Reader = { recordsOf, kinds: KINDS, read, readArticles, personal: PERSONAL }

function read(
  subject: string,
  records: readonly SourceRecord[],
  also: readonly SourceRecord[],
  lookup: Lookup,
): Reading {
  const own = checkRecords(records)
  const [kind, id] = subjectOf(subject)
  // Only a return ever asks for more: a sale's records all name it.
  const others = kind === 'return' ? checkRecords(also) : null
  const drift = others === null ? own.drift : [...own.drift, ...others.drift]
  const updatedAt = newest(records)
  const nothing: Reading = { sales: [], refunds: [], updatedAt, settling: null, needs: [], drift }
  if (!own.sound || others?.sound === false) return nothing
  if (others === null) {
    const reading = readSale(id, own, lookup)
    const { sale, settling, needs } = reading
    const read = {
      ...nothing,
      sales: sale === null ? [] : [sale],
      settling,
      needs,
      drift: [...drift, ...reading.drift],
    }
    const report = own.order === null ? null : reportOf(own.order)
    return report === null ? read : { ...read, orders: [report] }
  }
  const reading = readReturn(id, own, others, lookup)
  return { ...nothing, ...reading, drift: [...drift, ...reading.drift] }
}

function subjectOf(subject: string): readonly ['sale' | 'return', string] {
  const colon = subject.indexOf(':')
  const kind = subject.slice(0, colon)
  if (kind !== 'sale' && kind !== 'return') throw new Error(`${kind || 'this'} is no subject of Square's`)
  return [kind, subject.slice(colon + 1)]
}

function newest(records: readonly SourceRecord[]): Instant | null {
  let latest: Instant | null = null
  for (const { version } of records) {
    if (version.updatedAt !== null && (latest === null || version.updatedAt > latest)) latest = version.updatedAt
  }
  return latest
}
