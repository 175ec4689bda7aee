import { sql } from 'kysely'
import { Fault } from '#kernel/fault.ts'
import type { TenantId } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { EVENT_COLUMNS, type EventRow, eventOf, type OutboxEvent } from './event.ts'

export type EventPage = {
  readonly events: readonly OutboxEvent[]
  /** Everything up to this number was looked at; the next page begins after it. At the end it equals `head`. */
  readonly through: number
  /** The tenant's newest number. */
  readonly head: number
}

export type PageOptions = {
  /** 0 for the beginning. */
  readonly after: number
  readonly limit: number
  /** Only events of these types; all when left out. */
  readonly types?: readonly string[] | undefined
}

// However rare the wanted types are, one page looks at no more lines than this, so that no reader's transaction is long.
const LOOK_MAX = 5_000

/** The tenant's next events in order, without gaps, inside a transaction of the tenant. */
export async function readEvents(tx: Tx, tenantId: TenantId, options: PageOptions): Promise<EventPage> {
  const { after, limit } = options
  const lookTo = after + LOOK_MAX
  const { rows } = await sql<EventRow & { head: bigint; tenant_id: string | null }>`
    select head.seq as head, line.*
    from hub.outbox_heads as head
    left join lateral (
      select ${EVENT_COLUMNS}
      from hub.outbox
      where outbox.tenant_id = head.tenant_id and outbox.seq > ${after} and outbox.seq <= ${lookTo}
        ${options.types ? sql`and outbox.type = any(${options.types}::text[])` : sql``}
      order by outbox.seq
      limit ${limit}
    ) as line on true
    where head.tenant_id = ${tenantId}
    order by line.seq`.execute(tx)
  const head = Number(rows[0]?.head ?? 0)
  if (after > head) throw positionAhead(after, head)
  const events = rows.filter((row) => row.tenant_id !== null).map(eventOf)
  const through = events.length === limit ? (events.at(-1)?.seq ?? after) : Math.min(lookTo, head)
  return { events, through, head }
}

/** The tenant's newest number; 0 before its first event. */
export async function readHead(tx: Tx, tenantId: TenantId): Promise<number> {
  const { rows } = await sql<{ seq: bigint }>`
    select seq from hub.outbox_heads where tenant_id = ${tenantId}`.execute(tx)
  return Number(rows[0]?.seq ?? 0)
}

function positionAhead(after: number, head: number): Fault {
  return new Fault('conflict', 'outbox.position-ahead', {
    say: `There is no event after ${after} to wait for: the newest is ${head}. Begin at 0 or at the newest.`,
    detail: { after, head },
  })
}
