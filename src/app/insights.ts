import { setImmediate as nextTurn } from 'node:timers/promises'
import { CONNECTORS, SYSTEMS } from '#connectors/registry.ts'
import { currencyCode } from '#kernel/currency.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { addDays, type Clock, type LocalDate } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { listConnections } from '#modules/connections/connections.ts'
import type { Systems } from '#modules/connections/keeping.ts'
import { signInFactsOf } from '#modules/connections/sign-in-facts.ts'
import { type DemoTrade, insightsRoutes, type KnownSystem, type SystemPart } from '#modules/insights/insights.ts'
import { listLatestImports, listLiveArrivals } from '#modules/intake/intake.ts'
import type { RefundFiling, SaleFiling } from '#modules/mirror/filing.ts'
import type { Site } from '#modules/sites/sites.ts'
import type { Route } from '#platform/http/route.ts'
import type { PosSystem } from '../../connectors/contract.ts'
import { demoShop } from './demo/demo-shops.ts'
import { tradeOf } from './demo/demo-trade.ts'
import { bareFiling } from './demo/traded.ts'
import type { Foundation } from './foundation.ts'

/** The addresses of insights, with what it must be handed: the systems there are, who arrived last, and a made-up shop. */
export function insightsRoutesOf({
  database,
  clock,
  systems,
  publicBase,
}: Pick<Foundation, 'database' | 'clock' | 'systems' | 'publicBase'>): Route[] {
  return insightsRoutes({
    database,
    systems: knownSystems(systems, publicBase),
    listConnections,
    async lastArrivals(tx, tenantId) {
      const imports = await listLatestImports(tx, tenantId)
      return [
        ...imports.map(
          ({ connectionId, state, at }) => ({ connectionId, kind: 'import', at, outcome: state }) as const,
        ),
        ...(await listLiveArrivals(tx, tenantId)),
      ]
    },
    demoTrade: (span) => madeUpTrade(span, clock),
  })
}

/** A system without a connector can do nothing yet, and says so. */
function knownSystems(systems: Systems, publicBase: URL): KnownSystem[] {
  return Object.entries(SYSTEMS).map(([id, { name, connectsBy }]) => {
    const connector = CONNECTORS.find((one) => one.id === id)
    const live = connector?.live
    const { files } = connector ?? {}
    const parts = { files, webhooks: live?.webhooks, pull: live?.pull, push: live?.orders } satisfies Partial<
      Record<SystemPart, unknown>
    >
    const can = (Object.keys(parts) as (keyof typeof parts)[]).filter((part) => parts[part] !== undefined)
    const signIn = signInFactsOf(systems, publicBase, id as PosSystem)
    const orders = live?.orders && { notices: live.orders.notices, unmapped: live.orders.unmapped }
    return { id, name: connector?.name ?? name, can, connectsBy, signIn, orders }
  })
}

/** A day a turn: whoever else asks something meanwhile does not wait for two months of trade. */
async function madeUpTrade(span: Span, clock: Clock): Promise<DemoTrade> {
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
  const sales: SaleFiling[] = []
  const refunds: RefundFiling[] = []
  for (let day = span.from; day <= span.to; day = addDays(day, 1)) {
    const traded = tradeOf(shop, seed, day, day, sites, clock.now(), bareFiling)
    sales.push(...traded.sales)
    refunds.push(...traded.refunds)
    await nextTurn()
  }
  return { sites: [...sites.values()], currency, sales, refunds }
}

type Span = { readonly from: LocalDate; readonly to: LocalDate }
