import type { OrderProgress } from '#canon/order.ts'
import type { Instant } from '#kernel/instant.ts'
import { type Minor, sum } from '#kernel/money.ts'
import { Garbled, type OrderReport, type PushedOrder, type SourceRecord } from '../../contract.ts'
import { type Json, objectsIn, textIn } from '../answers.ts'
import { isObject } from '../read/drift.ts'
import { momentOf } from '../read/moments.ts'
import { minorOf } from '../read/money.ts'
import { progressOf } from '../read/order-report.ts'
import { recordsOf } from '../read/records.ts'

// What of an order that was put in matters to whoever put it in.

export type SquareOrder = {
  readonly id: string
  readonly reference: string | null
  readonly version: number | null
  readonly total: Minor
  /** What is still to be paid. */
  readonly due: Minor
  readonly isPaid: boolean
  readonly progress: OrderProgress
  readonly reason: string | null
  readonly createdAt: Instant | null
  readonly updatedAt: Instant | null
  readonly ticket: string | null
  readonly fulfilmentUid: string | null
  readonly lines: readonly string[]
  readonly body: Json
}

/** Throws `Garbled`. */
export function squareOrder(value: unknown): SquareOrder {
  if (!isObject(value)) throw new Garbled('the answer holds no order')
  const total = minorOf(moneyIn(value.total_money))
  if (total === null) throw new Garbled('the order says no total')
  const due = minorOf(moneyIn(value.net_amount_due_money))
  const tenders = objectsIn(value.tenders)
  const paid = sum(tenders.map((tender) => minorOf(moneyIn(tender.amount_money)) ?? 0n))
  const [fulfilment] = objectsIn(value.fulfillments)
  const details = isObject(fulfilment?.pickup_details) ? fulfilment.pickup_details : {}
  return {
    // CalculateOrder answers an order that is none yet.
    id: textIn(value.id) ?? '',
    reference: textIn(value.reference_id),
    version: typeof value.version === 'number' ? value.version : null,
    total,
    due: due ?? total - paid,
    isPaid: (due ?? total - paid) <= 0n && (tenders.length > 0 || value.state === 'COMPLETED'),
    progress: progressOf(textIn(value.state), textIn(fulfilment?.state)),
    reason: textIn(details.cancel_reason),
    createdAt: momentOf(value.created_at),
    updatedAt: momentOf(value.updated_at),
    ticket: textIn(value.ticket_name),
    fulfilmentUid: textIn(fulfilment?.uid),
    lines: objectsIn(value.line_items).map(
      ({ quantity, name }) => `${textIn(quantity) ?? '?'} × ${textIn(name) ?? '?'}`,
    ),
    body: value,
  }
}

function moneyIn(value: unknown): { amount?: number; currency?: string } | null {
  return isObject(value) ? value : null
}

export function pushedOf(order: SquareOrder, payments: readonly SourceRecord[]): PushedOrder {
  if (order.id === '') throw new Garbled('the order says no id')
  return {
    externalId: order.id,
    number: order.ticket,
    progress: order.progress,
    total: order.total,
    records: [...recordsOf('order', order.body), ...payments],
  }
}

export function reportOf(order: SquareOrder): OrderReport {
  const { id: externalId, reference, progress, updatedAt: at, reason } = order
  return { externalId, reference, progress, at, reason: progress === 'cancelled' ? reason : null, readyAt: null }
}
