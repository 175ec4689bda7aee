import type { TenantId } from '#kernel/ids.ts'
import { type Shop, type ShopKind, shopOf } from '#simulators/trade/shop.ts'

// What a demonstration trades. The seed is made of the tenant, so that a tenant's made-up year is the same at every
// start, and two demonstrations do not show the same figures.

export type DemoShop = { readonly shop: Shop; readonly seed: string }

const SITES: Shop['sites'] = [
  { externalId: 'harbour', name: 'Harbour', size: 1 },
  { externalId: 'old-town', name: 'Old Town', size: 0.7 },
]

export function demoShop(tenantId: TenantId, kind: ShopKind = 'cafe'): DemoShop {
  return { shop: shopOf(kind, { sites: SITES }), seed: `demo/${tenantId}` }
}
