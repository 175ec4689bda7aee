import { z } from 'zod'
import { cursorText, readCursor } from '#kernel/cursor.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { cancelSync, getRun } from './cancel.ts'
import { coverageOf } from './coverage.ts'
import { SYNC_FAULTS } from './faults.ts'
import { startSync } from './start.ts'
import { countDueReads } from './store-due-reads.ts'
import { listPositions } from './store-positions.ts'
import { listRuns, type RunPosition, type SyncRun, unfinishedRuns } from './store-runs.ts'
import { findSchedule } from './store-schedules.ts'
import { listWindows, NO_WINDOWS, windowStandings } from './store-windows.ts'
import { isUnfinished, SYNC_MODES } from './sync-states.ts'
import type { Syncing } from './syncing.ts'
import {
  coverageToWire,
  scheduleToWire,
  syncToWire,
  type WireSync,
  windowToWire,
  wireCoverage,
  wireDataType,
  wireNext,
  wireSync,
  wireWindow,
} from './wire.ts'
import { checkWish } from './wish.ts'

const CONNECTION = '/api/v1/tenants/:tenant_id/pos/configurations/:config_id'
const TAGS = ['Syncs'] as const
const RECENT = 10
const WINDOWS_SHOWN = 200

const moment = z
  .string()
  .max(40)
  .meta({ description: 'A day, or a time with its offset', examples: ['2026-03-31'] })

export function syncRoutes(syncing: Syncing): Route[] {
  return [startRoute(syncing), statusRoute(syncing), listRoute(syncing), oneRoute(syncing), cancelRoute(syncing)]
}

function startRoute(syncing: Syncing): Route {
  return defineRoute({
    method: 'POST',
    path: `${CONNECTION}/sync`,
    scope: 'connections:write',
    summary: 'Read a connection now',
    description:
      '`incremental` reads what changed since the last look, or in the range; `full` reads the past again, newest first, ' +
      'as far back as `from` or as the connection wants. While one of its kind runs, the answer is 409 with that one’s ' +
      '`sync_id`.',
    tags: TAGS,
    body: z.strictObject({
      mode: z.enum(['incremental', 'full']),
      from: moment.nullish(),
      to: moment.nullish(),
      data_types: z.array(wireDataType).min(1).max(4).nullish(),
    }),
    answers: { 202: wireSync },
    async handler({ tenant, params, body, caller, requestId, now }) {
      const sync = await syncing.database.tenant(tenant.id, async (tx) => {
        const connection = await activeConnection(syncing, tx, tenant.id, params.config_id)
        const asked = { from: body.from ?? null, to: body.to ?? null, dataTypes: body.data_types ?? null }
        const wish = { ...checkWish(connection, asked, now), mode: body.mode, actor: caller.actor, requestId }
        const { kind, id } = await startSync(tx, connection, wish, now)
        if (kind === 'running') {
          const detail = { sync_id: id }
          throw new Fault('conflict', 'sync.running', { say: SYNC_FAULTS['sync.running'], detail })
        }
        return syncToWire(await getRun(tx, connection, id), NO_WINDOWS)
      })
      return { status: 202, body: sync } as const
    },
  })
}

function statusRoute(syncing: Syncing): Route {
  return defineRoute({
    method: 'GET',
    path: `${CONNECTION}/sync/status`,
    scope: 'connections:read',
    summary: 'What is being read, what was, and what is known',
    tags: TAGS,
    answers: {
      200: z.strictObject({
        current: z.array(wireSync),
        recent: z.array(wireSync).meta({ description: 'The last ten that ended' }),
        coverage: z.array(wireCoverage),
        cursor: z
          .array(z.strictObject({ stream: z.string(), location: z.string().nullable(), read_to: z.string() }))
          .meta({ description: 'By stream and place: everything that changed until then is known' }),
        next: wireNext.nullable().meta({ description: 'What comes by itself; null: nothing' }),
        due_reads: z
          .strictObject({ waiting: z.int(), given_up: z.int(), next_at: z.string().nullable() })
          .meta({ description: 'Records that are read again because something is missing or not settled' }),
      }),
    },
    async handler({ tenant, params, now }) {
      const body = await syncing.database.tenant(tenant.id, async (tx) => {
        const connection = await someConnection(syncing, tx, tenant.id, params.config_id)
        const owner = { tenantId: connection.tenantId, connectionId: connection.id }
        const page = { limit: RECENT + 5, after: null, modes: [] }
        const current = await unfinishedRuns(tx, owner.tenantId, owner.connectionId)
        const ended = (await listRuns(tx, owner.tenantId, owner.connectionId, page)).filter(
          ({ state }) => !isUnfinished(state),
        )
        const schedule = await findSchedule(tx, owner.tenantId, owner.connectionId)
        const due = await countDueReads(tx, owner)
        return {
          current: await told(tx, current),
          recent: await told(tx, ended.slice(0, RECENT)),
          coverage: (await coverageOf(tx, connection, now)).map(coverageToWire),
          cursor: (await listPositions(tx, owner)).map(({ stream, location, readTo }) => ({
            stream,
            location: location === '' ? null : location,
            read_to: new Date(readTo).toISOString(),
          })),
          next: schedule === null || connection.state !== 'active' ? null : scheduleToWire(schedule),
          due_reads: {
            waiting: due.waiting,
            given_up: due.givenUp,
            next_at: due.nextAt === null ? null : new Date(due.nextAt).toISOString(),
          },
        }
      })
      return { status: 200, body } as const
    },
  })
}

function listRoute(syncing: Syncing): Route {
  return defineRoute({
    method: 'GET',
    path: `${CONNECTION}/syncs`,
    scope: 'connections:read',
    summary: 'List the syncs of a connection, newest first',
    tags: TAGS,
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(500).default(50),
      cursor: z.string().max(400).optional(),
      mode: z.enum(SYNC_MODES).optional(),
    }),
    answers: { 200: z.strictObject({ data: z.array(wireSync), next_cursor: z.string().nullable() }) },
    async handler({ tenant, params, query }) {
      const after = query.cursor === undefined ? null : positionOf(query.cursor)
      const body = await syncing.database.tenant(tenant.id, async (tx) => {
        const connection = await someConnection(syncing, tx, tenant.id, params.config_id)
        const modes = query.mode === undefined ? [] : [query.mode]
        const found = await listRuns(tx, tenant.id, connection.id, { limit: query.limit + 1, after, modes })
        const runs = found.slice(0, query.limit)
        const last = runs.at(-1)
        const more = found.length > query.limit && last !== undefined
        return { data: await told(tx, runs), next_cursor: more ? cursorText([last.createdAt, last.id]) : null }
      })
      return { status: 200, body } as const
    },
  })
}

function oneRoute(syncing: Syncing): Route {
  return defineRoute({
    method: 'GET',
    path: `${CONNECTION}/syncs/:sync_id`,
    scope: 'connections:read',
    summary: 'One sync with its windows, those that failed first',
    tags: TAGS,
    answers: {
      200: z.strictObject({
        sync: wireSync,
        windows: z.array(wireWindow).meta({ description: `At most ${WINDOWS_SHOWN}` }),
      }),
    },
    async handler({ tenant, params }) {
      const body = await syncing.database.tenant(tenant.id, async (tx) => {
        const connection = await someConnection(syncing, tx, tenant.id, params.config_id)
        const run = await getRun(tx, connection, idOf(params.sync_id))
        const [sync] = await told(tx, [run])
        if (sync === undefined) throw new Error('a run that was found is told')
        return { sync, windows: (await listWindows(tx, run, WINDOWS_SHOWN)).map(windowToWire) }
      })
      return { status: 200, body } as const
    },
  })
}

function cancelRoute(syncing: Syncing): Route {
  return defineRoute({
    method: 'POST',
    path: `${CONNECTION}/syncs/:sync_id/cancel`,
    scope: 'connections:write',
    summary: 'Stop a sync; what it read stands',
    description: 'A past that was stopped is not taken up again by itself; start a `full` sync to go on with it.',
    tags: TAGS,
    answers: { 200: wireSync },
    async handler({ tenant, params, now }) {
      const sync = await syncing.database.tenant(tenant.id, async (tx) => {
        const connection = await someConnection(syncing, tx, tenant.id, params.config_id)
        return syncToWire(await cancelSync(tx, connection, idOf(params.sync_id), now), NO_WINDOWS)
      })
      return { status: 200, body: sync } as const
    },
  })
}

async function told(tx: Tx, runs: readonly SyncRun[]): Promise<WireSync[]> {
  const standings = await windowStandings(tx, runs)
  return runs.map((run) => syncToWire(run, standings.get(run.id) ?? NO_WINDOWS))
}

async function someConnection(syncing: Syncing, tx: Tx, tenantId: TenantId, configId: string): Promise<LiveConnection> {
  const found = isId(configId) ? await syncing.findConnection(tx, { tenantId, id: configId }) : null
  if (found !== null) return found
  throw new Fault('missing', 'connections.unknown', {
    say: 'There is no connection with this id here that could be read. The list of connections says what there is.',
  })
}

async function activeConnection(
  syncing: Syncing,
  tx: Tx,
  tenantId: TenantId,
  configId: string,
): Promise<LiveConnection> {
  const connection = await someConnection(syncing, tx, tenantId, configId)
  if (connection.state === 'active') return connection
  const { state } = connection
  throw new Fault('conflict', 'sync.not-active', { say: SYNC_FAULTS['sync.not-active'], detail: { state } })
}

/** What is no id is the id of nothing. */
function idOf(text: string): Id {
  if (isId(text)) return text
  throw new Fault('missing', 'sync.missing', { say: SYNC_FAULTS['sync.missing'] })
}

function positionOf(cursor: string): RunPosition {
  const [createdAt, id] = readCursor(cursor, 2)
  const at = Number(createdAt)
  if (Number.isSafeInteger(at) && at >= 0 && at < 1e14 && isId(String(id))) {
    return { createdAt: instant(at) as Instant, id: String(id) as Id }
  }
  throw new Fault('invalid', 'cursor.unreadable', { say: 'This cursor is not one that the list gave.' })
}
