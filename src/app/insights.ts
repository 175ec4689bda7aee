import { CONNECTORS, SYSTEMS } from '#connectors/registry.ts'
import { currencyCode } from '#kernel/currency.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Clock } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { listConnections } from '#modules/connections/connections.ts'
import { type DemoTrade, insightsRoutes, type KnownSystem, type SystemPart } from '#modules/insights/insights.ts'
import { listLatestImports } from '#modules/intake/intake.ts'
import type { Site } from '#modules/sites/sites.ts'
import type { Route } from '#platform/http/route.ts'
import type { Database } from '#platform/postgres/database.ts'
import { demoShop } from './demo/demo-shops.ts'
import { tradeOf } from './demo/demo-trade.ts'

/** The addresses of insights, with what it must be handed: the systems there are, who arrived last, and a made-up shop. */
export function insightsRoutesOf(database: Database, clock: Clock): Route[] {
  return insightsRoutes({
    database,
    systems: knownSystems(),
    listConnections,
    async lastArrivals(tx, tenantId) {
      const latest = await listLatestImports(tx, tenantId)
      return latest.map(({ connectionId, state, at }) => ({ connectionId, kind: 'import', at, outcome: state }))
    },
    demoTrade: (span) => madeUpTrade(span, clock),
  })
}

/** A system without a connector can do nothing yet, and says so. */
function knownSystems(): KnownSystem[] {
  return Object.entries(SYSTEMS).map(([id, { name, connectsBy }]) => {
    const connector = CONNECTORS.find((one) => one.id === id)
    const can: SystemPart[] = connector?.files === undefined ? [] : ['files']
    return { id, name: connector?.name ?? name, can, connectsBy }
  })
}

function madeUpTrade(
  span: { readonly from: Parameters<typeof tradeOf>[2]; readonly to: Parameters<typeof tradeOf>[2] },
  clock: Clock,
): DemoTrade {
  const { shop, seed } = demoShop({ id: 'mock-data' as TenantId, timeZone: 'Europe/Berlin' })
  const currency = currencyCode(shop.currency.code)
  const site = (name: string, slug: string): Site => ({
    id: slug as Id,
    name,
    slug,
    timeZone: zoneName(shop.timeZone),
    currency,
    closeOutMinutes: shop.closeOutHour * 60,
  })
  const sites = new Map(shop.sites.map(({ externalId, name }) => [externalId, site(name, externalId)]))
  return { sites: [...sites.values()], currency, ...tradeOf(shop, seed, span.from, span.to, sites, clock.now()) }
}
