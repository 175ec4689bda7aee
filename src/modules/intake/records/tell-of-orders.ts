import { type Instant, instantText } from '#kernel/instant.ts'
import type { NewEvent } from '#platform/outbox/append.ts'
import type { ItemAvailability, OrderReport } from '../../../../connectors/contract.ts'

// What a POS says of orders that were put into it, and of what it can sell, is nobody's business here: it is told on.

type Teller = {
  readonly connectionId: string
  readonly actor: string
  readonly requestId: string | null
  readonly now: Instant
}

/** Told with every reading: whoever follows knows what is news. */
export function orderEvents(teller: Teller, reports: readonly OrderReport[]): NewEvent[] {
  const { connectionId, actor, requestId, now: occurredAt } = teller
  return reports.map(({ externalId, reference, progress, at, reason, readyAt }) => ({
    type: 'pos_order.reported',
    subject: `connection/${connectionId}`,
    occurredAt,
    actor,
    requestId,
    data: {
      connection_id: connectionId,
      external_id: externalId,
      reference,
      progress,
      at: textOrNull(at),
      reason,
      ready_at: textOrNull(readyAt),
    },
  }))
}

export function availabilityEvents(teller: Teller, items: readonly ItemAvailability[]): NewEvent[] {
  const { connectionId, actor, requestId, now: occurredAt } = teller
  return items.map(({ externalId, location, available, at, until }) => ({
    type: 'pos_item.availability',
    subject: `connection/${connectionId}`,
    occurredAt,
    actor,
    requestId,
    data: {
      connection_id: connectionId,
      external_id: externalId,
      location,
      available,
      at: textOrNull(at),
      until: textOrNull(until),
    },
  }))
}

function textOrNull(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}
