import type { TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { readEvents, readHead } from '#platform/outbox/read.ts'
import type { Tx } from '#platform/postgres/database.ts'

// Whatever changes a figure is announced in the transaction that changes it, with the moment at which it was stored. So
// the newest announcement is exactly the newest fact behind the figures, and it lies at the end of the outbox: no sale
// has to be looked at.

const FACT_TYPES = ['sales.recorded', 'sales.withdrawn']
// Other modules announce too. The nearest lines are looked at first, since the answer is nearly always among them.
const LOOK_BACK = [8, 200, 5_000] as const

/** When the newest fact of the tenant was stored; null when there is none. */
export async function newestFactAt(tx: Tx, tenantId: TenantId): Promise<Instant | null> {
  let until = await readHead(tx, tenantId)
  for (let step = 0; until > 0; step++) {
    const limit = LOOK_BACK[Math.min(step, LOOK_BACK.length - 1)] ?? 0
    const after = Math.max(0, until - limit)
    const { events } = await readEvents(tx, tenantId, { after, limit, types: FACT_TYPES })
    const newest = events.findLast((event) => event.seq <= until)
    if (newest) return newest.occurredAt
    until = after
  }
  return null
}
