import { type Instant, instantText } from '#kernel/instant.ts'
import { listSales } from '#modules/mirror/sales.ts'
import type { Tenant } from '#platform/http/caller.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { groundOf, type Surroundings } from './overview.ts'
import type { Asked } from './selection.ts'
import { findLeadCurrency } from './store-sources.ts'
import type { Window } from './window.ts'
import type { WireSalesData } from './wire-sales.ts'

export type SalesQuestion = Asked & {
  readonly window: Window
  readonly limit: number
  readonly cursor: string | null
}

/** One page of the closed sales that the figures of the same window count, newest first. */
export async function salesDataOf(
  tx: Tx,
  around: Surroundings,
  tenant: Tenant,
  question: SalesQuestion,
  now: Instant,
): Promise<WireSalesData> {
  const { window, limit, cursor } = question
  const ground = await groundOf(tx, around, tenant, question, now)
  const { siteIds, posSystem } = ground.filter
  const filter = {
    fromDay: window.from,
    toDay: window.to,
    statuses: ['closed'] as const,
    ...(siteIds === null ? {} : { siteIds }),
    ...(posSystem === null ? {} : { posSystem }),
  }
  const page = await listSales(tx, tenant.id, filter, { limit, cursor })
  return {
    from: window.from,
    to: window.to,
    demo: tenant.kind === 'demo',
    as_of: instantText(ground.asOf),
    coverage: ground.coverageOf(window),
    currency: (await findLeadCurrency(tx, ground.filter, window)) ?? ground.homeCurrency,
    ...page,
  }
}
