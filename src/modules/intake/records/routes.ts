import { z } from 'zod'
import { Fault } from '#kernel/fault.ts'
import { isId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { ConnectionRef, LiveConnection } from '#modules/connections/live.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import type { Vault } from '#platform/vault/vault.ts'
import { listUnfiled, rereadSubjects } from './reread.ts'
import { countSubjects, listDrift, listQuarantined } from './store-troubles.ts'

// What a connector could not read, and what looks otherwise than it knows: shown, and read again by hand.

export type RecordDesk = {
  readonly database: Database
  readonly vault: Vault
  findConnection(tx: Tx, ref: ConnectionRef): Promise<LiveConnection | null>
}

const OF_CONNECTION = '/api/v1/tenants/:tenant_id/pos/configurations/:config_id/records' as const
const TAGS = ['Records'] as const
const SHOWN = 100
/** Facts read again in one call: about a second of work. */
const AGAIN = 200

const time = z.string().meta({ format: 'date-time' })
const wireCounts = z.strictObject({
  filed: z.int(),
  unplaced: z.int().meta({ description: 'Of places that are not the connection’s; kept as they came' }),
  quarantined: z.int().meta({ description: 'Could not be read; kept as they came, and what stood of them stands' }),
})

const wireTroubles = z
  .strictObject({
    counts: wireCounts.meta({ description: 'Facts, by what became of their records' }),
    quarantined: z
      .array(
        z.strictObject({
          fact: z.string().meta({ description: 'By the connector’s name' }),
          code: z.string(),
          say: z.string().nullable(),
          read_at: time.nullable(),
        }),
      )
      .meta({ description: `The last ${SHOWN}` }),
    drift: z
      .array(
        z.strictObject({
          what: z.enum(['unknown_field', 'unknown_value', 'wrong_type']),
          path: z.string(),
          value: z.string().nullable(),
          readings: z.number(),
          fact: z.string().meta({ description: 'One in which it was seen' }),
          first_at: time,
          last_at: time,
        }),
      )
      .meta({ description: `Ways in which records look otherwise than the connector knows them; the last ${SHOWN}` }),
  })
  .meta({ id: 'RecordTroubles' })

export function recordRoutes(desk: RecordDesk): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: OF_CONNECTION,
      scope: 'connections:read',
      summary: 'What of a connection’s records could not be read, or looks otherwise than known',
      tags: TAGS,
      answers: { 200: wireTroubles },
      async handler({ tenant, params }) {
        const body = await desk.database.tenant(tenant.id, async (tx) =>
          troublesOf(tx, await getConnection(desk, tx, tenant.id, params.config_id)),
        )
        return { status: 200, body } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${OF_CONNECTION}/reread`,
      scope: 'connections:write',
      summary: 'Read again what could not be read',
      description: `From what is stored, asking nobody; ${AGAIN} facts a call. Helps after an update of the hub.`,
      tags: TAGS,
      idempotent: false,
      answers: { 200: z.strictObject({ read: z.int(), quarantined: z.int().meta({ description: 'Still' }) }) },
      async handler({ tenant, params, caller, requestId, now }) {
        const sealer = await desk.vault.tenant(tenant.id)
        const body = await desk.database.tenant(tenant.id, async (tx) => {
          const connection = await getConnection(desk, tx, tenant.id, params.config_id)
          const owner = { tenantId: connection.tenantId, connectionId: connection.id }
          const subjects = await listUnfiled(tx, owner, 'quarantined', { after: null, limit: AGAIN })
          const origin = { actor: caller.actor, requestId, now }
          const kept = await rereadSubjects(tx, { sealer }, connection, subjects, origin)
          return { read: subjects.length, quarantined: kept.quarantined }
        })
        return { status: 200, body } as const
      },
    }),
  ]
}

async function troublesOf(tx: Tx, connection: LiveConnection): Promise<z.output<typeof wireTroubles>> {
  const owner = { tenantId: connection.tenantId, connectionId: connection.id }
  return {
    counts: await countSubjects(tx, owner),
    quarantined: (await listQuarantined(tx, owner, SHOWN)).map(({ subject, code, say, readAt }) => ({
      fact: subject,
      code,
      say,
      read_at: timeText(readAt),
    })),
    drift: (await listDrift(tx, owner, SHOWN)).map(({ what, path, value, readings, subject, firstAt, lastAt }) => ({
      what,
      path,
      value,
      readings,
      fact: subject,
      first_at: instantText(firstAt),
      last_at: instantText(lastAt),
    })),
  }
}

async function getConnection(desk: RecordDesk, tx: Tx, tenantId: TenantId, id: string): Promise<LiveConnection> {
  const found = isId(id) ? await desk.findConnection(tx, { tenantId, id }) : null
  if (found !== null) return found
  throw new Fault('missing', 'connections.unknown', {
    say: 'There is no connection with this id here that could be read. The list of connections says what there is.',
  })
}

function timeText(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}
