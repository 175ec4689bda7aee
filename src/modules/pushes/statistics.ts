import { sql } from 'kysely'
import { z } from 'zod'
import type { TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'

// How orders get into the POS, by connection: how many, how fast, how many only by trying again, and what went wrong.

const rate = z.number().nullable()
const codes = z.array(z.strictObject({ code: z.string(), count: z.int() }))

export const wireStatistics = z
  .strictObject({
    connection_id: z.string(),
    pos_system: z.string(),
    total: z.int(),
    successful: z.int(),
    failed: z.int(),
    open: z.int(),
    waits_for_person: z.int(),
    success_rate: rate.meta({ description: 'Percent of those that have ended, one decimal; null of none' }),
    retried: z.int().meta({ description: 'Ended, and their first try had not been enough' }),
    recovered: z.int().meta({ description: 'Of those, the ones that arrived all the same' }),
    recovery_rate: rate,
    p50_ms: z.int().nullable().meta({ description: 'From acceptance to being known to be in the POS, the middle one' }),
    p95_ms: z.int().nullable(),
    failures: codes.meta({ description: 'Why pushes failed' }),
    troubles: codes.meta({ description: 'What single tries met' }),
  })
  .meta({ id: 'PushStatistics' })

type Statistics = z.output<typeof wireStatistics>
type Row = Omit<Statistics, 'failures' | 'troubles' | 'success_rate' | 'recovery_rate'>
type CodeRow = { readonly connection_id: string; readonly code: string; readonly count: number }

export async function statisticsOf(tx: Tx, tenantId: TenantId, from: Instant): Promise<Statistics[]> {
  const since = instantText(from)
  const { rows } = await sql<Row>`
    with sends as (
      select a.push_id, count(*) as count from pos.push_attempts a
      where a.tenant_id = ${tenantId} and a.step = 'send' and a.started_at >= ${since} group by a.push_id
    )
    select p.connection_id, p.pos_system, count(*)::integer as total,
      count(*) filter (where p.status = 'success')::integer as successful,
      count(*) filter (where p.status = 'failed')::integer as failed,
      count(*) filter (where p.status not in ('success', 'failed'))::integer as open,
      count(*) filter (where p.waits_for = 'person')::integer as waits_for_person,
      count(*) filter (where p.status in ('success', 'failed') and p.attempts > 1 and s.count >= 1
        and not exists (select 1 from pos.push_attempts f where f.tenant_id = p.tenant_id and f.push_id = p.id
          and f.no = 1 and f.result = 'accepted'))::integer as retried,
      count(*) filter (where p.status = 'success' and p.attempts > 1 and s.count >= 1
        and not exists (select 1 from pos.push_attempts f where f.tenant_id = p.tenant_id and f.push_id = p.id
          and f.no = 1 and f.result = 'accepted'))::integer as recovered,
      round(percentile_cont(0.5) within group (order by extract(epoch from p.completed_at - p.created_at) * 1000)
        filter (where p.status = 'success'))::integer as p50_ms,
      round(percentile_cont(0.95) within group (order by extract(epoch from p.completed_at - p.created_at) * 1000)
        filter (where p.status = 'success'))::integer as p95_ms
    from pos.pushes p left join sends s on s.push_id = p.id
    where p.tenant_id = ${tenantId} and p.created_at >= ${since}
    group by p.connection_id, p.pos_system order by p.pos_system, p.connection_id`.execute(tx)
  const failures = await sql<CodeRow>`
    select connection_id, error_code as code, count(*)::integer as count from pos.pushes
    where tenant_id = ${tenantId} and created_at >= ${since} and status = 'failed'
    group by connection_id, error_code order by count desc, code`.execute(tx)
  const troubles = await sql<CodeRow>`
    select p.connection_id, coalesce(a.error_code, a.result) as code, count(*)::integer as count
    from pos.push_attempts a join pos.pushes p on p.tenant_id = a.tenant_id and p.id = a.push_id
    where a.tenant_id = ${tenantId} and a.started_at >= ${since}
      and a.result in ('not_sent', 'unknown', 'refused', 'throttled', 'held', 'sign_in')
    group by p.connection_id, coalesce(a.error_code, a.result) order by count desc, code`.execute(tx)
  return rows.map((row) => ({
    ...row,
    success_rate: share(row.successful, row.successful + row.failed),
    recovery_rate: share(row.recovered, row.retried),
    failures: codesOf(failures.rows, row),
    troubles: codesOf(troubles.rows, row),
  }))
}

const CODES_MAX = 20

function codesOf(rows: readonly CodeRow[], { connection_id: id }: Row) {
  const own = rows.filter((row) => row.connection_id === id)
  return own.slice(0, CODES_MAX).map(({ code, count }) => ({ code, count }))
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part * 1_000) / whole) / 10
}
