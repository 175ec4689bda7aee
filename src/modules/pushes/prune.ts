import { sql } from 'kysely'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import type { Database } from '#platform/postgres/database.ts'

// What was asked and answered is kept for as long as anybody would want to look at it. That it was, stays.

const BODIES_KEPT_MS = 90 * 24 * 3_600_000
const AT_ONCE = 5_000

/** Forgets old bodies, some thousand at a time. Answers how many calls it emptied. */
export async function forgetOldBodies(database: Database, now: Instant): Promise<number> {
  const before = instantText(instant(now - BODIES_KEPT_MS))
  const { numAffectedRows } = await database.system((tx) =>
    sql`
      update pos.push_calls set request = null, answer = null
      where (tenant_id, push_id, attempt_no, no) in (
        select tenant_id, push_id, attempt_no, no from pos.push_calls
        where begun_at < ${before} and (request is not null or answer is not null)
        order by begun_at limit ${AT_ONCE})`.execute(tx),
  )
  return Number(numAffectedRows ?? 0)
}
