import type { Clock } from '#kernel/instant.ts'
import type { Route } from '#platform/http/route.ts'
import type { Database } from '#platform/postgres/database.ts'

export function insightsRoutesOf(_database: Database, _clock: Clock): Route[] {
  return []
}
