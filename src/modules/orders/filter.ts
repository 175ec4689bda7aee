import { z } from 'zod'
import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { addDays, findInstant, findLocalDate, type Instant } from '#kernel/instant.ts'
import { instantOf, wallClockOf, type ZoneName } from '#kernel/zone.ts'
import { getSite } from '#modules/sites/sites.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { WantedPush } from './list.ts'
import type { OrderFilter } from './store-list.ts'
import { PUSH_STATUSES } from './stored-order.ts'
import { ORDER_STATES } from './wire.ts'

// What a list of orders may be asked for, from the words of the address.

const several = z
  .union([z.string(), z.array(z.string())])
  .transform((one) => (Array.isArray(one) ? one : one.split(',')))
const moment = z.string().max(40)

export const orderFilters = {
  from: moment.optional().meta({ description: 'Placed at or after: a day (YYYY-MM-DD) or a moment (RFC 3339)' }),
  to: moment.optional().meta({ description: 'A day is inclusive, a moment is not' }),
  channel: several.optional(),
  progress: several.optional().meta({ description: ORDER_STATES.join(', ') }),
  push: several.optional().meta({
    description: `${PUSH_STATUSES.join(', ')}, none. A page may be shorter than its limit; go on while there is a cursor`,
  }),
  site: several.optional().meta({ description: 'Ids or slugs of sites' }),
  test: z.enum(['true', 'false']).optional(),
  q: z.string().trim().min(1).max(200).optional().meta({ description: 'Part of the number or the external id' }),
}

const filterQuery = z.strictObject(orderFilters)
export type FilterQuery = z.infer<typeof filterQuery>

/** Throws `orders.filter`, and `site.missing` for a place that is not there. */
export async function filterOf(
  tx: Tx,
  tenant: { readonly id: TenantId; readonly timeZone: ZoneName },
  query: FilterQuery,
): Promise<OrderFilter> {
  const from = query.from === undefined ? undefined : boundOf('/from', query.from, tenant.timeZone, 0)
  const to = query.to === undefined ? undefined : boundOf('/to', query.to, tenant.timeZone, 1)
  if (from !== undefined && to !== undefined && from >= to) throw bad('/to', 'must not lie before `from`')
  const siteIds = query.site === undefined ? undefined : await siteIdsOf(tx, tenant.id, query.site)
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(siteIds === undefined ? {} : { siteIds }),
    ...(query.channel === undefined ? {} : { channels: query.channel }),
    ...(query.progress === undefined ? {} : { states: wordsOf('/progress', query.progress, ORDER_STATES) }),
    ...(query.test === undefined ? {} : { test: query.test === 'true' }),
    ...(query.q === undefined ? {} : { text: query.q }),
  }
}

export function wantedPushOf(query: FilterQuery): readonly WantedPush[] | null {
  return query.push === undefined ? null : wordsOf('/push', query.push, [...PUSH_STATUSES, 'none'] as const)
}

/** A day of the tenant's own calendar; as an end, the whole day is in it. */
function boundOf(pointer: string, text: string, zone: ZoneName, daysOn: number): Instant {
  const day = findLocalDate(text)
  const at = day === null ? momentOf(text) : instantOf(wallClockOf(addDays(day, daysOn), 0), zone).at
  if (at !== null && isStorable(at)) return at
  throw bad(pointer, 'a day such as 2026-03-31, or a moment such as 2026-03-31T09:00:00Z')
}

function momentOf(text: string): Instant | null {
  return text.length > 10 ? findInstant(text) : null
}

function isStorable(at: Instant): boolean {
  return at >= 0 && at < Date.parse('9999-12-30T00:00:00Z')
}

async function siteIdsOf(tx: Tx, tenantId: TenantId, named: readonly string[]): Promise<Id[]> {
  const ids: Id[] = []
  for (const one of named.slice(0, 50)) ids.push((await getSite(tx, tenantId, one)).id)
  return ids
}

function wordsOf<Word extends string>(pointer: string, given: readonly string[], words: readonly Word[]): Word[] {
  const known = words.filter((word) => given.includes(word))
  if (known.length === new Set(given).size) return known
  throw bad(pointer, `one of ${words.join(', ')}`)
}

function bad(pointer: string, detail: string): Fault {
  return new Fault('invalid', 'orders.filter', {
    say: `The filter ${pointer.slice(1)} cannot be used: it must be ${detail}.`,
    places: [{ pointer, detail }],
  })
}
