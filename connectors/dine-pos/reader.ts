import type { OrderProgress } from '#canon/order.ts'
import type { Sale } from '#canon/sale.ts'
import type { Instant } from '#kernel/instant.ts'
import { instant } from '#kernel/instant.ts'
import type { Drift, OrderReport, Reader, Reading, SourceRecord } from '../contract.ts'
import { Garbled } from '../contract.ts'
import { firstWord, isObject, type Json, wordIn } from './answers.ts'
import { type KeptOrder, orderRecord, readKept } from './orders/record.ts'
import { ORDER_PERSONAL, STATUS_PERSONAL } from './personal.ts'
import { type OrderPath, saleOf } from './sale.ts'
import { orderIdIn, restaurantIn, statusIn, statusRecord } from './status.ts'
import { isFurther, progressOf } from './statuses.ts'

// An order that we pushed and all that the system said of it since: a report of how far it is, and once it was accepted a
// sale. The words come in any order and more than once; the furthest of them counts.

export const reader: Reader = {
  recordsOf,
  kinds: ['status', 'order'],
  read: (_subject, records) => read(records),
  readArticles: () => [],
  personal: { order: ORDER_PERSONAL, status: STATUS_PERSONAL },
}

function recordsOf(kind: string, value: unknown): readonly SourceRecord[] {
  const values = Array.isArray(value) ? value : [value]
  switch (kind) {
    case 'order':
      return values.map((one) => orderRecord(readKept(one)))
    case 'status':
      return values.map((one) => {
        const record = isObject(one) ? statusRecord(one, null) : null
        if (record === null) throw new Garbled('it says the status of no order')
        return record
      })
    default:
      throw new Garbled(`records of the kind ${kind} are not known here`)
  }
}

/** A word of the system on one order. */
type Told = {
  readonly progress: OrderProgress
  readonly at: Instant | null
  readonly body: Json
  readonly orderId: string
}

function read(records: readonly SourceRecord[]): Reading {
  const order =
    records.flatMap((record) => (record.kind === 'order' && !record.deleted ? [keptIn(record)] : []))[0] ?? null
  const drift: Drift[] = []
  const told = records.flatMap((record) => (record.kind === 'status' ? toldBy(record, order, drift) : []))
  const furthest = told.reduce<Told | null>(laterOf, null)
  const times = records.flatMap(({ version }) => version.updatedAt ?? [])
  const sales: readonly Sale[] = order === null || furthest === null ? [] : saleOf(order, pathOf(told, furthest))
  const common = {
    sales,
    refunds: [],
    updatedAt: times.length === 0 ? null : instant(Math.max(...times)),
    // Nothing could be asked again: whatever comes next is told.
    settling: null,
    needs: [],
    drift,
  }
  return furthest === null ? common : { ...common, orders: [reportOf(order, told, furthest)] }
}

function keptIn({ body }: SourceRecord): KeptOrder {
  return readKept(parsed(body))
}

function toldBy(record: SourceRecord, order: KeptOrder | null, drift: Drift[]): readonly Told[] {
  const body = parsed(record.body)
  if (!isObject(body)) throw new Garbled('a status is no object')
  const [orderId, word, restaurant] = [orderIdIn(body), statusIn(body), restaurantIn(body)]
  if (orderId === null || word === null) throw new Garbled('it says the status of no order')
  // Whoever may speak of one restaurant's orders may not speak of another's.
  if (order !== null && restaurant !== null && restaurant !== order.restaurant_id) return []
  const progress = progressOf(word, order?.statuses)
  if (progress === null) {
    drift.push({ what: 'unknown_value', path: 'status.status', value: wordLike(word) })
    return []
  }
  return [{ progress, at: record.version.updatedAt, body, orderId }]
}

/** Of two words as far the earlier one: it is when that was first so. */
function laterOf(one: Told | null, other: Told): Told {
  if (one === null || isFurther(other.progress, one.progress)) return other
  if (one.progress !== other.progress) return one
  return (other.at ?? Number.POSITIVE_INFINITY) < (one.at ?? Number.POSITIVE_INFINITY) ? other : one
}

function pathOf(told: readonly Told[], { progress: reached }: Told): OrderPath {
  return {
    reached,
    has: (progress) => told.some((one) => one.progress === progress),
    at(progress) {
      const times = told.flatMap((one) => (one.progress === progress && one.at !== null ? [one.at] : []))
      return times.length === 0 ? null : instant(Math.min(...times))
    },
  }
}

function reportOf(order: KeptOrder | null, told: readonly Told[], furthest: Told): OrderReport {
  const { progress, at, body, orderId } = furthest
  const posOrderId = order?.pos_order_id ?? told.map((one) => wordIn(one.body.pos_order_id)).find((id) => id !== null)
  const minutes = Number(firstWord(body, ['prep_minutes', 'minimum_prep_time']) ?? '0')
  const isCooking = progress === 'accepted' || progress === 'preparing'
  const willBeReady = isCooking && at !== null && minutes > 0 && minutes < 1_440
  return {
    externalId: posOrderId ?? orderId,
    reference: orderId,
    progress,
    at,
    reason: progress === 'cancelled' ? reasonIn(body) : null,
    readyAt: willBeReady ? instant(at + Math.round(minutes) * 60_000) : null,
  }
}

/** Staff type it, so a number that could be a phone's is left out. */
function reasonIn(body: Json): string | null {
  const said = firstWord(body, ['reason', 'cancel_reason', 'message'])
  return said === null ? null : said.replace(/\+?\d[\d ()-]{6,}\d/g, '…').slice(0, 200)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new Garbled('the record is no JSON')
  }
}

/** Only what looks like a word of a program may be told. */
function wordLike(word: string): string | null {
  return /^[\w-]{1,40}$/.test(word) ? word : null
}
