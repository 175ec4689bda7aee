import type { Drift, SourceRecord } from '../../contract.ts'
import { Garbled } from '../../contract.ts'
import type { Compiled, Shape, Told } from '../shape.ts'
import { ORDER, PAYMENT, REFUND, type WireOrder, type WirePayment, type WireRefund } from '../wire.ts'
import { checkShape } from './drift.ts'

/** The records of a subject, read and checked. `sound` is false when one of them must stay out of the books. */
export type CheckedRecords = {
  readonly order: WireOrder | null
  readonly payments: readonly WirePayment[]
  readonly refunds: readonly WireRefund[]
  readonly drift: readonly Drift[]
  readonly sound: boolean
}

/** Throws `Garbled` for a body that is no JSON. In order of ids, whatever the order in which they arrived. */
export function checkRecords(records: readonly SourceRecord[]): CheckedRecords {
  const drift: Drift[] = []
  let [order, sound]: [WireOrder | null, boolean] = [null, true]
  const payments: WirePayment[] = []
  const refunds: WireRefund[] = []
  const read = <S extends Shape>(record: SourceRecord, of: Compiled<S>): Told<S> | null => {
    const checked = checkShape(parsed(record), of, record.kind)
    for (const one of checked.drift) drift.push(one)
    if (checked.told === null) sound = false
    return checked.told
  }
  for (const record of records.length < 2 ? records : records.toSorted(byId)) {
    if (record.deleted) continue
    if (record.kind === 'order') order = read(record, ORDER)
    else if (record.kind === 'payment') payments.push(...listed(read(record, PAYMENT)))
    else if (record.kind === 'refund') refunds.push(...listed(read(record, REFUND)))
  }
  return { order, payments, refunds, drift, sound }
}

export function parsed({ kind, body }: SourceRecord): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new Garbled(`the stored ${kind} is no JSON`)
  }
}

function listed<T>(value: T | null): readonly T[] {
  return value === null ? [] : [value]
}

function byId(a: SourceRecord, b: SourceRecord): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
