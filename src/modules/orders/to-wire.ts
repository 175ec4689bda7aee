import { instantText } from '#kernel/instant.ts'
import { type Minor, wireMoney } from '#kernel/money.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import { stateOf } from './find.ts'
import type { HistoryRow } from './history.ts'
import { openNote } from './personal.ts'
import { type OrderRow, timeText } from './store.ts'
import type { PushSummary, StoredOrder } from './stored-order.ts'
import type { WireOrder, WireOrderDetail, WireOrderLine, WireOrderPush } from './wire.ts'

// From what is stored to what is answered.

export function orderToWire(stored: StoredOrder): WireOrder {
  const { order } = stored
  const money = (amount: Minor) => wireMoney(amount, order.currency)
  const { address } = order.fulfilment
  return {
    id: order.id,
    channel: order.channel,
    external_id: order.externalId,
    number: order.number,
    location_id: stored.siteId,
    version: stored.version,
    progress: stored.progress,
    progress_at: instantText(stored.progressAt),
    ready_at: timeText(stored.readyAt),
    handled_by: stored.handledBy,
    test: order.test,
    placed_at: instantText(order.placedAt),
    created_at: instantText(stored.createdAt),
    currency: order.currency,
    total: money(order.total),
    fulfilment: {
      kind: order.fulfilment.kind,
      at: timeText(order.fulfilment.at),
      table: order.fulfilment.table,
      guests: order.fulfilment.guests,
      address: address && {
        lines: [...address.lines],
        city: address.city,
        region: address.region,
        postal_code: address.postalCode,
        country: address.country,
      },
      note: order.fulfilment.note,
    },
    customer: order.customer && { ...order.customer },
    items: order.items.map((item) => ({
      line_id: item.lineId,
      item_id: item.itemId,
      name: item.name,
      sku: item.sku,
      quantity: item.quantity,
      unit_price: money(item.unitPrice),
      modifiers: item.modifiers.map((one) => ({
        item_id: one.itemId,
        name: one.name,
        quantity: one.quantity,
        unit_price: money(one.unitPrice),
      })),
      discount: money(item.discount),
      total: money(item.total),
      note: item.note,
    })),
    discounts: order.discounts.map((one) => ({ ...one, amount: money(one.amount) })),
    taxes: order.taxes.map((tax) => ({
      name: tax.name,
      rate: tax.rate,
      amount: money(tax.amount),
      included: tax.included,
      line_ids: tax.lineIds && [...tax.lineIds],
    })),
    charges: order.charges.map((one) => ({ ...one, amount: money(one.amount) })),
    tip: money(order.tip),
    payment: { ...order.payment },
    note: order.note,
  }
}

export function orderLineToWire(row: OrderRow, push: PushSummary | null): WireOrderLine {
  return {
    id: row.id,
    channel: row.channel,
    external_id: row.external_id,
    number: row.number,
    location_id: row.site_id,
    version: row.version,
    progress: stateOf(row),
    progress_at: instantText(row.cancel_requested_at ?? row.progress_at),
    ready_at: timeText(row.ready_at),
    handled_by: row.handled_by,
    test: row.test,
    placed_at: instantText(row.placed_at),
    created_at: instantText(row.created_at),
    currency: row.currency,
    total: wireMoney(row.total, row.currency),
    fulfilment: row.fulfilment,
    promised_at: timeText(row.promised_at),
    lines: row.lines,
    payment_state: row.payment_state,
    push: push && pushToWire(push),
  }
}

export function orderDetailToWire(
  stored: StoredOrder,
  row: OrderRow,
  history: readonly HistoryRow[],
  push: PushSummary | null,
  sealer: Sealer,
): WireOrderDetail {
  const received = {
    kind: 'received',
    at: instantText(row.created_at),
    recorded_at: instantText(row.created_at),
    by: row.created_by,
    progress: null,
    moved: true,
    ready_at: null,
    reason: null,
    version: 1,
    changed: [],
    note: null,
  } as const
  const since = history.map((entry) => ({
    kind: entry.kind,
    at: instantText(entry.at),
    recorded_at: instantText(entry.recorded_at),
    by: entry.by,
    progress: entry.progress,
    moved: entry.moved,
    ready_at: timeText(entry.ready_at),
    reason: entry.reason,
    version: entry.version,
    changed: [...(entry.changed ?? [])],
    note: openNote(sealer, entry.note, row.id, entry.id),
  }))
  return {
    ...orderToWire(stored),
    history: [{ ...received, changed: [] }, ...since],
    push: push && pushToWire(push),
  }
}

function pushToWire(push: PushSummary): WireOrderPush {
  return {
    id: push.pushId,
    connection_id: push.connectionId,
    status: push.status,
    outcome: push.outcome,
    pos_order_id: push.posOrderId,
    pos_order_number: push.posOrderNumber,
    retry_count: push.retryCount,
    next_retry_at: timeText(push.nextTryAt),
    error_code: push.errorCode,
    waits_for_person: push.waitsForPerson,
  }
}
