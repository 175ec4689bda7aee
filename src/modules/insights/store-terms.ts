import { type RawBuilder, sql } from 'kysely'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Filter } from './selection.ts'
import type { Window } from './window.ts'

// What every query of figures begins with.

/** The tenant, the places and the system; the tenant is said aloud so that every index begins with it. */
export function narrowed(filter: Filter): RawBuilder<unknown> {
  const terms = [sql`tenant_id = ${filter.tenantId}::uuid`]
  if (filter.siteIds !== null) terms.push(sql`site_id = any(${arrayOf(filter.siteIds)}::uuid[])`)
  if (filter.posSystem !== null) terms.push(sql`pos_system = ${filter.posSystem}`)
  return sql.join(terms, sql` and `)
}

export function within({ from, to }: Window): RawBuilder<unknown> {
  return sql`business_date between ${from}::date and ${to}::date`
}
