import type { Connector, PosSystem } from './contract.ts'
import { dinePos } from './dine-pos/connector.ts'
import { spreadsheet } from './spreadsheet/connector.ts'
import { square } from './square/connector.ts'

/** Every connector there is: one import and one line each. */
export const CONNECTORS: readonly Connector[] = [spreadsheet, square, dinePos]

export type WayToConnect = 'file' | 'key' | 'oauth' | 'webhook'

/** Every system that a connection may name, whether or not a connector serves it yet. */
export const SYSTEMS: Readonly<
  Record<PosSystem, { readonly name: string; readonly connectsBy: readonly WayToConnect[] }>
> = {
  square: { name: 'Square', connectsBy: ['oauth', 'key', 'webhook'] },
  shopify: { name: 'Shopify', connectsBy: ['oauth', 'key', 'webhook'] },
  toast: { name: 'Toast', connectsBy: ['key', 'webhook'] },
  clover: { name: 'Clover', connectsBy: ['oauth', 'webhook'] },
  'lightspeed-x': { name: 'Lightspeed Retail (X-Series)', connectsBy: ['oauth', 'webhook'] },
  'lightspeed-r': { name: 'Lightspeed Retail (R-Series)', connectsBy: ['oauth'] },
  'lightspeed-k': { name: 'Lightspeed Restaurant (K-Series)', connectsBy: ['oauth', 'webhook'] },
  'zoho-inventory': { name: 'Zoho Inventory', connectsBy: ['oauth', 'webhook'] },
  'dine-pos': { name: 'Dine POS', connectsBy: ['key', 'webhook'] },
  'generic-rest': { name: 'Any REST API', connectsBy: ['key', 'oauth', 'webhook'] },
  spreadsheet: { name: 'Spreadsheet (CSV, Excel)', connectsBy: ['file'] },
}

/** The connector of a system that is known to be here. */
export function connectorOf(system: PosSystem): Connector {
  const connector = CONNECTORS.find((one) => one.id === system)
  if (connector === undefined) throw new Error(`no connector serves ${system}`)
  return connector
}
